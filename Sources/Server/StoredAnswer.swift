import Governance
import JSON

/// The answer that stands in a decision's payload, byte for byte as it was given.
struct StoredAnswer {
  let bytes: [UInt8]
  let outcome: Outcome

  init?(payload: [UInt8]) {
    let tape = JSONTape()
    let found = payload.withUnsafeBytes { buffer -> (bytes: [UInt8], outcome: Outcome)? in
      guard let root = try? tape.parse(buffer, limits: JSONLimits(bytes: 16 << 20, depth: 64)), let answer = root.member("answer"),
        let text = answer.member("context")?.member("outcome")?.stringValue, let outcome = Outcome(rawValue: text)
      else { return nil }
      return (Array(answer.rawBytes), outcome)
    }
    guard let found else { return nil }
    bytes = found.bytes
    outcome = found.outcome
  }
}
