package import JSON

/// Why a message was refused: the field at fault and a sentence for its sender. Answered with 400.
package struct MessageFault: Error, Sendable, Equatable {
  /// The stable code; `request.invalid` unless said otherwise.
  package var code: String
  /// The path of the member, such as `subject.id`; empty for the whole body.
  package var field: String
  package var message: String

  /// A fault at `field`.
  package init(_ field: String, _ message: String, code: String = "request.invalid") {
    self.code = code
    self.field = field
    self.message = message
  }

  /// The body is no JSON.
  package init(_ error: JSONError) {
    if error.kind == .empty {
      self.init("", "the body is empty; a JSON object is expected")
    } else {
      self.init(error.path, "the body is not valid JSON: \(error)")
    }
  }

  static func missing(_ field: String) -> MessageFault { MessageFault(field, "`\(field)` is missing") }

  static func type(_ field: String, _ expected: String) -> MessageFault {
    field.isEmpty ? MessageFault("", "the body must be \(expected)") : MessageFault(field, "`\(field)` must be \(expected)")
  }
}

extension MessageFault: CustomStringConvertible {
  package var description: String { message }
}
