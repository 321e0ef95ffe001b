package import Cryptography

/// One approval: asked for by a decision that escalated, bound to the digest of exactly that step.
package struct ApprovalState: Sendable, Equatable {
  /// Where an approval stands; rejected, expired and consumed are its ends.
  package enum Status: String, Sendable, CaseIterable {
    case pending, approved, rejected, expired, consumed
  }

  /// Index of the decision that asked.
  package var id: UInt64
  package var status: Status
  package var digest: SHA256Digest
  package var workflow: String
  package var run: String
  package var step: String
  package var attempt: Int64
  package var tier: RiskTier
  /// The API key that asked; it cannot approve.
  package var requester: String
  /// Who may decide, from the policy that escalated; nil: any approver.
  package var group: String?
  package var requested: Int64
  /// End of the wait while pending, end of validity once approved; UTC milliseconds.
  package var expires: Int64
  /// The API key that decided.
  package var decidedBy: String?
  package var decided: Int64?
}

/// The approvals that are open, and the last closed ones.
struct Approvals: Sendable {
  /// How many closed approvals are remembered, so that a refused step stays refused: about 30 MB.
  static let closedCountMax = 100_000

  private(set) var byID: [UInt64: ApprovalState] = [:]
  /// The latest approval for a step's digest.
  private(set) var latest: [SHA256Digest: UInt64] = [:]
  private(set) var pending: Set<UInt64> = []
  /// The earliest end of a pending approval's wait: asked after every batch, so it is kept and not looked for.
  private(set) var nextExpiry: Int64?
  private(set) var closed: [UInt64] = []

  init() {}

  /// Approvals in the order of their requests, with the closed ones in the order in which they closed.
  init(_ approvals: [ApprovalState], closed: [UInt64]) {
    for approval in approvals { request(approval) }
    self.closed = closed
  }

  func state(for digest: SHA256Digest) -> ApprovalState? { latest[digest].flatMap { byID[$0] } }

  mutating func request(_ approval: ApprovalState) {
    byID[approval.id] = approval
    latest[approval.digest] = approval.id
    guard approval.status == .pending else { return }
    pending.insert(approval.id)
    nextExpiry = min(nextExpiry ?? .max, approval.expires)
  }

  mutating func update(_ id: UInt64, _ change: (inout ApprovalState) -> Void) {
    guard var approval = byID[id] else { return }
    change(&approval)
    byID[id] = approval
    if approval.status != .pending, pending.remove(id) != nil {
      nextExpiry = pending.lazy.compactMap { [byID] in byID[$0]?.expires }.min()
    }
    switch approval.status {
    case .pending, .approved: break
    case .rejected, .expired, .consumed: close(id)
    }
  }

  func due(at now: Int64, max: Int) -> [UInt64] {
    Array(pending.filter { (byID[$0]?.expires ?? .max) <= now }.sorted().prefix(max))
  }

  private mutating func close(_ id: UInt64) {
    closed.append(id)
    guard closed.count > Self.closedCountMax else { return }
    let gone = closed.removeFirst()
    guard let approval = byID.removeValue(forKey: gone) else { return }
    if latest[approval.digest] == gone { latest[approval.digest] = nil }
  }
}
