import Cryptography
package import Governance
import HTTP
package import Journal
package import Platform
package import Telemetry

/// What the routes work with: everything that the executable wires together.
///
/// A class, so that a request's closures hold one reference and not one to each part.
package final class Services: Sendable {
  /// Where everything that is decided becomes durable.
  package let journal: Journal<GovernanceMachine>
  /// The state behind the journal, for screens; may lag.
  package let follower: JournalFollower<GovernanceMachine>
  /// Entries with their payloads, for showing one.
  package let store: any JournalStore
  /// Look-up tables of decisions; may lag like the follower.
  package let views: any ViewStore
  /// Span batches, steps and runs.
  package let traces: any TraceStore
  /// Makes evidence bundles.
  package let exporter: any EvidenceExporter
  /// The policies in force; an evaluation reads them once and keeps what it read.
  package let policies: Published<PolicySnapshot>
  /// The API keys that are valid now.
  package let keys: KeyRing
  /// Evaluates requests: pure, on any thread.
  package let evaluator: Evaluator
  /// Threads for everything that may wait: administration, look-ups, span batches.
  package let workers: WorkerPool
  /// Threads for short work that never waits for other work: stored answers, repeated evaluations.
  package let lookups: WorkerPool
  /// The only source of time of the routes.
  package let clock: WallClock
  /// The server's log.
  package let log: StructuredLog
  /// Counters for `/metrics`.
  package let metrics: ServerMetrics
  /// What `/readyz` answers.
  package let health: Health

  /// All parts, running; the executable stops them after the HTTP server.
  package init(
    journal: Journal<GovernanceMachine>, follower: JournalFollower<GovernanceMachine>, store: any JournalStore,
    views: any ViewStore, traces: any TraceStore, exporter: any EvidenceExporter, policies: Published<PolicySnapshot>,
    keys: KeyRing, evaluator: Evaluator, workers: WorkerPool, lookups: WorkerPool, clock: WallClock, log: StructuredLog,
    metrics: ServerMetrics,
    health: Health
  ) {
    self.journal = journal
    self.follower = follower
    self.store = store
    self.views = views
    self.traces = traces
    self.exporter = exporter
    self.policies = policies
    self.keys = keys
    self.evaluator = evaluator
    self.workers = workers
    self.lookups = lookups
    self.clock = clock
    self.log = log
    self.metrics = metrics
    self.health = health
  }
}

/// Why the server is not ready, asked on every `/readyz`.
package struct Health: Sendable {
  /// Sentences that say what is wrong and what to do; empty when ready.
  package let faults: @Sendable () -> [String]

  /// The closure is called on loop threads: it must not wait.
  package init(faults: @escaping @Sendable () -> [String]) { self.faults = faults }
}

/// Settings that routes show or obey.
package struct ServerConfiguration: Sendable {
  /// The base URL that clients use, for the discovery document.
  package let publicURL: String
  /// Most bytes of a request body other than telemetry.
  package let bodyBytesMax: Int
  /// Most bytes of a telemetry body, compressed and inflated alike.
  package let telemetryBytesMax: Int
  /// Files of the dashboard by path, with their media types.
  package let pages: [String: Page]

  /// One file of the dashboard.
  package struct Page: Sendable {
    /// The `Content-Type` with its charset.
    package let mediaType: String
    /// The file as it is sent.
    package let bytes: [UInt8]
    /// Changes with the bytes; the entity tag.
    package let tag: String

    /// A page; its tag is made from `bytes`.
    package init(mediaType: String, bytes: [UInt8]) {
      self.mediaType = mediaType
      self.bytes = bytes
      tag = String(SHA256.hash(bytes).hex.prefix(16))
    }
  }

  /// Settings as given; the configuration has checked them.
  package init(publicURL: String, bodyBytesMax: Int, telemetryBytesMax: Int, pages: [String: Page]) {
    self.publicURL = publicURL
    self.bodyBytesMax = bodyBytesMax
    self.telemetryBytesMax = telemetryBytesMax
    self.pages = pages
  }
}
