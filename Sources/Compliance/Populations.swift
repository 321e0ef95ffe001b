import JSON

/// `populations.json` and `redactions.json`: what each records file holds, by which rule, and what was left out. Derived like the
/// records themselves, so that the verifier can build them again.
enum Populations {
  /// How many entries, from which to which, by which query, for each records file.
  static func encode(_ records: DerivedRecords, scope: BundleScope) throws(JSONError) -> [UInt8] {
    let tables = [
      (BundleLayout.approvals, records.approvals, #"type starts with "approval.", or type = "decision" and approval is present"#),
      (
        BundleLayout.changes, records.changes,
        #"type starts with "log.", "policy.", "halt.", "key." or "export.""#
      ),
      (BundleLayout.decisions, records.decisions, #"type = "decision""#),
    ]
    let items = tables.map { JSONValue.object(population(file: $0.0, table: $0.1, query: $0.2, scope: scope)) }
    return try CanonicalJSON.encode(["populations": .array(items)])
  }

  private static func population(file: String, table: CSVTable, query: String, scope: BundleScope) -> JSONObject {
    let filter =
      scope.workflow.map { "; of workflow `\($0)` where the entry or its approval's request in the period names one" } ?? ""
    var object: JSONObject = [
      "count": .integer(Int64(clamping: table.rows)), "file": .string(file), "query": .string(query + filter),
      "touched_columns": .array(table.touchedColumns.map { .string($0) }),
    ]
    object["first_seq"] = table.firstSeq.map { .integer(Int64(clamping: $0)) }
    object["last_seq"] = table.lastSeq.map { .integer(Int64(clamping: $0)) }
    object["from_ms"] = scope.fromMilliseconds.map { .integer($0) }
    object["to_ms"] = scope.toMilliseconds.map { .integer($0) }
    return object
  }

  /// What was withheld, why, and how often.
  static func redactions(payloads: UInt64, policiesErased: Int) throws(JSONError) -> [UInt8] {
    let items: [JSONValue] = [
      [
        "basis": "data minimisation", "count": .integer(Int64(clamping: payloads)), "field": "payload",
        "reason": "payloads hold what was asked and said in words; each entry has the digest of its payload as `payload_sha256`",
      ],
      [
        "basis": "erasure", "count": .integer(Int64(policiesErased)), "field": "policies",
        "reason": "the payload of the activation has been erased; its entry still has the digest of the policies",
      ],
    ]
    return try CanonicalJSON.encode(["redactions": .array(items)])
  }
}
