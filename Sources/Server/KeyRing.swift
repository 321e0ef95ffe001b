import Cryptography
package import Governance
import Platform

/// Who is calling: an API key of the journal.
package struct Caller: Sendable, Equatable {
  /// The key's id, `k…`: no secret.
  package var key: String
  /// What it may do.
  package var role: Role

  /// How entries name it.
  package var actor: Actor { .key(key) }
}

/// API keys by digest, immutable; a new one is published when keys change.
package final class KeyTable: Sendable {
  let callers: [SHA256Digest: Caller]

  /// The keys of `keys` that are not revoked.
  package init(_ keys: some Sequence<KeyState>) {
    callers = Dictionary(
      keys.filter { !$0.revoked }.map { ($0.hash, Caller(key: $0.id, role: $0.role)) }, uniquingKeysWith: { first, _ in first })
  }
}

/// Authenticates callers. Keys carry 256 random bits, so one SHA-256 is all the hashing that they need, and looking up a digest leaks
/// nothing that helps to guess one.
package final class KeyRing: Sendable {
  /// `cs_`, an id, `_`, and 43 characters of base64url; longer credentials are not read.
  static let credentialBytesMax = 128

  private let table: Published<KeyTable>

  /// A ring that knows the keys of `table`.
  package init(_ table: KeyTable) { self.table = Published(table) }

  /// Makes `table` the valid keys from now on; requests that were let in already are not stopped.
  package func publish(_ table: KeyTable) { self.table.publish(table) }

  /// Whether no key is valid: then nobody gets in.
  package var isEmpty: Bool { table.current.callers.isEmpty }

  /// The caller behind an `Authorization: Bearer …` or `x-api-key` header, or nil.
  package func caller(authorization: String?, apiKey: String?) -> Caller? {
    guard let credential = Self.credential(authorization: authorization, apiKey: apiKey) else { return nil }
    return table.current.callers[SHA256.hash(credential)]
  }

  private static func credential(authorization: String?, apiKey: String?) -> [UInt8]? {
    if let authorization {
      let bytes = Array(authorization.utf8)
      guard bytes.count > 7, bytes.count <= credentialBytesMax + 7 else { return nil }
      guard zip(bytes, "bearer ".utf8).allSatisfy({ $0 | 0x20 == $1 }) else { return nil }
      return Array(bytes[7...])
    }
    guard let apiKey, !apiKey.isEmpty, apiKey.utf8.count <= credentialBytesMax else { return nil }
    return Array(apiKey.utf8)
  }
}

/// A new API key: the text is shown once, the journal keeps its digest.
package struct IssuedKey: Sendable {
  /// The whole key, to be shown once and kept nowhere.
  package let text: String
  /// What the journal keeps: id, role and the digest of `text`.
  package let entry: KeyEntry

  /// `cs_<id>_<secret>`: the id names the key in lists and entries, the secret is 32 random bytes.
  package init(role: Role) {
    let id = "k" + Hex.encode(RandomBytes.make(5))
    text = "cs_\(id)_" + Base64.encodeURL(RandomBytes.make(32))
    entry = KeyEntry(id: id, hash: SHA256.hash(Array(text.utf8)), role: role)
  }
}
