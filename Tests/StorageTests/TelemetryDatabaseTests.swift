import Database
import Platform
import Telemetry
import TestSupport
import Testing

@testable import Storage

@Suite("telemetry store on SQLite")
struct TelemetryDatabaseTests {
  let folder = TemporaryFolder()
  var path: String { folder.file("telemetry.db") }

  @Test("it keeps the contract of the port")
  func contract() throws {
    try TraceStoreContract(store: try TelemetryDatabase(path: path)).all()
  }

  @Test("any spread of the same steps gives the same runs", arguments: [51, 52, 53, 54] as [UInt64])
  func property(seed: UInt64) throws {
    try TraceStoreProperty(store: try TelemetryDatabase(path: path), seed: seed).all()
  }

  @Test("everything is there after a restart")
  func reopen() throws {
    let step = try Traces.fullStep()
    var freshness = TelemetryFreshness()
    do {
      let store = try TelemetryDatabase(path: path)
      for number in 1...5 { _ = try store.append(Traces.batch(number)) }
      let first = try #require(try store.waiting(batchesMax: 1, bytesMax: .max).first)
      _ = try store.commit(ProcessedBatches(batches: [first.id], steps: [step]), prices: Traces.prices)
      freshness = try store.freshness()
    }
    let store = try TelemetryDatabase(path: path)
    #expect(try store.waiting(batchesMax: 9, bytesMax: .max).map(\.batch) == (2...5).map { Traces.batch($0) })
    #expect(try store.run("r", stepsMax: 1)?.steps == [step])
    #expect(try store.freshness() == freshness)
    #expect(freshness.waitingBatches == 4)
  }

  @Test("many senders at once are each written once and told their own number")
  func concurrent() throws {
    let store = try TelemetryDatabase(path: path)
    let ids = Lock<[Int64: Int]>([:])
    let failures = Lock(0)
    let threads = (0..<8).map { thread in
      spawnThread(name: "sender-\(thread)") {
        for number in 0..<40 {
          do {
            let id = try store.append(Traces.batch(thread * 40 + number))
            ids.withLock { $0[id] = thread * 40 + number }
          } catch {
            failures.withLock { $0 += 1 }
          }
        }
      }
    }
    for thread in threads { thread.join() }
    let acknowledged = ids.withLock { $0 }
    #expect(failures.withLock { $0 } == 0)
    #expect(acknowledged.count == 320)
    let stored = try store.waiting(batchesMax: 1_000, bytesMax: .max)
    #expect(stored.count == 320)
    for batch in stored { #expect(acknowledged[batch.id].map { Traces.batch($0) } == batch.batch) }
  }

  @Test("too much waiting is refused until some of it is processed, also after a restart")
  func overload() throws {
    var limits = TelemetryLimits()
    limits.waitingBatchesMax = 3
    limits.waitingBytesMax = 250
    for _ in 0..<2 {
      let store = try TelemetryDatabase(path: path, limits: limits)
      while try store.waiting(batchesMax: 9, bytesMax: .max).count < 2 { _ = try store.append(Traces.batch(1)) }
      #expect(throws: TraceStoreFailure.overloaded) { try store.append(Traces.batch(2)) }
    }
    let store = try TelemetryDatabase(path: path, limits: limits)
    _ = try store.append(Traces.batch(3, bytes: 50))
    #expect(throws: TraceStoreFailure.overloaded) { try store.append(Traces.batch(3, bytes: 0)) }
    let first = try #require(try store.waiting(batchesMax: 1, bytesMax: .max).first)
    _ = try store.commit(ProcessedBatches(batches: [first.id, first.id], steps: []), prices: Traces.prices)
    _ = try store.append(Traces.batch(4, bytes: 100))
    #expect(throws: TraceStoreFailure.overloaded) { try store.append(Traces.batch(5, bytes: 1)) }
    limits.pendingBytesMax = 10
    let small = try TelemetryDatabase(path: folder.file("small.db"), limits: limits)
    #expect(throws: TraceStoreFailure.overloaded) { try small.append(Traces.batch(1, bytes: 11)) }
    _ = try small.append(Traces.batch(1, bytes: 10))
  }

  @Test("a full disk is told to the sender, and nothing of the request is kept")
  func full() throws {
    var settings = ConnectionSettings()
    settings.pageCountMax = 60
    let store = try TelemetryDatabase(path: path, settings: settings)
    var kept = 0
    let failure = #expect(throws: TraceStoreFailure.self) {
      while kept < 1_000 {
        _ = try store.append(Traces.batch(kept, bytes: 20_000))
        kept += 1
      }
    }
    guard case .notDurable(let reason)? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(reason.contains("no space left"))
    #expect(kept > 3)
    #expect(try store.waiting(batchesMax: 1_000, bytesMax: .max).count == kept)
    #expect(try store.freshness().waitingBatches == kept)
    #expect(throws: TraceStoreFailure.self) {
      try store.commit(
        ProcessedBatches(batches: [1], steps: try (1..<4_000).map { try Traces.step(trace: $0, 1) }), prices: Traces.prices)
    }
    #expect(try store.runs(RunFilter(), after: nil, limit: 10).runs.isEmpty)
    #expect(try store.waiting(batchesMax: 1_000, bytesMax: .max).count == kept)
  }

  @Test("a damaged body is reported, never handed over")
  func damaged() throws {
    let store = try TelemetryDatabase(path: path)
    _ = try store.append(Traces.batch(1))
    try SQLiteConnection(path: path, mode: .readWrite).execute("UPDATE bodies SET body = zeroblob(100)")
    #expect(throws: TraceStoreFailure.self) { try store.waiting(batchesMax: 1, bytesMax: .max) }
  }

  @Test("another kind of database is refused")
  func foreign() throws {
    _ = try JournalFile(path: path)
    let error = #expect(throws: DatabaseError.self) { try TelemetryDatabase(path: path) }
    #expect(error?.kind == .notOurs)
  }
}
