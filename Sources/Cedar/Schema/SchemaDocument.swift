/// A schema as written: namespaces, declarations, annotations and names that nobody has looked up yet.
///
/// It is read from the human syntax or from JSON, and can be written as either. What is written is the schema, not the text: comments,
/// the order of declarations of different kinds and lists of names (`entity A, B`) are not kept. Text that came from `text` is written again
/// byte for byte, also by way of `json`.
public struct SchemaDocument: Sendable {
  /// The text that places refer to: of either format.
  let source: SourceText
  let namespaces: [NamespaceSyntax]

  /// Reads the human syntax; `file` stands for the text in mistakes.
  public static func parse(_ text: String, file: String = "schema.cedarschema") -> Result<SchemaDocument, ParseFailure> {
    if text.utf8.count > Limits.schemaBytes {
      let message = "the schema is longer than \(Limits.schemaBytes) bytes"
      return .failure(
        ParseFailure(diagnostics: [Diagnostic(file: file, line: 1, column: 1, message: message, expected: [], hint: nil)]))
    }
    let source = SourceText(name: file, text: text)
    let (namespaces, problems) = Parser.schema(source)
    if problems.isEmpty { return .success(SchemaDocument(source: source, namespaces: namespaces)) }
    return .failure(ParseFailure(diagnostics: source.diagnostics(problems)))
  }

  /// The schema with every name looked up, or every mistake that the look-up meets, in the order of the text.
  public func resolved() -> Result<Schema, ParseFailure> {
    resolution().mapError { ParseFailure(diagnostics: source.diagnostics($0.problems)) }
  }

  func resolution() -> Result<Schema, SchemaResolver.Failure> { SchemaResolver.resolve(self) }
}

extension Schema {
  /// Reads the human syntax and looks every name up; `file` stands for the text in mistakes.
  public static func parse(_ text: String, file: String = "schema.cedarschema") -> Result<Schema, ParseFailure> {
    SchemaDocument.parse(text, file: file).flatMap { $0.resolved() }
  }
}
