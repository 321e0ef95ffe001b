/// The snapshot: version, accounts in the order of first use, open reservations by id, ended ones in the order of their end.
/// H is not stored: it is the sum of the open reservations, so a snapshot cannot disagree with itself.
extension Ledger {
  private static let snapshotVersion: UInt8 = 1

  /// Appends the whole ledger in a compact binary form; equal ledgers give equal bytes. O(accounts + reservations).
  package func encode(into bytes: inout [UInt8]) {
    var writer = SnapshotWriter(bytes: bytes)
    bytes = []  // one owner of the storage: appending does not copy it
    writer.bytes.append(Ledger.snapshotVersion)
    writer.count(accounts.count)
    for account in accounts {
      writer.text(account.key.node)
      writer.bytes.append(account.key.window.code)
      writer.signed(account.key.instance)
      writer.amounts(account.balance.settled)
      writer.amounts(account.balance.overrun)
      writer.amounts(account.balance.corrections)
    }
    writer.count(open.count)
    for (id, hold) in open.sorted(by: { $0.key < $1.key }) {
      writer.unsigned(id)
      writer.amounts(hold.amounts)
      writer.signed(hold.expiresAt)
      writer.bytes.append(hold.started ? 1 : 0)
      Ledger.write(hold.accounts, &writer)
    }
    writer.count(closedOrder.count)
    for position in 0..<closedOrder.count {
      let id = closedOrder[(closedOldest + position) % closedOrder.count]
      guard let reservation = closed[id] else { preconditionFailure("every id of the order is remembered") }
      writer.unsigned(id)
      writer.amounts(reservation.charged)
      writer.bytes.append(reservation.state.rawValue)
      writer.bytes.append(reservation.settledBy?.rawValue ?? 0)
      Ledger.write(reservation.accounts, &writer)
    }
    bytes = writer.bytes
  }

  private static func write(_ list: AccountList, _ writer: inout SnapshotWriter) {
    writer.count(list.count)
    for position in 0..<list.count { writer.count(list[position]) }
  }

  /// Reads a whole ledger and checks that it is one that `encode(into:)` writes.
  ///
  /// - Parameter closedMax: as in `init(closedMax:)`; a snapshot with more is refused.
  /// - Throws: `LedgerSnapshotError`, also on hostile bytes.
  package init(decoding bytes: ArraySlice<UInt8>, closedMax: Int = Ledger.closedMaxDefault) throws(LedgerSnapshotError) {
    let ledger = bytes.withUnsafeBufferPointer { memory in
      Result { () throws(LedgerSnapshotError) in
        var reader = SnapshotReader(memory)
        var ledger = Ledger(closedMax: closedMax)
        let version = try reader.byte()
        guard version == Ledger.snapshotVersion else { throw .unsupportedVersion(version) }
        try ledger.readAccounts(&reader)
        try ledger.readOpen(&reader)
        try ledger.readClosed(&reader)
        guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }
        return ledger
      }
    }
    self = try ledger.get()
  }

  private mutating func readAccounts(_ reader: inout SnapshotReader) throws(LedgerSnapshotError) {
    let count = try reader.count(itemBytes: 18)
    accounts.reserveCapacity(count)
    indices.reserveCapacity(count)
    for _ in 0..<count {
      let node = try reader.text(bytesMax: AccountKey.nodeBytesMax)
      guard AccountKey.isNode(node) else { throw .invalid(member: "node") }
      guard let window = BudgetWindow(code: try reader.byte()) else { throw .invalid(member: "window") }
      let instance = try reader.signed()
      guard window.isInstance(instance) else { throw .invalid(member: "instance") }
      let key = AccountKey(node: node, window: window, instance: instance)
      guard indices.updateValue(UInt32(accounts.count), forKey: key) == nil else { throw .invalid(member: "account") }
      let balance = Balance(
        settled: try reader.amounts(), held: .zero, overrun: try reader.amounts(), corrections: try reader.amounts())
      accounts.append(Account(key: key, balance: balance))
    }
  }

  private mutating func readOpen(_ reader: inout SnapshotReader) throws(LedgerSnapshotError) {
    let count = try reader.count(itemBytes: 9)
    open.reserveCapacity(count)
    var previous: UInt64?
    for _ in 0..<count {
      let id = try reader.unsigned()
      if let previous, id <= previous { throw .invalid(member: "reservation") }
      previous = id
      let amounts = try reader.amounts()
      guard amounts.isValid else { throw .invalid(member: "amounts") }
      let expiresAt = try reader.signed()
      let flag = try reader.byte()
      guard flag <= 1 else { throw .invalid(member: "started") }
      let list = try readAccountList(&reader)
      for position in 0..<list.count {
        let index = list[position]
        guard let held = accounts[index].balance.held.adding(amounts) else { throw .invalid(member: "amounts") }
        accounts[index].balance.held = held
        accounts[index].openHolds += 1
        accounts[index].earliestExpiry = min(accounts[index].earliestExpiry, expiresAt)
      }
      open[id] = Hold(amounts: amounts, expiresAt: expiresAt, started: flag == 1, accounts: list)
      expiries.insert(ExpiryHeap.Entry(at: expiresAt, id: id))
    }
  }

  private mutating func readClosed(_ reader: inout SnapshotReader) throws(LedgerSnapshotError) {
    let count = try reader.count(itemBytes: 9)
    guard count <= closedMax else { throw .invalid(member: "ended reservations") }
    closed.reserveCapacity(count)
    closedOrder.reserveCapacity(count)
    for _ in 0..<count {
      let id = try reader.unsigned()
      guard open[id] == nil, closed[id] == nil else { throw .invalid(member: "reservation") }
      let charged = try reader.amounts()
      guard charged.isValid else { throw .invalid(member: "amounts") }
      guard let state = ReservationState(rawValue: try reader.byte()), state.isEnd else { throw .invalid(member: "state") }
      let code = try reader.byte()
      let source = SettlementSource(rawValue: code)
      guard (source != nil) == (state == .settled), source != nil || code == 0 else { throw .invalid(member: "source") }
      closed[id] = Closed(charged: charged, state: state, settledBy: source, accounts: try readAccountList(&reader))
      closedOrder.append(id)
    }
  }

  private func readAccountList(_ reader: inout SnapshotReader) throws(LedgerSnapshotError) -> AccountList {
    let count = try reader.unsigned()
    guard count <= UInt64(Ledger.legsMax) else { throw .invalid(member: "accounts") }
    var list = AccountList()
    for position in 0..<Int(count) {
      let index = try reader.unsigned()
      guard index < UInt64(accounts.count) else { throw .invalid(member: "accounts") }
      list.insert(Int(index))
      guard list.count == position + 1 else { throw .invalid(member: "accounts") }
    }
    return list
  }
}
