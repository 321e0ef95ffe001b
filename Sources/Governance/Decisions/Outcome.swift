/// What a decision says. Only `permit` lets the step run; the wire's boolean is true for it alone.
package enum Outcome: String, Sendable, CaseIterable {
  case permit, escalate, deny
}

/// The checks of `decisions.md` that exist, by the number that reasons carry.
package enum Check: Int, Sendable, CaseIterable {
  case authentication = 0
  case envelope = 1
  case halt = 2
  case inventory = 3
  case policy = 8
  case tier = 10
  case escalation = 13
  case budget = 14
}

/// Where in a step's life the runtime asks.
package enum InterventionPoint: String, Sendable, CaseIterable {
  case trigger
  case context
  case beforeModel = "before_model"
  case afterModel = "after_model"
  case beforeTool = "before_tool"
  case afterTool = "after_tool"
  case beforeAction = "before_action"
  case handoff
  case finish

  /// Points before work is done reserve budget; the others report on work that was already permitted.
  package var reserves: Bool {
    switch self {
    case .beforeModel, .beforeTool, .beforeAction, .handoff: true
    case .trigger, .context, .afterModel, .afterTool, .finish: false
    }
  }
}

/// One reason of an answer: a stable code, the check that gave it, and texts for the caller and the operator.
package struct Reason: Sendable, Equatable {
  /// `family.name`, from the published registry.
  package var code: String
  package var check: Check
  package var effect: Outcome
  /// The Cedar policy that decided, when one did.
  package var policy: String?
  /// Safe to show to the caller: no policy internals, nobody else's data.
  package var textUser: String
  /// For the operator; absent when it would only repeat the user's text.
  package var textAdmin: String?
  /// What to do about it.
  package var remedy: String?
  /// The account that refused, for budget reasons.
  package var budget: BudgetDetail?

  package init(
    _ code: String, _ check: Check, _ effect: Outcome, policy: String? = nil, user: String, admin: String? = nil,
    remedy: String? = nil, budget: BudgetDetail? = nil
  ) {
    self.code = code
    self.check = check
    self.effect = effect
    self.policy = policy
    self.textUser = user
    self.textAdmin = admin
    self.remedy = remedy
    self.budget = budget
  }
}

/// The numbers behind a budget refusal, in the currency's own unit.
package struct BudgetDetail: Sendable, Equatable {
  package var account: String
  package var currency: String
  package var limit: Int64
  package var available: Int64
  package var settled: Int64
  package var held: Int64
  package var needed: Int64
  /// When more becomes free (a hold expires or the window ends); nil when nothing is known to free it.
  package var freesAtMilliseconds: Int64?
}

/// An AuthZEN obligation: the caller must carry it out or treat the answer as a deny.
package struct Obligation: Sendable, Equatable {
  package var type: String
  /// Integer-valued properties are all that today's obligations need.
  package var value: Int64
  package var source: String

  /// `limit.max_tokens`: the model call may produce at most `tokens` output tokens, the number that was reserved.
  package static func maxTokens(_ tokens: Int64) -> Obligation {
    Obligation(type: "limit.max_tokens", value: tokens, source: "estimate")
  }
}
