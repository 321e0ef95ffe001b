/// Where a run stands.
package enum RunState: String, Sendable, CaseIterable {
  /// Every trace of the run has its root, and the root that ended last did not fail.
  case success
  /// Every trace of the run has its root, and the root that ended last failed.
  case error
  /// A trace of the run has no root yet.
  case open
}

/// A run as its steps tell it: a pure function of all steps of the run, so it can be derived again at any time.
package struct RunSummary: Sendable, Equatable {
  /// `countersign.run`, else the hexadecimal trace id.
  package var run: String
  /// The root says it, else any step, else the name of the root, else the service.
  package var workflow: String?
  /// The first agent that is not the workflow's own name.
  package var agent: String?
  /// From the root, else from any step.
  package var user: String?
  /// From the root, else from any step.
  package var session: String?
  /// From the root, else from any step.
  package var environment: String?
  /// From the root, else from any step.
  package var service: String?
  /// Where the run stands.
  package var state: RunState
  /// Nanoseconds since the Unix epoch.
  package var startNanoseconds: Int64
  /// Nanoseconds since the Unix epoch: the latest end seen so far.
  package var endNanoseconds: Int64
  /// All steps of the run.
  package var steps: Int64
  /// Tokens that count: each call once.
  package var usage: Usage
  /// Model calls that count: inference and embedding, nested spans of one call once.
  package var modelCalls: Int64
  /// Tool calls: the outermost span of each.
  package var toolCalls: Int64
  /// Failed steps whose failure does not come from a failed step below them.
  package var errors: Int64
  /// Cost of the priced calls in nano-USD, rounded up once for the whole run.
  package var costNanoUSD: Int64
  /// Calls with tokens that no price covers: while it is not zero, `costNanoUSD` is a lower bound.
  package var unpricedCalls: Int64
  /// Sum of the costs that emitters reported, in nano-USD; nil when none did.
  package var reportedCostNanoUSD: Int64?
  /// By provider and model, in order of both.
  package var models: [ModelUse]

  /// A summary as it was stored.
  package init(
    run: String, workflow: String?, agent: String?, user: String?, session: String?, environment: String?, service: String?,
    state: RunState, startNanoseconds: Int64, endNanoseconds: Int64, steps: Int64, usage: Usage, modelCalls: Int64,
    toolCalls: Int64,
    errors: Int64, costNanoUSD: Int64, unpricedCalls: Int64, reportedCostNanoUSD: Int64?, models: [ModelUse]
  ) {
    self.run = run
    self.workflow = workflow
    self.agent = agent
    self.user = user
    self.session = session
    self.environment = environment
    self.service = service
    self.state = state
    self.startNanoseconds = startNanoseconds
    self.endNanoseconds = endNanoseconds
    self.steps = steps
    self.usage = usage
    self.modelCalls = modelCalls
    self.toolCalls = toolCalls
    self.errors = errors
    self.costNanoUSD = costNanoUSD
    self.unpricedCalls = unpricedCalls
    self.reportedCostNanoUSD = reportedCostNanoUSD
    self.models = models
  }

  /// Nanoseconds, at least zero.
  package var durationNanoseconds: Int64 { endNanoseconds &- startNanoseconds }
}

/// What one model did in a run.
package struct ModelUse: Sendable, Equatable {
  /// Who served it; nil when unknown.
  package var provider: String?
  /// Response model, else request model; nil when neither is known.
  package var model: String?
  /// Calls that count.
  package var calls: Int64
  /// Tokens that count.
  package var usage: Usage
  /// In nano-USD, rounded up once for all calls.
  package var costNanoUSD: Int64
  /// Calls with tokens that no price covers.
  package var unpricedCalls: Int64

  /// A use as it was stored.
  package init(provider: String?, model: String?, calls: Int64, usage: Usage, costNanoUSD: Int64, unpricedCalls: Int64) {
    self.provider = provider
    self.model = model
    self.calls = calls
    self.usage = usage
    self.costNanoUSD = costNanoUSD
    self.unpricedCalls = unpricedCalls
  }
}
