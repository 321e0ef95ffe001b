import Cedar

/// Reads the Cedar policies below access/.
enum AccessReader {
  static let folder = "access/"
  private static let annotations = ["id", "reason", "escalate", "description", "control", "owner"]
  /// Annotations that change what a policy means and that nothing carries out yet: to ignore them would loosen the policy.
  private static let reserved = ["obligation", "mode"]

  /// The policies with the facts of each, or nil with problems. Files come in the order of their paths.
  static func read(_ files: [PolicyFile], _ problems: ProblemList) -> (policies: PolicySet, facts: [PolicyFacts])? {
    let texts = files.map { (name: $0.path, text: String(decoding: $0.bytes, as: UTF8.self)) }
    switch PolicySet.parse(texts, naming: .byAnnotation) {
    case .failure(let failure):
      problems.add(failure)
      return nil
    case .success(let policies):
      let check = PolicyCheck(policies, files: files, problems: problems)
      for template in policies.templates { check.report(template, "a template decides nothing by itself", hint: "fill its slot") }
      var first: [String: PolicySet.Policy] = [:]
      for policy in policies.policies {
        check.annotations(policy, known: annotations, reserved: reserved)
        check.identity(policy, first: &first)
      }
      if policies.templates.isEmpty, !policies.policies.contains(where: { $0.effect == .permit }) {
        problems.add(
          files.first?.path ?? folder, "no policy permits anything, so that every step is denied",
          hint: "add a permit policy below \(folder)", severity: .warning)
      }
      return (policies, policies.policies.map(facts))
    }
  }

  private static func facts(_ policy: PolicySet.Policy) -> PolicyFacts {
    PolicyFacts(
      id: policy.id, effect: policy.effect, escalate: policy.annotations["escalate"],
      reason: policy.annotations["reason"].flatMap { $0.isEmpty ? nil : $0 }, file: policy.file, line: policy.line)
  }
}

/// Our own rules for policies that are right by Cedar's.
private struct PolicyCheck {
  let problems: ProblemList
  private let columns: [String: [Int]]

  init(_ policies: PolicySet, files: [PolicyFile], problems: ProblemList) {
    self.problems = problems
    let used = Set((policies.policies + policies.templates).map(\.file))
    var columns: [String: [Int]] = [:]
    for file in files where used.contains(file.path) { columns[file.path] = PolicyCheck.columns(file.bytes) }
    self.columns = columns
  }

  func annotations(_ policy: PolicySet.Policy, known: [String], reserved: [String]) {
    for key in policy.annotations.keys.sorted() where !known.contains(key) {
      if reserved.contains(key) {
        report(policy, "annotation `@\(key)` is not carried out by this version", hint: "remove it")
      } else if let nearest = NearestName.of(key, among: known) {
        report(policy, "unknown annotation `@\(key)`", hint: "did you mean `@\(nearest)`?")
      }
    }
    guard let group = policy.annotations["escalate"] else { return }
    if policy.effect == .forbid {
      report(policy, "`@escalate` stands on a forbid, which no approval can lift", hint: "put it on a permit")
    } else if !NameRule.foreign.holds(group) {
      report(policy, "`@escalate` must name the group that approves", hint: "@escalate(\"finance-managers\")")
    }
  }

  /// Ids stand in journal entries and must go on naming the same policy when others come and go.
  func identity(_ policy: PolicySet.Policy, first: inout [String: PolicySet.Policy]) {
    guard let id = policy.annotations["id"] else {
      let hint = "@id(\"refund-small-amounts\")"
      return report(
        policy, "the policy has no `@id` and is called `\(policy.id)` by its position", hint: hint, severity: .warning)
    }
    guard NameRule.foreign.holds(id) else {
      return report(policy, "`@id` is `\(id.prefix(80))`, which cannot be used as an id", hint: NameRule.foreign.text)
    }
    if let other = first[id] {
      report(policy, "policy `\(id)` is defined twice", hint: "first in \(other.file), line \(other.line)")
    } else if policy.id != id, policy.id.hasPrefix("policy"), id.hasPrefix("policy") {
      report(policy, "`@id` is `\(id)`, which names another policy by its position", hint: "choose a speaking id")
    }
    if first[id] == nil { first[id] = policy }
  }

  func report(
    _ policy: PolicySet.Policy, _ message: String, hint: String? = nil, severity: PolicyProblem.Severity = .error
  ) {
    problems.add(policy.file, line: policy.line, column: column(policy), message, hint: hint, severity: severity)
  }

  /// Cedar gives the line of the first token; it begins at the first character that is no blank.
  private func column(_ policy: PolicySet.Policy) -> Int {
    guard let columns = columns[policy.file], columns.indices.contains(policy.line - 1) else { return 1 }
    return columns[policy.line - 1]
  }

  /// For each line the column of its first character that is no blank, from 1.
  private static func columns(_ bytes: [UInt8]) -> [Int] {
    var columns: [Int] = []
    var blanks = 0
    var isBlank = true
    for byte in bytes {
      if byte == 0x0A {
        columns.append(blanks + 1)
        (blanks, isBlank) = (0, true)
      } else if isBlank, byte == 0x20 || byte == 0x09 {
        blanks += 1
      } else {
        isBlank = false
      }
    }
    return columns + [blanks + 1]
  }
}
