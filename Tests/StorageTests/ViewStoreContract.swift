import Governance
import Journal
import Testing

/// One decision of the journal that the view tests read.
struct SampleDecision {
  var time: Int64
  var outcome: Outcome
  var reason: String
  var workflow: String?
  var run = "r-1"
  var step = "load"
  var attempt: Int64 = 1
  var reserved = false

  /// Its leaf, as format 1 of the journal writes it.
  func leaf(_ index: UInt64) -> [UInt8] {
    let zeros = String(repeating: "0", count: 64)
    var members = [
      #""actor":{"id":"k1","kind":"key"},"log":"test","outcome":"\#(outcome.rawValue)","policies":[],"policy_digest":"\#(zeros)""#,
      #""policy_version":1,"reasons":["\#(reason)"],"resource_type":"tool","seq":\#(index),"subject_type":"agent","tenant":"acme""#,
      #""time":\#(time),"type":"decision","v":1"#,
    ]
    if let workflow {
      members.append(#""workflow":"\#(workflow)","workflow_version":"1","run":"\#(run)","step":"\#(step)","attempt":\#(attempt)"#)
      members.append(#""point":"before_action","tier":2"#)
    }
    if reserved {
      members.append(#""reservation":{"accounts":["run:x@run/0"],"amounts":{"steps":1},"expires":9,"started":true}"#)
    }
    return Array(("{" + members.joined(separator: ",") + "}").utf8)
  }

  func row(_ index: UInt64) -> DecisionRow {
    DecisionRow(
      index: index, time: time, outcome: outcome, reason: reason, workflow: workflow, run: workflow == nil ? nil : run,
      step: workflow == nil ? nil : step, attempt: workflow == nil ? nil : attempt, reserved: reserved)
  }
}

/// A journal of decisions with another kind of entry now and then.
enum SampleJournal {
  static let hour: Int64 = 3_600_000

  /// Entry `index`; every tenth is no decision.
  static func decision(_ index: UInt64) -> SampleDecision? {
    guard index % 10 != 0 else { return nil }
    let workflow: String? = index % 7 == 0 ? nil : ["refund", "triage", "quotes"][Int(index % 3)]
    let outcome = Outcome.allCases[index % 4 == 0 ? 1 : index % 5 == 0 ? 2 : 0]
    return SampleDecision(
      time: 1_700_000_000_000 + Int64(index) * 60_000, outcome: outcome, reason: "family.reason-\(index % 4)", workflow: workflow,
      run: "r-\(index / 20)", step: index % 2 == 0 ? "load" : "send", attempt: Int64(index % 20) / 4 + 1,
      reserved: workflow != nil && outcome == .permit)
  }

  static func records(_ range: Range<UInt64>) -> [JournalRecord] {
    range.map { index in
      let other =
        #"{"actor":{"id":"k1","kind":"key"},"log":"test","seq":\#(index),"tenant":"acme","time":1,"type":"halt.set","v":1}"#
      return JournalRecord(index: index, leaf: decision(index)?.leaf(index) ?? Array(other.utf8), payload: [])
    }
  }

  static func rows(_ count: UInt64) -> [DecisionRow] { (0..<count).compactMap { index in decision(index)?.row(index) } }
}

extension JournalProjection where Decoded == DecodedEntry {
  /// Reads the leaves and projects them.
  func project(_ records: [JournalRecord]) throws {
    try project(records.map { try DecodedEntry(leaf: $0.leaf, at: $0.index) }, from: records.first?.index ?? 0)
  }
}

/// What every pair of `JournalProjection` and `ViewStore` promises, against a naive list. `store` is empty.
struct ViewStoreContract<Store: ViewStore & JournalProjection<DecodedEntry>> {
  let store: Store
  private let count: UInt64 = 200

  init(store: Store) { self.store = store }

  func all() throws {
    #expect(try store.position() == 0)
    #expect(try store.decisions(workflow: nil, run: nil, outcome: nil, before: nil, limit: 10).isEmpty)
    #expect(try store.decisionCounts(since: 0).isEmpty)
    try project()
    try lists()
    try reservations()
    try counts()
  }

  /// In pieces that overlap and repeat.
  private func project() throws {
    try store.project([])
    for (from, to) in [(0, 1), (0, 64), (32, 100), (0, 100), (100, 100), (100, 200)] as [(UInt64, UInt64)] {
      let before = try store.position()
      try store.project(SampleJournal.records(from..<to))
      #expect(try store.position() == max(before, to))
    }
    #expect(throws: (any Error).self) { try store.project(SampleJournal.records(201..<203)) }
    #expect(try store.position() == count)
  }

  private func lists() throws {
    let all = SampleJournal.rows(count)
    var compared = 0
    for workflow in [nil, "refund", "nobody"] {
      for run in [nil, "r-3"] {
        for outcome in [nil] + Outcome.allCases.map(Optional.some) {
          for before in [nil, 0, 71, 1_000, UInt64.max] {
            let expected = all.reversed().filter { row in
              (workflow == nil || row.workflow == workflow) && (run == nil || row.run == run)
                && (outcome == nil || row.outcome == outcome)
                && before.map { row.index < $0 } ?? true
            }
            let found = try store.decisions(workflow: workflow, run: run, outcome: outcome, before: before, limit: 7)
            #expect(found == Array(expected.prefix(7)))
            compared += found.count
          }
        }
      }
    }
    #expect(compared > 200)
    #expect(try store.decisions(workflow: nil, run: nil, outcome: nil, before: nil, limit: 1_000) == all.reversed())
    // Text is a value, never part of the query.
    #expect(try store.decisions(workflow: "' OR 1=1 --", run: nil, outcome: nil, before: nil, limit: 10).isEmpty)
  }

  private func reservations() throws {
    let all = SampleJournal.rows(count)
    var found = 0
    for run in ["r-1", "r-2", "none"] {
      for step in ["load", "send", "none"] {
        for attempt in 0...6 {
          for workflow in [nil, "refund"] {
            let expected = all.last { row in
              row.reserved && row.run == run && row.step == step && row.attempt == Int64(attempt)
                && (workflow == nil || row.workflow == workflow)
            }
            let index = try store.reservation(workflow: workflow, run: run, step: step, attempt: Int64(attempt))
            #expect(index == expected?.index)
            found += index == nil ? 0 : 1
          }
        }
      }
    }
    #expect(found > 10)
  }

  private func counts() throws {
    let all = SampleJournal.rows(count)
    let last = try #require(all.last).time
    for since in [0, last - 2 * SampleJournal.hour, last, last + SampleJournal.hour] {
      let counts = try store.decisionCounts(since: since)
      let start = since - since % SampleJournal.hour
      let expected = all.filter { $0.time >= start }
      #expect(counts.reduce(0) { $0 + $1.count } == Int64(expected.count))
      for count in counts {
        #expect(count.hour % SampleJournal.hour == 0)
        let same = expected.filter { row in
          row.time - row.time % SampleJournal.hour == count.hour && (row.workflow ?? "") == count.workflow
            && row.outcome == count.outcome
        }
        #expect(Int64(same.count) == count.count)
      }
    }
  }
}
