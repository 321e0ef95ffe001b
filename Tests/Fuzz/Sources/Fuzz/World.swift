import Cedar

/// What inputs are held against: a schema with every kind of type, entities that conform to it, requests and policies.
enum World {
  static let request = request(context: Record([("a", .long(1)), ("s", .string("text"))]))

  static func request(resource: EntityUID = EntityUID(type: "Doc", id: "d"), context: Record) -> Request {
    Request(
      principal: EntityUID(type: "User", id: "a"), action: EntityUID(type: "Action", id: "v"), resource: resource,
      context: context)
  }

  static let schema: Schema = {
    let text = """
      namespace Org { entity Team in [Team]; type Money = { currency: String, amount: decimal }; }
      entity Group in [Group]; entity Status enum ["on", "off"];
      entity User in [Group, Org::Team] {
        a: Long, n?: String, d: { e: Set<Doc> }, flag?: Bool, status?: Status, money?: Org::Money, from?: ipaddr, left?: duration
      } tags String;
      entity Doc { owner: User, kind?: decimal, days?: Set<datetime>, rows?: Set<Set<{ x?: Long, who: User }>> } tags Set<ipaddr>;
      action all;
      action v in [all] appliesTo {
        principal: User, resource: [Doc, User],
        context: {
          a: Long, s: String, b?: { c?: { d: Bool } }, at?: datetime, from?: ipaddr, cost?: Org::Money, who?: Set<User>, on?: Status
        }
      };
      """
    switch Schema.parse(text) {
    case .success(let schema): return schema
    case .failure(let failure): fatalError("the schema is refused: \(failure)")
    }
  }()

  static let store: EntityStore = {
    let json = """
      [{"uid":{"type":"User","id":"a"},"attrs":{"a":1,"n":"x","d":{"e":[{"type":"Doc","id":"d"}]}},"parents":[{"type":"Group","id":"g"}],
        "tags":{"t":"text"}},
       {"uid":{"type":"Doc","id":"d"},"attrs":{"owner":{"type":"User","id":"a"},"kind":"1.5"},"parents":[],"tags":{"t":["::1"]}},
       {"uid":{"type":"Group","id":"g"},"attrs":{},"parents":[]}]
      """
    do throws(DataFailure) {
      return try EntityStore.parse(json: Array(json.utf8), schema: schema)
    } catch {
      fatalError("the entities are refused: \(error)")
    }
  }()

  /// Policies that look at every kind of attribute.
  static let probe: PolicySet = {
    let text = """
      permit(principal in Group::"g", action, resource) when { principal.a == context.a && context.s like "*a*b*" };
      forbid(principal, action, resource) when { context.a in [principal, resource] || context.a.contains(1) };
      permit(principal, action, resource) when { context.a < 1 || principal.hasTag("t") && principal.getTag("t") == context.s };
      """
    guard case .success(let set) = PolicySet.parse([(name: "probe.cedar", text: text)]) else { fatalError("the probe is refused") }
    return set
  }()

  /// Requests with parts left open, and completions of each.
  static let partial: [(PartialRequest, [Request])] = {
    let principal = PartialRequest.Subject.known(request.principal)
    let action = PartialRequest.Subject.known(request.action)
    let docs = ["d", "none"].map { EntityUID(type: "Doc", id: $0) }
    let resources = docs + [request.principal, EntityUID(type: "Group", id: "g")]
    let contexts = [request.context, Record([("a", .long(1)), ("s", .bool(false)), ("b", .record(.empty))])]
    return [
      (
        PartialRequest(principal: principal, action: action, resource: .unknown(), context: .known(request.context)),
        resources.map { request(resource: $0, context: request.context) }
      ),
      (
        PartialRequest(
          principal: principal, action: action, resource: .unknown(type: "Doc"),
          context: .members([("a", .known(.long(1))), ("s", .unknown), ("b", .optional)])),
        docs.flatMap { doc in contexts.map { request(resource: doc, context: $0) } }
      ),
      (
        PartialRequest(principal: .unknown(type: "User"), action: .unknown(), resource: .known(docs[0]), context: .unknown),
        contexts.map { request(context: $0) }
      ),
    ]
  }()
}
