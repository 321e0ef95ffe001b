import JSON

/// One kind of check over the cases of one file. Several suites may read the same file: a case passes when it passes all of them.
struct Suite: Sendable {
  /// What a case has against the engine: nothing, or what differs. A thrown error is a difference as well.
  typealias Check = (JSONValue) throws -> [String]

  /// The name of the file.
  let file: String
  /// Makes the check, given what the files share.
  let prepare: @Sendable (Fixtures) throws -> Check
  /// What is counted and not demanded.
  var tally: Tally?

  /// A likeness with the reference beyond what agreement asks for.
  struct Tally: Sendable {
    /// What the cases are for which it holds.
    let name: String
    /// Whether it holds for a case.
    let holds: @Sendable (JSONValue) throws -> Bool
  }

  /// Every suite, in the order in which files are reported.
  static let all: [Suite] =
    CorpusSuite.suites + ScenarioSuite.suites + ExpressionSuite.suites + LiteralSuite.suites + PolicyTextSuite.suites
    + PolicyJSONSuite.suites + EntitiesSuite.suites + RequestSuite.suites + TemplateSuite.suites + MultiPolicySuite.suites
    + ValidatorSuite.suites + FormatSuite.suites + SchemaSuite.suites

  /// The names of the files that suites read, each once.
  static let files: [String] = all.map(\.file).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
}

/// What several files share: the content of `fixtures.json`, and each other.
struct Fixtures: Sendable {
  let json: JSONValue
  let place: CasePlace

  /// The cases of another file.
  func cases(of file: String) throws -> [JSONValue] {
    try place.read(file).split(separator: 0x0A).map { try JSONReader.parse(Array($0), limits: Runner.caseLimits) }
  }

  /// A member of the fixtures.
  func member(_ key: String) throws -> JSONValue {
    guard let member = json[key] else { throw Mismatch("`\(key)` is missing in fixtures.json") }
    return member
  }
}

/// A difference between engine and label, or a case that has not the expected form.
struct Mismatch: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension JSONValue {
  /// The member `key`, which a case of this form has.
  func required(_ key: String) throws -> JSONValue {
    guard let member = self[key] else { throw Mismatch("the case has no `\(key)`") }
    return member
  }

  /// The text of the member `key`.
  func text(_ key: String) throws -> String {
    guard let text = try required(key).stringValue else { throw Mismatch("`\(key)` is no string") }
    return text
  }

  /// The truth value of the member `key`.
  func flag(_ key: String) throws -> Bool {
    guard let flag = try required(key).boolValue else { throw Mismatch("`\(key)` is no boolean") }
    return flag
  }

  /// The elements of the member `key`.
  func list(_ key: String) throws -> [JSONValue] {
    guard let list = try required(key).arrayValue else { throw Mismatch("`\(key)` is no array") }
    return list
  }
}

/// A verdict beside its label: nothing when they agree, else what differs and why the engine refused.
func verdict(_ accepted: Bool, label: Bool, _ what: String, reason: String? = nil) -> [String] {
  if accepted == label { return [] }
  return [accepted ? "\(what) accepted, label refused" : "\(what) refused, label accepted: \(reason ?? "no reason")"]
}

/// Runs `body`; the error that it throws, or nil.
func refusal(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
