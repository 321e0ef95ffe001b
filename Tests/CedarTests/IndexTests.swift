import TestSupport
import Testing

@testable import Cedar

@Suite("Cedar index")
struct IndexTests {
  private static let templates = """
    permit(principal in ?principal, action, resource == ?resource);
    forbid(principal == ?principal, action in Action::"read", resource) when { context.n == 1 };
    permit(principal is User in ?principal, action, resource in ?resource) when { resource.flag };

    """

  /// Links of the three templates, which come first in the text.
  private static func links(_ worlds: inout Worlds, _ count: Int) -> [TemplateLink] {
    (0..<count).map { number in
      let template = Int(worlds.random.next() % 3)
      return TemplateLink(
        templateID: "policy\(template)", id: "link\(number)", principal: worlds.name(),
        resource: template == 1 ? nil : worlds.name())
    }
  }

  @Test(
    "index, full scan and the naive evaluator agree on policies, links and overlays",
    arguments: [71, 72, 73, 74, 75, 76] as [UInt64])
  func agrees(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var counts = (reasons: 0, errors: 0)
    for size in [0, 1, 7, 30, 120, 250] {
      let entities = worlds.entities()
      let store = try EntityStore(entities)
      // Users come first in the order of parents, so that no base entity depends on them.
      let base = try EntityStore(entities.filter { $0.uid.type != "User" })
      let overlay = EntityOverlay(entities.filter { $0.uid.type == "User" }, over: base)
      let policies = try policySet(Self.templates + worlds.policies(size)).linking(Self.links(&worlds, size))
      for _ in 0..<25 {
        var request = worlds.request()
        if worlds.chance(20) {
          request = Request(principal: request.principal, action: request.action, resource: request.resource)
        }
        let wanted = NaiveEvaluator.decide(request, policies, entities)
        for found in [
          Authorizer.authorize(request, policies: policies, entities: store),
          Authorizer.authorizeByFullScan(request, policies: policies, entities: store),
          Authorizer.authorize(request, policies: policies, entities: base, overlay: overlay),
          Authorizer.authorizeByFullScan(request, policies: policies, entities: base, overlay: overlay),
        ] {
          #expect(found.decision == wanted.0 && found.reasons == wanted.reasons, "seed \(seed)")
          #expect(found.errors.map(\.policy) == wanted.errors, "seed \(seed)")
        }
        counts.reasons += wanted.reasons.count
        counts.errors += wanted.errors.count
      }
    }
    #expect(counts.reasons > 0 && counts.errors > 0, "seed \(seed) covers nothing: \(counts)")
  }

  @Test(
    "what a policy demands is read from its scope and from what its conditions begin with",
    arguments: [
      ("(principal, action, resource)", []),
      ("(principal == User::\"a\", action, resource is Doc)", ["principal 1", "resourceType 1"]),
      (
        "(principal is User in Group::\"a\", action in [Action::\"a\", Action::\"b\", Action::\"a\"], resource)",
        [
          "principalType 1", "principal 1", "action 2",
        ]
      ),
      ("(principal, action, resource) when { context.a == 1 && context.b == 2 }", ["attribute 1"]),
      ("(principal, action, resource) when { context has a && context.a == \"x\" }", ["attribute 1"]),
      ("(principal, action, resource) when { principal == User::\"a\" } when { context.b == 2 }", ["principal 1", "attribute 1"]),
      ("(principal, action, resource) when { context.a == 1 || 2 == context.a }", ["attribute 2"]),
      ("(principal, action, resource) when { [1, 2, 3].contains(resource.n) }", ["attribute 3"]),
      ("(principal, action, resource) when { resource is Doc in Folder::\"f\" && resource in [Folder::\"g\", Folder::\"h\"] }", []),
      (
        "(principal, action, resource) when { resource is Doc && action in [Action::\"g\", Action::\"h\"] }",
        [
          "resourceType 1", "action 2",
        ]
      ),
      // A comparison that is not read first, may fail, or has more to it than equality says nothing.
      ("(principal, action, resource) when { context.a < 1 && context.b == 2 }", []),
      ("(principal, action, resource) when { context.x.a == 1 && context.b == 2 }", []),
      ("(principal, action, resource) when { context.a == 1 || context.b == 2 }", []),
      ("(principal, action, resource) when { context.a == 1 || true }", []),
      ("(principal, action, resource) when { context.a == context.b }", []),
      ("(principal, action, resource) when { context.a == [1] }", []),
      ("(principal, action, resource) when { [].contains(context.a) }", []),
      ("(principal, action, resource) when { context is User && context.b == 2 }", []),
      ("(principal, action, resource) when { principal in [User::\"a\", 1] && context.b == 2 }", []),
      ("(principal, action, resource) unless { context.a == 1 }", []),
    ] as [(String, [String])])
  func demands(_ policy: String, _ wanted: [String]) throws {
    let policies = try policySet("permit\(policy);")
    let found = IndexDemand.all(of: policies.compiled.base[0], policies.program).map { demand in
      let name = if case .attribute = demand.subject { "attribute" } else { "\(demand.subject)" }
      return "\(name) \(demand.keys.count)"
    }
    #expect(found == wanted)
  }

  @Test("a long list under one key is divided again, and unscoped policies by the attribute they compare first")
  func division() throws {
    func tree(_ text: (Int) -> String) throws -> PolicyIndexBuilder {
      let policies = try policySet((0..<100).map(text).joined())
      let demands = (0..<100).map { IndexDemand.all(of: policies.compiled.base[$0], policies.program) }
      var builder = PolicyIndexBuilder(demands, policies.program)
      builder.build()
      #expect(Set(builder.postings) == Set(0..<100))
      return builder
    }
    let pairs = try tree { "permit(principal == U::\"\($0 % 10)\", action == Action::\"a\", resource == D::\"\($0 / 10)\");" }
    #expect(pairs.nodes.count == 11 && pairs.nodes.allSatisfy { $0.alwaysEnd == $0.start })
    let unscoped = try tree { "permit(principal, action, resource) when { context.w == \"\($0)\" };" }
    #expect(unscoped.nodes.count == 1 && unscoped.dimensions.count == 1 && unscoped.nodes[0].alwaysEnd == 0)
    let open = try tree { "permit(principal, action, resource) when { context.w > \($0) };" }
    #expect(open.nodes.count == 1 && open.dimensions.isEmpty && open.nodes[0].alwaysEnd == 100)
    // Two lists of alternatives: multiplied they would take 100 × 30 × 30 places.
    let names = (0..<30).map { "Action::\"\($0)\"" }.joined(separator: ", ")
    let numbers = (0..<30).map { "\($0)" }.joined(separator: ", ")
    let lists = try tree { _ in "permit(principal, action in [\(names)], resource) when { [\(numbers)].contains(context.w) };" }
    #expect(lists.postings.count == 100 * 30)
  }

  @Test("positions come in order, each once, whether they fit inside or not", arguments: [81, 82] as [UInt64])
  func positions(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for count in 0..<40 {
      let wanted = (0..<count).map { _ in Int(random.next() % 30) }
      var found = PolicyPositions()
      for position in wanted { found.append(position) }
      found.order()
      #expect(found == Set(wanted).sorted() && found == PolicyPositions(wanted) && found.count == Set(wanted).count)
    }
    #expect(PolicyPositions() == [] && PolicyPositions([3, 1, 3]) == [1, 3] && PolicyPositions([1]) != [2])
  }
}
