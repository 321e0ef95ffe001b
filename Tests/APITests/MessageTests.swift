import JSON
import Testing

@testable import API

@Suite("messages of the other endpoints")
struct MessageTests {
  static func fault(_ read: () throws -> Void) -> String? {
    do {
      try read()
      return nil
    } catch {
      return (error as? MessageFault)?.message ?? "\(error)"
    }
  }

  @Test("settlements keep absent and zero apart and refuse what they do not know")
  func settle() throws {
    let message = SettleMessage(actual: AmountsMessage(tokensIn: 0, costNanoUSD: .max), source: "sdk")
    #expect(
      String(decoding: message.encoded(), as: UTF8.self)
        == #"{"actual":{"tokens_in":0,"cost_nanousd":9223372036854775807},"source":"sdk"}"#)
    #expect(try SettleMessage(decoding: message.encoded()) == message)
    let all = SettleMessage(actual: AmountsMessage(tokensIn: 1, tokensOut: 2, costNanoUSD: 3, steps: 4, toolCalls: 5))
    #expect(try SettleMessage(decoding: all.encoded()) == all)
    for (text, expected) in [
      ("{}", "`actual` is missing"),
      (
        #"{"actual":{"tokensin":1}}"#, "`actual.tokensin` is unknown; known: tokens_in, tokens_out, cost_nanousd, steps, tool_calls"
      ),
      (#"{"actual":{"steps":-1}}"#, "`actual.steps` must be a whole number from 0 to 9223372036854775807"),
      (#"{"actual":{"steps":1.5}}"#, "`actual.steps` must be a whole number from 0 to 9223372036854775807"),
      (#"{"actual":{"steps":null}}"#, "`actual.steps` must be a whole number from 0 to 9223372036854775807"),
      (#"{"actual":{},"why":1}"#, "`why` is unknown; known: actual, source"),
    ] {
      #expect(Self.fault { _ = try SettleMessage(decoding: Array(text.utf8)) } == expected)
    }
    let answer = SettlementAnswer(reservation: "d-7", effect: "settled", overrun: ["tokens_in": 3])
    #expect(try SettlementAnswer(decoding: answer.encoded()) == answer)
  }

  @Test("acts take a reason or none")
  func acts() throws {
    #expect(try ActMessage(decoding: []) == ActMessage())
    #expect(try ActMessage(decoding: Array("{}".utf8)) == ActMessage())
    #expect(try ActMessage(decoding: ActMessage(reason: "checked").encoded()) == ActMessage(reason: "checked"))
    #expect(Self.fault { _ = try ActMessage(decoding: Array(#"{"reasons":"x"}"#.utf8)) } == "`reasons` is unknown; known: reason")
    #expect(
      Self.fault { _ = try ActMessage(decoding: ActMessage(reason: String(repeating: "x", count: 4_097)).encoded()) }
        == "`reason` has 4097 bytes, at most 4096 are allowed")
  }

  @Test("keys need a known role")
  func keys() throws {
    for role in AccessRole.allCases {
      let message = KeyCreateMessage(role: role, label: "ci")
      #expect(try KeyCreateMessage(decoding: message.encoded()) == message)
    }
    #expect(
      Self.fault { _ = try KeyCreateMessage(decoding: Array(#"{"role":"root"}"#.utf8)) }
        == "`role` must be one of `runtime`, `telemetry`, `viewer`, `approver`, `admin`, `auditor`")
    #expect(Self.fault { _ = try KeyCreateMessage(decoding: []) } == "the body is empty; a JSON object is expected")
  }

  @Test("exports take any of their bounds")
  func exports() throws {
    let message = ExportMessage(from: "2026-11-01T00:00:00Z", workflow: "refund", purpose: "audit")
    #expect(try ExportMessage(decoding: message.encoded()) == message)
    #expect(try ExportMessage(decoding: []) == ExportMessage())
    #expect(
      Self.fault { _ = try ExportMessage(decoding: Array(#"{"until":"x"}"#.utf8)) }
        == "`until` is unknown; known: from, to, workflow, receiver, purpose")
  }

  @Test("policy folders are read whole")
  func apply() throws {
    let message = ApplyMessage(
      files: [.init(path: "countersign.yaml", text: "a: \"b\"\n"), .init(path: "access/x.cedar", text: "")], author: "dana",
      note: "first")
    #expect(try ApplyMessage(decoding: message.encoded()) == message)
    #expect(try ApplyMessage(decoding: ApplyMessage(files: []).encoded()) == ApplyMessage(files: []))
    let answer = ApplyAnswer(version: 3, digest: "ab", index: nil, changes: ["workflow `refund` added"])
    #expect(try ApplyAnswer(decoding: answer.encoded()) == answer)
  }

  @Test(
    "paths of policy files stay inside the folder",
    arguments: ["", "/etc/x", "../x", "a/../b", "a//b", "./a", "a/", "a\\b", "a\u{0}b"])
  func paths(_ path: String) {
    #expect(Self.fault { _ = try ApplyMessage(decoding: ApplyMessage(files: [.init(path: path, text: "")]).encoded()) } != nil)
  }

  @Test("a policy file may come once")
  func twice() {
    let file = ApplyMessage.File(path: "a.yaml", text: "")
    #expect(
      Self.fault { _ = try ApplyMessage(decoding: ApplyMessage(files: [file, file]).encoded()) }
        == "`files[1].path` repeats `a.yaml`")
  }

  @Test("mistakes of policies are printed with their place")
  func problems() {
    let problem = PolicyProblemMessage(
      file: "workflows/refund.yaml", line: 3, column: 7, message: "unknown key `stepz`", hint: "did you mean `steps`?")
    #expect(PolicyProblemMessage(json: problem.json) == problem)
  }
}
