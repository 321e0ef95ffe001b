import Budgets
import Cedar
import Telemetry

extension PolicyFolder {
  /// What differs between two folders, by subject and name; empty when they decide alike.
  ///
  /// Comments and the order of files make no difference here, although they change the digest.
  package static func diff(from old: PolicySnapshot, to new: PolicySnapshot) -> [PolicyChange] {
    var changes: [PolicyChange] = []
    let settings = difference(old.settings, new.settings)
    if !settings.isEmpty { changes.append(PolicyChange(kind: .changed, subject: .settings, name: "", details: settings)) }
    changes += compare(.workflow, old.workflows, new.workflows, details: difference)
    changes += compare(.policy, policyTexts(old), policyTexts(new)) { _, _ in [] }
    changes += compare(.model, old.models, new.models) { _, _ in [] }
    if old.prices.prices != new.prices.prices {
      let details = ["\(old.prices.prices.count) → \(new.prices.prices.count) lines"]
      changes.append(PolicyChange(kind: .changed, subject: .prices, name: "", details: details))
    }
    if old.organisationBudgets != new.organisationBudgets {
      changes.append(PolicyChange(kind: .changed, subject: .organisationBudget, name: "", details: []))
    }
    changes += compare(.teamBudget, old.teamBudgets, new.teamBudgets) { _, _ in [] }
    for (subject, path) in [(PolicyChange.Subject.entities, EntitiesReader.path), (.schema, FolderFiles.schemaPath)] {
      let before = old.files.first { $0.path == path }?.bytes
      let after = new.files.first { $0.path == path }?.bytes
      guard before != after else { continue }
      let kind: PolicyChange.Kind = before == nil ? .added : after == nil ? .removed : .changed
      changes.append(PolicyChange(kind: kind, subject: subject, name: "", details: []))
    }
    return changes
  }

  private static func compare<Item: Equatable>(
    _ subject: PolicyChange.Subject, _ old: [String: Item], _ new: [String: Item], details: (Item, Item) -> [String]
  ) -> [PolicyChange] {
    Set(old.keys).union(new.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.compactMap { name in
      switch (old[name], new[name]) {
      case (nil, _?): PolicyChange(kind: .added, subject: subject, name: name, details: [])
      case (_?, nil): PolicyChange(kind: .removed, subject: subject, name: name, details: [])
      case (let before?, let after?):
        before == after ? nil : PolicyChange(kind: .changed, subject: subject, name: name, details: details(before, after))
      case (nil, nil): nil
      }
    }
  }

  private static func difference(_ old: Settings, _ new: Settings) -> [String] {
    let values = [
      ("organisation", old.organisation, new.organisation),
      ("plain_requests", old.plainRequests.rawValue, new.plainRequests.rawValue),
      ("approval_from", old.approvalFrom.text, new.approvalFrom.text),
      ("expires_after", "\(old.approvalWaitMilliseconds) ms", "\(new.approvalWaitMilliseconds) ms"),
      ("valid_for", "\(old.approvalValidityMilliseconds) ms", "\(new.approvalValidityMilliseconds) ms"),
      ("reservation_ttl", "\(old.reservationMilliseconds) ms", "\(new.reservationMilliseconds) ms"),
    ]
    return arrows(values)
  }

  private static func difference(_ old: Workflow, _ new: Workflow) -> [String] {
    var details = arrows([
      ("version", old.version, new.version), ("owner", old.ownerPerson, new.ownerPerson), ("team", old.team, new.team),
      ("risk_tier", old.riskTier.text, new.riskTier.text), ("lifecycle", old.lifecycle.rawValue, new.lifecycle.rawValue),
    ])
    let parts = [
      ("purpose", old.purpose == new.purpose), ("data_classes", old.dataClasses == new.dataClasses),
      ("agents", old.agents == new.agents), ("steps", old.steps == new.steps), ("budgets", old.budgets == new.budgets),
      ("run_budget", old.runLimit == new.runLimit),
    ]
    details += parts.filter { !$0.1 }.map(\.0)
    return details.isEmpty ? ["file \(old.file) → \(new.file)"] : details
  }

  private static func arrows(_ values: [(name: String, old: String, new: String)]) -> [String] {
    values.filter { $0.old != $0.new }.map { "\($0.name) \($0.old) → \($0.new)" }
  }

  /// Each policy's own lines without comments and blanks: from its first line to that of the next policy of its file.
  private static func policyTexts(_ snapshot: PolicySnapshot) -> [String: [[UInt8]]] {
    var texts: [String: [[UInt8]]] = [:]
    for file in snapshot.files where file.path.hasPrefix(AccessReader.folder) {
      let lines = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      let facts = snapshot.policyFacts.filter { $0.file == file.path }
      let starts = Set(facts.map(\.line)).sorted()
      for fact in facts {
        let end = starts.first { $0 > fact.line } ?? lines.count + 1
        guard fact.line >= 1, end <= lines.count + 1, fact.line < end else { continue }
        texts[fact.id] = lines[(fact.line - 1)..<(end - 1)].compactMap(plain)
      }
    }
    return texts
  }

  private static func plain(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    let text = line.drop { $0 == 0x20 || $0 == 0x09 }
    return text.isEmpty || text.starts(with: "//".utf8) ? nil : Array(text)
  }
}
