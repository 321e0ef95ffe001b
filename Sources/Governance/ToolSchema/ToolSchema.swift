/// A Cedar schema made from the tools of an MCP server: one action for each tool, its arguments typed as `context.input`.
package struct ToolSchema: Sendable {
  /// How the schema is to look.
  package struct Options: Sendable {
    /// The namespace of everything; empty for none.
    package var namespace = ""
    /// The entity types that may call tools.
    package var principals = ["Agent", "User", "Workload"]
    /// The entity type that tools are called on.
    package var resource = "Tool"
    /// The action that every tool is a member of; nil for none.
    package var group: String?

    /// Options with their defaults.
    package init() {}
  }

  /// Something of a tool that the schema cannot say.
  package struct Note: Sendable, Equatable, CustomStringConvertible {
    /// The tool; empty for the list as a whole.
    package let tool: String
    /// The argument, such as `filter.tags[]`; empty for the tool itself.
    package let path: String
    /// What it is and what became of it.
    package let message: String

    /// The note in one line.
    package var description: String {
      let place = tool.isEmpty ? "" : "`\(tool)`" + (path.isEmpty ? "" : ", `\(path)`") + ": "
      return place + message
    }
  }

  /// Why no schema was made.
  package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The mistake in one line.
    package let description: String
  }

  /// Limits of a tool list: it comes from a server that nobody here has written.
  enum Limits {
    /// Bytes of the answer: a page of tools is some hundred kilobytes at most.
    static let bytes = 16 << 20
    /// Tools of one list.
    static let tools = 2_000
    /// Bytes of a tool's name; the protocol allows 128.
    static let nameBytes = 256
    /// Types on the longest path through the arguments, references followed.
    static let depth = 24
    /// Types of all tools together, references followed: bounds what a small text with many references unfolds to.
    static let types = 50_000
    /// Scalars of a description that are kept.
    static let descriptionScalars = 200
  }

  /// The schema as Cedar text.
  package let text: String
  /// The number of tools, each of them an action.
  package let tools: Int
  /// What the schema leaves out.
  package let notes: [Note]

  /// Maps the answer to `tools/list`: the result, the whole JSON-RPC message, or the bare array of tools.
  package init(toolsList bytes: [UInt8], _ options: Options = Options()) throws(Failure) {
    try ToolSchema.check(options)
    let list = try ToolList(bytes)
    var types = ToolTypes(taken: options.principals + [options.resource])
    var text = ToolSchemaText(options)
    var notes = list.notes
    for tool in list.tools {
      if let group = options.group, group.utf8.elementsEqual(tool.name.utf8) {
        throw Failure(description: "tool `\(tool.name)` has the name of the group")
      }
      let input = types.input(of: tool)
      text.add(tool, input, enumerations: types.takeEnumerations())
    }
    notes += types.notes
    self.text = text.finish(notes)
    self.notes = notes
    tools = list.tools.count
  }

  private static func check(_ options: Options) throws(Failure) {
    if !options.namespace.isEmpty, !SchemaNames.isPath(options.namespace) {
      throw Failure(description: "`\(options.namespace)` is no namespace (write it as Shop or Shop::Tools)")
    }
    guard !options.principals.isEmpty else { throw Failure(description: "there is no principal type") }
    var seen: Set<String> = []
    for name in options.principals + [options.resource] {
      guard SchemaNames.isEntityType(name) else {
        throw Failure(description: "`\(name)` cannot name an entity type (an identifier that Cedar does not use itself)")
      }
      if options.principals.contains(name), !seen.insert(name).inserted, name != options.resource {
        throw Failure(description: "the type `\(name)` is given twice")
      }
    }
  }
}
