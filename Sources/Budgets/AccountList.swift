/// The accounts of one reservation as dense indices: six lie inline (organisation, team, workflow, run and two more windows), so the
/// usual reservation allocates nothing for them.
struct AccountList: Sendable {
  private static let inlineMax = 6

  private var inline = InlineArray<6, UInt32>(repeating: 0)
  private var inlineCount: UInt8 = 0
  private var more: [UInt32] = []

  var count: Int { Int(inlineCount) + more.count }

  subscript(position: Int) -> Int {
    position < AccountList.inlineMax ? Int(inline[position]) : Int(more[position - AccountList.inlineMax])
  }

  /// Adds an account unless it is there already: a need is debited once at each account.
  mutating func insert(_ account: Int) {
    for position in 0..<count where self[position] == account { return }
    if Int(inlineCount) < AccountList.inlineMax {
      inline[Int(inlineCount)] = UInt32(account)
      inlineCount += 1
    } else {
      more.append(UInt32(account))
    }
  }
}
