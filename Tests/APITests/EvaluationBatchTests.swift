import JSON
import Testing

@testable import API

@Suite("batches of evaluations")
struct EvaluationBatchTests {
  static let defaults =
    #""subject":{"type":"user","id":"alice","properties":{"a":1}},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"},"context":{"t":1}"#

  static func batch(_ text: String) throws -> EvaluationBatch {
    guard case .batch(let batch) = try EvaluationBatch.decode(Array(text.utf8)) else {
      Issue.record("a batch was expected")
      return EvaluationBatch(semantic: .executeAll, items: [])
    }
    return batch
  }

  @Test("without items the body is a single evaluation", arguments: ["", #","evaluations":[]"#])
  func single(_ evaluations: String) throws {
    guard case .single(let message) = try EvaluationBatch.decode(Array("{\(Self.defaults)\(evaluations)}".utf8)) else {
      Issue.record("a single evaluation was expected")
      return
    }
    #expect(message.subject.id == "alice")
  }

  @Test("a member of an item replaces the default as a whole; an empty item inherits everything")
  func inheritance() throws {
    let batch = try Self.batch(
      "{\(Self.defaults),"
        + #""evaluations":[{},{"subject":{"type":"user","id":"bob"}},{"context":{"u":2}},{"resource":{"type":"r","id":"2"}}]}"#)
    let items = try batch.items.map { try $0.get() }
    #expect(batch.semantic == .executeAll)
    #expect(items.map(\.subject.id) == ["alice", "bob", "alice", "alice"])
    #expect(items.map(\.subject.properties) == [["a": 1], [:], ["a": 1], ["a": 1]])
    #expect(items.map(\.context) == [["t": 1], ["t": 1], ["u": 2], ["t": 1]])
    #expect(items.map(\.resource.id) == ["record-1", "record-1", "record-1", "2"])
  }

  @Test("a failing item fails alone, by name")
  func itemFaults() throws {
    let batch = try Self.batch(
      #"{"subject":{"type":"user","id":"a"},"action":{"name":"r"},"evaluations":[{"resource":{"type":"r","id":"1"}},{},{"resource":{"type":"r"}},7,{"context":1,"resource":{"type":"r","id":"1"}}]}"#
    )
    let faults = batch.items.map { item -> String? in if case .failure(let fault) = item { fault.message } else { nil } }
    #expect(
      faults == [
        nil, "`resource` is missing", "`evaluations[2].resource.id` is missing", "`evaluations[3]` must be an object",
        "`evaluations[4].context` must be an object",
      ])
  }

  @Test("a default that nobody inherits may be anything")
  func unusedDefault() throws {
    let batch = try Self.batch(
      #"{"subject":"x","evaluations":[{"subject":{"type":"u","id":"a"},"action":{"name":"r"},"resource":{"type":"r","id":"1"}}]}"#)
    #expect((try? batch.items.first?.get().subject.id) == "a")
  }

  @Test(
    "faults of the whole body",
    arguments: [
      (#"{"evaluations":{}}"#, "evaluations", "`evaluations` must be an array"),
      (#"{"evaluations":null}"#, "evaluations", "`evaluations` must be an array"),
      ("{}", "subject", "`subject` is missing"), ("[]", "", "the body must be an object"),
      (#"{"evaluations":[{}],"options":[]}"#, "options", "`options` must be an object"),
      (
        #"{"evaluations":[{}],"options":{"evaluations_semantic":1}}"#, "options.evaluations_semantic",
        "`options.evaluations_semantic` must be a string"
      ),
      (
        #"{"evaluations":[{}],"options":{"evaluations_semantic":"first_come"}}"#, "options.evaluations_semantic",
        "`options.evaluations_semantic` must be one of `execute_all`, `deny_on_first_deny`, `permit_on_first_permit`"
      ),
    ])
  func refuses(_ text: String, _ field: String, _ message: String) {
    #expect(throws: MessageFault(field, message)) { try EvaluationBatch.decode(Array(text.utf8)) }
  }

  @Test("256 items are read, 257 are refused")
  func count() throws {
    func body(_ count: Int) -> String {
      "{\(Self.defaults),\"evaluations\":[" + Array(repeating: "{}", count: count).joined(separator: ",") + "]}"
    }
    #expect(try Self.batch(body(256)).items.count == 256)
    #expect(throws: MessageFault("evaluations", "`evaluations` has 257 items, at most 256 are allowed")) {
      try Self.batch(body(257))
    }
  }

  @Test("each semantic stops where the specification says")
  func semantics() throws {
    for semantic in EvaluationSemantic.allCases {
      let batch = try Self.batch(#"{"evaluations":[{}],"options":{"evaluations_semantic":"\#(semantic.rawValue)","another":1}}"#)
      #expect(batch.semantic == semantic)
    }
    #expect([true, false].map { EvaluationSemantic.executeAll.stops(after: $0) } == [false, false])
    #expect([true, false].map { EvaluationSemantic.denyOnFirstDeny.stops(after: $0) } == [false, true])
    #expect([true, false].map { EvaluationSemantic.permitOnFirstPermit.stops(after: $0) } == [true, false])
  }

  @Test("answers are written and read, one and many")
  func answers() throws {
    let permit = EvaluationAnswer(decision: true, context: ["id": "d-1"])
    #expect(String(decoding: permit.encoded(), as: UTF8.self) == #"{"decision":true,"context":{"id":"d-1"}}"#)
    let deny = EvaluationAnswer.encode(decision: false, renderedContext: Array(#"{"id":"d-2"}"#.utf8))
    let failed = EvaluationAnswer.failure(MessageFault("evaluations[2].resource", "`evaluations[2].resource` is missing"))
    let all = try EvaluationAnswers.decode(EvaluationAnswers.encode([permit.encoded(), deny, failed]))
    #expect(all.map(\.decision) == [true, false, false])
    #expect(all.first == permit)
    #expect(all.last?.context["error"]?["field"] == "evaluations[2].resource")
    #expect(all.last?.context["reasons"]?.arrayValue?.first?["code"] == "request.invalid")
    #expect(try EvaluationAnswer(decoding: Array(#"{"decision":false}"#.utf8)) == EvaluationAnswer(decision: false))
  }

  @Test(
    "answers that are none are refused",
    arguments: [
      ("{}", "`decision` is missing"), (#"{"decision":"true"}"#, "`decision` must be a boolean"),
      (#"{"decision":1}"#, "`decision` must be a boolean"),
      (#"{"decision":true,"context":[]}"#, "`context` must be an object"), ("[]", "the body must be an object"),
    ])
  func badAnswers(_ text: String, _ message: String) {
    let error = #expect(throws: MessageFault.self) { try EvaluationAnswer(decoding: Array(text.utf8)) }
    #expect(error?.message == message)
  }
}
