package import Budgets
package import JSON
import Platform

/// What a request's `context` says about the workflow step that wants to run.
package struct StepFacts: Sendable {
  /// Longest workflow, run, step, agent or request id, bytes: ids stand in leaves, which are limited to 65 535 bytes.
  package static let identifierBytesMax = 128
  /// Largest accepted difference between the caller's clock and ours: five minutes, the usual bound of token validation.
  package static let clockSkewMillisecondsMax: Int64 = 5 * 60 * 1000
  /// Most obligation types a caller may declare; the registry holds fewer than this.
  package static let supportedObligationsMax = 64
  /// Highest attempt number; a step tried more often is a loop.
  package static let attemptMax: Int64 = 1_000_000
  static let identifierRule = "1 to \(identifierBytesMax) characters of [A-Za-z0-9._:/-]"

  package let workflow: String
  package let version: String?
  package let run: String
  /// At points that report on the run as a whole and name no step, the point's name.
  package let step: String
  package let attempt: Int64
  package let attemptGiven: Bool
  package let point: InterventionPoint
  package let agent: String?
  package let arguments: JSONValue?
  /// The caller's numbers by currency; a currency that is absent is taken from the manifest.
  package let estimate: [(currency: Currency, amount: Int64)]
  package let supportedObligations: [String]?
  /// Whether the permit itself starts the hold; a runtime that queues work says false and starts it later.
  package let autoStart: Bool

  /// Reads the facts, or gives nil when the context names no workflow.
  init?(subject: RequestEntity, resource: RequestEntity, context: JSONObject, now: Int64) throws(RequestFault) {
    guard let workflow = try Self.identifier(context, "workflow") else { return nil }
    guard let run = try Self.identifier(context, "run") else {
      throw RequestFault(
        "context.run", "`context.run` is missing: a step of a workflow belongs to a run", code: "inventory.run_missing")
    }
    point = try Self.point(context)
    guard let step = try Self.identifier(context, "step") ?? (point.reserves ? nil : point.rawValue) else {
      throw RequestFault("context.step", "`context.step` is missing: name the step as the manifest does")
    }
    self.workflow = workflow
    self.run = run
    self.step = step
    self.version = try Self.identifier(context, "version")
    self.agent = subject.type == "agent" ? subject.id : try Self.identifier(context, "agent")
    (attempt, attemptGiven) = try Self.attempt(context)
    arguments = context["arguments"]
    estimate = try Self.estimate(context)
    supportedObligations = try Self.obligations(context)
    autoStart = try Self.autoStart(context)
    try Self.checkClock(context, now: now)
  }

  /// Whether `text` may name a workflow, run, step or request.
  package static func isIdentifier(_ text: String) -> Bool {
    let bytes = text.utf8
    guard !bytes.isEmpty, bytes.count <= identifierBytesMax else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2E, 0x5F, 0x3A, 0x2F, 0x2D: true
      default: false
      }
    }
  }

  private static func identifier(_ context: JSONObject, _ member: String) throws(RequestFault) -> String? {
    guard let value = context[member], value != .null else { return nil }
    guard case .string(let text) = value, isIdentifier(text) else {
      throw RequestFault("context.\(member)", "`context.\(member)` must be \(identifierRule)")
    }
    return text
  }

  private static func attempt(_ context: JSONObject) throws(RequestFault) -> (Int64, Bool) {
    guard let value = context["attempt"], value != .null else { return (1, false) }
    guard case .integer(let attempt) = value, (1...attemptMax).contains(attempt) else {
      throw RequestFault("context.attempt", "`context.attempt` must be an integer from 1 to \(attemptMax)")
    }
    return (attempt, true)
  }

  private static func point(_ context: JSONObject) throws(RequestFault) -> InterventionPoint {
    guard let value = context["point"], value != .null else { return .beforeAction }
    guard case .string(let text) = value, let point = InterventionPoint(rawValue: text) else {
      let known = InterventionPoint.allCases.map(\.rawValue).joined(separator: ", ")
      throw RequestFault("context.point", "`context.point` must be one of \(known)")
    }
    return point
  }

  private static func estimate(_ context: JSONObject) throws(RequestFault) -> [(currency: Currency, amount: Int64)] {
    guard let value = context["estimate"], value != .null else { return [] }
    guard case .object(let members) = value else {
      throw RequestFault("context.estimate", "`context.estimate` must be an object of amounts by currency")
    }
    var amounts: [(currency: Currency, amount: Int64)] = []
    for (name, value) in members.members {
      guard let currency = Currency(name: name) else {
        let known = Currency.allCases.map(\.name).joined(separator: ", ")
        throw RequestFault("context.estimate.\(name)", "`context.estimate` knows the currencies \(known)")
      }
      guard case .integer(let amount) = value, amount >= 0, amount <= Amounts.maximum else {
        throw RequestFault(
          "context.estimate.\(name)", "`context.estimate.\(name)` must be an integer from 0 to \(Amounts.maximum)",
          code: "budget.amount_invalid")
      }
      amounts.append((currency, amount))
    }
    return amounts
  }

  private static func obligations(_ context: JSONObject) throws(RequestFault) -> [String]? {
    guard let value = context["supported_obligations"], value != .null else { return nil }
    guard case .array(let items) = value, items.count <= supportedObligationsMax else {
      throw RequestFault(
        "context.supported_obligations",
        "`context.supported_obligations` must be an array of at most \(supportedObligationsMax) strings")
    }
    return items.compactMap(\.stringValue)
  }

  private static func autoStart(_ context: JSONObject) throws(RequestFault) -> Bool {
    guard let value = context["auto_start"], value != .null else { return true }
    guard case .bool(let autoStart) = value else {
      throw RequestFault("context.auto_start", "`context.auto_start` must be a boolean")
    }
    return autoStart
  }

  private static func checkClock(_ context: JSONObject, now: Int64) throws(RequestFault) {
    guard let value = context["time"], value != .null else { return }
    let time: Int64? =
      switch value {
      case .integer(let milliseconds): milliseconds
      case .string(let text): UTCTime.parse(text)
      default: nil
      }
    guard let time else {
      throw RequestFault("context.time", "`context.time` must be an RFC 3339 time or milliseconds since 1970")
    }
    let (difference, overflow) = now.subtractingReportingOverflow(time)
    guard !overflow, difference.magnitude <= clockSkewMillisecondsMax.magnitude else {
      throw RequestFault(
        "context.time", "`context.time` differs from this server's clock by more than 5 minutes: check the caller's clock",
        code: "request.clock_skew")
    }
  }
}
