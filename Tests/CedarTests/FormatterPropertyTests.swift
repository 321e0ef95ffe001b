import TestSupport
import Testing

@testable import Cedar

/// Random policies of every form as tokens, and texts of them with random blank and comments.
private struct PolicyTexts {
  var random: SeededGenerator
  private var commentCount = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// The tokens apart, with `percent` of the gaps commented; the comments in their order.
  mutating func text(_ tokens: [String], comments percent: Int) -> (text: String, comments: [String]) {
    var text = ""
    var comments: [String] = []
    for token in tokens + [""] {
      text += pick([" ", " ", "\n", "\t", "\r\n", "\u{A0}"])
      while chance(percent) {
        comments.append(pick(["//", "// c\(comments.count) \"", "//é // \(comments.count)"]))
        text += comments.last.map { $0 + pick(["", " ", "\t \u{2003}"]) + pick(["\n", "\r\n", "\n\n  "]) } ?? ""
      }
      text += token
    }
    return (text, comments)
  }

  mutating func policy() -> [String] {
    var tokens: [String] = []
    for key in ["id", "if", "note"] where chance(15) { tokens += ["@", key] + (chance(70) ? ["(", string(), ")"] : []) }
    tokens += [pick(["permit", "forbid"]), "("] + scope("principal") + [","] + actionScope() + [","] + scope("resource")
    tokens += chance(10) ? [",", ")"] : [")"]
    for _ in 0..<below(3) { tokens += [pick(["when", "unless"]), "{"] + expression(4) + ["}"] }
    return tokens + [";"]
  }

  private mutating func string() -> String {
    pick(["\"\"", "\"a\"", "\"\\u{41}\\x42\\\"\"", "\"// no\n\n comment\"", "\"日本 e\u{301}\"", "\"a text of some length\""])
  }

  private mutating func name() -> String { pick(["a", "b", "permit", "a_rather_long_name_of_some_sort", "_1"]) }

  private mutating func path() -> [String] { chance(30) ? [name(), "::", name()] : [name()] }

  private mutating func uid() -> [String] {
    let uid = path() + ["::", string()]
    return chance(10) ? ["("] + uid + [")"] : uid
  }

  private mutating func target(_ variable: String) -> [String] { chance(20) ? ["?" + variable] : uid() }

  private mutating func scope(_ variable: String) -> [String] {
    switch below(6) {
    case 0: [variable, "=="] + target(variable)
    case 1: [variable, "in"] + target(variable)
    case 2: [variable, "is"] + path()
    case 3: [variable, "is"] + path() + ["in"] + target(variable)
    default: [variable]
    }
  }

  private mutating func actionScope() -> [String] {
    switch below(5) {
    case 0: ["action", "==", "Action", "::", string()]
    case 1: ["action", "in", "N", "::", "Action", "::", string()]
    case 2: ["action", "in", "["] + list(below(4)) { ["Action", "::", $0.string()] } + ["]"]
    default: ["action"]
    }
  }

  private mutating func list(_ count: Int, _ element: (inout PolicyTexts) -> [String]) -> [String] {
    var tokens: [String] = []
    for index in 0..<count { tokens += (index > 0 ? [","] : []) + element(&self) }
    return tokens + (count > 0 && chance(20) ? [","] : [])
  }

  mutating func expression(_ depth: Int) -> [String] {
    if depth > 0, chance(10) {
      return ["if"] + expression(depth - 1) + ["then"] + expression(depth - 1) + ["else"] + expression(depth - 1)
    }
    return chain(depth, ["||"]) { texts, depth in texts.chain(depth, ["&&"]) { $0.relation($1) } }
  }

  private mutating func chain(
    _ depth: Int, _ operators: [String], _ operand: (inout PolicyTexts, Int) -> [String]
  ) -> [String] {
    var tokens = operand(&self, depth)
    while depth > 0, chance(20) { tokens += [pick(operators)] + operand(&self, depth - 1) }
    return tokens
  }

  private mutating func relation(_ depth: Int) -> [String] {
    let left = sum(depth)
    switch depth > 0 ? below(10) : 9 {
    case 0, 1, 2: return left + [pick(["==", "!=", "<", "<=", ">", ">=", "in"])] + sum(depth - 1)
    case 3: return left + ["has"] + (chance(30) ? [string()] : chance(50) ? [name()] : [name(), ".", name()])
    case 4: return left + ["like", pick(["\"*\"", "\"a*\\*\"", "\"\""])]
    case 5: return left + ["is"] + path() + (chance(50) ? ["in"] + sum(depth - 1) : [])
    default: return left
    }
  }

  private mutating func sum(_ depth: Int) -> [String] {
    chain(depth, ["+", "-"]) { texts, depth in texts.chain(depth, ["*"]) { $0.unary($1) } }
  }

  private mutating func unary(_ depth: Int) -> [String] {
    Array(repeating: pick(["!", "-"]), count: chance(15) ? 1 + below(4) : 0) + member(depth)
  }

  private mutating func member(_ depth: Int) -> [String] {
    var tokens = primary(depth)
    while depth > 0, chance(35) {
      switch below(5) {
      case 0: tokens += ["[", string(), "]"]
      case 1: tokens += [".", pick(["contains", "hasTag", "isInRange"]), "("] + list(1) { $0.expression(depth - 1) } + [")"]
      case 2: tokens += [".", pick(["isEmpty", "toDate"]), "(", ")"]
      default: tokens += [".", name()]
      }
    }
    return tokens
  }

  private mutating func primary(_ depth: Int) -> [String] {
    switch depth > 0 ? below(9) : 8 {
    case 0, 1: return ["("] + expression(depth - 1) + [")"]
    case 2: return ["["] + list(below(4)) { $0.expression(depth - 1) } + ["]"]
    case 3:
      var keys = ["a", "\"c d\"", "\"if\"", "_1"].makeIterator()
      return ["{"] + list(below(4)) { [keys.next() ?? "z", ":"] + $0.expression(depth - 1) } + ["}"]
    case 4: return [pick(["ip", "decimal"]), "("] + list(below(3)) { $0.expression(depth - 1) } + [")"]
    default: return pick([["principal"], ["context"], ["true"], ["0"], ["007"], ["9223372036854775807"], [string()], uid()])
    }
  }
}

@Suite("Cedar formatter properties")
struct FormatterPropertyTests {
  @Test("formatting keeps policies and comments and changes nothing the second time", arguments: 101...106 as ClosedRange<UInt64>)
  func keepsAll(seed: UInt64) throws {
    var texts = PolicyTexts(seed: seed)
    for round in 0..<60 {
      let tokens = (0..<texts.below(4)).flatMap { _ in texts.policy() }
      let (text, comments) = texts.text(tokens, comments: texts.pick([0, 2, 10, 40]))
      let width = texts.pick([1, 20, 40, 80, 200])
      let indent = texts.below(5)
      let hint: Comment = "seed \(seed) round \(round) width \(width) indent \(indent)\n\(text)"
      let formatted = try Formatter.format(text, file: "test.cedar", width: width, indent: indent).get()
      #expect(try Formatter.format(formatted, file: "test.cedar", width: width, indent: indent).get() == formatted, hint)
      #expect(try tree(formatted) == tree(text), hint)
      #expect(found(formatted) == comments, hint)
      // Whatever the width, the same policies: laid out from here, they come out as from the text.
      if comments.isEmpty {
        #expect(try Formatter.format(formatted, file: "test.cedar").get() == Formatter.format(text, file: "test.cedar").get(), hint)
      }
    }
  }

  @Test("what the printer writes reads as the same tree, and is written alike", arguments: 111...114 as ClosedRange<UInt64>)
  func printsBack(seed: UInt64) throws {
    var texts = PolicyTexts(seed: seed)
    for round in 0..<60 {
      let policy = texts.policy()
      let text = texts.text(policy, comments: 0).text
      let hint: Comment = "seed \(seed) round \(round)\n\(text)"
      let set = try policySet(text)
      #expect(try tree(set.text) == tree(text), hint)
      #expect(try policySet(set.text).text == set.text, hint)
      for condition in set.sources.flatMap(\.syntax.conditions) {
        let line = condition.body.text
        #expect(!line.unicodeScalars.contains("\n"), hint)
        let again = try policySet("permit(principal,action,resource) when {\(line)};").sources[0].syntax.conditions[0].body
        #expect(shape(again) == shape(condition.body), hint)
      }
    }
  }

  @Test("any text is formatted or refused with its place", arguments: [121, 122, 123] as [UInt64])
  func fuzz(seed: UInt64) throws {
    var texts = PolicyTexts(seed: seed)
    var counts = (formatted: 0, refused: 0)
    for round in 0..<150 {
      var scalars = Array(texts.text(texts.policy(), comments: 5).text.unicodeScalars)
      for _ in 0..<texts.below(3) {
        let place = texts.below(scalars.count)
        switch texts.below(4) {
        case 0: scalars.remove(at: place)
        case 1: scalars.insert(Unicode.Scalar(UInt8(texts.below(128))), at: place)
        case 2:
          scalars.insert(
            contentsOf: texts.pick(["//", "\"", "(", "\r", "\u{85}", "\u{2028}", ",", "::"]).unicodeScalars, at: place)
        default: scalars[place] = scalars[texts.below(scalars.count)]
        }
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      switch Formatter.format(String(text), file: "test.cedar", width: texts.below(90), indent: texts.below(5)) {
      case .success(let formatted):
        counts.formatted += 1
        #expect(try tree(formatted) == tree(String(text)), "seed \(seed) round \(round)\n\(text)")
      case .failure(let failure):
        counts.refused += 1
        let defects = failure.diagnostics.filter { $0.message.hasPrefix("formatting would") }
        #expect(!failure.diagnostics.isEmpty && defects.isEmpty, "seed \(seed) round \(round) \(defects)\n\(text)")
      }
    }
    #expect(counts.formatted > 30 && counts.refused > 30, "\(counts)")
  }

  private func tree(_ text: String) throws -> [String] {
    try policySet(text).sources.map { source in
      let syntax = source.syntax
      return "\(syntax.effect) \(syntax.annotations.map { "\($0.key)=\($0.value.map { Array($0.utf8) } as Any)" })"
        + " \(syntax.principal) \(syntax.action) \(syntax.resource)"
        + syntax.conditions.map { " \($0.isUnless) \(shape($0.body))" }.joined()
    }
  }

  /// All comments of a text that the parser accepts.
  private func found(_ text: String) -> [String] {
    let source = SourceText(name: "", text: text)
    return Trivia.read(source, Lexer.tokens(source).tokens).flatMap { $0.leading + ($0.trailing.map { [$0] } ?? []) }
  }
}

/// The tree without its places, every node in brackets.
func shape(_ expression: Expression) -> String {
  func all(_ name: String, _ nodes: [Expression]) -> String { "(\(name)\(nodes.map { " " + shape($0) }.joined()))" }
  func bytes(_ text: String) -> String { "\(Array(text.utf8))" }
  return switch expression.kind {
  case .bool(let value): "\(value)"
  case .long(let value): "\(value)"
  case .string(let value): bytes(value)
  case .entity(let uid): "\(uid.type)::\(bytes(uid.id))"
  case .variable(let variable): "\(variable)"
  case .and(let operands): all("and", operands)
  case .or(let operands): all("or", operands)
  case .not(let operand): all("not", [operand])
  case .negate(let operand): all("negate", [operand])
  case .sum(let first, let rest): all("sum \(rest.map(\.isMinus))", [first] + rest.map(\.operand))
  case .product(let operands): all("product", operands)
  case .relation(let relation, let left, let right): all("\(relation)", [left, right])
  case .has(let left, let names): all("has \(names.map(bytes))", [left])
  case .like(let left, let pattern): all("like \(pattern)", [left])
  case .isType(let left, let type, let group): all("is \(type)", [left] + (group.map { [$0] } ?? []))
  case .conditional(let condition, let first, let second): all("if", [condition, first, second])
  case .attribute(let left, let name): all("attribute \(bytes(name))", [left])
  case .method(let receiver, let method, let arguments): all("\(method)", [receiver] + arguments)
  case .call(let function, let arguments): all("\(function)", arguments)
  case .set(let elements): all("set", elements)
  case .record(let members): all("record \(members.map { bytes($0.key) })", members.map(\.value))
  }
}
