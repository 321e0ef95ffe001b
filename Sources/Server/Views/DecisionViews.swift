import API
import Governance
import JSON
import Journal
import Platform

/// Decisions as lists and pages show them.
struct DecisionViews {
  let services: Services

  func list(_ query: Query) throws -> JSONValue {
    let outcome = try outcome(query)
    var before: UInt64?
    if let cursor = query["before"] {
      guard let index = Identifiers.index(cursor, prefix: "d-") else {
        throw Problem(400, "request.invalid", "`before` must be a decision's id such as `d-1234`", field: "before")
      }
      before = index
    }
    let limit = try query.number("limit", ReadingRoutes.limitDefault, in: 1...ReadingRoutes.limitMax)
    try services.follower.waitUntilProjected(atLeast: services.journal.durableSize)
    let rows = try services.views.decisions(
      workflow: query["workflow"], run: query["run"], outcome: outcome, before: before, limit: limit)
    var answer: JSONObject = ["items": .array(rows.map(Self.json))]
    if rows.count == limit, let last = rows.last { answer["next"] = .string("d-\(last.index)") }
    return .object(answer)
  }

  /// One decision: the leaf that is evidence, and the payload that explains it.
  func one(_ id: String) throws -> JSONValue {
    guard let index = Identifiers.index(id, prefix: "d-"), let record = try services.store.payload(at: index),
      let leaf = try? JSONReader.parse(record.leaf), leaf["type"] == "decision"
    else { throw ProblemMapping.notFound("there is no decision `\(id)`") }
    let payload = try? JSONReader.parse(record.payload, limits: JSONLimits(bytes: 16 << 20, depth: 64))
    return [
      "id": .string(id), "time": .string(UTCTime.format(milliseconds: leaf["time"]?.integerValue ?? 0)),
      "outcome": leaf["outcome"] ?? .null, "answer": payload?["answer"] ?? .null, "request": payload?["request"] ?? .null,
      "leaf": leaf,
    ]
  }

  private func outcome(_ query: Query) throws(Problem) -> Outcome? {
    guard let text = query["outcome"] else { return nil }
    guard let outcome = Outcome(rawValue: text) else {
      throw Problem(400, "request.invalid", "`outcome` must be `permit`, `escalate` or `deny`", field: "outcome")
    }
    return outcome
  }

  static func json(_ row: DecisionRow) -> JSONValue {
    var item: JSONObject = [
      "id": .string("d-\(row.index)"), "time": .string(UTCTime.format(milliseconds: row.time)),
      "outcome": .string(row.outcome.rawValue), "reason": .string(row.reason),
    ]
    if let workflow = row.workflow { item["workflow"] = .string(workflow) }
    if let run = row.run { item["run"] = .string(run) }
    if let step = row.step { item["step"] = .string(step) }
    if let attempt = row.attempt { item["attempt"] = .integer(attempt) }
    return .object(item)
  }
}
