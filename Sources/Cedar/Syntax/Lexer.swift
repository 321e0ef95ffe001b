/// Turns a text into tokens. Unknown characters become diagnostics and are skipped, so that one of them hides nothing else.
struct Lexer {
  /// What the text holds: a question mark begins a slot in policies and stands alone in schemas.
  enum Language { case policies, schema }

  private let source: SourceText
  private let language: Language
  private let bytes: [UInt8]
  private var offset = 0
  private var tokens: [Token] = []
  private(set) var problems: [SyntaxProblem] = []

  private init(_ source: SourceText, _ language: Language) {
    self.source = source
    self.language = language
    bytes = source.bytes
    tokens.reserveCapacity(bytes.count / 4)
  }

  /// All tokens of `source`, the last of kind `.end`, and the mistakes met on the way.
  static func tokens(_ source: SourceText, language: Language = .policies) -> (tokens: [Token], problems: [SyntaxProblem]) {
    var lexer = Lexer(source, language)
    while lexer.step() {}
    return (lexer.tokens, lexer.problems)
  }

  private func peek(_ distance: Int) -> UInt8? { offset + distance < bytes.count ? bytes[offset + distance] : nil }

  private mutating func emit(_ kind: TokenKind, from start: Int) {
    tokens.append(Token(kind: kind, span: SourceSpan(start: Int32(start), end: Int32(offset))))
  }

  private mutating func report(_ message: String, from start: Int, hint: String? = nil) {
    problems.append(SyntaxProblem(span: SourceSpan(start: Int32(start), end: Int32(offset)), message: message, hint: hint))
  }

  /// Reads one token or one run of blank; false at the end.
  private mutating func step() -> Bool {
    guard offset < bytes.count else {
      emit(.end, from: offset)
      return false
    }
    let start = offset
    let byte = bytes[offset]
    switch byte {
    case 0x09...0x0D, 0x20: offset += 1
    case 0x2F where peek(1) == 0x2F: skipComment()
    case 0x2F where peek(1) == 0x2A: blockComment()
    case 0x22: string()
    case 0x27: quotedOtherwise()
    case 0x30...0x39:
      while let next = peek(0), next >= 0x30, next <= 0x39 { offset += 1 }
      emit(.integer, from: start)
    case 0x41...0x5A, 0x61...0x7A, 0x5F:
      skipWord()
      emit(TokenKind.word(bytes[start..<offset]), from: start)
    case 0x3F: slot()
    case 0x80...0xFF: other()
    default: punctuation(byte)
    }
    return true
  }

  private mutating func skipComment() {
    while let next = peek(0), next != 0x0A, next != 0x0D { offset += 1 }
  }

  /// `/* … */` is skipped, and noted.
  private mutating func blockComment() {
    let start = offset
    offset += 2
    while let next = peek(0), !(next == 0x2A && peek(1) == 0x2F) { offset += 1 }
    offset = min(offset + 2, bytes.count)
    report("there are no block comments", from: start, hint: "comments start with `//` and end with the line")
  }

  /// A string in single quotes is noted and read as one in double quotes, where it ends on the same line.
  private mutating func quotedOtherwise() {
    let start = offset
    let line = bytes[(start + 1)...].prefix { $0 != 0x0A && $0 != 0x22 && $0 != 0x5C }
    guard let end = line.firstIndex(of: 0x27) else { return punctuation(0x27) }
    offset = end + 1
    report("a string in single quotes", from: start, hint: "strings stand in double quotes")
    emit(.string, from: start)
  }

  private mutating func skipWord() {
    while let next = peek(0), next == 0x5F || (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A) || (next >= 0x30 && next <= 0x39) {
      offset += 1
    }
  }

  /// A string runs to the next quote that no backslash escapes, across lines; a backslash takes any character but a line feed.
  private mutating func string() {
    let start = offset
    offset += 1
    while let next = peek(0) {
      if next == 0x22 {
        offset += 1
        emit(.string, from: start)
        return
      }
      if next == 0x5C {
        offset += 1
        if peek(0) == 0x0A {
          report("a backslash cannot continue a string on the next line", from: offset - 1, hint: "write `\\n` or a raw line feed")
        }
      }
      offset += peek(0) == nil ? 0 : 1
    }
    // Recover on the next line: the rest of the text is not part of this string in all likelihood.
    offset = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    report("string without closing quote", from: start, hint: "add `\"`")
    emit(.invalid, from: start)
  }

  private mutating func slot() {
    let start = offset
    offset += 1
    if language == .schema { return emit(.question, from: start) }
    skipWord()
    if offset == start + 1 {
      report(
        "`?` without a slot name", from: start, hint: "the slots are `?principal` and `?resource`; a choice is `if … then … else …`"
      )
      emit(.invalid, from: start)
    } else {
      emit(.slot, from: start)
    }
  }

  /// Any character outside ASCII: white space is skipped, all else is a mistake.
  private mutating func other() {
    let start = offset
    offset += 1
    while let next = peek(0), next & 0xC0 == 0x80 { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let scalar = text.unicodeScalars.first else { return }
    if scalar.properties.isWhitespace { return }
    let code = String(scalar.value, radix: 16, uppercase: true)
    report(
      "unknown character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)", from: start,
      hint: Lexer.hint(scalar))
    emit(.invalid, from: start)
  }

  private static func hint(_ scalar: Unicode.Scalar) -> String {
    switch scalar.value {
    case 0xFEFF: "save the file without a byte-order mark"
    case 0x2018...0x201F: "strings stand in plain quotes `\"`"
    default: "such characters stand in strings only"
    }
  }

  private mutating func punctuation(_ byte: UInt8) {
    let start = offset
    let next = peek(1)
    let (kind, width) = Lexer.punctuation(byte, next)
    offset += width
    if kind == .invalid {
      let text = String(decoding: bytes[start..<offset], as: UTF8.self)
      let hint =
        switch byte {
        case 0x27: "strings stand in double quotes"
        case 0x26: "write `&&`"
        case 0x7C: "write `||`"
        case 0x23: "comments start with `//`"
        case 0x7E: "write `like`"
        default: nil as String?
        }
      report("unknown character `\(text)`", from: start, hint: hint)
    }
    emit(kind, from: start)
  }

  private static func punctuation(_ byte: UInt8, _ next: UInt8?) -> (TokenKind, Int) {
    switch (byte, next) {
    case (0x3A, 0x3A): (.doubleColon, 2)
    case (0x3D, 0x3D): (.equal, 2)
    case (0x21, 0x3D): (.notEqual, 2)
    case (0x3C, 0x3D): (.lessEqual, 2)
    case (0x3E, 0x3D): (.greaterEqual, 2)
    case (0x26, 0x26): (.and, 2)
    case (0x7C, 0x7C): (.or, 2)
    case (0x40, _): (.at, 1)
    case (0x2E, _): (.dot, 1)
    case (0x2C, _): (.comma, 1)
    case (0x3B, _): (.semicolon, 1)
    case (0x3A, _): (.colon, 1)
    case (0x28, _): (.leftParenthesis, 1)
    case (0x29, _): (.rightParenthesis, 1)
    case (0x7B, _): (.leftBrace, 1)
    case (0x7D, _): (.rightBrace, 1)
    case (0x5B, _): (.leftBracket, 1)
    case (0x5D, _): (.rightBracket, 1)
    case (0x3C, _): (.less, 1)
    case (0x3E, _): (.greater, 1)
    case (0x2B, _): (.plus, 1)
    case (0x2D, _): (.minus, 1)
    case (0x2A, _): (.star, 1)
    case (0x2F, _): (.slash, 1)
    case (0x25, _): (.percent, 1)
    case (0x21, _): (.not, 1)
    case (0x3D, _): (.assign, 1)
    default: (.invalid, 1)
    }
  }
}

/// A mistake as lexer and parser meet it; it becomes a `Diagnostic` when the text is known.
struct SyntaxProblem: Error {
  let span: SourceSpan
  let message: String
  var expected: [String] = []
  var hint: String?
}
