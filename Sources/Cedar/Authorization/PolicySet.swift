/// Policies ready to decide: parsed, compiled and indexed once, immutable, shared between threads without locks.
public final class PolicySet: Sendable {
  /// How policies get their ids.
  public enum Naming: Sendable {
    /// `policy0`, `policy1`, … by position over all files, templates included.
    case byPosition
    /// The value of `@id("…")` where it is not empty and unique among the set's ids; else by position.
    case byAnnotation
  }

  /// One policy as its owner sees it.
  public struct Policy: Sendable {
    /// Unique in the set.
    public let id: String
    /// Whether it speaks for or against a request.
    public let effect: Effect
    /// Its annotations; one without a value is empty.
    public let annotations: [String: String]
    /// The name of its file.
    public let file: String
    /// The line of its first token, from 1.
    public let line: Int
    /// The template that it links, or nil for a static policy.
    public let templateID: String?
  }

  /// A policy or template as read, with the id that it got.
  struct Source: Sendable {
    let policy: Policy
    let syntax: PolicySyntax
    let text: SourceText

    init(id: String, syntax: PolicySyntax, text: SourceText) {
      var annotations: [String: String] = [:]
      for annotation in syntax.annotations { annotations[annotation.key] = annotation.value ?? "" }
      policy = Policy(
        id: id, effect: syntax.effect, annotations: annotations, file: text.name, line: text.position(syntax.span.start).line,
        templateID: nil)
      self.syntax = syntax
      self.text = text
    }
  }

  /// The policies that decide: static ones in the order of the text, then links in the order of linking.
  public let policies: [Policy]
  /// The templates, which decide nothing until they are linked.
  public let templates: [Policy]

  /// The links in the order of linking: each is the policy of its id.
  public let links: [TemplateLink]

  let sources: [Source]
  let program: Program
  let compiled: Frozen<CompiledPolicy>
  let index: PolicyIndex
  /// For each policy its position in `sources`.
  private let origins: [Int]

  /// The set without policies: it denies everything.
  public static let empty = PolicySet(sources: [], links: [])

  /// The names in the policies' constraints on the action, those of a policy side by side; kept alive by `sources`.
  private let actionUIDs: Frozen<UnownedUID>

  /// What the compiler made of one source: its actions, the root of its conditions and the places of its type names.
  private struct Compiled {
    let actions: Range<Int>
    let condition: Int32
    let principalType: Int32?
    let resourceType: Int32?
  }

  /// Compiles; a link names a template of `sources` and fills every slot of it.
  init(sources: [Source], links: [TemplateLink]) {
    var compiler = Compiler()
    var parts: [Compiled] = []
    var actions: [UnownedUID] = []
    for source in sources {
      let syntax = source.syntax
      let start = actions.count
      actions += syntax.action.uids.map { UnownedUID($0) }
      parts.append(
        Compiled(
          actions: start..<actions.count, condition: compiler.conditions(syntax.conditions),
          principalType: syntax.principal.type.map { compiler.name($0) },
          resourceType: syntax.resource.type.map { compiler.name($0) }))
    }
    let program = Program(compiler.code)
    let actionUIDs = Frozen(actions)
    var policies: [Policy] = []
    var compiled: [CompiledPolicy] = []
    var origins: [Int] = []
    for (position, source) in sources.enumerated() where !source.syntax.isTemplate {
      policies.append(source.policy)
      compiled.append(PolicySet.policy(source.syntax, parts[position], nil, program, actionUIDs))
      origins.append(position)
    }
    let templatePositions = PolicySet.templatePositions(sources, for: links)
    for link in links {
      guard let position = templatePositions[Name(link.templateID)] else { continue }
      let template = sources[position].policy
      policies.append(
        Policy(
          id: link.id, effect: template.effect, annotations: template.annotations, file: template.file, line: template.line,
          templateID: template.id))
      compiled.append(PolicySet.policy(sources[position].syntax, parts[position], link, program, actionUIDs))
      origins.append(position)
    }
    self.sources = sources
    self.links = links
    self.policies = policies
    self.compiled = Frozen(compiled)
    self.origins = origins
    self.program = program
    self.actionUIDs = actionUIDs
    templates = sources.filter(\.syntax.isTemplate).map(\.policy)
    index = PolicyIndex(compiled, program)
  }

  /// Where the templates of `sources` lie, by id; nothing when there is no link to ask for one.
  static func templatePositions(_ sources: [Source], for links: [TemplateLink]) -> [Name: Int] {
    if links.isEmpty { return [:] }
    var positions: [Name: Int] = [:]
    for (position, source) in sources.enumerated() where source.syntax.isTemplate { positions[Name(source.policy.id)] = position }
    return positions
  }

  private static func policy(
    _ syntax: PolicySyntax, _ part: Compiled, _ link: TemplateLink?, _ program: Program, _ actions: Frozen<UnownedUID>
  ) -> CompiledPolicy {
    let names = program.names.base
    return CompiledPolicy(
      effect: syntax.effect,
      principal: ScopeTest(syntax.principal.filled(link?.principal), type: part.principalType.map { names + Int($0) }),
      action: ActionTest(
        syntax.action, uids: UnsafeBufferPointer(start: actions.base + part.actions.lowerBound, count: part.actions.count)),
      resource: ScopeTest(syntax.resource.filled(link?.resource), type: part.resourceType.map { names + Int($0) }),
      condition: part.condition)
  }

  /// Reads the policies of one text, called `file` in mistakes.
  public static func parse(
    _ text: String, file: String = "policies.cedar", naming: Naming = .byAnnotation
  ) -> Result<PolicySet, ParseFailure> {
    parse([(name: file, text: text)], naming: naming)
  }

  /// Reads the policies of all files; any mistake in any of them refuses the whole, with all mistakes named.
  public static func parse(
    _ files: [(name: String, text: String)], naming: Naming = .byAnnotation
  ) -> Result<PolicySet, ParseFailure> {
    var diagnostics: [Diagnostic] = []
    var parsed: [(syntax: PolicySyntax, text: SourceText)] = []
    var bytes = 0
    for file in files {
      bytes += file.text.utf8.count
      if bytes > Limits.textBytes {
        let message = "the policies are longer than \(Limits.textBytes) bytes"
        diagnostics.append(Diagnostic(file: file.name, line: 1, column: 1, message: message, expected: [], hint: nil))
        break
      }
      let text = SourceText(name: file.name, text: file.text)
      let result = Parser.policies(text, countMax: Limits.policies - parsed.count)
      diagnostics += result.diagnostics
      parsed += result.policies.map { ($0, text) }
    }
    if !diagnostics.isEmpty { return .failure(ParseFailure(diagnostics: Array(diagnostics.prefix(Limits.diagnostics)))) }
    let ids = PolicySet.ids(parsed.map(\.syntax), naming)
    let sources = zip(ids, parsed).map { Source(id: $0, syntax: $1.syntax, text: $1.text) }
    return .success(PolicySet(sources: sources, links: []))
  }

  private static func ids(_ policies: [PolicySyntax], _ naming: Naming) -> [String] {
    let positional = policies.indices.map { "policy\($0)" }
    guard naming == .byAnnotation else { return positional }
    let wanted = policies.map { policy in policy.annotations.first { $0.key == "id" }?.value }
    var uses: [Name: Int] = [:]
    for id in positional { uses[Name(id)] = 1 }
    for case let id? in wanted { uses[Name(id), default: 0] += 1 }
    return zip(positional, wanted).map { positional, wanted in
      guard let wanted, !wanted.isEmpty, uses[Name(wanted)] == 1 else { return positional }
      return wanted
    }
  }

  /// The policy or template that policy `index` was read from.
  func source(of index: Int) -> Source { sources[origins[index]] }

  /// The fault of policy `index` with its place in the text.
  func report(_ fault: Fault, _ index: Int) -> EvaluationError {
    fault.report(source(of: index).text, program.offsets[Int(fault.node)])
  }
}
