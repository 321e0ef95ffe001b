package import Cryptography

/// Which policies: the version that an activation gave them and the digest of every byte.
package struct PolicyRevision: Sendable, Hashable {
  /// Counted up by each activation from 1; 0 while the folder is not in force.
  package let version: UInt64
  /// `PolicyDigest.of` the folder's files.
  package let digest: SHA256Digest

  /// A revision.
  package init(version: UInt64, digest: SHA256Digest) {
    self.version = version
    self.digest = digest
  }
}

/// The digest of a policy folder: SHA-256 over one line a file, `<sha256 of its bytes in hex>  <path>\n`, ordered by the bytes of the
/// paths. It is the digest of what `find … -type f | LC_ALL=C sort | xargs sha256sum` prints inside a folder without tests.
package enum PolicyDigest {
  /// The digest of `files`, whatever their order.
  package static func of(_ files: [PolicyFile]) -> SHA256Digest {
    of(files.map { (path: $0.path, digest: SHA256.hash($0.bytes)) })
  }

  /// The same from the files' own digests.
  package static func of(_ files: [(path: String, digest: SHA256Digest)]) -> SHA256Digest {
    var lines: [UInt8] = []
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      lines += Array(file.digest.hex.utf8) + [0x20, 0x20] + Array(file.path.utf8) + [0x0A]
    }
    return SHA256.hash(lines)
  }
}
