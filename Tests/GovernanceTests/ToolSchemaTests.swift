import Cedar
import Foundation
import TestSupport
import Testing

@testable import Governance

@Suite("schemas from tools")
struct ToolSchemaTests {
  private func schema(_ text: String, _ options: ToolSchema.Options = .init()) throws(ToolSchema.Failure) -> ToolSchema {
    try ToolSchema(toolsList: Array(text.utf8), options)
  }

  /// The type of one argument `x`, and the notes about it.
  private func argument(_ type: String, isRequired: Bool = true, defs: String = "{}") throws -> (text: String, notes: [String]) {
    let required = isRequired ? #","required":["x"]"# : ""
    let text = #"{"tools":[{"name":"t","inputSchema":{"type":"object","properties":{"x":\#(type)}\#(required),"$defs":\#(defs)}}]}"#
    let schema = try schema(text)
    let start = try #require(schema.text.range(of: "input: "))
    let end = try #require(schema.text.range(of: ",\n  },\n};"))
    return (String(schema.text[start.upperBound..<end.lowerBound]), schema.notes.map(\.description))
  }

  @Test(
    "types of arguments",
    arguments: [
      (#"{"type":"string"}"#, "x: String"), (#"{"type":"integer"}"#, "x: Long"), (#"{"type":"boolean"}"#, "x: Bool"),
      (#"{"type":"number"}"#, "x: decimal"), (#"{"type":"array","items":{"type":"string"}}"#, "x: Set<String>"),
      (#"{"type":"array","items":{"type":["integer","null"]}}"#, "x: Set<Long>"), (#"{"type":["string","null"]}"#, "x?: String"),
      (#"{"anyOf":[{"type":"integer"},{"type":"null"}]}"#, "x?: Long"), (#"{"oneOf":[{"type":"integer"}]}"#, "x: Long"),
      (##"{"allOf":[{"$ref":"#/$defs/D"}]}"##, "x: Bool"), (#"{"type":"string","nullable":true}"#, "x?: String"),
      (#"{"enum":[1,2]}"#, "x: Long"), (#"{"enum":[true]}"#, "x: Bool"), (#"{"enum":["a","b"]}"#, "x: TX"),
      (#"{"enum":["a",null]}"#, "x?: TX"), (#"{"const":"a"}"#, "x: TX"), (##"{"$ref":"#/$defs/a~1b~0"}"##, "x: String"),
      (#"{"properties":{"if":{"type":"integer"}},"additionalProperties":false}"#, "x: {\n        \"if\"?: Long,\n      }"),
    ])
  func types(type: String, expected: String) throws {
    let found = try argument(type, defs: #"{"D":{"type":"boolean"},"a/b~":{"type":"string"}}"#)
    #expect(found.text == "{\n      \(expected),\n    }")
    let isNull = type.contains(#"items":{"type":["integer","null"]"#)
    #expect(found.notes == (isNull ? ["`t`, `x[]`: elements may be null, which is no Cedar value: nulls are left out"] : []))
  }

  @Test("an argument that is not required is optional")
  func optional() throws {
    #expect(try argument(#"{"type":"string"}"#, isRequired: false).text == "{\n      x?: String,\n    }")
  }

  @Test(
    "what has no Cedar type is left out and noted",
    arguments: [
      ("{}", "any value is allowed, which is no Cedar type: it is left out"),
      ("true", "any value is allowed, which is no Cedar type: it is left out"),
      (#"{"type":["string","integer"]}"#, "several types are allowed (string, integer), which is no Cedar type: it is left out"),
      (
        #"{"anyOf":[{"type":"string"},{"type":"integer"}]}"#,
        "one of several types is allowed, which is no Cedar type: it is left out"
      ),
      (#"{"allOf":[{},{}]}"#, "`allOf` has no Cedar type: it is left out"),
      (#"{"type":"date"}"#, "type `date` is unknown: it is left out"), (#"{"enum":[]}"#, "`enum` allows no value: it is left out"),
      (#"{"enum":["a",1]}"#, "`enum` mixes types, which is no Cedar type: it is left out"),
      (#"{"type":"array"}"#, "the type of the elements is not stated as one: the list is left out"),
      (#"{"$ref":"http://example.com"}"#, "`$ref` leads out of the schema: it is left out"),
      (##"{"$ref":"#/$defs/none"}"##, "`$ref` leads nowhere: `#/$defs/none`"),
    ])
  func leftOut(type: String, note: String) throws {
    let found = try argument(type)
    #expect(found.text == "{}")
    #expect(found.notes.count == 1 && found.notes[0].hasSuffix(": " + note), "\(found.notes)")
  }

  @Test("a reference that leads to itself, and one that unfolds without end, stay within the limits")
  func references() throws {
    let circle = try argument(
      ##"{"$ref":"#/$defs/A"}"##, defs: ##"{"A":{"type":"object","properties":{"n":{"type":"integer"},"a":{"$ref":"#/$defs/A"}}}}"##
    )
    #expect(circle.text == "{\n      x: {\n        n?: Long,\n      },\n    }")
    #expect(circle.notes == ["`t`, `x.a`: `$ref` leads back to itself, which no Cedar type does: it is left out"])
    // Ten members that lead to the next of eighteen levels: 10^18 types if nothing stopped it.
    let levels = (0..<18).map { level in
      let members = (0..<10).map { ##""m\##($0)":{"$ref":"#/$defs/L\##(level + 1)"}"## }.joined(separator: ",")
      return ##""L\##(level)":{"type":"object","properties":{\##(members)}}"##
    }
    let bomb = try argument(##"{"$ref":"#/$defs/L0"}"##, defs: "{" + levels.joined(separator: ",") + "}")
    #expect(bomb.notes.contains { $0.hasSuffix("more than 50000 types: it is left out") })
  }

  @Test("the whole text, with names that are no identifiers, in a namespace and a group")
  func golden() throws {
    var options = ToolSchema.Options()
    options.namespace = "Git::Hub"
    options.principals = ["User", "Bot"]
    options.resource = "Server"
    options.group = "any tool"
    let schema = try schema(
      #"""
      {"jsonrpc":"2.0","id":1,"result":{"nextCursor":"c","tools":[
        {"name":"create_issue","description":"Says \"hi\"\n","inputSchema":{"type":"object","required":["a b"],
         "properties":{"a b":{"enum":["low","high","low"]},"z":{}}}},
        {"name":"日本","inputSchema":{"type":"object","properties":{"名":{"enum":["x"]}}}},
        {"name":"ping"}]}}
      """#, options)
    #expect(schema.tools == 3)
    #expect(
      schema.text == #"""
        // `nextCursor` is there: this is one page of several
        // `create_issue`, `z`: any value is allowed, which is no Cedar type: it is left out

        namespace Git::Hub {
          entity User, Bot, Server;

          action "any tool";

          entity CreateIssueAB enum ["low", "high"];

          @description("Says \"hi\"\n")
          action "create_issue" in "any tool" appliesTo {
            principal: [User, Bot],
            resource: [Server],
            context: {
              input: {
                "a b": CreateIssueAB,
              },
            },
          };

          entity Choice enum ["x"];

          action "日本" in "any tool" appliesTo {
            principal: [User, Bot],
            resource: [Server],
            context: {
              input: {
                "名"?: Choice,
              },
            },
          };

          action "ping" in "any tool" appliesTo {
            principal: [User, Bot],
            resource: [Server],
            context: {
              input: {},
            },
          };
        }

        """#)
  }

  @Test(
    "what is no list of tools is refused",
    arguments: [
      ("", "the document is empty"), ("{}", "no array `tools`"), (#"{"error":{"code":1}}"#, "it is an error"),
      ("[]", "there are no tools"),
      ("[1]", "`tools[0]` is no object"), (#"[{"name":""}]"#, "`tools[0].name` is missing"),
      (#"[{"name":"a"},{"name":"b"},{"name":"a"}]"#, "tool `a` stands twice: tools[0] and tools[2]"),
      (#"[{"name":"a","inputSchema":[]}]"#, "`tools[0].inputSchema` is no JSON schema"),
      (#"[{"name":"a","description":1}]"#, "`tools[0].description` is no text"),
    ])
  func refused(text: String, message: String) {
    #expect { _ = try schema(text) } throws: { "\($0)".contains(message) }
  }

  @Test(
    "names that a schema cannot have are refused",
    arguments: [
      ("N::", "Tool", "User"), ("", "Action", "User"), ("", "Tool", "a b"), ("", "String", "User"), ("if", "Tool", "User"),
    ])
  func names(namespace: String, resource: String, principal: String) {
    var options = ToolSchema.Options()
    (options.namespace, options.resource, options.principals) = (namespace, resource, [principal])
    #expect(throws: ToolSchema.Failure.self) { _ = try schema(#"[{"name":"a"}]"#, options) }
    options = ToolSchema.Options()
    options.group = "a"
    #expect(throws: ToolSchema.Failure.self) { _ = try schema(#"[{"name":"a"}]"#, options) }
  }
}

/// Random JSON schemas of arguments, with names that are awkward in Cedar.
private struct RandomTools {
  var random: SeededGenerator
  private static let names = [
    "a", "type", "if", "é", "a b", "", "__cedar", "Long", "\\u0000", "x.y", "in", "\\\"q\\\"", "9", "entity", "Set", "a::b",
    "\\n//", "日本",
  ]

  private mutating func below(_ bound: UInt64) -> UInt64 { random.next() % bound }
  private mutating func name() -> String { Self.names[Int(below(UInt64(Self.names.count)))] }

  private mutating func distinctNames(_ count: UInt64) -> [String] {
    var found: [String] = []
    for _ in 0..<count {
      let name = name()
      if !found.contains(name) { found.append(name) }
    }
    return found
  }

  mutating func schema(_ depth: Int) -> String {
    switch below(depth > 0 ? 14 : 8) {
    case 0: return #"{"type":"string"}"#
    case 1: return #"{"type":"integer"}"#
    case 2: return #"{"type":["boolean","null"]}"#
    case 3: return #"{"type":"number","nullable":true}"#
    case 4, 5: return #"{"enum":[\#((0..<below(4)).map { _ in "\"\(name())\"" }.joined(separator: ","))]}"#
    case 6: return #"{"const":"\#(name())"}"#
    case 7: return [#"{}"#, "true", ##"{"$ref":"#/$defs/A"}"##, ##"{"$ref":"#"}"##, ##"{"$ref":"#/$defs/B"}"##][Int(below(5))]
    case 8, 9: return #"{"type":"array","items":\#(schema(depth - 1))}"#
    case 10: return #"{"anyOf":[\#(schema(depth - 1)),{"type":"null"}]}"#
    default: return object(depth)
    }
  }

  private mutating func object(_ depth: Int) -> String {
    let names = distinctNames(below(4))
    let members = names.map { #""\#($0)":\#(schema(depth - 1))"# }.joined(separator: ",")
    let required = names.filter { _ in below(2) == 0 }.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"type":"object","properties":{\#(members)},"required":[\#(required)],"$defs":{"A":{"type":"string"},"B":{"enum":["x"]}}}"#
  }

  mutating func list() -> String {
    let names = distinctNames(1 + below(4)).filter { !$0.isEmpty } + ["always"]
    let tools = names.map { #"{"name":"\#($0)","description":"\#(name())","inputSchema":\#(object(3))}"# }
    return #"{"tools":[\#(tools.joined(separator: ","))]}"#
  }
}

@Suite("schemas from random tools")
struct RandomToolSchemaTests {
  @Test(
    "every schema is one, has an action for each tool, and policies about them are valid", arguments: 1...40 as ClosedRange<UInt64>)
  func accepted(seed: UInt64) throws {
    var tools = RandomTools(random: SeededGenerator(seed: seed))
    var options = ToolSchema.Options()
    if seed % 3 == 0 { options.namespace = "Shop::Tools" }
    if seed % 2 == 0 { options.group = "any tool" }
    let prefix = options.namespace.isEmpty ? "" : options.namespace + "::"
    for _ in 0..<10 {
      let text = tools.list()
      let made = try ToolSchema(toolsList: Array(text.utf8), options)
      let schema = try Schema.parse(made.text).get()
      #expect(schema.actions.count == made.tools + (options.group == nil ? 0 : 1), "seed \(seed)\n\(text)")
      for action in schema.actions.values {
        guard let appliesTo = action.appliesTo else { continue }
        #expect(appliesTo.principals.count == 3 && appliesTo.resources == [prefix + "Tool"], "seed \(seed)")
        #expect(appliesTo.context.attributes.map(\.name) == ["input"], "seed \(seed)")
        let policies = try PolicySet.parse([
          ("p.cedar", "permit (principal, action == \(action.uid), resource) when { context has input };")
        ])
        .get()
        #expect(Validator(schema).validate(policies).filter { $0.severity == .error } == [], "seed \(seed)")
      }
      let document = try SchemaDocument.parse(made.text).get()
      #expect(try SchemaDocument.parse(document.text).get().text == document.text, "seed \(seed)")
    }
  }
}
