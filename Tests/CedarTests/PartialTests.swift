import Testing

@testable import Cedar

@Suite("Cedar partial evaluation")
struct PartialTests {
  /// Principal and action are known, resource and three of the context's members are not.
  private static let request = PartialRequest(
    principal: .known(Company.alice), action: .known(Company.view), resource: .unknown(type: "Doc"),
    context: .members([
      ("n", .known(.long(7))), ("ok", .known(.bool(true))), ("who", .unknown), ("maybe", .optional), ("list", .unknown),
    ]))

  /// What is left of `permit(principal, action, resource) when { condition };`.
  private func left(_ condition: String) throws -> String {
    let policies = try policySet("permit(principal, action, resource) when { \(condition) };")
    let found = Authorizer.partial(Self.request, policies: policies, entities: try EntityStore(Company.entities))
    if found.satisfied == [0] { return "true" }
    if found.errors == [0] { return "error" }
    guard let residual = found.residuals.first else { return "false" }
    let text = residual.text.replacing("permit (principal, action, resource) when { ", with: "").replacing(" };", with: "")
    return text + (residual.maySatisfy ? "" : " never") + (residual.mayErr ? " or error" : "")
  }

  @Test(
    "what is known is folded, what is open remains",
    arguments: [
      ("context.n + 1 == 8", "true"), ("principal.age > 40", "false"), ("principal.absent", "error"), ("1", "error"),
      ("resource == Doc::\"plan\" && principal.admin", "resource == Doc::\"plan\""),
      ("resource in Folder::\"f\" || principal.age > 40", "resource in Folder::\"f\""),
      ("resource is Doc", "true"), ("resource is User", "false"), ("resource == User::\"bob\"", "false"),
      ("resource is Doc in Folder::\"f\"", "resource in Folder::\"f\""), ("resource is User in 1", "false"),
      ("resource.owner == principal", "resource.owner == User::\"alice\" or error"),
      ("resource has owner.age", "resource has owner.age or error"),
      ("context.who == principal.boss", "context.who == User::\"bob\""),
      ("context has who && context has maybe", "context has maybe"), ("context has nothing", "false"),
      ("context.nothing", "error"), ("context.maybe", "context.maybe or error"), ("context has n", "true"),
      ("principal.address has geo.lat", "true"), ("principal.address == resource", "false"),
      ("[1, context.n, 1].contains(context.who)", "[1, 7].contains(context.who)"),
      ("if context.ok then resource has owner else context.nothing", "resource has owner"),
      ("(if resource is Doc then 1 else 2) == 1", "true"), ("(if context.ok then 1 else resource.x) == 1", "true"),
      ("if resource has owner then 1 else 2", "error"), ("if resource has owner then true else true", "true"),
      ("(if resource has owner then principal.age else 5) == context.n", "(if resource has owner then 30 else 5) == 7"),
    ])
  func residuals(condition: String, wanted: String) throws { #expect(try left(condition) == wanted) }

  @Test(
    "order and errors of chains are kept",
    arguments: [
      ("false && resource.x", "false"), ("true || resource.x", "true"),
      ("resource.x && false", "resource.x && false never or error"),
      ("resource has x && false", "false"), ("resource has x || true", "true"),
      ("resource.x || true", "resource.x || true or error"), ("resource has x && 1", "resource has x && 1 never or error"),
      ("resource has x && context.nothing", "resource has x && context.nothing never or error"),
      ("resource has x || context.nothing", "resource has x || context.nothing or error"),
      ("context.nothing && resource has x", "error"),
      ("resource.x && context.nothing && resource.y", "resource.x && context.nothing never or error"),
      ("1 + context.who == 2", "1 + context.who == 2 or error"), ("\"a\" + context.who == 2", "error"),
      ("context.who + context.nothing == 2", "error"), ("resource < 1", "error"), ("!resource", "error"),
      ("(true && context.who) == true", "(true && context.who) == true or error"), ("true && context.who", "context.who or error"),
      ("resource in 1", "error"), ("resource in [principal, 1]", "error"), ("resource in []", "false"),
      ("context.who in []", "context.who in [] never or error"),
      ("resource in [principal, context.who]", "resource in [User::\"alice\", context.who] or error"),
      ("resource.hasTag(1)", "error"), ("resource.getTag(\"a\") == 1", "resource.getTag(\"a\") == 1 or error"),
      ("context.list.contains(1)", "context.list.contains(1) or error"), ("resource.isEmpty()", "error"),
      ("ip(context.who).isIpv4()", "ip(context.who).isIpv4() or error"), ("context.who.isIpv4(1)", "error"),
    ])
  func chains(condition: String, wanted: String) throws { #expect(try left(condition) == wanted) }

  private static let scopes = """
    permit(principal == User::"alice", action in Action::"read", resource in Folder::"f");
    permit(principal in Group::"all", action == Action::"view", resource is Doc);
    forbid(principal == User::"bob", action, resource);
    forbid(principal is User in Group::"eng", action in [Action::"edit", Action::"read"], resource is Doc in Folder::"g");
    permit(principal, action in [], resource);
    permit(principal, action, resource == Doc::"plan") when { principal has nothing };
    """

  @Test("scopes are reduced, decided and named")
  func scopes() throws {
    let policies = try policySet(Self.scopes)
    let store = try EntityStore(Company.entities)
    let request = PartialRequest(principal: .known(Company.alice), action: .known(Company.view), resource: .unknown(type: "Doc"))
    let found = Authorizer.partial(request, policies: policies, entities: store)
    #expect(found.decision == nil)
    #expect(found.satisfied == [1] && found.errors == [])
    #expect(
      found.residuals.map(\.text) == [
        "permit (principal, action, resource in Folder::\"f\");", "forbid (principal, action, resource in Folder::\"g\");",
      ])
    #expect(found.mayBeDetermining == [0, 1, 3] && found.mustBeDetermining == [])
    #expect(found.demand(on: .resource) == .anything)
    let allowed = try found.complete(Request(principal: Company.alice, action: Company.view, resource: Company.plan))
    #expect(allowed.decision == .allow && allowed.reasons == [0, 1])
  }

  @Test("a decision that no completion can change is settled")
  func settled() throws {
    let policies = try policySet(Self.scopes)
    let store = try EntityStore(Company.entities)
    func found(_ principal: EntityUID, _ action: EntityUID) -> PartialResponse {
      let request = PartialRequest(principal: .known(principal), action: .known(action), resource: .unknown(type: nil))
      return Authorizer.partial(request, policies: policies, entities: store)
    }
    let bob = found(Company.bob, Company.view)
    #expect(bob.decision == .deny && bob.mustBeDetermining == [2] && bob.mayBeDetermining == [2])
    #expect(bob.demand(on: .resource) == .oneOf([]))
    let stranger = found(uid("User", "ghost"), uid("Action", "edit"))
    #expect(stranger.decision == .deny && stranger.residuals.isEmpty)
    let alice = found(Company.alice, uid("Action", "read"))
    #expect(alice.decision == nil)
    #expect(alice.demand(on: .resource) == .oneOf([.isIn(uid("Folder", "f"))]))
    #expect(alice.demand(on: .resource).admits(Company.plan, entities: store))
    #expect(!alice.demand(on: .resource).admits(Company.bob, entities: store))
  }

  @Test("an unknown action and an unknown principal are demanded, too")
  func otherParts() throws {
    let policies = try policySet(Self.scopes)
    let store = try EntityStore(Company.entities)
    let request = PartialRequest(
      principal: .unknown(type: "User"), action: .unknown(type: "Action"), resource: .known(uid("Doc", "other")))
    let found = Authorizer.partial(request, policies: policies, entities: store)
    #expect(found.demand(on: .action) == .oneOf([.equal(Company.view)]))
    #expect(found.demand(on: .principal) == .oneOf([.isIn(uid("Group", "all"))]))
    #expect(found.mayBeDetermining == [1, 2])
  }

  @Test("links keep their ids, and their filled scopes are reduced")
  func links() throws {
    let template = "@id(\"t\") permit(principal == ?principal, action, resource in ?resource) when { resource.owner == principal };"
    let policies = try policySet(template, naming: .byAnnotation).linking([
      TemplateLink(templateID: "t", id: "one", principal: Company.alice, resource: uid("Folder", "f")),
      TemplateLink(templateID: "t", id: "two", principal: Company.bob, resource: uid("Folder", "f")),
    ])
    let found = Authorizer.partial(Self.request, policies: policies, entities: try EntityStore(Company.entities))
    #expect(found.residuals.map(\.policy) == [0])
    #expect(
      found.residuals.map(\.text) == [
        "permit (principal, action, resource in Folder::\"f\") when { resource.owner == User::\"alice\" };"
      ])
  }

  @Test("a request that is no completion is refused")
  func refused() throws {
    let found = Authorizer.partial(Self.request, policies: try policySet("permit(principal, action, resource);"), entities: .empty)
    let context: [(key: String, value: Value)] = [("n", .long(7)), ("ok", .bool(true)), ("who", .long(1)), ("list", .long(1))]
    func attempt(_ principal: EntityUID, _ resource: EntityUID, _ members: [(key: String, value: Value)]) -> CompletionFailure? {
      do throws(CompletionFailure) {
        _ = try found.complete(Request(principal: principal, action: Company.view, resource: resource, context: Record(members)))
        return nil
      } catch { return error }
    }
    #expect(attempt(Company.alice, Company.plan, context) == nil)
    #expect(attempt(Company.alice, Company.plan, context + [("maybe", .long(1))]) == nil)
    #expect(attempt(Company.bob, Company.plan, context) == .part(.principal, Company.bob))
    #expect(attempt(Company.alice, Company.bob, context) == .part(.resource, Company.bob))
    #expect(attempt(Company.alice, Company.plan, Array(context.dropLast())) == .context)
    #expect(attempt(Company.alice, Company.plan, context + [("more", .long(1))]) == .context)
    #expect(attempt(Company.alice, Company.plan, [("n", .long(8))] + context.dropFirst()) == .context)
  }

  @Test("values without a short literal remain as they were written")
  func longValues() throws {
    let numbers = Value.set(ValueSet((0..<100).map { .long($0) }))
    let moment = Value.datetime(DateTimeValue(milliseconds: Int64.max))
    let request = PartialRequest(
      principal: .known(Company.alice), action: .known(Company.view), resource: .unknown(),
      context: .known(
        Record([
          ("numbers", numbers), ("moment", moment),
          ("few", .record(Record([("a b", .decimal(try #require(DecimalValue("1.50"))))]))),
        ])))
    let policies = try policySet(
      """
      permit(principal, action, resource) when { context.numbers.contains(resource.n) };
      permit(principal, action, resource) when { resource.at < context.moment };
      permit(principal, action, resource) when { resource.few == context.few };
      """)
    let found = Authorizer.partial(request, policies: policies, entities: .empty)
    #expect(
      found.residuals.map { String($0.text.dropFirst("permit (principal, action, resource) when { ".count)) } == [
        "context.numbers.contains(resource.n) };",
        "resource.at < datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\")) };",
        "resource.few == { \"a b\": decimal(\"1.5000\") } };",
      ])
  }
}
