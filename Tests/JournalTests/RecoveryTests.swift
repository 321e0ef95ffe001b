import Cryptography
import Journal
import Platform
import TestSupport
import Testing
import TransparencyLog

@Suite("Start and reload") struct RecoveryTests {
  static func command(_ random: inout SeededGenerator, now: Int64) -> CounterMachine.Command {
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<6: .add(name: Int.random(in: 0..<5, using: &random), amount: Int64.random(in: -9...9, using: &random))
    case 6: .addMany(name: 2, times: Int.random(in: 0..<5, using: &random))
    case 7: .look(name: 1)
    default: .arm(name: 4, at: now + Int64.random(in: 0...50, using: &random))
    }
  }

  @Test("a restart gives the live state for any stream of commands", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func restartEqualsLive(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let store = MemoryStore()
    let clock = ManualClock(1_000)
    var journal = try openJournal(store, clock: clock)
    var now: Int64 = 1_000
    for _ in 0..<400 {
      now += Int64.random(in: 0...10, using: &random)
      clock.set(now)
      _ = try journal.submitAndWait(Self.command(&random, now: now))
      if Int.random(in: 0..<60, using: &random) == 0 {
        let live = (0..<5).map { try? journal.submitAndWait(.look(name: $0)).value }
        let size = journal.durableSize
        journal.stop()
        journal = try openJournal(store, clock: clock, limits: .with { $0.replayEntriesMax = 7 })
        #expect(journal.durableSize == size, "seed \(seed)")
        #expect((0..<5).map { try? journal.submitAndWait(.look(name: $0)).value } == live, "seed \(seed)")
      }
    }
    journal.stop()
    let (machine, root) = try refold(store)
    let checkpoint = try #require(try store.latestCheckpoint())
    #expect(checkpoint.size == machine.size, "seed \(seed)")
    #expect(try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint.root == root, "seed \(seed)")
    print("restart: seed \(seed), \(machine.size) entries")
  }

  @Test("a failing append denies its whole batch; the state is what the store has", arguments: MemoryStore.Fault.allCases)
  func failingAppend(fault: MemoryStore.Fault) throws {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.checkpointIntervalMilliseconds = 3_600_000 })
    _ = try journal.submitAndWait(.add(name: 1, amount: 1))
    _ = try journal.checkpointNow()
    store.contents.withLock { $0.faults[$0.appends + 1] = fault }
    do {
      _ = try journal.submitAndWait(.addMany(name: 2, times: 10))
      Issue.record("the append failed")
    } catch {
      guard case .notDurable = error else {
        Issue.record("\(error)")
        return
      }
    }
    let landed: Int64 = fault == .beforeLanding ? 0 : fault == .afterLanding ? 10 : 5
    #expect(try journal.submitAndWait(.look(name: 2)).value == landed)
    #expect(journal.health == .ready)
    #expect(journal.statistics.reloads == 1)
    #expect(try journal.submitAndWait(.add(name: 2, amount: 100)).value == landed + 100)
    let checkpoint = try journal.checkpointNow()
    let verified = try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint
    #expect(verified.root == rootOf(store, size: checkpoint.size))
    journal.stop()
    #expect(try refold(store).machine.values[2] == landed + 100)
  }

  @Test("two failures in a row leave no hole and no duplicate", arguments: [11, 12, 13, 14] as [UInt64])
  func randomFaults(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let store = MemoryStore()
    let journal = try openJournal(
      store,
      limits: .with {
        $0.checkpointIntervalMilliseconds = 0
        $0.reloadPauseMilliseconds = 0
        $0.batchEntriesMax = 5
      })
    store.contents.withLock { contents in
      for number in 1...400 where Int.random(in: 0..<5, using: &random) == 0 {
        contents.faults[number] = [MemoryStore.Fault.beforeLanding, .afterLanding].randomElement(using: &random)
      }
    }
    var answered: [UInt64] = []
    var failed = 0
    for _ in 0..<300 {
      do {
        if let index = try journal.submitAndWait(.add(name: 1, amount: 1)).index { answered.append(index) }
      } catch {
        failed += 1
      }
    }
    store.contents.withLock { $0.faults = [:] }
    journal.stop()
    #expect(failed > 10, "seed \(seed)")
    #expect(Set(answered).count == answered.count, "seed \(seed)")
    let (machine, root) = try refold(store)
    #expect(machine.size >= UInt64(answered.count), "seed \(seed): every answer's entry is there")
    #expect(answered.allSatisfy { $0 < machine.size }, "seed \(seed)")
    let reopened = try openJournal(store)
    let checkpoint = try reopened.checkpointNow()
    #expect(try VerifiedCheckpoint(note: checkpoint.note, log: try makeSigner().verifier).checkpoint.root == root, "seed \(seed)")
    reopened.stop()
  }

  @Test("while the store cannot be read everything is notDurable; it comes back by itself")
  func reloadFails() throws {
    let store = MemoryStore()
    let journal = try openJournal(
      store,
      limits: .with {
        $0.reloadPauseMilliseconds = 1
        $0.reloadPauseMillisecondsMax = 2
      })
    _ = try journal.submitAndWait(.add(name: 1, amount: 1))
    store.contents.withLock { contents in
      for number in contents.appends + 1...contents.appends + 3 { contents.faults[number] = .beforeLanding }
      contents.failingReads = 5
    }
    var failures = 0
    var sawFailedHealth = false
    while true {
      do {
        #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).value == 2)
        break
      } catch {
        failures += 1
        if case .failed(let reason) = journal.health { sawFailedHealth = sawFailedHealth || !reason.isEmpty }
      }
    }
    #expect(failures >= 3 && sawFailedHealth)
    #expect(journal.health == .ready)
    journal.stop()
    #expect(try refold(store).machine.values == [1: 2])
  }

  @Test("a leaf that is too long fails its batch and nothing else")
  func oversized() throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    _ = try journal.submitAndWait(.add(name: 1, amount: 1))
    #expect(throws: JournalFailure.self) { try journal.submitAndWait(.oversized) }
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).value == 2)
    journal.stop()
    #expect(store.contents.withLock { $0.records.count } == 2)
  }

  private static func written(_ entries: Int) throws -> MemoryStore.Contents {
    let store = MemoryStore()
    let journal = try openJournal(store)
    for number in 0..<entries { _ = try journal.submitAndWait(.add(name: 1, amount: Int64(number))) }
    journal.stop()
    return store.contents.withLock { $0 }
  }

  @Test("a journal shorter than its last signed checkpoint is refused and the missing entries are named")
  func shorter() throws {
    var contents = try Self.written(10)
    contents.records.removeLast(3)
    let error = #expect(throws: JournalOpenError.shorterThanCheckpoint(size: 7, checkpointSize: 10)) {
      try openJournal(MemoryStore(contents))
    }
    #expect(error?.description.contains("entries 7 to 9 are missing") == true)
  }

  @Test("a changed entry, a gap and a foreign checkpoint are refused")
  func damaged() throws {
    let whole = try Self.written(10)
    var changed = whole
    changed.records[4].leaf = Array("\(origin) 4 1000000 add 1 5".utf8)
    #expect(throws: JournalOpenError.rootMismatch(size: 10)) { try openJournal(MemoryStore(changed)) }
    var gap = whole
    gap.records[4].index = 5
    #expect(throws: JournalOpenError.gap(index: 4)) { try openJournal(MemoryStore(gap)) }
    var refused = whole
    refused.records[6].leaf = [1]
    #expect(throws: JournalOpenError.self) { try openJournal(MemoryStore(refused)) }
    var resized = whole
    resized.checkpoints[resized.checkpoints.count - 1].size = 9
    resized.checkpoints.removeAll { $0.size > 9 }
    #expect(throws: JournalOpenError.self) { try openJournal(MemoryStore(resized)) }
    #expect(throws: JournalOpenError.self) {
      try CounterJournal(
        store: MemoryStore(whole), origin: origin, signer: try makeSigner(9), clock: ManualClock().clock,
        initial: { CounterMachine() })
    }
    #expect(throws: Never.self) { try openJournal(MemoryStore(whole)).stop() }
  }
}
