import Foundation
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
