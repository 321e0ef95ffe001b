import Cedar
import Testing

// Docs/cedar.md shows parts of this file as they stand here. Only what `Cedar` exports is in sight: what the examples need is public.

private let schemaText = """
  entity Team;
  entity Folder;
  entity User in [Team] { clearance: Long, mail?: String };
  entity Document in [Folder] { owner: User, level: Long };

  action view, edit appliesTo {
    principal: User,
    resource: Document,
    context: { ip: ipaddr }
  };

  """

private let policyText = """
  @id("team-views")
  permit (principal in Team::"care", action == Action::"view", resource in Folder::"cases")
  when { principal.clearance >= resource.level };

  @id("owner-edits")
  permit (principal, action in [Action::"view", Action::"edit"], resource)
  when { resource.owner == principal };

  @id("office-only")
  forbid (principal, action == Action::"edit", resource)
  unless { context.ip.isInRange(ip("10.0.0.0/8")) };

  @id("share")
  permit (principal == ?principal, action == Action::"view", resource == ?resource);
  """

private let entitiesText = """
  [
    {"uid": {"type": "User", "id": "ana"}, "attrs": {"clearance": 2}, "parents": [{"type": "Team", "id": "care"}]},
    {"uid": {"type": "User", "id": "bo"}, "attrs": {"clearance": 1}, "parents": [{"type": "Team", "id": "care"}]},
    {"uid": {"type": "Document", "id": "plan"}, "attrs": {"owner": {"type": "User", "id": "ana"}, "level": 2},
     "parents": [{"type": "Folder", "id": "cases"}]}
  ]
  """

@Suite("documented examples")
struct DocumentedExampleTests {
  enum Unexpected: Error { case success }

  let schema: Schema
  let policies: PolicySet
  let entities: EntityStore
  let ana = EntityUID(type: "User", id: "ana")
  let bo = EntityUID(type: "User", id: "bo")
  let view = EntityUID(type: "Action", id: "view")
  let edit = EntityUID(type: "Action", id: "edit")
  let plan = EntityUID(type: "Document", id: "plan")

  init() throws {
    schema = try Schema.parse(schemaText).get()
    policies = try PolicySet.parse(policyText, file: "office.cedar").get()
    entities = try EntityStore.parse(json: Array(entitiesText.utf8), schema: schema)
  }

  @Test("policies and their mistakes")
  func policiesFromText() throws {
    let policies = try PolicySet.parse(policyText, file: "office.cedar").get()
    #expect(policies.policies.map(\.id) == ["team-views", "owner-edits", "office-only"])
    #expect(policies.templates.map(\.id) == ["share"])

    let slip = "permit (principal, action, resource)\nwhen { context.n = 1 };"
    guard case .failure(let failure) = PolicySet.parse(slip, file: "slip.cedar") else { throw Unexpected.success }
    #expect(failure.diagnostics.map(\.hint) == ["write `==`"])
    let shown = """
      slip.cedar:2:18: unexpected `=`; expected `==` (write `==`)
      2 | when { context.n = 1 };
        |                  ^
      """
    #expect(failure.excerpts(in: [(name: "slip.cedar", text: slip)]) == shown)
  }

  @Test("a schema, and policies against it")
  func validation() throws {
    let schema = try Schema.parse(schemaText, file: "office.cedarschema").get()
    #expect(schema.entityTypes["User"]?.shape["clearance"]?.type == .long)
    #expect(Validator(schema).validate(policies).isEmpty)

    let typo = try PolicySet.parse("permit (principal, action, resource) when { principal.clearence > 1 };").get()
    let findings = Validator(schema).validate(typo)
    #expect(findings.map(\.severity) == [.error])
    #expect(findings.first?.message == "`User` has no attribute `clearence`")
    #expect(findings.first?.hint == "there is `clearance`")
  }

  @Test("a level")
  func level() throws {
    let far = try PolicySet.parse("permit (principal, action, resource) when { resource.owner.clearance > 1 };").get()
    #expect(Validator(schema).validate(far, level: 2).isEmpty)
    #expect(Validator(schema).validate(far, level: 1).map(\.kind) == [.levelExceeded])
  }

  @Test("entities")
  func entitiesFromJSON() throws {
    let entities = try EntityStore.parse(json: Array(entitiesText.utf8), schema: schema)
    #expect(entities.entity(ana)?.attributes["clearance"]?.longValue == 2)
    #expect(entities.isMember(ana, of: EntityUID(type: "Team", id: "care")))

    let made = Entity(uid: EntityUID(type: "User", id: "cy"), attributes: ["clearance": .long(3)], parents: [])
    try schema.check(made)
    let store = try EntityStore(entities.entities + [made])
    #expect(store.count == 6)
  }

  @Test("requests, decisions")
  func decisions() throws {
    let text = """
      {"principal": {"type": "User", "id": "ana"}, "action": {"type": "Action", "id": "edit"},
       "resource": {"type": "Document", "id": "plan"}, "context": {"ip": "10.1.2.3"}}
      """
    let request = try Request.parse(json: Array(text.utf8), schema: schema)
    let response = Authorizer.authorize(request, policies: policies, entities: entities)
    #expect(response.decision == .allow)
    #expect(response.reasons.map { policies.policies[$0].id } == ["owner-edits"])

    let ghost = EntityUID(type: "Document", id: "ghost")
    let other = Request(principal: ana, action: view, resource: ghost, context: request.context)
    let refused = Authorizer.authorize(other, policies: policies, entities: entities)
    #expect(refused.decision == .deny)
    #expect(refused.errors.map { policies.policies[$0.policy].id } == ["owner-edits"])
    #expect(refused.errors.first?.error.description == #"office.cedar:7:8: entity `Document::"ghost"` does not exist"#)
  }

  @Test("entities of one request")
  func overlay() throws {
    let draft = EntityUID(type: "Document", id: "draft")
    let overlay = EntityOverlay([Entity(uid: draft, attributes: ["owner": .entity(bo), "level": .long(9)])], over: entities)
    let request = Request(principal: bo, action: view, resource: draft)
    #expect(Authorizer.authorize(request, policies: policies, entities: entities, overlay: overlay).decision == .allow)
    #expect(Authorizer.authorize(request, policies: policies, entities: entities).decision == .deny)
  }

  @Test("an explanation")
  func explanation() throws {
    let request = Request(principal: bo, action: view, resource: plan)
    let explanation = Authorizer.explain(request, policies: policies, entities: entities)
    #expect(explanation.response.decision == .deny)
    let first = explanation.policies[0]
    #expect(first.outcome == .notSatisfied)
    #expect(first.scope.map(\.holds) == [true, true, true])
    #expect(first.clauses.map(\.body.text) == ["principal.clearance >= resource.level"])
    #expect(first.clauses.map(\.body.truth) == [.isFalse])
  }

  @Test("templates")
  func templates() throws {
    let link = TemplateLink(templateID: "share", id: "share-plan-with-bo", principal: bo, resource: plan)
    let shared = try policies.linking([link])
    let request = Request(principal: bo, action: view, resource: plan)
    let response = Authorizer.authorize(request, policies: shared, entities: entities)
    #expect(response.reasons.map { shared.policies[$0].id } == ["share-plan-with-bo"])
    let linked = """
      @id("share")
      permit (
        principal == User::"bo",
        action == Action::"view",
        resource == Document::"plan"
      );

      """
    #expect(shared.text(of: link.id) == linked)
    #expect(try shared.unlinking(link.id).policies.count == policies.policies.count)
  }

  @Test("policy JSON")
  func policyJSON() throws {
    let json = policies.json
    let again = try PolicySet.parse(json: json)
    #expect(again.json == json)
    #expect(again.text == policies.text)

    let more = try PolicySet.parse(#"@id("closed") forbid (principal, action, resource);"#).get()
    #expect(try PolicySet.joining([again, more]).policies.last?.id == "closed")
  }

  @Test("formatting")
  func formatting() throws {
    let text = "permit(principal,action,resource)when{context.n>1&&context.m>1};// both"
    let formatted = """
      permit
      (principal, action, resource)
      when
      {
        context.n > 1 &&
        context.m > 1
      }; // both

      """
    #expect(try Formatter.format(text, file: "both.cedar", width: 30).get() == formatted)
  }

  @Test("schemas translated")
  func translation() throws {
    let document = try SchemaDocument.parse(schemaText).get()
    let translated = try SchemaDocument.parse(json: document.json)
    #expect(try translated.resolved().get() == schema)
    let entity = """
      entity User in [Team] = {
        clearance: Long,
        mail?: String
      };
      """
    #expect(translated.text.contains(entity))
  }

  @Test("partial evaluation")
  func partialEvaluation() throws {
    let request = PartialRequest(principal: .known(bo), action: .known(view), resource: .unknown(type: "Document"))
    let partial = Authorizer.partial(request, policies: policies, entities: entities)
    #expect(partial.decision == nil)
    let residuals = [
      #"permit (principal, action, resource in Folder::"cases") when { 1 >= resource.level };"#,
      #"permit (principal, action, resource) when { resource.owner == User::"bo" };"#,
    ]
    #expect(partial.residuals.map(\.text) == residuals)

    let demand = partial.demand(on: .resource)
    let candidates = entities.entities.map(\.uid).filter { $0.type == "Document" && demand.admits($0, entities: entities) }
    let viewable = try candidates.filter {
      try partial.complete(Request(principal: bo, action: view, resource: $0)).decision == .allow
    }
    #expect(viewable == [])
  }

  @Test("analysis")
  func analysis() throws {
    let text = """
      @id("all") permit (principal, action == Action::"view", resource);
      @id("some") permit (principal, action == Action::"view", resource) when { principal.clearance > 1 };
      """
    let analysis = PolicyAnalysis(try PolicySet.parse(text, file: "a.cedar").get(), schema: schema)
    #expect(analysis.findings.map(\.kind) == [.subsumed])
    let message = "this permit changes no decision: whenever it is satisfied, `all` is, too"
    #expect(analysis.findings.first?.message == message)
  }
}
