/// Makes a document of a policy text that the parser has accepted. It follows the tokens rather than the tree, because parentheses,
/// names and strings stay as written.
struct PolicyLayout {
  private let source: SourceText
  private let tokens: [Token]
  private var trivia: [Trivia]
  private let indent: Int
  private var index = 0
  /// Whether a comment behind the token taken last has begun a new line.
  private var isAfterComment = false

  init(_ source: SourceText, indent: Int) {
    self.source = source
    self.indent = indent
    tokens = Lexer.tokens(source).tokens
    trivia = Trivia.read(source, tokens)
  }

  // MARK: Tokens

  private var kind: TokenKind { tokens[index].kind }

  private func peek(_ distance: Int) -> TokenKind { tokens[min(index + distance, tokens.count - 1)].kind }

  private func isWord(_ words: [String]) -> Bool { kind == .identifier && words.contains(source.text(tokens[index].span)) }

  /// The comments behind the last policy.
  var commentsAtEnd: [String] { trivia.last?.leading ?? [] }

  /// The token at hand with its comments, each of which ends its line.
  private mutating func token() -> Document {
    let leading = leadingComments()
    let text = Document.text(spelling())
    let trailing = trivia[index].trailing
    isAfterComment = trailing != nil
    if index < tokens.count - 1 { index += 1 }
    if let trailing { return .join([leading, text, .text(" "), .text(trailing), .hardLine]) }
    return leading.isEmpty ? text : leading + text
  }

  /// Takes the comments before the token at hand away from it, for where they must not break the group that the token opens.
  private mutating func leadingComments() -> Document {
    let comments = trivia[index].leading
    if comments.isEmpty { return .join([]) }
    trivia[index].leading = []
    return .join([.hardLine] + comments.flatMap { [.text($0), .hardLine] })
  }

  /// The token as written; only integers lose their leading zeros.
  private func spelling() -> String {
    let text = source.text(tokens[index].span)
    guard kind == .integer else { return text }
    let digits = text.drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }

  private mutating func tokens(while isWanted: (TokenKind) -> Bool) -> Document {
    var parts: [Document] = []
    while kind != .end, isWanted(kind) { parts.append(token()) }
    return .join(parts)
  }

  /// A comma before a closing bracket goes; its comments stay, before that bracket.
  private mutating func dropTrailingComma() {
    guard kind == .comma, isClosing(peek(1)) else { return }
    let comments = trivia[index]
    index += 1
    trivia[index].leading.insert(contentsOf: comments.leading + (comments.trailing.map { [$0] } ?? []), at: 0)
  }

  /// What `content` makes, its lines indented by `columns` more. A comment at its end has begun a line inside: it begins again
  /// outside.
  private mutating func nested(_ columns: Int, _ content: (inout PolicyLayout) -> Document) -> Document {
    let document = Document.nest(columns, content(&self))
    return isAfterComment ? document + .hardLine : document
  }

  private func isClosing(_ kind: TokenKind) -> Bool { kind == .rightParenthesis || kind == .rightBracket || kind == .rightBrace }

  // MARK: Policies

  /// The next policy; nil at the end of the text.
  mutating func policy() -> Document? {
    if kind == .end { return nil }
    var parts: [Document] = []
    while kind == .at {
      parts.append(token() + token())
      if kind == .leftParenthesis { parts += [token(), token(), token()] }
      parts.append(.hardLine)
    }
    parts.append(leadingComments())
    let effect = token()
    parts.append(.group(.join([effect, .line, token()])))
    parts.append(scope())
    parts.append(token())
    while isWord(["when", "unless"]) {
      parts.append(.hardLine)
      parts.append(condition())
    }
    parts.append(token())
    return .join(parts)
  }

  private mutating func condition() -> Document {
    let beforeWord = leadingComments()
    let word = token()
    let beforeBrace = leadingComments()
    let opening = token()
    let beforeBody = leadingComments()
    let body = Document.group(
      .join([opening, nested(indent) { .join([.line, beforeBody, .group($0.expression())]) }, .line, token()]))
    return beforeWord + .group(.join([word, .line, beforeBrace, body]))
  }

  /// What stands between the parentheses of a scope: on one line if it constrains nothing.
  private mutating func scope() -> Document {
    let isTrivial = peek(1) == .comma && peek(3) == .comma && (peek(5) == .rightParenthesis || peek(5) == .comma)
    let parts = nested(indent) { layout in
      var parts: [Document] = []
      while layout.kind != .end, layout.kind != .rightParenthesis {
        if !isTrivial { parts.append(.hardLine) }
        parts.append(layout.leadingComments())
        parts.append(layout.nested(0) { $0.scopePart() })
        layout.dropTrailingComma()
        guard layout.kind == .comma else { continue }
        parts.append(layout.token())
        if isTrivial, !layout.isAfterComment { parts.append(.text(" ")) }
      }
      return .join(parts)
    }
    return isTrivial ? parts : parts + .hardLine
  }

  private mutating func scopePart() -> Document {
    let variable = token()
    switch kind {
    case .wordIs:
      let head = Document.group(nested(indent) { .line + $0.token() })
      let type = variable + .group(head + nested(indent) { .line + $0.member() })
      guard kind == .wordIn else { return type }
      let inner = Document.group(.join([type, .line, token()]))
      return .group(inner + nested(indent) { .line + $0.member() })
    case .equal, .wordIn:
      let head = Document.group(.join([variable, .line, token()]))
      return .group(head + nested(indent) { .line + $0.member() })
    default: return variable
    }
  }

  // MARK: Expressions

  private mutating func expression() -> Document {
    guard kind == .wordIf else { return disjunction() }
    var parts: [Document] = []
    for word in [TokenKind.wordIf, .wordThen, .wordElse] where kind == word {
      if word != .wordIf { parts.append(.line) }
      parts.append(token())
      parts.append(nested(indent) { .line + $0.expression() })
    }
    return .group(.join(parts))
  }

  /// Operands with a break behind each operator.
  private mutating func chain(
    _ operators: [TokenKind], isGroup: Bool, _ operand: (inout PolicyLayout) -> Document
  ) -> Document {
    let first = operand(&self)
    var parts = [first]
    while operators.contains(kind) {
      parts += [.text(" "), token(), .line]
      parts.append(operand(&self))
    }
    if parts.count == 1 { return first }
    return isGroup ? .group(.join(parts)) : .join(parts)
  }

  private mutating func disjunction() -> Document { chain([.or], isGroup: false) { $0.conjunction() } }

  private mutating func conjunction() -> Document { chain([.and], isGroup: false) { $0.relation() } }

  private mutating func sum() -> Document { chain([.plus, .minus], isGroup: true) { $0.product() } }

  private mutating func product() -> Document { chain([.star], isGroup: true) { $0.unary() } }

  private mutating func relation() -> Document {
    let left = sum()
    switch kind {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .wordIn:
      return .join([left, .text(" "), token(), .text(" "), sum()])
    case .wordHas, .wordLike:
      let word = token()
      return .group(.join([left, .line, word, .line, nested(indent) { $0.sum() }]))
    case .wordIs:
      let head = Document.join([left, .text(" "), token(), .text(" "), nested(indent) { $0.sum() }])
      guard kind == .wordIn else { return head }
      return .group(.join([head, .line, token(), .text(" "), nested(indent) { $0.sum() }]))
    default: return left
    }
  }

  private mutating func unary() -> Document {
    let operators = tokens { $0 == .not || $0 == .minus }
    return operators + member()
  }

  /// A primary and its accesses; the first access stays with it.
  private mutating func member() -> Document {
    let first = primary()
    guard isAccess else { return .group(first) }
    return .group(
      first
        + nested(indent) { layout in
          var accesses = [layout.access()]
          while layout.isAccess { accesses += [.softLine, layout.access()] }
          return .join(accesses)
        })
  }

  private var isAccess: Bool { kind == .dot || kind == .leftBracket || kind == .leftParenthesis }

  private mutating func access() -> Document {
    if kind == .leftBracket { return .join([token(), token(), token()]) }
    if kind == .dot { return token() + token() }
    let opening = token()
    if kind == .rightParenthesis { return opening + token() }
    let arguments = nested(indent) { .softLine + $0.list { $0.expression() } }
    return .join([opening, arguments, .softLine, token()])
  }

  private mutating func primary() -> Document {
    switch kind {
    case .leftParenthesis:
      return .group(.join([token(), nested(1) { $0.expression() }, token()]))
    case .leftBracket:
      return .join([token(), nested(1) { $0.list { $0.expression() } }, token()])
    case .leftBrace: return record()
    case .identifier:
      let name = token()
      guard kind == .doubleColon else { return name }
      return name + tokens { $0 == .doubleColon || $0 == .identifier || $0 == .string }
    default: return token()
    }
  }

  /// What stands between brackets, with a break behind each comma.
  private mutating func list(_ element: (inout PolicyLayout) -> Document) -> Document {
    var parts: [Document] = []
    while kind != .end, !isClosing(kind) {
      parts.append(element(&self))
      dropTrailingComma()
      if kind == .comma { parts += [token(), .line] }
    }
    return .join(parts)
  }

  /// The braces stand outside the group: a comment at one of them does not break the lines between them.
  private mutating func record() -> Document {
    let opening = token()
    if kind == .rightBrace { return opening + token() }
    let members = nested(indent) { layout in
      .line + layout.list { .join([$0.token(), $0.token(), .text(" "), $0.expression()]) }
    }
    return .join([opening, .group(members + .line), token()])
  }
}
