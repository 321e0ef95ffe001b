package import JSON

/// What is checked about a bundle, in this order.
package enum BundleCheck: String, Sendable, CaseIterable {
  case zip, manifest, members, signature, checkpoint, entries, inclusion, period, records, policies, trust

  /// What holds when the check passes.
  package var title: String {
    switch self {
    case .zip: "the file is one zip in the form of a bundle"
    case .manifest: "the manifest is whole and canonical"
    case .members: "every member is listed and has its digest"
    case .signature: "the export key signed the manifest"
    case .checkpoint: "the log's key signed the checkpoint"
    case .entries: "every entry is canonical, of this log and in its place"
    case .inclusion: "the entries are those of the checkpoint"
    case .period: "the period has these entries and no others"
    case .records: "the records are what the entries give"
    case .policies: "the policy texts are those that the entries name"
    case .trust: "every key that was given as trusted has signed"
    }
  }
}

/// What an offline check of a bundle found.
package struct BundleVerdict: Sendable {
  /// Where and why a check failed.
  package struct Failure: Error, Sendable, Equatable {
    /// The member of the zip, or nil when the file as a whole is meant.
    package var member: String?
    /// The line in it, from 1.
    package var line: UInt64?
    /// What is wrong.
    package var message: String

    init(_ message: String, member: String? = nil, line: UInt64? = nil) {
      self.member = member
      self.line = line
      self.message = message
    }
  }

  /// What became of one check.
  package enum Outcome: Sendable, Equatable {
    case passed
    case failed(Failure)
    /// An earlier failure left nothing to check.
    case notRun
  }

  /// One check with its outcome.
  package struct Result: Sendable {
    /// What was checked.
    package let check: BundleCheck
    /// What became of it.
    package let outcome: Outcome

    /// The check's stable name, for machines.
    package var name: String { check.rawValue }
    /// Whether it was run and passed.
    package var passed: Bool { outcome == .passed }
    /// What holds, or what does not and where.
    package var detail: String {
      switch outcome {
      case .passed: check.title
      case .notRun: check.title + ": not checked"
      case .failed(let failure): check.title + ": " + failure.description
      }
    }
  }

  /// Why a key is believed.
  package enum Trust: String, Sendable {
    /// The caller gave the key, from elsewhere.
    case given
    /// The key stands in the bundle itself: whoever made the bundle can have made the key.
    case bundle
  }

  /// Every check with its outcome, in order.
  package internal(set) var checks: [Result] = []
  /// The id that the manifest states.
  package internal(set) var bundleID: String?
  /// The log's origin.
  package internal(set) var origin: String?
  /// How many entries the checkpoint covers.
  package internal(set) var treeSize: UInt64 = 0
  /// The entries of the scope.
  package internal(set) var indexes: Range<UInt64> = 0..<0
  /// Why the key of the checkpoint, and so every entry, is believed.
  package internal(set) var checkpointTrust = Trust.bundle
  /// Why the key of the manifest, and so what is not derived from entries, is believed.
  package internal(set) var manifestTrust = Trust.bundle

  /// Whether every check has passed.
  package var passed: Bool { !checks.isEmpty && checks.allSatisfy(\.passed) }

  /// The checks that failed.
  package var failures: [(check: BundleCheck, failure: Failure)] {
    checks.compactMap { item in
      if case .failed(let failure) = item.outcome { (item.check, failure) } else { nil }
    }
  }

  /// The verdict as lines for people: one for each check, then whom it rests on.
  package var lines: [String] {
    var lines = checks.map { item in (item.passed ? "pass  " : item.outcome == .notRun ? "-     " : "FAIL  ") + item.detail }
    if let origin, let bundleID {
      lines.append("bundle \(bundleID) of log `\(origin)`: entries \(indexes.lowerBound) ..< \(indexes.upperBound) of \(treeSize)")
    }
    lines.append(contentsOf: trustLines)
    lines.append(passed ? "verdict: good" : "verdict: NOT good")
    return lines
  }

  private var trustLines: [String] {
    guard passed else { return [] }
    return [
      checkpointTrust == .given
        ? "trust: the entries rest on the key that you gave"
        : "trust: the entries rest on the key inside the bundle only; compare `keys/log.vkey` with one from elsewhere, or give it",
      manifestTrust == .given
        ? "trust: the inventory and the labels rest on the export key that you gave"
        : "trust: the inventory and the labels rest on the export key inside the bundle only",
    ]
  }

  /// The verdict for machines.
  package var json: JSONValue {
    var object: JSONObject = [
      "good": .bool(passed),
      "checks": .array(
        checks.map { item in
          var check: JSONObject = ["check": .string(item.check.rawValue), "title": .string(item.check.title)]
          switch item.outcome {
          case .passed: check["outcome"] = "passed"
          case .notRun: check["outcome"] = "not_run"
          case .failed(let failure):
            check["outcome"] = "failed"
            check["message"] = .string(failure.message)
            check["member"] = failure.member.map { .string($0) }
            check["line"] = failure.line.map { .integer(Int64(clamping: $0)) }
          }
          return .object(check)
        }),
      "trust": ["checkpoint": .string(checkpointTrust.rawValue), "manifest": .string(manifestTrust.rawValue)],
    ]
    object["bundle_id"] = bundleID.map { .string($0) }
    object["origin"] = origin.map { .string($0) }
    if origin != nil {
      object["tree_size"] = .integer(Int64(clamping: treeSize))
      object["index_from"] = .integer(Int64(clamping: indexes.lowerBound))
      object["index_to"] = .integer(Int64(clamping: indexes.upperBound))
    }
    return .object(object)
  }
}

extension BundleVerdict.Failure: CustomStringConvertible {
  /// Place and reason.
  package var description: String {
    let place = member.map { "`\($0)`" + (line.map { " line \($0)" } ?? "") + ": " } ?? ""
    return place + message
  }
}
