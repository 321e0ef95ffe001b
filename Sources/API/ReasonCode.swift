/// A code of the published registry: stable, never reused for another meaning. Reasons of decisions and problems of requests share
/// it.
package struct ReasonCode: Sendable, Equatable {
  /// `family.name`.
  package let code: String
  /// What it says, for anyone.
  package let meaning: String
  /// What to do about it; empty where there is nothing to do.
  package let remedy: String

  init(_ code: String, _ meaning: String, _ remedy: String = "") {
    self.code = code
    self.meaning = meaning
    self.remedy = remedy
  }

  /// The part before the dot.
  package var family: String { String(code.prefix { $0 != "." }) }

  /// The registered code with this text, or nil.
  package static func named(_ code: String) -> ReasonCode? { byCode[code] }

  private static let byCode = Dictionary(all.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

  /// The whole registry, by family.
  package static let all: [ReasonCode] =
    requestCodes + haltCodes + inventoryCodes + policyCodes + approvalCodes + budgetCodes + administrationCodes + internalCodes

  private static let requestCodes = [
    ReasonCode("request.invalid", "the request is malformed or breaks a limit", "correct the field that the message names"),
    ReasonCode(
      "request.unauthenticated", "no valid API key came with the request",
      "send `Authorization: Bearer cs_…` with a key that is not revoked"),
    ReasonCode("request.role_missing", "the key's role may not do this", "use a key with one of the roles that the message names"),
    ReasonCode("request.unknown_path", "there is nothing at this path", "see the API description for the paths that exist"),
    ReasonCode("request.method_not_allowed", "the path exists, not with this method", "use one of the methods in `Allow`"),
    ReasonCode("request.too_large", "the body exceeds the limit of this endpoint", "send less in one request"),
    ReasonCode(
      "request.media_type_unsupported", "the media type or content encoding is not understood", "send a type that the message names"
    ),
    ReasonCode(
      "request.obligation_unsupported", "a required obligation is not among those that the caller supports",
      "support it and list it in `context.supported_obligations`"),
    ReasonCode("request.clock_skew", "the caller's clock is too far from the server's", "synchronise the caller's clock"),
    ReasonCode("request.not_found", "the thing that the request names does not exist", "check the id"),
  ]

  private static let haltCodes = [
    ReasonCode("halt.workflow", "the workflow is halted", "ask its owner; `countersign resume WORKFLOW` ends the halt"),
    ReasonCode("halt.organisation", "all workflows are halted", "wait until an administrator resumes them"),
  ]

  private static let inventoryCodes = [
    ReasonCode("inventory.workflow_unregistered", "no manifest names the workflow", "add a manifest and apply the policy folder"),
    ReasonCode(
      "inventory.version_unregistered", "the manifest has another version", "send the version of the manifest, or apply the new one"
    ),
    ReasonCode(
      "inventory.lifecycle_not_live", "the workflow's lifecycle stage does not allow runs",
      "only prototype, pilot and scale are live: change the manifest"),
    ReasonCode("inventory.owner_missing", "the workflow has no owner", "name a person and a team in the manifest"),
    ReasonCode("inventory.agent_unregistered", "the agent is not one of the workflow's", "add it to the manifest"),
    ReasonCode("inventory.step_unregistered", "the workflow has no such step", "add it to the manifest"),
    ReasonCode(
      "inventory.tool_unregistered", "the tool is not the one that the step may use", "name the step's tool, or change the manifest"
    ),
    ReasonCode(
      "inventory.model_unregistered", "the model is not the one that the step may use, or is not registered",
      "name the step's model, or register it"),
    ReasonCode("inventory.run_missing", "the request names a workflow and no run", "send `context.run`"),
    ReasonCode("run.finished", "the run was finished before", "start a new run with a new run id"),
  ]

  private static let policyCodes = [
    ReasonCode("policy.permitted", "a policy permits this"),
    ReasonCode("policy.forbidden", "a policy forbids this", "ask the workflow's owner"),
    ReasonCode("policy.not_permitted", "no policy permits this", "ask the workflow's owner for access"),
    ReasonCode(
      "policy.error", "a forbid policy could not be evaluated and therefore counts", "correct the policy or the request's facts"),
    ReasonCode("policy.none_loaded", "no policy folder is active", "run `countersign apply DIR`"),
    ReasonCode(
      "policy.invalid", "the policy folder has mistakes; nothing was activated", "correct the files that the problems name"),
  ]

  private static let approvalCodes = [
    ReasonCode(
      "tier.approval_required", "steps of this risk tier need a human's approval",
      "wait for the approval, then send the same request again"),
    ReasonCode(
      "escalate.policy", "a policy asks for a human's approval", "wait for the approval, then send the same request again"),
    ReasonCode("approval.pending", "the approval is waiting for a decision", "wait, then send the same request again"),
    ReasonCode("approval.consumed", "an approval was used for this step"),
    ReasonCode("approval.rejected", "the approval was rejected", "change the step, or ask again with a higher `context.attempt`"),
    ReasonCode(
      "approval.expired", "the approval expired before it was decided or used", "ask again with a higher `context.attempt`"),
    ReasonCode("approval.unknown", "there is no such approval", "see `countersign approval list`"),
    ReasonCode("approval.decided", "the approval was decided before"),
    ReasonCode("approval.self", "whoever asked may not approve", "let a second person decide with a key of their own"),
  ]

  private static let budgetCodes = [
    ReasonCode(
      "budget.exhausted", "a budget does not cover the step",
      "raise the limit, wait for the next window, or wait until holds are settled"),
    ReasonCode("budget.price_unknown", "the model has no price, and this risk tier needs one", "add the model to the price book"),
    ReasonCode("budget.amount_invalid", "an amount is negative or out of range", "send amounts within the limits"),
    ReasonCode("budget.key_conflict", "the same request id came with another body", "use a new request id for a new request"),
    ReasonCode(
      "reservation.unknown", "there is no such reservation, or it was forgotten", "use the id of the decision that made it"),
    ReasonCode("reservation.ended", "the reservation has ended before"),
    ReasonCode(
      "reservation.started", "the work of the reservation has started and cannot be released", "settle it with what was used"),
  ]

  private static let administrationCodes = [
    ReasonCode("key.unknown", "there is no such API key", "see `countersign key list`"),
    ReasonCode("key.exists", "a key with this id exists", "try again"),
    ReasonCode("key.last_admin", "the last admin key cannot be revoked", "create another admin key first"),
  ]

  private static let internalCodes = [
    ReasonCode(
      "internal.not_durable", "the decision could not be written to disk, so there is none",
      "try again; the operator finds the cause in the log"),
    ReasonCode("internal.overloaded", "too much work is waiting", "try again after the seconds in `Retry-After`"),
    ReasonCode(
      "internal.evaluation_failed", "the server failed to evaluate the request",
      "try again; the operator finds the cause in the log"),
  ]
}
