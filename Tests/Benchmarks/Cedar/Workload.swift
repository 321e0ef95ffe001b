import TestSupport

/// An entity's name.
struct Name {
  var type: String
  var id: String

  init(_ type: String, _ id: String) { (self.type, self.id) = (type, id) }

  var text: String { "\(type)::\"\(id)\"" }
  var json: String { "{\"type\":\"\(type)\",\"id\":\"\(id)\"}" }
}

/// A question, its context as JSON.
struct Question {
  var principal: Name
  var action: Name
  var resource: Name
  var context: String

  var json: String {
    "{\"principal\":\(principal.json),\"action\":\(action.json),\"resource\":\(resource.json),\"context\":\(context)}"
  }
}

/// A use of a template.
struct Link {
  var template: String
  var id: String
  var principal: Name
  var resource: Name

  var json: String {
    "{\"template_id\":\"\(template)\",\"link_id\":\"\(id)\",\"principal\":\(principal.json),\"resource\":\(resource.json)}"
  }
}

/// A policy set, entities and questions, the same on every machine: every engine reads these very texts.
struct Workload {
  let kind: Kind
  let policyCount: Int
  let entityCount: Int
  private(set) var policies = ""
  private(set) var entities: [String] = []
  private(set) var links: [Link] = []
  private(set) var questions: [Question] = []

  /// What the policies are told apart by. Each question meets the scope of five of them, four permits and one forbid.
  enum Kind: String, CaseIterable {
    /// Principal and resource by `==`.
    case equality
    /// Principal and resource by `in`, in chains of five groups each; the action by its group.
    case groups
    /// Principal and resource by `is … in`, actions by lists.
    case types
    /// The action's group alone.
    case actions
    /// Five templates, linked.
    case links
    /// As `equality`, conditions of ten to twelve operators.
    case conditions
    /// One action for all; only the pair of principal group and resource group tells policies apart.
    case pairs
    /// No scope at all: five policies agree with the question in their first comparison.
    case unscoped
  }

  static let matching = 5
  private static let questionCount = 256

  init(_ kind: Kind, policies policyCount: Int, entities entityCount: Int, seed: UInt64) {
    self.kind = kind
    self.policyCount = policyCount
    self.entityCount = entityCount
    let groups = max(1, policyCount / Workload.matching)
    var lines: [String] = []
    for group in 0..<groups {
      for place in 0..<Workload.matching { append(group, place, of: groups, to: &lines) }
    }
    if kind == .links { lines = (0..<Workload.matching).map(Workload.template) }
    self.policies = lines.joined(separator: "\n") + "\n"
    // Two entities a pair, or up to thirteen with groups, folders and an action: no pair of a question may be cut off.
    let pairs = max(1, entityCount / (kind == .equality || kind == .conditions ? 2 : 14))
    for number in 0..<pairs where entities.count < entityCount { append(pair: number, groups) }
    var random = SeededGenerator(seed: seed)
    for _ in 0..<Workload.questionCount {
      append(question: Int(random.next() % UInt64(min(groups, pairs))), of: groups, amount: Int(random.next() % 100))
    }
  }

  /// As one document each: entities, questions, links.
  var entitiesJSON: String { "[" + entities.joined(separator: ",\n") + "]" }
  var questionsJSON: String { "[" + questions.map(\.json).joined(separator: ",\n") + "]" }
  var linksJSON: String { "[" + links.map(\.json).joined(separator: ",\n") + "]" }

  // MARK: Policies

  private static func condition(_ place: Int) -> String {
    place == 4 ? "unless { context.mfa };" : "when { context.amount < \(200 + place) && principal.level >= 1 };"
  }

  private static func longCondition(_ place: Int) -> String {
    if place == 4 { return "unless { context.mfa || principal.level > 8 };" }
    return """
      when { principal.level >= 1 && context has input && context.input has amount && context.input.amount < \(1000 + place) } \
      when { ["eu", "us", "apac"].contains(context.region) && context.path like "/srv/*/reports/*" } \
      when { context.source.isInRange(ip("10.0.0.0/8")) && context.now < datetime("2030-01-01") || resource.public } \
      unless { resource.owner == principal && context.input.amount * 2 + 1 > \(9000 + place) };
      """
  }

  private static func template(_ place: Int) -> String {
    let effect = place == 4 ? "forbid" : "permit"
    return "\(effect)(principal in ?principal, action == Action::\"read\", resource in ?resource) \(condition(place))"
  }

  private mutating func append(_ group: Int, _ place: Int, of groups: Int, to lines: inout [String]) {
    let action = "Action::\"a\(group % 20)\""
    let scope: String
    switch kind {
    case .equality, .conditions: scope = "principal == User::\"u\(group)\", action == \(action), resource == Doc::\"d\(group)\""
    case .groups:
      scope =
        "principal in Group::\"g\(group)-\(place)\", action in Action::\"tools\(group % 10)\", resource in Folder::\"f\(group)-\(place)\""
    case .types:
      scope =
        "principal is User in Group::\"g\(group)-0\", action in [\(action), Action::\"other\", Action::\"x\(group % 7)\"], "
        + "resource is Doc in Folder::\"f\(group)-\(place)\""
    case .actions: scope = "principal, action in Action::\"tools\(group)\", resource"
    case .pairs:
      let pair = Workload.pair(group, of: groups)
      scope = "principal in Team::\"t\(pair.principal)\", action == Action::\"read\", resource in Shelf::\"s\(pair.resource)\""
    case .links:
      links.append(
        Link(
          template: "policy\(place)", id: "link\(group)-\(place)", principal: Name("Group", "g\(group)-0"),
          resource: Name("Folder", "f\(group)-0")))
      return
    case .unscoped: scope = "principal, action, resource"
    }
    var condition = kind == .conditions ? Workload.longCondition(place) : Workload.condition(place)
    if kind == .unscoped { condition = "when { context.workflow == \"w\(group)\" } " + condition }
    lines.append("\(place == 4 ? "forbid" : "permit")(\(scope)) \(condition)")
  }

  /// Where group `group` of `pairs` lies in a square of teams and shelves.
  private static func pair(_ group: Int, of groups: Int) -> (principal: Int, resource: Int) {
    var side = 1
    while side * side < groups { side += 1 }
    return (group / side, group % side)
  }

  // MARK: Entities

  private mutating func append(_ uid: Name, _ attributes: String = "", parents: [Name] = []) {
    guard entities.count < entityCount else { return }
    entities.append("{\"uid\":\(uid.json),\"attrs\":{\(attributes)},\"parents\":[\(parents.map(\.json).joined(separator: ","))]}")
  }

  /// A user and a document; but for equality, also the groups and folders above them and an action.
  private mutating func append(pair number: Int, _ groups: Int) {
    let user = "\"level\":\(1 + number % 9),\"department\":\"d\(number % 40)\",\"email\":\"u\(number)@example.org\""
    let document = "\"public\":false,\"owner\":{\"__entity\":\(Name("User", "u\(number / 2)").json)},\"size\":\(number)"
    if kind == .equality || kind == .conditions {
      append(Name("User", "u\(number)"), user)
      append(Name("Doc", "d\(number)"), document)
      return
    }
    let place = Workload.pair(number % groups, of: groups)
    append(Name("User", "u\(number)"), user, parents: [Name("Group", "g\(number)-4"), Name("Team", "t\(place.principal)")])
    append(Name("Doc", "d\(number)"), document, parents: [Name("Folder", "f\(number)-4"), Name("Shelf", "s\(place.resource)")])
    for (type, letter) in [("Group", "g"), ("Folder", "f")] {
      for depth in 0..<5 {
        append(
          Name(type, "\(letter)\(number)-\(depth)"), parents: depth == 0 ? [] : [Name(type, "\(letter)\(number)-\(depth - 1)")])
      }
    }
    if kind == .actions {
      append(Name("Action", "a\(number)"), parents: [Name("Action", "tools\(number)"), Name("Action", "all")])
    } else if number < 20 {
      append(Name("Action", "a\(number)"), parents: [Name("Action", "tools\(number % 10)")])
    }
  }

  // MARK: Questions

  private mutating func append(question group: Int, of groups: Int, amount: Int) {
    let action =
      switch kind {
      case .links, .pairs: "read"
      case .actions: "a\(group)"
      default: "a\(group % 20)"
      }
    var context = "\"amount\":\(amount),\"mfa\":true,\"workflow\":\"w\(group)\""
    if kind == .conditions {
      context += """
        ,"input":{"amount":\(amount),"title":"report \(amount)"},"region":"us","path":"/srv/eu-1/reports/q\(amount).pdf",\
        "source":{"__extn":{"fn":"ip","arg":"10.1.2.\(amount)"}},"now":{"__extn":{"fn":"datetime","arg":"2026-11-21T12:00:00Z"}}
        """
    }
    questions.append(
      Question(
        principal: Name("User", "u\(group)"), action: Name("Action", action), resource: Name("Doc", "d\(group)"),
        context: "{\(context)}"))
  }
}
