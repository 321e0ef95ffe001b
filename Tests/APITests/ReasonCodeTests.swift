import JSON
import Testing

@testable import API

@Suite("the registry of reason codes, and problems")
struct ReasonCodeTests {
  @Test("codes are unique, well-formed, explained, and found by name")
  func registry() throws {
    #expect(Set(ReasonCode.all.map(\.code)).count == ReasonCode.all.count)
    for entry in ReasonCode.all {
      let parts = entry.code.split(separator: ".", omittingEmptySubsequences: false)
      #expect(parts.count == 2, "\(entry.code)")
      #expect(entry.code.utf8.allSatisfy { (97...122).contains($0) || $0 == 0x5F || $0 == 0x2E }, "\(entry.code)")
      #expect(parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix("_") && !$0.hasSuffix("_") }, "\(entry.code)")
      #expect(!entry.meaning.isEmpty && !entry.meaning.hasSuffix(".") && entry.meaning.first?.isLowercase == true, "\(entry.code)")
      #expect(ReasonCode.named(entry.code) == entry)
      #expect(entry.family == parts[0])
    }
    #expect(ReasonCode.named("nothing.here") == nil)
  }

  /// Published: a code may be added here, none may go and none may change its meaning.
  @Test(
    "no published code is lost",
    arguments: [
      "request.invalid", "request.unauthenticated", "request.obligation_unsupported", "request.clock_skew", "halt.workflow",
      "halt.organisation",
      "inventory.workflow_unregistered", "inventory.version_unregistered", "inventory.lifecycle_not_live",
      "inventory.owner_missing",
      "inventory.agent_unregistered", "inventory.step_unregistered", "inventory.tool_unregistered", "inventory.model_unregistered",
      "inventory.run_missing", "policy.permitted", "policy.forbidden", "policy.not_permitted", "policy.error", "policy.none_loaded",
      "tier.approval_required", "escalate.policy", "approval.pending", "approval.consumed", "approval.rejected", "approval.expired",
      "budget.exhausted", "budget.price_unknown", "budget.amount_invalid", "budget.key_conflict", "run.finished",
      "internal.not_durable",
      "internal.overloaded", "internal.evaluation_failed",
    ])
  func published(_ code: String) {
    #expect(ReasonCode.named(code) != nil)
  }

  @Test("a problem is written as RFC 9457 says and read back")
  func problem() throws {
    let problem = Problem(MessageFault("subject.id", "`subject.id` is missing"))
    #expect(
      String(decoding: problem.encoded(), as: UTF8.self)
        == #"{"type":"urn:countersign:problem:request.invalid","title":"the request is malformed or breaks a limit","status":400,"code":"request.invalid","detail":"`subject.id` is missing","field":"subject.id","remedy":"correct the field that the message names"}"#
    )
    #expect(Problem(status: 400, body: problem.encoded()) == problem)
    let mistakes = Problem(
      422, "policy.invalid", "2 mistakes",
      extensions: ["problems": [PolicyProblemMessage(file: "a.yaml", line: 1, column: 2, message: "m").json]])
    #expect(Problem(status: 422, body: mistakes.encoded()) == mistakes)
  }

  @Test("an answer that is no problem still gives one", arguments: ["", "<html>", "[]", "{}"])
  func noProblem(_ body: String) {
    let problem = Problem(status: 502, body: Array(body.utf8))
    #expect(problem == Problem(502, "internal.evaluation_failed", "the server answered 502 without an explanation"))
  }

  @Test(
    "media types",
    arguments: [
      ("application/json", true), ("Application/JSON; charset=utf-8", true), (" application/json ;x=1", true),
      ("text/plain", false),
      ("application/jsonx", false), ("", false), ("application/problem+json", false),
    ])
  func mediaTypes(_ header: String, _ isJSON: Bool) {
    #expect(MediaType.isJSON(header) == isJSON)
  }

  @Test("no header is no JSON")
  func noHeader() {
    #expect(!MediaType.isJSON(nil))
  }
}
