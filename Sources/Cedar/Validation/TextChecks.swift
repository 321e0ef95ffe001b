/// Warns of texts that do not say what they seem to say: an author, or a reviewer, may be deceived by them. The engine is not.
enum TextChecks {
  static func check(_ syntax: PolicySyntax, _ terms: [Term], _ log: inout FindingLog) {
    let spans = syntax.scopeSpans
    for (scope, span) in [(syntax.principal, spans.principal), (syntax.resource, spans.resource)] {
      switch scope {
      case .equal(.entity(let uid)), .isIn(.entity(let uid)), .isTypeIn(_, .entity(let uid)):
        name(uid.id, span, &log)
      default: break
      }
    }
    switch syntax.action {
    case .any: break
    case .equal(let uid), .isIn(let uid): name(uid.id, spans.action, &log)
    case .isInList(let uids): for uid in uids { name(uid.id, spans.action, &log) }
    }
    for term in terms {
      switch term.kind {
      case .literal(.string(let value)): text(value.unicodeScalars, value, term.span, &log)
      case .literal(.entity(let uid)): name(uid.id, term.span, &log)
      case .attribute(_, let step): name(step.name.text, term.span, &log)
      case .has(_, let steps): for step in steps { name(step.name.text, term.span, &log) }
      case .record(let fields): for (key, _) in fields { name(key.text, term.span, &log) }
      case .like(_, let pattern): self.pattern(pattern, term.span, &log)
      default: break
      }
    }
  }

  private static func pattern(_ pattern: [PatternElement], _ span: SourceSpan, _ log: inout FindingLog) {
    var scalars = String.UnicodeScalarView()
    for case .literal(let scalar) in pattern { scalars.append(scalar) }
    text(scalars, String(scalars), span, &log)
  }

  private static func text(_ scalars: String.UnicodeScalarView, _ text: String, _ span: SourceSpan, _ log: inout FindingLog) {
    if isASCII(text) { return }
    if scalars.contains(where: isBidirectional) {
      log.report(.bidirectionalText, span, "\(visible(text)) changes the direction of writing")
    } else if !Script.isSingle(scalars) {
      log.report(.mixedScripts, span, "\(visible(text)) mixes scripts, whose letters may look alike")
    }
  }

  /// A name holds what is read as a word, and nothing invisible; any printable ASCII may stand in it.
  private static func name(_ text: String, _ span: SourceSpan, _ log: inout FindingLog) {
    let scalars = text.unicodeScalars
    if scalars.contains(where: isBidirectional) {
      log.report(.bidirectionalText, span, "the name \(visible(text)) changes the direction of writing")
    } else if let scalar = scalars.first(where: { !isName($0) }) {
      let code = "U+" + String(scalar.value, radix: 16, uppercase: true)
      log.report(.confusableName, span, "the name \(visible(text)) holds \(code), which does not belong in names")
    } else if !isASCII(text), !Script.isSingle(scalars) {
      log.report(.mixedScripts, span, "the name \(visible(text)) mixes scripts, whose letters may look alike")
    }
  }

  private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

  private static func isName(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
    let properties = scalar.properties
    // What compatibility folding changes, letter case aside, has a plainer twin.
    return properties.isXIDContinue && !properties.isDefaultIgnorableCodePoint
      && (!properties.changesWhenNFKCCaseFolded || properties.isUppercase)
  }

  /// Embeddings, overrides and isolates, and their ends.
  private static func isBidirectional(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// Scalars of a text shown.
  private static let shownMax = 40

  /// The text quoted, in ASCII: what deceives in the policy must not deceive in the warning.
  private static func visible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(shownMax) {
      if scalar.isASCII {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    if text.unicodeScalars.count > shownMax { result += "…" }
    return "`" + result + "`"
  }
}
