/// What a span is in a workflow. Source: genai-semconv dossier, section 3.
package enum StepKind: String, Sendable, CaseIterable {
  case inference
  case embedding
  case tool
  case retrieval
  case orchestration
  case guardrail
  case evaluation
  case human
  case other

  /// Whether usage and cost count on a step of this kind.
  package var isModelCall: Bool { self == .inference || self == .embedding }
}

/// A span read through the dialect mapping: the same fields whatever the instrumentation. Absent text is nil, never empty.
///
/// Trace-level values (workflow, run, agent, user, session) are those of this span alone; `RunAssembler` joins them.
package struct CanonicalStep: Sendable, Equatable {
  /// The trace that the span belongs to.
  package var traceID: TraceID
  /// The span itself.
  package var spanID: SpanID
  /// nil for a root.
  package var parentSpanID: SpanID?
  /// The parent lives in another process: where it never arrives, this step is a root of its own.
  package var parentIsRemote = false
  /// What the span is in a workflow.
  package var kind: StepKind
  /// The step's name: tool, entity or graph node, else the span's name.
  package var name: String
  /// The span's own name; empty when it has none.
  package var spanName: String
  /// Nanoseconds since the Unix epoch.
  package var startNanoseconds: Int64
  /// Nanoseconds since the Unix epoch; never before the start.
  package var endNanoseconds: Int64
  /// What was broken in the span.
  package var repairs: SpanRepairs = []

  /// The workflow as an attribute names it; wins over `workflowFallback` of any span.
  package var workflow: String?
  /// The workflow that the step would give its trace if it is the root: function id or cleaned span name.
  package var workflowFallback: String?
  /// The agent that did it.
  package var agent: String?
  /// Tool steps only.
  package var tool: String?
  /// Who serves the model, in the current spelling and lower case.
  package var provider: String?
  /// The model that was asked for.
  package var requestModel: String?
  /// The model that answered, when the emitter said so.
  package var responseModel: String?
  /// The provider's id of the answer.
  package var responseID: String?
  /// Tokens that this span claims; whether they count is decided in `RunAssembler`.
  package var usage: Usage?
  /// Cost that the emitter reported, in nano-USD; kept beside ours, never mixed with it.
  package var reportedCostNanoUSD: Int64?
  /// Status, error type, exception or level says that it failed.
  package var failed = false
  /// Low-cardinality error: `error.type`, else the exception's type, else the status message.
  package var errorType: String?
  /// Who it was done for.
  package var user: String?
  /// Conversation or session.
  package var session: String?
  /// Deployment environment.
  package var environment: String?
  /// `service.name` of the emitter.
  package var service: String?

  /// `countersign.decision_id`: the decision that allowed this step.
  package var decisionID: String?
  /// `countersign.run`: the runtime's id of the run.
  package var run: String?
  /// `countersign.step`: the step of the workflow's manifest.
  package var step: String?
  /// `countersign.attempt`, at least 1.
  package var attempt: Int32?

  /// A step with what every span has.
  package init(
    traceID: TraceID, spanID: SpanID, parentSpanID: SpanID? = nil, kind: StepKind, name: String, start: Int64, end: Int64
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.parentSpanID = parentSpanID
    self.kind = kind
    self.name = name
    spanName = name
    startNanoseconds = start
    endNanoseconds = max(start, end)
  }

  /// Whose tokens they are: the response model, else the request model.
  package var model: String? { responseModel ?? requestModel }

  /// Nanoseconds, at least zero.
  package var durationNanoseconds: Int64 { endNanoseconds.subtractingReportingOverflow(startNanoseconds).partialValue }

  /// Whether this copy replaces a stored step of the same ids: the one that ends later wins, a repetition changes nothing.
  package func supersedes(_ stored: CanonicalStep) -> Bool { endNanoseconds > stored.endNanoseconds }
}

/// The identity of a step: two spans with the same key are one step.
package struct StepKey: Hashable, Sendable {
  /// The trace.
  package let traceID: TraceID
  /// The span in the trace.
  package let spanID: SpanID

  /// A key.
  package init(_ traceID: TraceID, _ spanID: SpanID) {
    self.traceID = traceID
    self.spanID = spanID
  }
}

extension CanonicalStep {
  /// The identity of the step.
  package var key: StepKey { StepKey(traceID, spanID) }
}
