import JSON
import TestSupport
import Testing

@testable import API

@Suite("evaluation requests")
struct EvaluationMessageTests {
  static let complete =
    #"{"subject":{"type":"user","id":"alice"},"action":{"name":"read"},"resource":{"type":"record","id":"record-1"}}"#

  static func decode(_ text: String) throws -> EvaluationMessage { try EvaluationMessage(decoding: Array(text.utf8)) }

  @Test("a complete request is read with its properties and context; members of others are ignored")
  func complete() throws {
    let message = try Self.decode(
      #"""
      {"context":{"time":"now","n":[1,null]},"foo":"bar","resource":{"type":"record","id":"r\u00e9","properties":{"status":"archived"},"label":"R"},
       "subject":{"type":"user","id":"alice","properties":{"role":null},"_note":{}},"action":{"name":"delete","properties":{"soft":true},"v":2}}
      """#)
    #expect(
      message
        == EvaluationMessage(
          subject: .init(type: "user", id: "alice", properties: ["role": nil]),
          action: .init(name: "delete", properties: ["soft": true]),
          resource: .init(type: "record", id: "r\u{E9}", properties: ["status": "archived"]),
          context: ["time": "now", "n": [1, nil]]))
    #expect(try EvaluationMessage(decoding: message.encoded()) == message)
    #expect(String(decoding: try Self.decode(Self.complete).encoded(), as: UTF8.self) == Self.complete)
  }

  @Test("optional members that are null count as absent")
  func null() throws {
    let message = try Self.decode(
      #"{"subject":{"type":"u","id":"a","properties":null},"action":{"name":"r","properties":null},"resource":{"type":"r","id":"1"},"context":null}"#
    )
    #expect(message.subject.properties.isEmpty && message.action.properties.isEmpty && message.context.isEmpty)
  }

  static func replacing(_ part: String, _ replacement: String) -> String {
    Self.complete.replacing(part, with: replacement)
  }

  static let refused: [(String, String, String)] = [
    ("", "", "the body is empty; a JSON object is expected"),
    ("   ", "", "the body is empty; a JSON object is expected"),
    (#"{"subject": {"type": "user""#, "subject", "the body is not valid JSON: the document ends too early at byte 27 in `subject`"),
    ("[" + complete + "]", "", "the body must be an object"), ("7", "", "the body must be an object"),
    ("{}", "subject", "`subject` is missing"),
    (replacing(#""subject":{"type":"user","id":"alice"},"#, ""), "subject", "`subject` is missing"),
    (replacing(#""action":{"name":"read"},"#, ""), "action", "`action` is missing"),
    (replacing(#","resource":{"type":"record","id":"record-1"}"#, ""), "resource", "`resource` is missing"),
    (replacing(#"{"type":"user","id":"alice"}"#, #""alice""#), "subject", "`subject` must be an object"),
    (replacing(#"{"type":"user","id":"alice"}"#, "null"), "subject", "`subject` must be an object"),
    (replacing(#""type":"user","#, ""), "subject.type", "`subject.type` is missing"),
    (replacing(#","id":"alice""#, ""), "subject.id", "`subject.id` is missing"),
    (replacing(#""alice""#, "7"), "subject.id", "`subject.id` must be a string"),
    (replacing(#""alice""#, "null"), "subject.id", "`subject.id` must be a string"),
    (replacing(#""alice""#, #""""#), "subject.id", "`subject.id` must not be empty"),
    (replacing(#"{"name":"read"}"#, "{}"), "action.name", "`action.name` is missing"),
    (replacing(#""read""#, "123"), "action.name", "`action.name` must be a string"),
    (replacing(#"{"name":"read"}"#, "[]"), "action", "`action` must be an object"),
    (replacing(#""type":"record","#, ""), "resource.type", "`resource.type` is missing"),
    (replacing(#","id":"record-1""#, ""), "resource.id", "`resource.id` is missing"),
    (
      replacing(#""id":"record-1""#, #""id":"record-1","properties":[]"#), "resource.properties",
      "`resource.properties` must be an object"
    ),
    (
      replacing(#"{"name":"read"}"#, #"{"name":"read","properties":true}"#), "action.properties",
      "`action.properties` must be an object"
    ),
    (replacing(#"{"subject""#, #"{"context":"now","subject""#), "context", "`context` must be an object"),
    (replacing(#"{"subject""#, #"{"context":[],"subject""#), "context", "`context` must be an object"),
    (
      replacing(#""alice""#, "\"" + String(repeating: "i", count: 257) + "\""), "subject.id",
      "`subject.id` has 257 bytes, at most 256 are allowed"
    ),
    (
      replacing(#""user""#, "\"" + String(repeating: "t", count: 129) + "\""), "subject.type",
      "`subject.type` has 129 bytes, at most 128 are allowed"
    ),
    (
      replacing(#""read""#, "\"" + String(repeating: "n", count: 257) + "\""), "action.name",
      "`action.name` has 257 bytes, at most 256 are allowed"
    ),
    (
      replacing(#"{"subject""#, #"{"subject":1,"subject""#), "subject",
      "the body is not valid JSON: duplicate key at byte 13 in `subject`"
    ),
    (
      replacing(#"{"subject""#, #"{"context":"# + String(repeating: "[", count: 32)),
      "context" + String(repeating: "[0]", count: 31),
      "the body is not valid JSON: more than 32 levels of nesting at byte 42 in `context\(String(repeating: "[0]", count: 31))`"
    ),
  ]

  @Test("what is missing, of the wrong type or too long is refused by name", arguments: refused)
  func refuses(_ text: String, _ field: String, _ message: String) {
    #expect(throws: MessageFault(field, message)) { try Self.decode(text) }
  }

  @Test("ids, types and names of exactly the limit are read; lengths count bytes")
  func limits() throws {
    _ = try Self.decode(Self.replacing(#""alice""#, "\"" + String(repeating: "i", count: 256) + "\""))
    _ = try Self.decode(Self.replacing(#""user""#, "\"" + String(repeating: "t", count: 128) + "\""))
    #expect(throws: MessageFault.self) {
      try Self.decode(Self.replacing(#""alice""#, "\"" + String(repeating: "\u{20AC}", count: 86) + "\""))
    }
  }

  @Test("a body of 1 MiB is read, one byte more is refused")
  func bodySize() throws {
    let padding = Endpoint.evaluationBytesMax - Self.complete.utf8.count
    _ = try Self.decode(Self.complete + String(repeating: " ", count: padding))
    #expect(throws: MessageFault("", "the body is not valid JSON: more than 1048576 bytes at byte 1048576")) {
      try Self.decode(Self.complete + String(repeating: " ", count: padding + 1))
    }
  }

  @Test("a tape is reused between requests, also after refusals")
  func tape() throws {
    let tape = JSONTape()
    for (text, _, _) in Self.refused {
      #expect(throws: MessageFault.self) { try EvaluationMessage(decoding: Array(text.utf8), tape: tape) }
      #expect(try EvaluationMessage(decoding: Array(Self.complete.utf8), tape: tape).subject.id == "alice")
    }
  }

  @Test("mutated requests are read or refused, never worse, and what is read survives its encoding")
  func fuzz() throws {
    let seed: UInt64 = 20_261_122
    print("evaluation fuzz: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let tape = JSONTape()
    var read = 0
    for _ in 0..<2_000 {
      var bytes = Array(Self.complete.utf8)
      for _ in 0..<Int.random(in: 1...2, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes.remove(at: position)
        default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: position)
        }
      }
      _ = try? EvaluationBatch.decode(bytes, tape: tape)
      guard let message = try? EvaluationMessage(decoding: bytes, tape: tape) else { continue }
      read += 1
      #expect(try EvaluationMessage(decoding: message.encoded()) == message)
    }
    #expect(read > 100)
  }
}
