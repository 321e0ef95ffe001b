import JSON

/// One tool as its server describes it.
struct Tool {
  let name: String
  let description: String
  /// Its JSON schema; nil when it takes nothing.
  let input: JSONValue?
}

/// The answer to `tools/list`, read strictly where the mapping depends on it.
struct ToolList {
  private(set) var tools: [Tool] = []
  private(set) var notes: [ToolSchema.Note] = []

  init(_ bytes: [UInt8]) throws(ToolSchema.Failure) {
    let document: JSONValue
    do throws(JSONError) {
      document = try JSONReader.parse(bytes, limits: JSONLimits(bytes: ToolSchema.Limits.bytes))
    } catch {
      throw ToolSchema.Failure(description: error.description)
    }
    let result = document["result"] ?? document
    guard let items = result.arrayValue ?? result["tools"]?.arrayValue else {
      let hint = document["error"] == nil ? "" : ": it is an error"
      throw ToolSchema.Failure(description: "this is no answer to tools/list: it has no array `tools`" + hint)
    }
    guard items.count <= ToolSchema.Limits.tools else {
      throw ToolSchema.Failure(description: "there are \(items.count) tools, more than \(ToolSchema.Limits.tools)")
    }
    guard !items.isEmpty else { throw ToolSchema.Failure(description: "there are no tools") }
    var seen: [[UInt8]: Int] = [:]
    for (index, item) in items.enumerated() {
      let tool = try ToolList.tool(item, "tools[\(index)]")
      if let first = seen.updateValue(index, forKey: Array(tool.name.utf8)) {
        throw ToolSchema.Failure(description: "tool `\(tool.name)` stands twice: tools[\(first)] and tools[\(index)]")
      }
      tools.append(tool)
    }
    if let cursor = result["nextCursor"], !cursor.isNull {
      notes.append(ToolSchema.Note(tool: "", path: "", message: "`nextCursor` is there: this is one page of several"))
    }
  }

  private static func tool(_ json: JSONValue, _ place: String) throws(ToolSchema.Failure) -> Tool {
    guard case .object(let object) = json else { throw ToolSchema.Failure(description: "`\(place)` is no object") }
    guard let name = object["name"]?.stringValue, !name.isEmpty else {
      throw ToolSchema.Failure(description: "`\(place).name` is missing")
    }
    guard name.utf8.count <= ToolSchema.Limits.nameBytes else {
      throw ToolSchema.Failure(description: "`\(place).name` is longer than \(ToolSchema.Limits.nameBytes) bytes")
    }
    if let description = object["description"], description.stringValue == nil, !description.isNull {
      throw ToolSchema.Failure(description: "`\(place).description` is no text")
    }
    let input = object["inputSchema"].flatMap { $0.isNull ? nil : $0 }
    if let input, input.objectValue == nil {
      throw ToolSchema.Failure(description: "`\(place).inputSchema` is no JSON schema of an object")
    }
    return Tool(name: name, description: object["description"]?.stringValue ?? "", input: input)
  }
}
