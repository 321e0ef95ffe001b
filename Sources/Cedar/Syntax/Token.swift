/// The kinds of token. Words that no identifier may be have kinds of their own.
enum TokenKind: UInt8, Sendable {
  case identifier, integer, string, slot, invalid, end
  case wordTrue, wordFalse, wordIf, wordThen, wordElse, wordIn, wordIs, wordLike, wordHas, wordCedar
  case at, dot, comma, semicolon, colon, doubleColon
  case leftParenthesis, rightParenthesis, leftBrace, rightBrace, leftBracket, rightBracket
  case equal, notEqual, less, lessEqual, greater, greaterEqual, or, and, plus, minus, star, slash, percent, not, assign, question

  /// Whether the token has the shape of an identifier, reserved or not.
  var isWord: Bool { self == .identifier || isReserved }

  /// Whether the token is a word that no identifier may be.
  var isReserved: Bool { rawValue >= TokenKind.wordTrue.rawValue && rawValue <= TokenKind.wordCedar.rawValue }

  /// The token as a message names it.
  var name: String {
    switch self {
    case .identifier: "an identifier"
    case .integer: "an integer"
    case .string: "a string"
    case .slot: "a template slot"
    case .invalid: "an unknown character"
    case .end: "the end of the text"
    default: "`\(TokenKind.spellings[self] ?? "")`"
    }
  }

  private static let spellings: [TokenKind: String] = [
    .wordTrue: "true", .wordFalse: "false", .wordIf: "if", .wordThen: "then", .wordElse: "else", .wordIn: "in", .wordIs: "is",
    .wordLike: "like", .wordHas: "has", .wordCedar: "__cedar", .at: "@", .dot: ".", .comma: ",", .semicolon: ";", .colon: ":",
    .doubleColon: "::", .leftParenthesis: "(", .rightParenthesis: ")", .leftBrace: "{", .rightBrace: "}", .leftBracket: "[",
    .rightBracket: "]", .equal: "==", .notEqual: "!=", .less: "<", .lessEqual: "<=", .greater: ">", .greaterEqual: ">=",
    .or: "||", .and: "&&", .plus: "+", .minus: "-", .star: "*", .slash: "/", .percent: "%", .not: "!", .assign: "=", .question: "?",
  ]

  /// The kind of a word.
  static func word(_ bytes: ArraySlice<UInt8>) -> TokenKind {
    guard bytes.count <= 7 else { return .identifier }
    return switch String(decoding: bytes, as: UTF8.self) {
    case "true": .wordTrue
    case "false": .wordFalse
    case "if": .wordIf
    case "then": .wordThen
    case "else": .wordElse
    case "in": .wordIn
    case "is": .wordIs
    case "like": .wordLike
    case "has": .wordHas
    case "__cedar": .wordCedar
    default: .identifier
    }
  }
}

/// One token: its kind and the bytes that it covers.
struct Token: Sendable {
  let kind: TokenKind
  let span: SourceSpan
}

/// Whether `text` has the form of an identifier; it may be a reserved word.
func isWord(_ text: String) -> Bool {
  let bytes = text.utf8
  guard let first = bytes.first, bytes.count <= Limits.identifierBytes, !(0x30...0x39).contains(first) else { return false }
  return bytes.allSatisfy { $0 == 0x5F || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) }
}

/// Whether `text` can be written as an identifier; all other attribute names need quotes.
func isIdentifier(_ text: String) -> Bool { isWord(text) && TokenKind.word(Array(text.utf8)[...]) == .identifier }
