import CAllocations
import Cedar
import Dispatch
import Glibc

/// What was seen of one workload, in the units that the names say.
struct Measurement {
  var loadMilliseconds = 0.0
  var entitiesMilliseconds = 0.0
  var megabytes = 0.0
  var reasons = 0
  var indexed = Latency()
  var scanned = Latency()
  var perSecond = 0.0
  var perSecondOnTwoThreads = 0.0
  var allocations = 0.0

  struct Latency {
    var median = 0.0
    var p99 = 0.0
  }
}

/// A workload as loaded, with what to ask it.
struct Bench: Sendable {
  let policies: PolicySet
  let entities: EntityStore
  let requests: [Request]

  /// The answer to request `number`, cyclically.
  @inline(never)
  func ask(_ number: Int, indexed: Bool) -> Response {
    indexed
      ? Authorizer.authorize(requests[number % requests.count], policies: policies, entities: entities)
      : Authorizer.authorizeByFullScan(requests[number % requests.count], policies: policies, entities: entities)
  }
}

enum Clock {
  /// Monotonic nanoseconds.
  static var now: Int { read(CLOCK_MONOTONIC) }

  /// Nanoseconds that this thread has worked: other programs on the machine do not count.
  static var worked: Int { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

extension Bench {
  /// Loads `workload` from its texts, noting processor time and memory.
  static func load(_ workload: Workload, into result: inout Measurement) throws -> Bench {
    let text = workload.policies
    let entitiesText = Array(workload.entitiesJSON.utf8)
    let bytes = callocations_bytes_in_use()
    let begun = Clock.worked
    var policies = try PolicySet.parse([(name: "bench.cedar", text: text)], naming: .byPosition).get()
    if !workload.links.isEmpty {
      policies = try policies.linking(
        workload.links.map {
          TemplateLink(templateID: $0.template, id: $0.id, principal: $0.principal.uid, resource: $0.resource.uid)
        })
    }
    result.loadMilliseconds = Double(Clock.worked - begun) / 1e6
    result.megabytes = Double(callocations_bytes_in_use() &- bytes) / 1e6
    let entitiesBegun = Clock.worked
    let entities = try EntityStore.parse(json: entitiesText)
    result.entitiesMilliseconds = Double(Clock.worked - entitiesBegun) / 1e6
    let requests = try workload.questions.map {
      Request(
        principal: $0.principal.uid, action: $0.action.uid, resource: $0.resource.uid,
        context: try Record.parse(json: Array($0.context.utf8)))
    }
    return Bench(policies: policies, entities: entities, requests: requests)
  }

  /// Answers that are not what the workload promises would make every number worthless.
  func check(_ workload: Workload) -> Int {
    var reasons = 0
    for number in requests.indices {
      let response = ask(number, indexed: true)
      precondition(response.decision == .allow && response.errors.isEmpty, "\(workload.kind) \(workload.policyCount): \(response)")
      precondition(response.reasons.count == Workload.matching - 1, "\(workload.kind) \(workload.policyCount): \(response)")
      precondition(response.reasons == ask(number, indexed: false).reasons, "index and scan differ")
      reasons += response.reasons.count
    }
    return reasons / requests.count
  }

  /// Median and 99th percentile of single calls in microseconds, each timed by itself; the smallest of several rounds.
  func latency(indexed: Bool, nanosecondsMax: Int) -> Measurement.Latency {
    let warmBegun = Clock.now
    for number in 0..<8 { _ = ask(number, indexed: indexed) }
    let each = max(1, (Clock.now - warmBegun) / 8)
    let count = min(20_000, max(20, nanosecondsMax / 5 / each))
    var best = Measurement.Latency(median: .infinity, p99: .infinity)
    var times = [Int](repeating: 0, count: count)
    for round in 0..<6 {
      for number in 0..<count {
        let begun = Clock.now
        _ = ask(number, indexed: indexed)
        times[number] = Clock.now - begun
      }
      if round == 0 { continue }
      times.sort()
      best.median = min(best.median, Double(times[count / 2]) / 1000)
      best.p99 = min(best.p99, Double(times[min(count - 1, count * 99 / 100)]) / 1000)
    }
    return best
  }

  /// Answers a second on `threads` threads together, over about a fifth of a second; the best of three rounds.
  func throughput(threads: Int, each: Double) -> Double {
    let count = max(50, Int(200_000 / max(each, 0.1)))
    var best = 0.0
    // Each thread asks requests of its own, as threads that serve clients do; policies and entities are shared.
    let askers = (0..<threads).map { _ in Bench(policies: policies, entities: entities, requests: requests.map(Bench.copy)) }
    for _ in 0..<3 {
      let begun = Clock.now
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for number in 0..<count { _ = askers[thread].ask(number &+ thread &* 31, indexed: true) }
      }
      best = max(best, Double(count * threads) / Double(Clock.now - begun) * 1e9)
    }
    return best
  }

  /// The same request, sharing nothing with `request` but what its context holds.
  private static func copy(_ request: Request) -> Request {
    func copy(_ uid: EntityUID) -> EntityUID { EntityUID(type: uid.type, id: uid.id) }
    return Request(
      principal: copy(request.principal), action: copy(request.action), resource: copy(request.resource),
      context: Record(request.context.members))
  }

  /// Allocations an answer.
  func allocations() -> Double {
    let before = callocations_count()
    for number in 0..<1000 { _ = ask(number, indexed: true) }
    return Double(callocations_count() - before) / 1000
  }
}

extension Measurement {
  /// Everything about `workload`.
  static func of(_ workload: Workload, milliseconds: Int) throws -> Measurement {
    var result = Measurement()
    let bench = try Bench.load(workload, into: &result)
    result.reasons = bench.check(workload)
    result.indexed = bench.latency(indexed: true, nanosecondsMax: milliseconds * 1_000_000)
    result.scanned = bench.latency(indexed: false, nanosecondsMax: milliseconds * 1_000_000)
    result.perSecond = bench.throughput(threads: 1, each: result.indexed.median)
    result.perSecondOnTwoThreads = bench.throughput(threads: 2, each: result.indexed.median)
    result.allocations = bench.allocations()
    return result
  }
}

extension Name {
  var uid: EntityUID { EntityUID(type: type, id: id) }
}
