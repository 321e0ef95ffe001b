import Governance
import JSON

/// `countersign policy schema-from-mcp`: a Cedar schema from the tools of an MCP server.
enum PolicySchemaCommand {
  static let command = Command(
    "policy schema-from-mcp", "FILE | -", "Makes a Cedar schema from an MCP tools/list answer: one action a tool, typed arguments.",
    options: [
      Option(name: "namespace", value: "NAME", help: "the namespace of everything (default: none)"),
      Option(name: "principal", value: "TYPES", help: "who calls tools: entity types, by commas (default: Agent,User,Workload)"),
      Option(name: "resource", value: "TYPE", help: "what tools are called on: an entity type (default: Tool)"),
      Option(name: "group", value: "NAME", help: "an action that every tool is a member of (default: none)"),
      Option(name: "strict", value: nil, help: "fail when something of a tool has no Cedar type"),
    ], run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    let path = try arguments.one("the answer to tools/list")
    var options = ToolSchema.Options()
    if let namespace = arguments["namespace"] { options.namespace = namespace }
    if let types = arguments["principal"] {
      options.principals = types.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    if let resource = arguments["resource"] { options.resource = resource }
    options.group = arguments["group"]
    let bytes = try PolicyFiles.bytes(path)
    let schema: ToolSchema
    do throws(ToolSchema.Failure) {
      schema = try ToolSchema(toolsList: bytes, options)
    } catch {
      throw CommandFailure(.usage, "\(path): \(error)")
    }
    let isRefused = arguments.has("strict") && !schema.notes.isEmpty
    if arguments.has("json") {
      let notes = schema.notes.map { note -> JSONValue in
        ["tool": .string(note.tool), "path": .string(note.path), "message": .string(note.message)]
      }
      Output.json(
        CommandJSON.bytes([
          "ok": .bool(!isRefused), "tools": .integer(Int64(schema.tools)), "notes": .array(notes),
          "schema": isRefused ? .null : .string(schema.text),
        ]))
    } else {
      for note in schema.notes { Output.error("\(isRefused ? "error" : "note"): \(note)") }
      if !isRefused { Output.text(schema.text) }
    }
    return isRefused ? .negative : .success
  }
}
