/// The human syntax of schemas. A mistake of form ends the declaration and reading goes on with the next one.
extension Parser {
  /// The namespaces of `source`, the one without a name first if it holds anything, and the mistakes.
  static func schema(_ source: SourceText) -> (namespaces: [NamespaceSyntax], problems: [SyntaxProblem]) {
    var parser = Parser(source, language: .schema)
    var outside = NamespaceBuilder(NamespaceSyntax(name: ""))
    var namespaces: [NamespaceSyntax] = []
    var names = Set<String>()
    while parser.kind != .end {
      let start = parser.index
      do throws(SyntaxProblem) {
        let annotations = try parser.annotations()
        if parser.isWord("namespace") {
          parser.advance()
          let span = parser.span
          let name = try parser.path()
          if !names.insert(name).inserted {
            parser.report(span, "namespace `\(name)` stands twice", hint: "put its declarations in one block")
          }
          let body = try parser.namespaceBody(name, annotations)
          outside.writtenBytes += body.writtenBytes
          namespaces.append(body.syntax)
        } else {
          try parser.declaration(annotations, into: &outside, also: ["`namespace`"])
        }
      } catch {
        parser.problems.append(error)
        parser.recoverDeclaration(from: start)
        // A brace that closes nothing has been reported if it began a declaration; behind a broken one it may close a namespace.
        if parser.kind == .rightBrace { parser.advance() }
      }
    }
    if outside.writtenBytes > Limits.schemaDeclaredBytes {
      parser.report(
        SourceSpan(start: 0, end: 0), "lists of names write out to more than \(Limits.schemaDeclaredBytes) bytes",
        hint: "move a large body to a common type")
    }
    return (outside.syntax.isEmpty ? namespaces : [outside.syntax] + namespaces, parser.problems)
  }

  private mutating func namespaceBody(
    _ name: String, _ annotations: [AnnotationSyntax]
  ) throws(SyntaxProblem) -> NamespaceBuilder {
    try expect(.leftBrace)
    var builder = NamespaceBuilder(NamespaceSyntax(name: name, annotations: annotations))
    while kind != .rightBrace {
      if kind == .end { throw unexpected(["a declaration", "`}`"], hint: "namespace `\(name)` is not closed") }
      let start = index
      do throws(SyntaxProblem) {
        let annotations = try self.annotations()
        if isWord("namespace") { throw unexpected(["a declaration"], hint: "namespaces do not nest; write `namespace \(name)::…`") }
        try declaration(annotations, into: &builder, also: ["`}`"])
      } catch {
        problems.append(error)
        recoverDeclaration(from: start)
      }
    }
    advance()
    if kind == .semicolon {
      report(span, "unexpected `;`", hint: "no `;` follows a namespace")
      advance()
    }
    return builder
  }

  /// Skips to behind the next `;` outside braces, or to a brace that closes what was open before, or to where a namespace begins.
  private mutating func recoverDeclaration(from start: Int) {
    // Braces that the declaration has opened so far, to know which one is its own.
    var depth = 0
    for token in tokens[start..<index] {
      if token.kind == .leftBrace { depth += 1 }
      if token.kind == .rightBrace { depth -= 1 }
    }
    bracketDepth = 0
    if index == start, kind != .semicolon, kind != .rightBrace { advance() }
    while kind != .end {
      if kind == .leftBrace { depth += 1 }
      if kind == .rightBrace {
        if depth <= 0 { return }
        depth -= 1
      }
      if kind == .semicolon {
        advance()
        return
      }
      if isWord("namespace"), peek(1).kind == .identifier, peek(2).kind == .leftBrace || peek(2).kind == .doubleColon { return }
      advance()
    }
  }

  // MARK: Declarations

  private mutating func declaration(
    _ annotations: [AnnotationSyntax], into namespace: inout NamespaceBuilder, also: [String]
  ) throws(SyntaxProblem) {
    let start = span
    var names: [NameSyntax] = []
    if isWord("entity") {
      advance()
      repeat { names.append(try declaredName()) } while take(.comma)
      let kind = try entityKind()
      for name in names {
        let entity = EntitySyntax(name: name.text, annotations: annotations, kind: kind, span: name.span)
        if let problem = namespace.add(entity) { problems.append(problem) }
      }
    } else if isWord("action") {
      advance()
      repeat { names.append(try nameOrString()) } while take(.comma)
      let (parents, appliesTo) = try actionBody()
      for name in names {
        let action = ActionSyntax(
          id: name.text, annotations: annotations, parents: parents, appliesTo: appliesTo, span: name.span)
        if let problem = namespace.add(action) { problems.append(problem) }
      }
    } else if isWord("type") {
      advance()
      let name = try declaredName()
      try expect(.assign)
      let type = try type()
      try expect(.semicolon, hint: "a declaration ends with `;`")
      let common = CommonTypeSyntax(name: name.text, annotations: annotations, type: type, span: name.span)
      if let problem = namespace.add(common) { problems.append(problem) }
    } else {
      throw unexpected(["`entity`", "`action`", "`type`", "`@`"] + (annotations.isEmpty || also != ["`}`"] ? also : []))
    }
    namespace.writtenBytes += Int(previousSpan.end - start.start) * max(1, names.count)
  }

  private mutating func declaredName() throws(SyntaxProblem) -> NameSyntax {
    let span = span
    let hint = kind == .string ? "the name of a type stands without quotes" : nil
    if kind == .string { throw unexpected([TokenKind.identifier.name], hint: hint) }
    return NameSyntax(text: try identifier(), span: span)
  }

  private mutating func nameOrString() throws(SyntaxProblem) -> NameSyntax {
    let span = span
    if kind == .string { return NameSyntax(text: try string(), span: span) }
    // What is reserved are names of types; an attribute or action may well be called so.
    if take(.wordCedar) { return NameSyntax(text: source.text(span), span: span) }
    guard kind == .identifier else {
      throw unexpected([TokenKind.identifier.name, TokenKind.string.name], hint: kind.isReserved ? "quote a reserved word" : nil)
    }
    return NameSyntax(text: try identifier(), span: span)
  }

  private mutating func entityKind() throws(SyntaxProblem) -> EntitySyntax.Kind {
    if isWord("enum") {
      advance()
      try expect(.leftBracket)
      var ids: [String] = []
      repeat { ids.append(try string()) } while take(.comma)
      guard take(.rightBracket) else { throw unexpected(["`,`", "`]`"]) }
      try expect(.semicolon, hint: "an enumerated entity has nothing else")
      return .enumerated(ids)
    }
    var memberOf: [NameSyntax] = []
    var shape: TypeSyntax?
    var tags: TypeSyntax?
    let start = index
    if take(.wordIn) { memberOf = try typeNames(mayBeEmpty: true) }
    let hasAssign = take(.assign)
    if hasAssign || kind == .leftBrace {
      if kind != .leftBrace { throw unexpected(["`{`"], hint: "the attributes of an entity stand in braces") }
      shape = try record()
    }
    let mayHaveTags = isWord("tags")
    if mayHaveTags {
      advance()
      tags = try type()
    }
    guard take(.semicolon) else {
      let all = ["`in`", "`=`", "`{`", "`tags`"].suffix(mayHaveTags ? 0 : shape != nil ? 1 : memberOf.isEmpty ? 4 : 3)
      throw unexpected((index == start ? ["`,`", "`enum`"] : []) + all + ["`;`"], hint: "a declaration ends with `;`")
    }
    return .standard(memberOf: memberOf, shape: shape, tags: tags)
  }

  private mutating func actionBody() throws(SyntaxProblem) -> ([ActionSyntax.Parent], ActionSyntax.AppliesTo?) {
    var parents: [ActionSyntax.Parent] = []
    var appliesTo: ActionSyntax.AppliesTo?
    if take(.wordIn) {
      if take(.leftBracket) {
        repeat { parents.append(try parent()) } while take(.comma)
        guard take(.rightBracket) else { throw unexpected(["`,`", "`]`"]) }
      } else {
        parents = [try parent()]
      }
    }
    if isWord("appliesTo") {
      advance()
      appliesTo = try self.appliesTo()
    }
    if isWord("attributes") {
      advance()
      try expect(.leftBrace)
      try expect(.rightBrace, hint: "actions have no attributes")
      try expect(.semicolon, hint: "a declaration ends with `;`")
    } else if !take(.semicolon) {
      let all = ["`,`", "`in`", "`appliesTo`", "`;`"].suffix(appliesTo != nil ? 1 : parents.isEmpty ? 4 : 2)
      throw unexpected(Array(all), hint: "a declaration ends with `;`")
    }
    return (parents, appliesTo)
  }

  /// A name, a string, or both as `Path::"id"`.
  private mutating func parent() throws(SyntaxProblem) -> ActionSyntax.Parent {
    let start = span
    if kind == .identifier, peek(1).kind == .doubleColon {
      let type = try path()
      try expect(.doubleColon, hint: "an action is written `\(type)::\"id\"`")
      return ActionSyntax.Parent(type: type, id: try string(), span: start.joined(previousSpan))
    }
    let name = try nameOrString()
    return ActionSyntax.Parent(type: nil, id: name.text, span: name.span)
  }

  private mutating func appliesTo() throws(SyntaxProblem) -> ActionSyntax.AppliesTo {
    let start = span
    try open(.leftBrace)
    var principals: [NameSyntax]?
    var resources: [NameSyntax]?
    var context: TypeSyntax?
    repeat {
      let place = span
      let word = source.text(span)
      guard isWord("principal") || isWord("resource") || isWord("context") else {
        throw unexpected(["`principal`", "`resource`", "`context`"] + (principals == nil ? [] : ["`}`"]))
      }
      advance()
      try expect(.colon)
      let isRepeated: Bool
      switch word {
      case "principal":
        isRepeated = principals != nil
        principals = try typeNames(mayBeEmpty: false)
      case "resource":
        isRepeated = resources != nil
        resources = try typeNames(mayBeEmpty: false)
      default:
        isRepeated = context != nil
        context = try contextType()
      }
      if isRepeated { report(place, "`\(word)` stands twice") }
    } while take(.comma) && kind != .rightBrace
    guard kind == .rightBrace else { throw unexpected(["`,`", "`}`"]) }
    try close(.rightBrace)
    guard let principals, let resources else {
      let missing = principals == nil ? "principal" : "resource"
      throw SyntaxProblem(
        span: start, message: "`\(missing)` is missing", hint: "an action that only groups others has no `appliesTo`")
    }
    return ActionSyntax.AppliesTo(principals: principals, resources: resources, context: context)
  }

  // MARK: Types

  /// A path or a list of paths.
  private mutating func typeNames(mayBeEmpty: Bool) throws(SyntaxProblem) -> [NameSyntax] {
    guard kind == .leftBracket else { return [try typeReference()] }
    let start = span
    advance()
    var names: [NameSyntax] = []
    if take(.rightBracket) {
      if !mayBeEmpty { report(start, "the list is empty", hint: "an action that admits no request has no `appliesTo`") }
      return names
    }
    repeat { names.append(try typeReference()) } while take(.comma)
    guard take(.rightBracket) else { throw unexpected(["`,`", "`]`"]) }
    return names
  }

  /// A path; it may begin with `__cedar`.
  private mutating func typeReference() throws(SyntaxProblem) -> NameSyntax {
    let start = span
    var name = ""
    if kind == .wordCedar, peek(1).kind == .doubleColon {
      advance()
      advance()
      name = SchemaNames.builtInPrefix
    }
    name += try path()
    return NameSyntax(text: name, span: start.joined(previousSpan))
  }

  private mutating func type() throws(SyntaxProblem) -> TypeSyntax {
    if kind == .leftBrace { return try record() }
    let start = span
    if isWord("Set"), peek(1).kind == .less {
      advance()
      try open(.less)
      let element = try type()
      try close(.greater)
      return TypeSyntax(kind: .set(element), span: start.joined(previousSpan))
    }
    guard kind == .identifier || kind == .wordCedar else { throw unexpected(["a type"]) }
    let name = try typeReference()
    return TypeSyntax(kind: .named(name.text), span: name.span)
  }

  /// A record or the name of one.
  private mutating func contextType() throws(SyntaxProblem) -> TypeSyntax {
    if isWord("Set"), peek(1).kind == .less { throw unexpected(["the name of a common type", "`{`"]) }
    return try type()
  }

  /// `{ name: Type, name?: Type }`. Of two attributes with one name the later stays, as the language has it.
  private mutating func record() throws(SyntaxProblem) -> TypeSyntax {
    let start = span
    try open(.leftBrace)
    var attributes: [AttributeSyntax] = []
    var places: [Name: Int] = [:]
    while kind != .rightBrace {
      let annotations = try self.annotations()
      let name = try nameOrString()
      let isOptional = take(.question)
      guard take(.colon) else { throw unexpected(isOptional ? ["`:`"] : ["`:`", "`?`"]) }
      let attribute = AttributeSyntax(name: name.text, annotations: annotations, type: try type(), isRequired: !isOptional)
      if let place = places[Name(name.text)] {
        attributes[place] = attribute
      } else {
        places[Name(name.text)] = attributes.count
        attributes.append(attribute)
      }
      if !take(.comma) { break }
    }
    guard kind == .rightBrace else { throw unexpected(["`,`", "`}`"]) }
    try close(.rightBrace)
    return TypeSyntax(kind: .record(attributes), span: start.joined(previousSpan))
  }
}

/// A namespace while it is read: each name is declared once for each kind of thing.
private struct NamespaceBuilder {
  private(set) var syntax: NamespaceSyntax
  /// Bytes of its declarations with each name of a list written out.
  var writtenBytes = 0
  private var types = Set<Name>()
  private var entities = Set<Name>()
  private var actions = Set<Name>()

  init(_ syntax: NamespaceSyntax) { self.syntax = syntax }

  mutating func add(_ type: CommonTypeSyntax) -> SyntaxProblem? {
    if !types.insert(Name(type.name)).inserted { return NamespaceBuilder.twice("common type", type.name, type.span) }
    syntax.types.append(type)
    return nil
  }

  mutating func add(_ entity: EntitySyntax) -> SyntaxProblem? {
    if !entities.insert(Name(entity.name)).inserted { return NamespaceBuilder.twice("entity type", entity.name, entity.span) }
    syntax.entities.append(entity)
    return nil
  }

  mutating func add(_ action: ActionSyntax) -> SyntaxProblem? {
    if !actions.insert(Name(action.id)).inserted { return NamespaceBuilder.twice("action", action.id, action.span) }
    syntax.actions.append(action)
    return nil
  }

  private static func twice(_ what: String, _ name: String, _ span: SourceSpan) -> SyntaxProblem {
    SyntaxProblem(span: span, message: "\(what) `\(name)` is declared twice")
  }
}
