package import Compression
import Governance
import JSON
import Platform
import Synchronization
package import Telemetry

/// Turns accepted batches into steps and runs, and settles the reservations that they name, behind the answers.
///
/// Order: decode, settle through the journal, commit. A crash in between repeats the settlement, which then only confirms.
package final class TraceWorker: Sendable {
  /// Batches and bytes of one round: enough for one commit to be cheap, small enough to hold in memory.
  static let batchesMax = 64
  static let bytesMax = 32 << 20
  /// Pause after a failure of the store or the journal, milliseconds.
  static let pauseMilliseconds: Int64 = 500

  private let services: Services
  private let signal = WaitSignal()
  private let stopping = Atomic<Bool>(false)
  private let thread = Lock<ThreadHandle?>(nil)

  /// A worker over the batches of `services`; nothing runs before `start`.
  package init(services: Services) { self.services = services }

  /// Starts the thread; whatever waits from before is processed first.
  package func start() {
    let handle = spawnThread(name: "telemetry") { [self] in run() }
    thread.withLock { $0 = handle }
  }

  /// Something was accepted.
  func wake() { signal.signal() }

  /// Ends the thread after its round; what still waits is processed after the next start.
  package func stop() {
    stopping.store(true, ordering: .relaxed)
    signal.signal()
    thread.withLock { $0.take() }?.join()
  }

  private func run() {
    var decoder = StepDecoder()
    while !stopping.load(ordering: .relaxed) {
      do {
        let batches = try services.traces.waiting(batchesMax: Self.batchesMax, bytesMax: Self.bytesMax)
        if batches.isEmpty {
          signal.wait()
        } else {
          try process(batches, &decoder)
        }
      } catch {
        services.log.write(.error, "telemetry.round_failed", ["reason": .string("\(error)")])
        signal.wait(milliseconds: Self.pauseMilliseconds)
      }
    }
  }

  private func process(_ batches: [StoredBatch], _ decoder: inout StepDecoder) throws {
    var result = ProcessedBatches(batches: batches.map(\.id), steps: [])
    for stored in batches {
      do {
        let bytes = try Self.inflate(stored.batch.body, stored.batch.compression, bytesMax: IntakeRules.inflatedBytesMax)
        result.steps += try decoder.decode(bytes, encoding: stored.batch.encoding).steps
      } catch {
        result.unreadable[stored.id] = "\(error)"
        services.log.write(.error, "telemetry.unreadable", ["batch": .integer(stored.id), "reason": .string("\(error)")])
      }
    }
    let prices = services.policies.current.prices
    try Settlement(services: services, prices: prices).settle(result.steps)
    _ = try services.traces.commit(result, prices: prices)
  }

  /// The bytes behind a compression, within `bytesMax`.
  package static func inflate(_ body: [UInt8], _ compression: BodyCompression, bytesMax: Int) throws(InflateError) -> [UInt8] {
    switch compression {
    case .identity: body
    case .gzip: try Inflater.inflate(body, format: .gzip, outputBytesMax: bytesMax)
    case .zlib: try Inflater.inflate(body, format: .zlib, outputBytesMax: bytesMax)
    }
  }
}
