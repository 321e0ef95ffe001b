import CAllocations
import Cedar

/// Counts what one authorization allocates, policy by policy and for every kind of workload. It needs an optimized build: without
/// optimization the compiler itself puts values on the heap.
enum AllocationCheck {
  /// Policies of everyday shapes, each satisfied by the request below or, the last two, silent.
  private static let policies = [
    #"permit(principal == User::"alice", action == Action::"view", resource == Doc::"plan");"#,
    #"permit(principal in Group::"all", action in [Action::"read", Action::"edit"], resource is Doc in Folder::"f");"#,
    #"permit(principal, action, resource) when { context.w == "x" && context.input.amount < 4 && context.amount + 2 * 3 > 1 };"#,
    #"permit(principal, action, resource) when { context.region like "a*small*" && ["eu", "us"].contains(principal.unit) };"#,
    #"permit(principal, action, resource) when { principal.nums.containsAll([1, 2]) && [9, 3].containsAny(principal.nums) };"#,
    #"permit(principal, action, resource) when { context.source.isInRange(ip("10.0.0.0/8")) && context has input.owner };"#,
    #"permit(principal, action, resource) when { context.now < datetime("2030-01-01") && context.price.lessThan(decimal("2.0")) };"#,
    #"permit(principal, action, resource) when { principal.hasTag("dept") && principal.getTag("dept") == "a long department name" };"#,
    #"forbid(principal, action, resource) unless { principal in [Group::"all", Group::"x"] && resource.owner == principal };"#,
    #"forbid(principal, action, resource) when { context.input has limit && context.input.limit < 3 };"#,
  ]
  private static let entities = #"""
    [{"uid": {"type": "User", "id": "alice"}, "attrs": {"unit": "eu", "nums": [1, 2, 3]},
      "parents": [{"type": "Group", "id": "eng"}], "tags": {"dept": "a long department name"}},
     {"uid": {"type": "Group", "id": "eng"}, "attrs": {}, "parents": [{"type": "Group", "id": "all"}]},
     {"uid": {"type": "Action", "id": "view"}, "attrs": {}, "parents": [{"type": "Action", "id": "read"}]},
     {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"owner": {"__entity": {"type": "User", "id": "alice"}}},
      "parents": [{"type": "Folder", "id": "f"}]}]
    """#
  private static let context = #"""
    {"amount": 40, "region": "a region whose name is no small string", "w": "x", "source": {"__extn": {"fn": "ip", "arg": "10.1.2.3"}},
     "input": {"amount": 3, "owner": {"__entity": {"type": "User", "id": "alice"}}},
     "now": {"__extn": {"fn": "datetime", "arg": "2026-11-21"}}, "price": {"__extn": {"fn": "decimal", "arg": "1.5"}}}
    """#

  /// Prints what allocates; false when anything does.
  static func run() throws -> Bool {
    var isClean = true
    let store = try EntityStore.parse(json: Array(entities.utf8))
    let request = Request(
      principal: EntityUID(type: "User", id: "alice"), action: EntityUID(type: "Action", id: "view"),
      resource: EntityUID(type: "Doc", id: "plan"), context: try Record.parse(json: Array(context.utf8)))
    for policy in policies {
      let isForbid = policy.hasPrefix("forbid")
      let set = try PolicySet.parse([(name: "check", text: isForbid ? policies[0] + policy : policy)]).get()
      let before = callocations_count()
      let response = Authorizer.authorize(request, policies: set, entities: store)
      let count = callocations_count() - before
      precondition(response.decision == .allow && response.errors.isEmpty, "\(policy): \(response)")
      isClean = report(policy, Double(count)) && isClean
    }
    for kind in Workload.Kind.allCases {
      var unused = Measurement()
      let bench = try Bench.load(Workload(kind, policies: 1000, entities: 10_000, seed: 1), into: &unused)
      isClean = report("\(kind)", bench.allocations()) && isClean
    }
    print(isClean ? "a permit without errors allocates nothing" : "permits allocate")
    return isClean
  }

  private static func report(_ name: String, _ count: Double) -> Bool {
    if count > 0 { print("\(count) allocations: \(name)") }
    return count == 0
  }
}
