/// An accepted export request, kept as it was received so that no attribute is lost.
package struct RawBatch: Sendable, Equatable {
  /// UTC, milliseconds since the Unix epoch.
  package var receivedMilliseconds: Int64
  /// What the batch holds.
  package var signal: OTLPSignal
  /// How `body` is encoded once decompressed.
  package var encoding: OTLPEncoding
  /// How `body` is compressed.
  package var compression: BodyCompression
  /// The bytes of the request.
  package var body: [UInt8]
  /// Items that were accepted.
  package var accepted: Int64
  /// Items that were refused, answered by a partial success.
  package var rejected: Int64
  /// Who sent it: the id of the API key.
  package var source: String

  /// A batch.
  package init(
    receivedMilliseconds: Int64, signal: OTLPSignal, encoding: OTLPEncoding, compression: BodyCompression, body: [UInt8],
    accepted: Int64, rejected: Int64, source: String
  ) {
    self.receivedMilliseconds = receivedMilliseconds
    self.signal = signal
    self.encoding = encoding
    self.compression = compression
    self.body = body
    self.accepted = accepted
    self.rejected = rejected
    self.source = source
  }
}

/// A batch with the number that the store gave it; numbers grow in the order of arrival.
package struct StoredBatch: Sendable, Equatable {
  /// Grows in the order of arrival.
  package var id: Int64
  /// The batch as appended.
  package var batch: RawBatch

  /// A stored batch.
  package init(id: Int64, batch: RawBatch) {
    self.id = id
    self.batch = batch
  }
}

/// What the worker made of some batches.
package struct ProcessedBatches: Sendable {
  /// The batches that are done by this commit.
  package var batches: [Int64]
  /// Their steps in order of arrival; may repeat stored ones.
  package var steps: [CanonicalStep]
  /// Batches that were accepted and could not be read again, by id: kept, marked, never retried.
  package var unreadable: [Int64: String]

  /// A result.
  package init(batches: [Int64], steps: [CanonicalStep], unreadable: [Int64: String] = [:]) {
    self.batches = batches
    self.steps = steps
    self.unreadable = unreadable
  }
}

/// What a commit changed.
package struct CommitOutcome: Sendable, Equatable {
  /// Steps that were not stored before.
  package var inserted: Int
  /// Stored steps that a later copy replaced.
  package var revised: Int
  /// Repetitions that changed nothing.
  package var repeated: Int
  /// Runs whose summary was derived again.
  package var runs: [String]

  /// An outcome.
  package init(inserted: Int = 0, revised: Int = 0, repeated: Int = 0, runs: [String] = []) {
    self.inserted = inserted
    self.revised = revised
    self.repeated = repeated
    self.runs = runs
  }
}

/// Which runs are wanted; absent members do not restrict.
package struct RunFilter: Sendable, Equatable {
  /// Only runs of this workflow.
  package var workflow: String?
  /// Only runs in this state.
  package var state: RunState?
  /// Runs that start at or after this moment: nanoseconds since the Unix epoch.
  package var fromNanoseconds: Int64?
  /// Runs that start before this moment: nanoseconds since the Unix epoch.
  package var beforeNanoseconds: Int64?

  /// A filter.
  package init(workflow: String? = nil, state: RunState? = nil, fromNanoseconds: Int64? = nil, beforeNanoseconds: Int64? = nil) {
    self.workflow = workflow
    self.state = state
    self.fromNanoseconds = fromNanoseconds
    self.beforeNanoseconds = beforeNanoseconds
  }
}

/// Where the next page of runs begins: after this run in the order newest start first, then run id.
package struct RunCursor: Sendable, Equatable {
  /// Start of the last run of the page before.
  package var startNanoseconds: Int64
  /// Id of the last run of the page before.
  package var run: String

  /// A place in the list.
  package init(startNanoseconds: Int64, run: String) {
    self.startNanoseconds = startNanoseconds
    self.run = run
  }
}

/// One page of runs, newest start first.
package struct RunPage: Sendable, Equatable {
  /// Newest start first.
  package var runs: [RunSummary]
  /// nil on the last page.
  package var next: RunCursor?

  /// A page.
  package init(runs: [RunSummary], next: RunCursor?) {
    self.runs = runs
    self.next = next
  }
}

/// How far what is shown lags behind what was received.
package struct TelemetryFreshness: Sendable, Equatable {
  /// UTC milliseconds of the last accepted batch; nil before the first.
  package var lastReceivedMilliseconds: Int64?
  /// UTC milliseconds at which the last processed batch was received; nil before the first.
  package var lastProcessedMilliseconds: Int64?
  /// Batches that wait.
  package var waitingBatches: Int
  /// Accepted spans, in all.
  package var acceptedItems: Int64
  /// Refused spans, in all.
  package var rejectedItems: Int64

  /// A state.
  package init(
    lastReceivedMilliseconds: Int64? = nil, lastProcessedMilliseconds: Int64? = nil, waitingBatches: Int = 0,
    acceptedItems: Int64 = 0,
    rejectedItems: Int64 = 0
  ) {
    self.lastReceivedMilliseconds = lastReceivedMilliseconds
    self.lastProcessedMilliseconds = lastProcessedMilliseconds
    self.waitingBatches = waitingBatches
    self.acceptedItems = acceptedItems
    self.rejectedItems = rejectedItems
  }
}

/// Why the store did not do it.
package enum TraceStoreFailure: Error, Equatable {
  /// Too much waits to be processed or to be written: the client should come again.
  case overloaded
  /// The disk or the database refused; nothing of the request was kept.
  case notDurable(String)
  /// A read failed.
  case unreadable(String)
}

/// Where telemetry is kept. Any thread may call; one worker at a time processes.
///
/// The worker reads waiting batches, decodes them (`StepDecoder`), joins them with the stored steps of the same traces
/// (`StepClaim.merge`), settles what they claim (`StepClaim.claims`), and only then commits: a crash in between repeats the settlement,
/// which is idempotent, and loses nothing.
package protocol TraceStore: Sendable {
  /// Keeps the batch; on return it survives a crash.
  func append(_ batch: RawBatch) throws(TraceStoreFailure) -> Int64

  /// Batches that are not processed, oldest first: at most `batchesMax`, and after the first only while their bodies stay within
  /// `bytesMax`.
  func waiting(batchesMax: Int, bytesMax: Int) throws(TraceStoreFailure) -> [StoredBatch]

  /// All stored steps of these traces, in any order; at most `stepsMax` of each trace, the earliest by start.
  func steps(ofTraces traces: Set<TraceID>, stepsMax: Int) throws(TraceStoreFailure) -> [CanonicalStep]

  /// In one transaction: stores the steps (one row per `StepKey`; a stored one is replaced only by a copy that `supersedes` it), assigns
  /// the steps of every touched trace to runs (`RunAssembler.assign`), derives the summary of every run gained, lost or changed
  /// (`RunAssembler.summary` over all of its stored steps; a run left without steps disappears), and marks the batches.
  func commit(_ result: ProcessedBatches, prices: PriceBook) throws(TraceStoreFailure) -> CommitOutcome

  /// Runs, newest start first; `limit` is 1 to 1 000.
  func runs(_ filter: RunFilter, after cursor: RunCursor?, limit: Int) throws(TraceStoreFailure) -> RunPage

  /// One run with its steps in order of start, or nil. At most `stepsMax` steps.
  func run(_ id: String, stepsMax: Int) throws(TraceStoreFailure) -> (summary: RunSummary, steps: [CanonicalStep])?

  /// How fresh the views are.
  func freshness() throws(TraceStoreFailure) -> TelemetryFreshness
}
