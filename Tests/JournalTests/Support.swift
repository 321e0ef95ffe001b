import Cryptography
import Journal
import Platform
import Testing
import TransparencyLog

typealias CounterJournal = Journal<CounterMachine>

let origin = "log.example/counters"

func makeSigner(_ seedByte: UInt8 = 7) throws -> NoteSigner {
  let key = try #require(Ed25519SigningKey(seed: [UInt8](repeating: seedByte, count: 32)))
  return try NoteSigner(name: origin, key: key)
}

func openJournal(
  _ store: MemoryStore, clock: ManualClock = ManualClock(), limits: JournalLimits = JournalLimits()
) throws -> CounterJournal {
  try CounterJournal(
    store: store, origin: origin, signer: try makeSigner(), clock: clock.clock, initial: { CounterMachine() }, limits: limits)
}

/// The state and the root by the simplest means: every leaf of the store from the first on.
func refold(_ store: MemoryStore) throws -> (machine: CounterMachine, root: SHA256Digest) {
  var machine = CounterMachine()
  var hashes: [SHA256Digest] = []
  for record in store.contents.withLock({ $0.records }) {
    try machine.replay(leaf: record.leaf, at: record.index)
    hashes.append(SHA256.hash([0] + record.leaf))
  }
  return (machine, recursiveRoot(hashes[...]))
}

/// RFC 6962 as it is written.
func recursiveRoot(_ hashes: ArraySlice<SHA256Digest>) -> SHA256Digest {
  guard hashes.count > 1 else { return hashes.first ?? SHA256.hash([UInt8]()) }
  var split = 1
  while split * 2 < hashes.count { split *= 2 }
  let middle = hashes.startIndex + split
  return SHA256.hash([1] + recursiveRoot(hashes[..<middle]).bytes + recursiveRoot(hashes[middle...]).bytes)
}

func rootOf(_ store: MemoryStore, size: UInt64) -> SHA256Digest {
  recursiveRoot(store.contents.withLock { $0.records.prefix(Int(size)).map { SHA256.hash([0] + $0.leaf) } }[...])
}

/// Collects answers of commands that were submitted without waiting.
final class Answers: Sendable {
  let results = Lock<[Result<CounterMachine.Answer, JournalFailure>]>([])
  func add(_ result: Result<CounterMachine.Answer, JournalFailure>) { results.withLock { $0.append(result) } }
  var count: Int { results.withLock { $0.count } }
}

extension JournalLimits {
  static func with(_ change: (inout JournalLimits) -> Void) -> JournalLimits {
    var limits = JournalLimits()
    change(&limits)
    return limits
  }
}
