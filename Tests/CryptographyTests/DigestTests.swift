import Glibc
import TestSupport
import Testing

@testable import Cryptography

/// FIPS 180-4 examples (NIST "SHA256.pdf", "SHA2_Additional.pdf").
private let digestVectors: [(name: String, message: [UInt8], digest: String)] = [
  ("empty", [], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
  ("abc", Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  (
    "two blocks", Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
  ),
  ("one byte", [0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
  ("55 zeros", [UInt8](repeating: 0, count: 55), "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
  ("56 zeros", [UInt8](repeating: 0, count: 56), "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
  ("64 zeros", [UInt8](repeating: 0, count: 64), "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
  (
    "a million a", [UInt8](repeating: 0x61, count: 1_000_000),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
  ),
]

/// RFC 4231 section 4; case 5 is truncated to 128 bits there.
private let hmacVectors: [(name: String, key: [UInt8], message: [UInt8], code: String)] = [
  (
    "case 1", [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
  ),
  (
    "case 2", Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
  ),
  (
    "case 3", [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
  ),
  (
    "case 4", Array(1...25), [UInt8](repeating: 0xcd, count: 50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
  ),
  (
    "case 5", [UInt8](repeating: 0x0c, count: 20), Array("Test With Truncation".utf8),
    "a3b6167473100ee06e0c796c2955552b"
  ),
  (
    "case 6", [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
  ),
  (
    "case 7", [UInt8](repeating: 0xaa, count: 131),
    Array(
      ("This is a test using a larger than block-size key and a larger than block-size data. "
        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
  ),
  // The former key of the library must not leak into the next code.
  ("empty key", [], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
]

@Suite("SHA-256")
struct DigestTests {
  // Arguments are printed whole: the vectors' names, not a million bytes.
  @Test("every published digest comes out, in one piece and in pieces", arguments: digestVectors.map(\.name))
  func vectors(name: String) throws {
    let vector = try #require(digestVectors.first { $0.name == name })
    #expect(SHA256.hash(vector.message).hex == vector.digest)
    let hasher = SHA256Hasher()
    for piece in [1, 7, 64, 100_000] {
      var start = 0
      while start < vector.message.count {
        let end = min(start + piece, vector.message.count)
        hasher.update(Array(vector.message[start..<end]))
        start = end
        if piece == 1 && start > 300 {
          hasher.update(Array(vector.message[start...]))
          break
        }
      }
      #expect(hasher.finish().hex == vector.digest, "pieces of \(piece)")
    }
  }

  @Test("a finished or reset hasher has seen nothing")
  func restart() {
    let hasher = SHA256Hasher()
    let empty = SHA256.hash([UInt8]())
    hasher.update([1, 2, 3])
    _ = hasher.finish()
    #expect(hasher.finish() == empty)
    hasher.update(byte: 9)
    hasher.reset()
    #expect(hasher.finish() == empty)
  }

  @Test("the one-shot digest does not disturb a computation in progress")
  func independence() {
    let hasher = SHA256Hasher()
    hasher.update(Array("ab".utf8))
    _ = SHA256.hash("other")
    hasher.update(byte: UInt8(ascii: "c"))
    #expect(hasher.finish() == SHA256.hash("abc"))
  }

  @Test("threads hash with their own hasher")
  func threads() async {
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<8 {
        group.addTask {
          let message = [UInt8](repeating: UInt8(worker), count: 1000)
          let expected = SHA256.hash(message)
          return (0..<200).allSatisfy { _ in SHA256.hash(message) == expected }
        }
      }
      for await agrees in group { #expect(agrees) }
    }
  }

  @Test("a digest is 32 bytes and reads back from its texts")
  func digest() {
    let digest = SHA256.hash("abc")
    #expect(SHA256Digest(hex: digest.hex) == digest)
    #expect(SHA256Digest(base64: digest.base64) == digest)
    #expect(SHA256Digest(bytes: digest.bytes) == digest)
    #expect(digest.base64 == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=")
    #expect(digest.description == digest.hex)
    #expect(Set([digest, SHA256.hash("abc"), SHA256.hash("abd")]).count == 2)
    #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    #expect(SHA256Digest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    #expect(SHA256Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(SHA256Digest(hex: digest.hex.uppercased()) == nil)
    #expect(SHA256Digest(base64: "AAAA") == nil)
    #expect(MemoryLayout<SHA256Digest>.stride == 32)
  }

  @Test("digests differ when any one byte differs")
  func differences() {
    let bytes = SHA256.hash("x").bytes
    for position in bytes.indices {
      var other = bytes
      other[position] ^= 1
      #expect(SHA256Digest(bytes: other) != SHA256Digest(bytes: bytes), "byte \(position)")
    }
  }
}

@Suite("HMAC-SHA-256")
struct HMACTests {
  @Test("every code of RFC 4231 comes out", arguments: hmacVectors)
  func vectors(vector: (name: String, key: [UInt8], message: [UInt8], code: String)) {
    let code = HMACSHA256.code(of: vector.message, key: vector.key)
    #expect(code.hex.hasPrefix(vector.code))
    #expect(HMACSHA256.isValid(code.bytes, of: vector.message, key: vector.key))
    #expect(!HMACSHA256.isValid(code.bytes, of: vector.message + [0], key: vector.key))
    #expect(!HMACSHA256.isValid(Array(code.bytes.dropLast()), of: vector.message, key: vector.key))
  }
}

@Suite("constant-time comparison and randomness")
struct ConstantTimeTests {
  @Test("equal bytes are equal, and nothing else is")
  func equality() {
    #expect(constantTimeEqual([UInt8](), []))
    #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    #expect(!constantTimeEqual([], [0]))
    for position in 0..<3 {
      var other: [UInt8] = [1, 2, 3]
      other[position] ^= 0x80
      #expect(!constantTimeEqual([1, 2, 3], other))
    }
    #expect(constantTimeEqual(SHA256.hash("a"), SHA256.hash("a")))
    #expect(!constantTimeEqual(SHA256.hash("a"), SHA256.hash("b")))
  }

  @Test("random bytes have the asked length and do not repeat")
  func random() {
    #expect(RandomBytes.make(0).isEmpty)
    #expect(RandomBytes.make(1).count == 1)
    #expect(Set((0..<100).map { _ in RandomBytes.make(32) }).count == 100)
  }
}
