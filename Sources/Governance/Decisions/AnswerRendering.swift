import Budgets
import Cryptography
import JSON
import Platform

/// Writes the AuthZEN answer of a committed decision.
struct AnswerRendering {
  let index: UInt64
  let origin: String
  let outcome: Outcome
  let reasons: [Reason]
  let obligations: [Obligation]
  let approval: ApprovalEntry?
  let reservation: ReservationEntry?
  let revision: PolicyRevision
  let now: Int64

  func bytes() -> [UInt8] {
    var json = JSONWriter(reserving: 768)
    json.beginObject()
    json.key("decision")
    json.bool(outcome == .permit)
    json.key("context")
    json.beginObject()
    json.key("id")
    json.string("d-\(index)")
    json.key("outcome")
    json.string(outcome.rawValue)
    write(reasons, &json)
    if !obligations.isEmpty { write(obligations, &json) }
    if let reservation { write(reservation, &json) }
    if outcome == .escalate, let approval { write(approval, &json) }
    if outcome == .deny { writeRetry(&json) }
    json.key("revisions")
    json.beginObject()
    json.key("policy")
    json.integer(Int64(clamping: revision.version))
    json.key("digest")
    json.string(revision.digest.hex)
    json.endObject()
    json.key("log")
    json.beginObject()
    json.key("origin")
    json.string(origin)
    json.key("index")
    json.integer(Int64(clamping: index))
    json.endObject()
    json.endObject()
    json.endObject()
    return json.bytes
  }

  private func write(_ reasons: [Reason], _ json: inout JSONWriter) {
    json.key("reasons")
    json.beginArray()
    for reason in reasons {
      json.beginObject()
      json.key("code")
      json.string(reason.code)
      json.key("check")
      json.integer(Int64(reason.check.rawValue))
      json.key("effect")
      json.string(reason.effect.rawValue)
      json.optional("policy", reason.policy)
      json.key("text_user")
      json.string(reason.textUser)
      json.optional("text_admin", reason.textAdmin)
      json.optional("remedy", reason.remedy)
      if let budget = reason.budget { write(budget, &json) }
      json.endObject()
    }
    json.endArray()
  }

  private func write(_ budget: BudgetDetail, _ json: inout JSONWriter) {
    json.key("budget")
    json.beginObject()
    json.key("account")
    json.string(budget.account)
    json.key("currency")
    json.string(budget.currency)
    json.count("limit", budget.limit)
    json.count("available", budget.available)
    json.count("settled", budget.settled)
    json.count("held", budget.held)
    json.count("needed", budget.needed)
    if let frees = budget.freesAtMilliseconds {
      json.key("frees_at")
      json.string(UTCTime.format(milliseconds: frees))
    }
    json.endObject()
  }

  private func write(_ obligations: [Obligation], _ json: inout JSONWriter) {
    json.key("obligations")
    json.beginArray()
    for (offset, obligation) in obligations.enumerated() {
      json.beginObject()
      json.key("id")
      json.string("o\(offset + 1)")
      json.key("type")
      json.string(obligation.type)
      json.key("properties")
      json.beginObject()
      json.key("fulfilment")
      json.string("required")
      json.key("source")
      json.string(obligation.source)
      json.count("value", obligation.value)
      json.endObject()
      json.endObject()
    }
    json.endArray()
  }

  private func write(_ reservation: ReservationEntry, _ json: inout JSONWriter) {
    json.key("holds")
    json.beginArray()
    json.beginObject()
    json.key("reservation")
    json.string("d-\(index)")
    json.key("accounts")
    json.beginArray()
    for account in reservation.accounts { json.string(account.text) }
    json.endArray()
    json.key("amounts")
    json.beginObject()
    for currency in Currency.allCases where reservation.amounts[currency] != 0 {
      json.key(currency.name)
      json.integer(reservation.amounts[currency])
    }
    json.endObject()
    json.key("expires_at")
    json.string(UTCTime.format(milliseconds: reservation.expires))
    json.endObject()
    json.endArray()
  }

  private func write(_ approval: ApprovalEntry, _ json: inout JSONWriter) {
    json.key("access_request")
    json.beginObject()
    json.key("id")
    json.string("a-\(approval.id)")
    json.key("status")
    json.string("pending")
    json.optional("group", approval.group)
    json.key("digest")
    json.string(approval.digest.hex)
    json.key("expires_at")
    json.string(UTCTime.format(milliseconds: approval.expires))
    json.endObject()
  }

  /// A denied step may be tried again when something is known to free what it lacked.
  private func writeRetry(_ json: inout JSONWriter) {
    let frees = reasons.compactMap { $0.budget?.freesAtMilliseconds }.max()
    let final = reasons.contains { $0.effect == .deny && $0.budget == nil }
    json.key("retryable")
    json.bool(frees != nil && !final)
    if let frees, !final { json.count("retry_after", max(1, (frees - now + 999) / 1000)) }
  }
}

extension JSONWriter {
  fileprivate mutating func optional(_ name: StaticString, _ text: String?) {
    guard let text else { return }
    key(name)
    string(text)
  }

  fileprivate mutating func count(_ name: StaticString, _ value: Int64) {
    key(name)
    integer(value)
  }
}
