import Cryptography
import Governance
import HTTP
import JSON
import Journal
import Platform
import Server
import Storage
import Telemetry
import TransparencyLog

/// One running server: its parts in the order of their start.
final class Node {
  /// Threads for administration and span batches; decisions do not need them.
  private static let workers = 4
  /// Work that may wait for a worker: a second of it at a millisecond each.
  private static let workQueueMax = 4_096

  let log: StructuredLog
  let url: String
  private let services: Services
  private let worker: TraceWorker
  private let server: HTTPServer
  private let parts: Parts
  private let drainSeconds: Int

  /// The parts that hold files open.
  private struct Parts: Sendable {
    let folder: DataFolder
    let journalFile: JournalFile
    let views: ViewDatabase
    let traces: TelemetryDatabase
  }

  /// Starts everything, or nothing.
  ///
  /// - Throws: what could not be started, and what to do.
  init(_ configuration: Configuration) throws {
    let clock = WallClock.system
    log = StructuredLog(least: StructuredLog.Level.named(configuration["log_level"]), clock: clock)
    drainSeconds = configuration.number("drain_seconds")
    parts = try Self.open(configuration["data"])
    let store = StoredJournal(file: parts.journalFile, views: parts.views)
    let size = try store.size()
    let signer = try NoteSigner(name: configuration["origin"], key: parts.folder.signingKey(.log, journalSize: size))
    let export = try NoteSigner(
      name: configuration["origin"] + "/export", key: parts.folder.signingKey(.export, journalSize: size))
    let tenant = configuration["tenant"]
    let origin = configuration["origin"]
    let journal = try Journal<GovernanceMachine>(
      store: store, origin: origin, signer: signer, clock: clock,
      initial: { GovernanceMachine(tenant: tenant, origin: origin) })
    let follower = JournalFollower(journal: journal, projections: [parts.views])
    let owner = try follower.withState(atLeast: journal.durableSize) { $0.tenant }
    guard owner == tenant else {
      throw CommandFailure(.usage, "`tenant` is `\(tenant)`, but this data folder belongs to tenant `\(owner)`")
    }
    _ = try journal.submitAndWait(.open)
    let policies = Published(try Self.policies(journal, follower, store))
    let exporter = BundleExporter(
      store: store, journal: journal, policies: policies, log: signer.verifier, key: export, folder: parts.folder.temporaryPath,
      tenant: tenant, clock: clock)
    services = Services(
      journal: journal, follower: follower, store: store, views: parts.views, traces: parts.traces, exporter: exporter,
      policies: policies,
      keys: KeyRing(KeyTable(try follower.withState(atLeast: journal.durableSize) { Array($0.state.keys.values) })),
      evaluator: Evaluator(tenant: tenant), workers: WorkerPool(name: "work", threads: Self.workers, queueLimit: Self.workQueueMax),
      lookups: WorkerPool(name: "lookup", threads: 2, queueLimit: Self.workQueueMax), clock: clock, log: log,
      metrics: ServerMetrics(),
      health: Self.health(
        journal, follower, policies, parts, folder: configuration["data"], freeBytesMin: configuration.number("free_bytes_min")))
    worker = TraceWorker(services: services)
    try Self.firstKey(services)
    try Self.apply(configuration["policies"], services)
    let limits = Self.limits(configuration)
    let address = configuration.address
    let plane = ControlPlane(
      services: services,
      configuration: ServerConfiguration(
        publicURL: configuration["public_url"].isEmpty ? "https://\(configuration["listen"])" : configuration["public_url"],
        bodyBytesMax: configuration.number("body_bytes_max"), telemetryBytesMax: configuration.number("telemetry_bytes_max"),
        pages: DashboardPages.all), worker: worker)
    server = try HTTPServer(
      address: address, port: configuration.port, threads: configuration.number("threads"), limits: limits, handler: plane)
    url = "http://\(address.contains(":") ? "[\(address)]" : address):\(server.port)"
    worker.start()
    server.start()
    log.write(.info, "server.started", ["url": .string(url), "entries": .integer(Int64(clamping: journal.durableSize))])
  }

  /// Answers what was asked, keeps what was accepted, and lets go of the data folder.
  func stop() {
    server.drain(seconds: drainSeconds)
    worker.stop()
    services.workers.stop()
    services.lookups.stop()
    _ = try? services.journal.checkpointNow()
    services.journal.stop()
    services.follower.stop()
    log.write(.info, "server.stopped")
  }

  private static func open(_ path: String) throws -> Parts {
    let folder = try DataFolder(path: path)
    // A key with a past and no journal: signing a new one under the same name would fork the log.
    if Files.exists(folder.keyPath(.log)), !Files.exists(folder.journalPath) {
      throw CommandFailure(
        .fault, "`\(folder.journalPath)` is missing although its signing key is there: restore it, or start on another data folder")
    }
    let journalFile = try JournalFile(path: folder.journalPath)
    return Parts(
      folder: folder, journalFile: journalFile, views: try ViewDatabase(path: folder.viewsPath, journal: journalFile),
      traces: try TelemetryDatabase(path: folder.telemetryPath))
  }

  /// The policies in force, from the payload of their activation; none before the first.
  private static func policies(
    _ journal: Journal<GovernanceMachine>, _ follower: JournalFollower<GovernanceMachine>, _ store: StoredJournal
  ) throws -> PolicySnapshot {
    let (version, index) = try follower.withState(atLeast: journal.durableSize) { ($0.state.policyVersion, $0.state.policyIndex) }
    guard version > 0 else { return .empty }
    guard let record = try store.payload(at: index), let files = ActivatedFiles.files(in: record.payload) else {
      throw CommandFailure(
        .fault, "the policies of version \(version) cannot be read from entry \(index): apply the folder again with --policies")
    }
    guard let snapshot = PolicyFolder.restore(files: files).snapshot else {
      throw CommandFailure(
        .fault,
        "the policies of version \(version) are refused by this version of countersign: apply a folder that it accepts with --policies"
      )
    }
    return snapshot.activated(version: version)
  }

  /// A log without keys gets one admin key, which is printed this once.
  private static func firstKey(_ services: Services) throws {
    guard services.keys.isEmpty else { return }
    let issued = try KeyService(services: services).create(role: .admin, label: "first start", actor: .system)
    Output.line("admin key (shown once): \(issued.text)")
  }

  private static func apply(_ folder: String, _ services: Services) throws {
    guard !folder.isEmpty else { return }
    do {
      _ = try PolicyActivation(services: services).activate(
        try PolicyFiles.read(folder), author: "serve --policies", note: "", actor: .system)
    } catch let mistakes as PolicyActivation.Mistakes {
      for problem in mistakes.problems { Output.error("\(problem)") }
      throw CommandFailure(
        .usage, "the policy folder `\(folder)` has mistakes: nothing was activated and the server does not start")
    }
  }

  private static func limits(_ configuration: Configuration) -> HTTPLimits {
    var limits = HTTPLimits()
    limits.connectionsMax = configuration.number("connections_max")
    return limits
  }

  private static func health(
    _ journal: Journal<GovernanceMachine>, _ follower: JournalFollower<GovernanceMachine>, _ policies: Published<PolicySnapshot>,
    _ parts: Parts, folder: String, freeBytesMin: Int
  ) -> Health {
    Health {
      var faults: [String] = []
      if case .failed(let reason) = journal.health { faults.append("the journal cannot be written: \(reason)") }
      if let fault = journal.checkpointFault { faults.append("no checkpoint can be signed: \(fault)") }
      if let failure = parts.journalFile.checkpointFailure { faults.append("the journal's WAL cannot be written back: \(failure)") }
      if let failure = parts.traces.checkpointFailure { faults.append("the telemetry's WAL cannot be written back: \(failure)") }
      if let fault = follower.fault { faults.append("the views are not filled: \(fault)") }
      if policies.current.revision.version == 0 { faults.append("no policy folder is active: run `countersign apply DIR`") }
      if let free = try? Files.freeBytes(folder), free < UInt64(freeBytesMin) {
        faults.append("only \(free) bytes of disk are free, \(freeBytesMin) are wanted: make room")
      }
      return faults
    }
  }
}

extension StructuredLog.Level {
  /// The level with this name; `Configuration` has checked it.
  static func named(_ name: String) -> StructuredLog.Level { allCases.first { $0.name == name } ?? .info }
}
