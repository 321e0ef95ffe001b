/// Why a document was refused, and where.
package struct JSONError: Error, Sendable, Equatable {
  /// The reasons, one per rule of RFC 8259 or of our own limits.
  package enum Kind: Sendable, Equatable {
    /// Nothing but white space.
    case empty
    /// The document stops inside a value.
    case unexpectedEnd
    /// A byte that the grammar does not allow here.
    case unexpectedByte(UInt8)
    /// Something follows the value.
    case trailingBytes
    /// A number that is not one of RFC 8259 section 6.
    case invalidNumber
    /// A byte below 0x20 inside a string.
    case controlCharacter
    /// A backslash that starts no escape.
    case invalidEscape
    /// Half of a surrogate pair.
    case loneSurrogate
    /// Bytes that are not UTF-8.
    case invalidUTF8
    /// A key that the object already has.
    case duplicateKey
    /// More open arrays and objects than the limit.
    case tooDeep(limit: Int)
    /// More bytes than the limit.
    case tooLarge(limit: Int)
    /// The canonical form has no place for this number.
    case numberNotCanonical
  }

  package var kind: Kind
  /// Byte offset from the start of the document; 0 when a value, not a text, was refused.
  package var offset: Int
  /// The member or element, such as `subject.properties[2]`; empty for the root.
  package var path: String

  /// An error; readers and encoders of this module make them.
  package init(_ kind: Kind, offset: Int = 0, path: String = "") {
    self.kind = kind
    self.offset = offset
    self.path = path
  }
}

extension JSONError {
  /// The same error seen from one level further out.
  func inside(_ step: String) -> JSONError {
    let separator = path.isEmpty || path.hasPrefix("[") ? "" : "."
    return JSONError(kind, offset: offset, path: step + separator + path)
  }
}

extension JSONError: CustomStringConvertible {
  /// What happened and where, in one line.
  package var description: String {
    let place = path.isEmpty ? "" : " in `\(path)`"
    return "\(reason) at byte \(offset)\(place)"
  }

  /// What happened, without the place.
  package var reason: String {
    switch kind {
    case .empty: "the document is empty"
    case .unexpectedEnd: "the document ends too early"
    case .unexpectedByte(let byte): "unexpected \(JSONError.shown(byte))"
    case .trailingBytes: "something follows the value"
    case .invalidNumber: "invalid number"
    case .controlCharacter: "unescaped control character in a string"
    case .invalidEscape: "invalid escape in a string"
    case .loneSurrogate: "lone surrogate in a string"
    case .invalidUTF8: "invalid UTF-8 in a string"
    case .duplicateKey: "duplicate key"
    case .tooDeep(let limit): "more than \(limit) levels of nesting"
    case .tooLarge(let limit): "more than \(limit) bytes"
    case .numberNotCanonical: "number without a canonical form"
    }
  }

  private static func shown(_ byte: UInt8) -> String {
    guard byte > 0x20, byte < 0x7F else { return "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))" }
    return "`\(Character(UnicodeScalar(byte)))`"
  }
}
