import Cedar
import JSON

/// Policies in JSON: accepted or refused, the same as their rendering in text, and unchanged by reading and writing.
enum PolicyJSONSuite {
  static let suites = [
    Suite(file: "policy-json.jsonl") { _ in
      { test in
        let document = JSONWriter.encode(try test.required("policySet"))
        let failure = refusal { _ = try PolicySet.parse(json: document) }
        let differences = verdict(failure == nil, label: try test.flag("ok"), "policies", reason: failure)
        guard differences.isEmpty, failure == nil else { return differences }
        let policies = try PolicySet.parse(json: document)
        let rendering = try test["asCedar"].map { try sameAsText(policies, $0.stringValue ?? "") } ?? []
        return try rendering + PolicyForms.unstable(policies)
      }
    },
    // Every policy of the corpus survives the way to JSON and back.
    Suite(file: "corpus.jsonl") { _ in { test in try PolicyForms.unstable(Answers.policies(test.text("policies"))) } },
  ]

  /// How the static policies differ from those of a text that has no others.
  private static func sameAsText(_ policies: PolicySet, _ text: String) throws -> [String] {
    let group = "staticPolicies"
    let isSame = try PolicyForms.bodies(policies, group) == PolicyForms.bodies(Answers.policies(text), group)
    return isSame ? [] : ["another policy than the label's text"]
  }
}

/// The forms of a policy set.
enum PolicyForms {
  /// Bytes and nesting of the JSON forms of labelled policies.
  private static let limits = JSONLimits(bytes: 64 * 1024 * 1024, depth: JSONLimits.depthCeiling)

  static func json(_ policies: PolicySet) throws -> JSONValue { try JSONReader.parse(policies.json, limits: limits) }

  /// The policies of a group without their ids.
  static func bodies(_ policies: PolicySet, _ group: String) throws -> [String] {
    let members = try json(policies).required(group).objectValue?.members ?? []
    return members.map { String(decoding: JSONWriter.encode($0.value), as: UTF8.self) }.sorted()
  }

  /// What changes on the way through JSON, and through JSON and text. Text has no links.
  static func unstable(_ policies: PolicySet) throws -> [String] {
    let json = policies.json
    let again = try PolicySet.parse(json: json)
    var differences = again.json == json ? [] : ["JSON changes when it is read and written"]
    let text = try Answers.policies(again.text)
    let groups = ["staticPolicies", "templates"]
    if try groups.contains(where: { try bodies(text, $0) != bodies(policies, $0) }) {
      differences.append("a policy changes on the way through text")
    }
    return differences
  }
}
