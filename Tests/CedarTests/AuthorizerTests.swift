import Testing

@testable import Cedar

@Suite("Authorizer")
struct AuthorizerTests {
  private static let permit = "permit(principal, action, resource);"
  private static let forbid = "forbid(principal, action, resource);"
  private static let failing = "(principal, action, resource) when { context.missing };"

  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let decision: Decision
    let reasons: [Int]
    let errors: [Int]
    var testDescription: String { name }
  }

  @Test(
    "forbid wins over permit, deny is the default, an error skips its policy",
    arguments: [
      Row(name: "no policy", text: "", decision: .deny, reasons: [], errors: []),
      Row(name: "one permit", text: permit, decision: .allow, reasons: [0], errors: []),
      Row(name: "two permits", text: permit + permit, decision: .allow, reasons: [0, 1], errors: []),
      Row(name: "one forbid", text: forbid, decision: .deny, reasons: [0], errors: []),
      Row(name: "permit and forbid", text: permit + forbid, decision: .deny, reasons: [1], errors: []),
      Row(name: "failing permit", text: "permit" + failing, decision: .deny, reasons: [], errors: [0]),
      Row(name: "failing forbid", text: permit + "forbid" + failing, decision: .allow, reasons: [0], errors: [1]),
      Row(
        name: "condition of another kind", text: "permit(principal,action,resource) when { 1 };", decision: .deny, reasons: [],
        errors: [0]),
      Row(
        name: "scope miss hides the error", text: "permit(principal == User::\"bob\",action,resource) when { 1 };", decision: .deny,
        reasons: [], errors: []),
      Row(
        name: "conditions in order", text: "permit(principal,action,resource) when { false } when { 1 };", decision: .deny,
        reasons: [],
        errors: []),
      Row(name: "unless", text: "permit(principal,action,resource) unless { false };", decision: .allow, reasons: [0], errors: []),
      Row(
        name: "every clause counts", text: "permit(principal,action,resource) when { true } unless { true };", decision: .deny,
        reasons: [],
        errors: []),
    ])
  func combination(_ row: Row) throws {
    let response = Authorizer.authorize(
      Company.request(), policies: try policySet(row.text), entities: try EntityStore(Company.entities))
    #expect(response.decision == row.decision)
    #expect(response.reasons == row.reasons)
    #expect(response.errors.map(\.policy) == row.errors)
  }

  @Test(
    "a scope holds by equality, by type and by ancestry",
    arguments: [
      ("principal == User::\"alice\", action, resource", true), ("principal == User::\"bob\", action, resource", false),
      ("principal in User::\"alice\", action, resource", true), ("principal in Group::\"eng\", action, resource", true),
      ("principal in Group::\"all\", action, resource", true), ("principal in Group::\"ops\", action, resource", false),
      ("principal is User, action, resource", true), ("principal is Doc, action, resource", false),
      ("principal is User in Group::\"all\", action, resource", true),
      ("principal is Group in Group::\"all\", action, resource", false),
      ("principal, action == Action::\"view\", resource", true), ("principal, action == Action::\"read\", resource", false),
      ("principal, action in Action::\"read\", resource", true), ("principal, action in [], resource", false),
      ("principal, action in [Action::\"edit\", Action::\"view\", Action::\"read\"], resource", true),
      ("principal, action, resource in Folder::\"f\"", true), ("principal, action, resource in Folder::\"g\"", false),
      ("principal, action, resource is Doc in Folder::\"f\"", true), ("principal == (((User::\"alice\"))), action, resource", true),
    ])
  func scope(_ scope: String, _ holds: Bool) throws {
    let response = Authorizer.authorize(
      Company.request(), policies: try policySet("permit(\(scope));"), entities: try EntityStore(Company.entities))
    #expect(response.decision == (holds ? .allow : .deny), "\(scope)")
    #expect(response.reasons == (holds ? [0] : []))
  }

  @Test("ids are positions unless a unique annotation names them")
  func naming() throws {
    let text = """
      @id("first") permit(principal, action, resource);
      @id("same") permit(principal, action, resource);
      @id("same") forbid(principal, action, resource);
      @id("policy0") permit(principal == ?principal, action, resource);
      @id("") @note forbid(principal, action, resource);
      """
    #expect(try policySet(text, naming: .byAnnotation).policies.map(\.id) == ["first", "policy1", "policy2", "policy4"])
    #expect(try policySet(text, naming: .byAnnotation).templates.map(\.id) == ["policy3"])
    let byPosition = try policySet(text)
    #expect(byPosition.policies.map(\.id) == ["policy0", "policy1", "policy2", "policy4"])
    #expect(byPosition.policies.map(\.line) == [1, 2, 3, 5])
    #expect(byPosition.policies[3].annotations == ["id": "", "note": ""])
  }

  @Test("positions run on over several files")
  func files() throws {
    let set = try PolicySet.parse([("a.cedar", Self.permit), ("b.cedar", "\n" + Self.forbid)], naming: .byPosition).get()
    #expect(set.policies.map(\.id) == ["policy0", "policy1"])
    #expect(set.policies.map(\.file) == ["a.cedar", "b.cedar"])
    #expect(set.policies.map(\.line) == [1, 2])
  }

  @Test("an error names file, line, column and class")
  func errorPlace() throws {
    let policies = try policySet("permit(principal, action, resource)\nwhen { \"é\" == \"é\" && context.missing };")
    let response = Authorizer.authorize(Company.request(), policies: policies, entities: .empty)
    let error = try #require(response.errors.first).error
    #expect(error.description == "test.cedar:2:22: the record has no attribute `missing`")
    #expect(error.kind == .missingAttribute)
  }

  @Test("the overlay replaces base entities and adds to the hierarchy")
  func overlay() throws {
    let store = try EntityStore(Company.entities)
    let policies = try policySet(
      "permit(principal in Group::\"all\", action, resource is Run in Folder::\"f\") when { resource.cost < 5 && principal.age == 31 };"
    )
    let run = Entity(
      uid: uid("Run", "r"), attributes: Record([("cost", .long(4))]), parents: [uid("Step", "s")])
    let step = Entity(uid: uid("Step", "s"), parents: [Company.plan])
    var overlay = EntityOverlay([run, step], over: store)
    overlay.add(Company.alice, attributes: Record([("age", .long(31))]), over: store)
    let request = Company.request(Company.alice, Company.view, run.uid)
    #expect(Authorizer.authorize(request, policies: policies, entities: store, overlay: overlay).decision == .allow)
    #expect(Authorizer.authorize(request, policies: policies, entities: store).decision == .deny)
    var stepwise = EntityOverlay.empty
    stepwise.add(step, over: store)
    stepwise.add(run, over: store)
    #expect(stepwise.find(run.uid)?.ancestry.contains(uid("Folder", "f")) == true)
  }

  @Test("a template decides nothing until it is linked")
  func linking() throws {
    let set = try policySet(
      "permit(principal in ?principal, action, resource == ?resource); permit(principal == User::\"x\", action, resource);")
    let store = try EntityStore(Company.entities)
    #expect(Authorizer.authorize(Company.request(), policies: set, entities: store).decision == .deny)
    let group = uid("Group", "all")
    let linked = try set.linking([TemplateLink(templateID: "policy0", id: "link", principal: group, resource: Company.plan)])
    let response = Authorizer.authorize(Company.request(), policies: linked, entities: store)
    #expect(response.reasons.map { linked.policies[$0].id } == ["link"])
    for (link, failure) in [
      (TemplateLink(templateID: "policy1", id: "a"), LinkFailure.unknownTemplate("policy1")),
      (TemplateLink(templateID: "policy0", id: "a", principal: group), .missingValue(slot: "?resource")),
      (TemplateLink(templateID: "policy0", id: "link", principal: group, resource: group), .idInUse("link")),
      (TemplateLink(templateID: "policy0", id: "policy1", principal: group, resource: group), .idInUse("policy1")),
    ] {
      #expect(throws: failure) { try linked.linking([link]) }
    }
  }
}
