import Cryptography
import Journal
import Platform
import TestSupport
import Testing
import TransparencyLog

@Suite("Checkpoints of a journal") struct CheckpointTests {
  @Test(
    "checkpointNow covers all that is durable, verifies, and its root is the recursive definition's",
    arguments: [1, 2, 3, 7, 64, 100])
  func checkpointNow(entries: Int) throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    for _ in 0..<entries { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    let checkpoint = try journal.checkpointNow()
    #expect(checkpoint.size == UInt64(entries))
    let verified = try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint
    #expect(verified.origin == origin && verified.size == UInt64(entries))
    #expect(verified.root == rootOf(store, size: verified.size))
    #expect(try store.latestCheckpoint() == checkpoint)
    #expect(journal.latestCheckpoint == checkpoint)
    #expect(try journal.checkpointNow() == checkpoint, "nothing new: the same one")
    journal.stop()
    #expect(
      store.contents.withLock { $0.hashes } == store.contents.withLock { $0.records.map { SHA256.hash([0] + $0.leaf).bytes } })
  }

  @Test("an empty journal has a signed empty tree when asked")
  func emptyTree() throws {
    let journal = try openJournal(MemoryStore())
    let checkpoint = try journal.checkpointNow()
    #expect(checkpoint.size == 0)
    #expect(try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint.root == NodeHash.emptyRoot)
    journal.stop()
  }

  @Test("every stored checkpoint was signed over entries that were durable before it, and no two disagree")
  func everyCheckpoint() throws {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.checkpointIntervalMilliseconds = 0 })
    for amount in 0..<200 { _ = try journal.submitAndWait(.add(name: 1, amount: Int64(amount))) }
    journal.stop()
    let checkpoints = store.contents.withLock { $0.checkpoints }
    #expect(checkpoints.count >= 100)
    #expect(zip(checkpoints, checkpoints.dropFirst()).allSatisfy { $0.size < $1.size })
    for checkpoint in checkpoints {
      let verified = try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint
      #expect(verified.size == checkpoint.size && verified.root == rootOf(store, size: checkpoint.size))
    }
  }

  @Test("a grown tree is signed without a further command, and at most once an interval")
  func idleCheckpoint() throws {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.checkpointIntervalMilliseconds = 30 })
    for _ in 0..<20 { _ = try journal.submitAndWait(.add(name: 1, amount: 1)) }
    while journal.latestCheckpoint?.size != 20 { _ = journal.waitForDurable(atLeast: 21, nanosecondsMax: 5_000_000) }
    journal.stop()
    let often = try openJournal(store, limits: .with { $0.checkpointIntervalMilliseconds = 3_600_000 })
    let before = store.contents.withLock { $0.checkpoints.count }
    for _ in 0..<50 { _ = try often.submitAndWait(.add(name: 1, amount: 1)) }
    #expect(store.contents.withLock { $0.checkpoints.count } <= before + 1)
    often.stop()
  }
}
