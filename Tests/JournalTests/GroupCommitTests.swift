import Journal
import Platform
import TestSupport
import Testing

@Suite("Group commit") struct GroupCommitTests {
  @Test("64 submitters lose nothing, and every answer comes after its entry is durable")
  func manySubmitters() throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    let early = Lock(0)
    let indices = Lock<[UInt64]>([])
    let threads = (0..<64).map { number in
      spawnThread(name: "submitter") {
        for round in 0..<50 {
          guard let answer = try? journal.submitAndWait(.add(name: number, amount: Int64(round))) else { continue }
          let durable = UInt64(store.contents.withLock { $0.records.count })
          guard let index = answer.index else { continue }
          if index >= durable { early.withLock { $0 += 1 } }
          indices.withLock { $0.append(index) }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(early.withLock { $0 } == 0)
    #expect(indices.withLock { $0.sorted() } == Array(0..<3_200))
    let (machine, _) = try refold(store)
    #expect(machine.values == Dictionary(uniqueKeysWithValues: (0..<64).map { ($0, Int64(49 * 50 / 2)) }))
    let batches = store.contents.withLock { $0.batchSizes.count }
    #expect(batches < 3_200, "entries of many callers share a transaction")
    journal.stop()
    #expect(journal.durableSize == 3_200)
    #expect(journal.statistics.entries == 3_200 && journal.statistics.answers == 3_200)
  }

  @Test("completions run on the journal's thread after the append of their batch, in the order of submission")
  func order() throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    store.contents.withLock { $0.blocked = true }
    let seen = Lock<[(value: Int64, durable: Int)]>([])
    for amount in 1...500 {
      journal.submit(.add(name: 0, amount: 1)) { result in
        let durable = store.contents.withLock { $0.records.count }
        guard case .success(let answer) = result else { return }
        seen.withLock { $0.append((answer.value, durable)) }
        _ = amount
      }
    }
    #expect(seen.withLock { $0.isEmpty })
    store.contents.withLock { $0.blocked = false }
    _ = try journal.submitAndWait(.look(name: 0))
    #expect(seen.withLock { $0.map(\.value) } == Array(1...500))
    #expect(seen.withLock { $0.allSatisfy { $0.durable >= Int($0.value) } })
    journal.stop()
  }

  @Test("a batch ends at its limits of entries and of bytes", arguments: [(10, 1 << 20), (4_096, 400)])
  func batchLimits(entries: Int, bytes: Int) throws {
    let store = MemoryStore()
    let journal = try openJournal(
      store,
      limits: .with {
        $0.batchEntriesMax = entries
        $0.batchBytesMax = bytes
      })
    store.contents.withLock { $0.blocked = true }
    let answers = Answers()
    for _ in 0..<200 { journal.submit(.add(name: 1, amount: 1), completion: answers.add) }
    store.contents.withLock { $0.blocked = false }
    _ = try journal.submitAndWait(.look(name: 1))
    #expect(answers.count == 200)
    let largest = store.contents.withLock { $0.batchSizes.max() ?? 0 }
    #expect(largest <= 10, "400 bytes are fewer than 10 of these entries")
    #expect(largest >= 2)
    journal.stop()
    #expect(try refold(store).machine.values == [1: 200])
  }

  @Test("a full queue answers overloaded at once and takes commands again when it has drained")
  func overload() throws {
    let store = MemoryStore()
    let journal = try openJournal(store, limits: .with { $0.queueMax = 20 })
    store.contents.withLock { $0.blocked = true }
    let answers = Answers()
    for _ in 0..<100 { journal.submit(.add(name: 1, amount: 1), completion: answers.add) }
    let refused = answers.results.withLock { $0.filter { $0 == .failure(.overloaded) }.count }
    #expect(refused >= 60, "one batch may be in the store and one queue full behind it")
    store.contents.withLock { $0.blocked = false }
    while answers.count < 100 { _ = try? journal.submitAndWait(.look(name: 1)) }
    let done = answers.results.withLock { $0.filter { if case .success = $0 { true } else { false } }.count }
    #expect(done + refused == 100)
    journal.stop()
    #expect(try refold(store).machine.values == [1: Int64(done)])
  }

  @Test("stop finishes what was submitted, signs a last checkpoint, and refuses what comes later")
  func stopDrains() throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    let answers = Answers()
    for _ in 0..<1_000 { journal.submit(.add(name: 1, amount: 1), completion: answers.add) }
    journal.stop()
    #expect(answers.count == 1_000)
    #expect(answers.results.withLock { $0.allSatisfy { if case .success = $0 { true } else { false } } })
    #expect(try store.latestCheckpoint()?.size == 1_000)
    #expect(throws: JournalFailure.stopped) { try journal.submitAndWait(.look(name: 1)) }
    #expect(throws: JournalFailure.stopped) { try journal.checkpointNow() }
    journal.stop()
  }

  @Test("a command without entries is answered without a transaction")
  func readsAreFree() throws {
    let store = MemoryStore()
    let journal = try openJournal(store)
    _ = try journal.submitAndWait(.add(name: 3, amount: 5))
    let appends = store.contents.withLock { $0.batchSizes.filter { $0 > 0 }.count }
    #expect(try journal.submitAndWait(.look(name: 3)).value == 5)
    #expect(store.contents.withLock { $0.batchSizes.filter { $0 > 0 }.count } == appends)
    journal.stop()
  }

  @Test("time never goes back: not by the clock, not over a restart, and deadlines come from it")
  func timeIsClamped() throws {
    let store = MemoryStore()
    let clock = ManualClock(5_000)
    let journal = try openJournal(store, clock: clock)
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).time == 5_000)
    clock.set(4_000)
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).time == 5_000)
    clock.set(6_000)
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).time == 6_000)
    journal.stop()
    let again = try openJournal(store, clock: ManualClock(100))
    #expect(try again.submitAndWait(.add(name: 1, amount: 1)).time == 6_000)
    again.stop()
  }

  @Test("deadlines that have passed are written, by the next batch or when the journal looks at its clock")
  func deadlines() throws {
    let store = MemoryStore()
    let clock = ManualClock(1_000)
    let journal = try openJournal(store, clock: clock, limits: .with { $0.batchEntriesMax = 3 })
    for name in 0..<8 { _ = try journal.submitAndWait(.arm(name: name, at: 2_000)) }
    #expect(journal.durableSize == 8)
    clock.set(2_000)
    journal.wake()
    #expect(journal.waitForDurable(atLeast: 16, nanosecondsMax: 20_000_000_000) == 16)
    _ = try journal.submitAndWait(.arm(name: 9, at: 2_500))
    clock.set(2_500)
    #expect(try journal.submitAndWait(.add(name: 1, amount: 1)).index == 18, "the expiry comes before the command")
    journal.stop()
    let (machine, _) = try refold(store)
    #expect(machine.expired == 9 && machine.timers.isEmpty)
  }

  @Test("a deadline in real time needs no command")
  func idleDeadline() throws {
    let store = MemoryStore()
    let journal = try CounterJournal(
      store: store, origin: origin, signer: try makeSigner(),
      clock: WallClock { Int64(MonotonicClock.nanoseconds() / 1_000_000) }, initial: { CounterMachine() })
    let now = try journal.submitAndWait(.look(name: 1)).time
    _ = try journal.submitAndWait(.arm(name: 1, at: now + 30))
    #expect(journal.waitForDurable(atLeast: 2, nanosecondsMax: 20_000_000_000) == 2)
    journal.stop()
  }
}
