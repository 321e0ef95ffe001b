import Testing

@testable import Cryptography

/// RFC 8032 section 7.1.
private let vectors: [(name: String, seed: String, publicKey: String, message: String, signature: String)] = [
  (
    "test 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
  ),
  (
    "test 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
  ),
  (
    "test 3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  ),
  (
    "SHA(abc)", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
  ),
]

@Suite("Ed25519")
struct Ed25519Tests {
  @Test("every key and signature of RFC 8032 comes out and verifies", arguments: vectors)
  func vector(vector: (name: String, seed: String, publicKey: String, message: String, signature: String)) throws {
    let seed = try #require(Hex.decode(vector.seed))
    let message = try #require(Hex.decode(vector.message))
    let signature = try #require(Hex.decode(vector.signature))
    let key = try #require(Ed25519SigningKey(seed: seed))
    #expect(key.seed == seed)
    #expect(Hex.encode(key.publicKey.bytes) == vector.publicKey)
    #expect(key.sign(message) == signature)
    let publicKey = try #require(Ed25519PublicKey(bytes: Hex.decode(vector.publicKey) ?? []))
    #expect(publicKey == key.publicKey)
    #expect(publicKey.verify(signature: signature, message: message))
  }

  @Test("a changed signature, message or key is refused")
  func refusals() throws {
    let key = Ed25519SigningKey.generate()
    let message = Array("a decision".utf8)
    let signature = key.sign(message)
    #expect(key.publicKey.verify(signature: signature, message: message))
    for bit in 0..<512 {
      var other = signature
      other[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!key.publicKey.verify(signature: other, message: message), "bit \(bit)")
    }
    for position in message.indices {
      var other = message
      other[position] ^= 1
      #expect(!key.publicKey.verify(signature: signature, message: other))
    }
    #expect(!Ed25519SigningKey.generate().publicKey.verify(signature: signature, message: message))
    for length in [0, 63, 65] {
      #expect(!key.publicKey.verify(signature: [UInt8](repeating: 0, count: length), message: message))
    }
  }

  @Test("a signature whose S is raised by the group order is refused: signatures have one form")
  func malleability() throws {
    let order = try #require(Hex.decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"))
    let key = try #require(Ed25519SigningKey(seed: [UInt8](repeating: 7, count: 32)))
    var signature = key.sign([1])
    var carry = 0
    for index in 0..<32 {
      let sum = Int(signature[32 + index]) + Int(order[index]) + carry
      signature[32 + index] = UInt8(sum & 255)
      carry = sum >> 8
    }
    #expect(carry == 0)
    #expect(!key.publicKey.verify(signature: signature, message: [1]))
  }

  @Test("keys have 32 bytes")
  func lengths() {
    for length in [0, 31, 33, 64] {
      #expect(Ed25519SigningKey(seed: [UInt8](repeating: 1, count: length)) == nil)
      #expect(Ed25519PublicKey(bytes: [UInt8](repeating: 1, count: length)) == nil)
    }
    #expect(Ed25519SigningKey.generate().seed != Ed25519SigningKey.generate().seed)
  }
}
