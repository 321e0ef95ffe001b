import Cryptography
import JSON

/// The tables below `records/`, built from leaves alone: the writer streams them, the verifier builds them again and compares.
struct DerivedRecords {
  private let workflow: [UInt8]?
  private(set) var decisions: CSVTable
  private(set) var approvals: CSVTable
  private(set) var changes: CSVTable
  /// The workflow of each approval that was asked for in the period and can still get an entry.
  private var open: [Int64: [UInt8]] = [:]
  /// How many leaves have a payload beside them.
  private(set) var payloads: UInt64 = 0

  /// Where the lines of a table go; nil counts them only.
  struct Sinks {
    var decisions: CSVTable.Sink?
    var approvals: CSVTable.Sink?
    var changes: CSVTable.Sink?
  }

  /// Tables without rows.
  ///
  /// - Parameter workflow: restricts decisions and approvals to one workflow, and halts to those that concern it.
  init(workflow: String?, sinks: Sinks = Sinks()) throws {
    self.workflow = workflow.map { Array($0.utf8) }
    decisions = try CSVTable(columns: DerivedRecords.decisionColumns, sink: sinks.decisions)
    approvals = try CSVTable(columns: DerivedRecords.approvalColumns, sink: sinks.approvals)
    changes = try CSVTable(columns: DerivedRecords.changeColumns, sink: sinks.changes)
  }

  /// Adds the rows that the next leaf of the period gives.
  mutating func add(_ leaf: Leaf, hash: SHA256Digest) throws {
    if leaf.member("payload_sha256") != nil { payloads += 1 }
    guard let type = leaf.member("type")?.stringBytes else { return }
    if leaf.hasType("decision") {
      track(leaf)
      guard concerns(leaf.member("workflow")) else { return }
      try addDecision(leaf, hash)
      if leaf.member("approval") != nil { try addApprovalUse(leaf) }
    } else if type.starts(with: "approval.".utf8) {
      try addVerdict(leaf)
    } else if leaf.hasType("halt.set") || leaf.hasType("halt.clear") {
      // A halt without a workflow is the organisation's and concerns every workflow.
      if leaf.member("workflow") == nil || concerns(leaf.member("workflow")) { try addChange(leaf) }
    } else if ["log.", "policy.", "key.", "export."].contains(where: { type.starts(with: $0.utf8) }) {
      try addChange(leaf)
    }
  }

  private func concerns(_ value: JSONCursor?) -> Bool {
    guard let workflow else { return true }
    return value?.stringBytes?.elementsEqual(workflow) == true
  }
}

extension DerivedRecords {
  static let decisionColumns = [
    "seq", "time", "time_ms", "decision_id", "outcome", "reasons", "workflow", "workflow_version", "run", "step", "attempt",
    "point",
    "tier", "subject_type", "resource_type", "policies", "policy_version", "policy_digest", "approval_id", "approval_effect",
    "reserved_accounts", "reserved_cost_nanousd", "reserved_steps", "reserved_tokens_in", "reserved_tokens_out",
    "reserved_tool_calls", "reservation_expires_ms", "actor_id", "actor_kind", "payload_sha256", "leaf_hash",
  ]

  private mutating func addDecision(_ leaf: Leaf, _ hash: SHA256Digest) throws {
    decisions.begin(seq: leaf.index)
    decisions.time(leaf.time)
    decisions.prefixed("d-", leaf.member("seq"))
    decisions.text(leaf.member("outcome"))
    decisions.json(leaf.member("reasons"))
    decisions.text(leaf.member("workflow"))
    decisions.text(leaf.member("workflow_version"))
    decisions.text(leaf.member("run"))
    decisions.text(leaf.member("step"))
    decisions.integer(leaf.member("attempt"))
    decisions.text(leaf.member("point"))
    decisions.integer(leaf.member("tier"))
    decisions.text(leaf.member("subject_type"))
    decisions.text(leaf.member("resource_type"))
    decisions.json(leaf.member("policies"))
    decisions.integer(leaf.member("policy_version"))
    decisions.prefixed("sha256:", leaf.member("policy_digest"))
    decisions.prefixed("a-", leaf.member("approval")?.member("id"))
    decisions.text(leaf.member("approval")?.member("effect"))
    let reservation = leaf.member("reservation")
    let amounts = reservation?.member("amounts")
    decisions.json(reservation?.member("accounts"))
    for currency: StaticString in ["cost_nanousd", "steps", "tokens_in", "tokens_out", "tool_calls"] {
      decisions.integer(amounts?.member(currency))
    }
    decisions.integer(reservation?.member("expires"))
    decisions.actor(leaf)
    decisions.prefixed("sha256:", leaf.member("payload_sha256"))
    decisions.digest(hash)
    try decisions.end()
  }
}

extension DerivedRecords {
  static let approvalColumns = [
    "seq", "time", "time_ms", "approval_id", "event", "workflow", "run", "step", "asked_digest", "group", "expires_ms",
    "valid_until_ms", "actor_id", "actor_kind", "payload_sha256",
  ]

  /// Remembers whose approval it is: verdicts do not say.
  private mutating func track(_ leaf: Leaf) {
    guard let approval = leaf.member("approval"), let id = approval.member("id")?.integerValue else { return }
    if approval.member("effect")?.equals("requested") == true {
      open[id] = leaf.member("workflow")?.stringBytes.map { Array($0) } ?? []
    } else if approval.member("effect")?.equals("consumed") == true {
      open[id] = nil
    }
  }

  /// What a decision did with an approval: asked for it, met it, was refused by it or consumed it.
  private mutating func addApprovalUse(_ leaf: Leaf) throws {
    let approval = leaf.member("approval")
    approvals.begin(seq: leaf.index)
    approvals.time(leaf.time)
    approvals.prefixed("a-", approval?.member("id"))
    approvals.text(approval?.member("effect"))
    approvals.text(leaf.member("workflow"))
    approvals.text(leaf.member("run"))
    approvals.text(leaf.member("step"))
    approvals.prefixed("sha256:", approval?.member("digest"))
    approvals.text(approval?.member("group"))
    approvals.integer(approval?.member("expires"))
    approvals.empty()
    approvals.actor(leaf)
    approvals.prefixed("sha256:", leaf.member("payload_sha256"))
    try approvals.end()
  }

  /// A verdict names its approval only. One whose request lies before the period is kept in every scope, with the workflow left empty:
  /// the records rather have a row too many than one too few.
  private mutating func addVerdict(_ leaf: Leaf) throws {
    let id = leaf.member("approval")?.integerValue
    let known = id.flatMap { open[$0] }
    if let id, !leaf.hasType("approval.approve") { open[id] = nil }
    if let known, let workflow, known != workflow { return }
    approvals.begin(seq: leaf.index)
    approvals.time(leaf.time)
    approvals.prefixed("a-", leaf.member("approval"))
    approvals.text(leaf.member("type"))
    approvals.text(known.map { String(decoding: $0, as: UTF8.self) })
    for _ in 0..<5 { approvals.empty() }
    approvals.integer(leaf.member("valid_until"))
    approvals.actor(leaf)
    approvals.prefixed("sha256:", leaf.member("payload_sha256"))
    try approvals.end()
  }
}

extension DerivedRecords {
  static let changeColumns = [
    "seq", "time", "time_ms", "change", "subject", "version", "digest", "files", "role", "tree_size", "actor_id", "actor_kind",
    "payload_sha256",
  ]

  /// Policy activations, halts, keys, exports, and the opening of the log.
  private mutating func addChange(_ leaf: Leaf) throws {
    changes.begin(seq: leaf.index)
    changes.time(leaf.time)
    changes.text(leaf.member("type"))
    changes.text(leaf.member("workflow") ?? leaf.member("key") ?? leaf.member("bundle"))
    changes.integer(leaf.member("version"))
    changes.prefixed("sha256:", leaf.member("digest") ?? leaf.member("manifest_sha256"))
    changes.integer(leaf.member("files"))
    changes.text(leaf.member("role"))
    changes.integer(leaf.member("size"))
    changes.actor(leaf)
    changes.prefixed("sha256:", leaf.member("payload_sha256"))
    try changes.end()
  }
}

extension CSVTable {
  /// An instant for people and as milliseconds.
  fileprivate mutating func time(_ milliseconds: Int64) {
    instant(milliseconds: milliseconds)
    integer(milliseconds)
  }

  fileprivate mutating func actor(_ leaf: Leaf) {
    text(leaf.member("actor")?.member("id"))
    text(leaf.member("actor")?.member("kind"))
  }
}
