import JSON

/// What a run found.
struct Report {
  struct File {
    let name: String
    let place: String
    let cases: Int
    let failures: [(id: String, reasons: [String])]
    var tallies: [(name: String, count: Int)] = []

    var passed: Int { cases - failures.count }
  }

  var files: [File] = []
  var missing: [String] = []
  var unknown: [String] = []

  var passed: Int { files.reduce(0) { $0 + $1.passed } }
  var failed: Int { files.reduce(0) { $0 + $1.failures.count } }

  var json: JSONValue {
    let files = files.map { file -> JSONValue in
      let failures = file.failures.map { failure -> JSONValue in
        ["id": .string(failure.id), "reasons": .array(failure.reasons.map { .string($0) })]
      }
      return [
        "name": .string(file.name), "place": .string(file.place), "cases": .integer(Int64(file.cases)),
        "passed": .integer(Int64(file.passed)), "failed": .integer(Int64(file.failures.count)), "failures": .array(failures),
        "tallies": .array(file.tallies.map { ["name": .string($0.name), "count": .integer(Int64($0.count))] }),
      ]
    }
    return [
      "files": .array(files), "missing": .array(missing.map { .string($0) }), "unknown": .array(unknown.map { .string($0) }),
      "passed": .integer(Int64(passed)), "failed": .integer(Int64(failed)),
    ]
  }
}

/// Runs every known file of every place.
enum Runner {
  /// Failed cases named for one file: past this many a list helps nobody.
  static let failuresShownMax = 50
  /// Characters of one reason.
  static let reasonCharactersMax = 400
  /// Bytes and nesting of one case.
  static let caseLimits = JSONLimits(bytes: 64 * 1024 * 1024, depth: JSONLimits.depthCeiling)

  static func run(_ places: [CasePlace], only: String?, say: (String) -> Void) -> Report {
    var report = Report()
    for place in places {
      say("cases of \(place.name)")
      let fixtures = Result { try Self.fixtures(place) }
      for name in Suite.files where only == nil || only == name {
        guard place.files.contains(name) else {
          report.missing.append(name)
          say("\(name): missing, not run")
          continue
        }
        let file = run(name, place, fixtures)
        report.files.append(file)
        say("\(name): \(file.cases) cases, \(file.passed) passed, \(file.failures.count) failed")
        for tally in file.tallies { say("  \(tally.count) of \(file.cases) \(tally.name)") }
        for failure in file.failures.prefix(failuresShownMax) {
          say("  \(failure.id): \(failure.reasons.joined(separator: "; "))")
        }
        let hidden = file.failures.count - failuresShownMax
        if hidden > 0 { say("  and \(hidden) more") }
      }
      for name in place.files where only == nil && name.hasSuffix(".jsonl") && !Suite.files.contains(name) {
        report.unknown.append(name)
        say("\(name): no suite reads it, not run")
      }
    }
    if report.files.isEmpty { say("no cases found") }
    return report
  }

  private static func fixtures(_ place: CasePlace) throws -> Fixtures {
    guard place.files.contains("fixtures.json") else { return Fixtures(json: .object(JSONObject()), place: place) }
    return Fixtures(json: try JSONReader.parse(place.read("fixtures.json"), limits: caseLimits), place: place)
  }

  private static func run(_ name: String, _ place: CasePlace, _ fixtures: Result<Fixtures, any Error>) -> Report.File {
    var failures: [(id: String, reasons: [String])] = []
    var tallies: [(tally: Suite.Tally, count: Int)] = []
    var count = 0
    do {
      let fixtures = try fixtures.get()
      let suites = Suite.all.filter { $0.file == name }
      let checks = try suites.map { try $0.prepare(fixtures) }
      for case let tally? in suites.map(\.tally) { tallies.append((tally, 0)) }
      for (index, line) in try place.read(name).split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { continue }
        count += 1
        let (id, reasons, json) = run(Array(line), "line \(index + 1)", checks)
        for place in tallies.indices where (try? json.map(tallies[place].tally.holds)) == true { tallies[place].count += 1 }
        if !reasons.isEmpty { failures.append((id, reasons.map { String($0.prefix(reasonCharactersMax)) })) }
      }
      if count == 0 { throw Mismatch("the file has no case") }
    } catch {
      // The file as a whole counts as one failed case.
      return Report.File(name: name, place: place.name, cases: 1, failures: [(name, ["\(error)"])])
    }
    return Report.File(
      name: name, place: place.name, cases: count, failures: failures, tallies: tallies.map { ($0.tally.name, $0.count) })
  }

  private static func run(_ line: [UInt8], _ place: String, _ checks: [Suite.Check]) -> (
    id: String, reasons: [String], json: JSONValue?
  ) {
    var id = place
    do {
      let json = try JSONReader.parse(line, limits: caseLimits)
      id = json["id"]?.stringValue ?? place
      return (id, checks.flatMap { check in differences { try check(json) } }, json)
    } catch {
      return (id, ["the line is no JSON: \(error)"], nil)
    }
  }

  /// What a check finds; an error that it throws is what it finds.
  private static func differences(_ check: () throws -> [String]) -> [String] {
    do { return try check() } catch { return ["\(error)"] }
  }
}
