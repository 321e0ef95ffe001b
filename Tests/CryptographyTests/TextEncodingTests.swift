import TestSupport
import Testing

@testable import Cryptography

@Suite("base64 and hexadecimal")
struct TextEncodingTests {
  @Test(
    "the texts of RFC 4648 section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func vectors(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
    let unpadded = String(text.filter { $0 != "=" })
    #expect(Base64.encodeURL(Array(plain.utf8)) == unpadded)
    #expect(Base64.decodeURL(unpadded) == Array(plain.utf8))
  }

  @Test("each alphabet has its own last two digits")
  func alphabets() {
    #expect(Base64.encode([0xfb, 0xef, 0xff]) == "++//")
    #expect(Base64.encodeURL([0xfb, 0xef, 0xff]) == "--__")
    #expect(Base64.decode("--__") == nil)
    #expect(Base64.decodeURL("++//") == nil)
  }

  @Test(
    "a text that encoding would not have written is refused",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Zm8==", "=", "==", "====", "A===", "Zg==Zg==", "Zm 9v", "Zm9v\n", " Zm9v",
      "Zm=v",
      "Z=9v", "AA=A", "Zm9v====", "Zm9é", "Zm9v\0\0\0\0",
    ])
  func standardRefusals(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(
    "an unpadded text that encoding would not have written is refused",
    arguments: ["Z", "Zg==", "Zh", "Zm9", "Zm8=", "Zm9vY", "Zm 9v"])
  func urlRefusals(text: String) {
    #expect(Base64.decodeURL(text) == nil)
  }

  @Test("hexadecimal is strict", arguments: ["0", "0g", "0x", " 0", "00 ", "0A", "é0", "0\n"])
  func hexRefusals(text: String) {
    #expect(Hex.decode(text) == nil)
  }

  @Test("hexadecimal in upper case passes where the caller accepts it")
  func upperCase() {
    #expect(Hex.decode("0aFf", acceptsUpperCase: true) == [0x0a, 0xff])
    #expect(Hex.decode("0aff") == [0x0a, 0xff])
    #expect(Hex.decode("") == [])
    #expect(Hex.encode([0x00, 0x0a, 0xff]) == "000aff")
  }

  @Test("decode after encode is the identity, and encode after decode too")
  func roundTrip() {
    var generator = SeededGenerator(seed: 20_261_121)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
    }
    // Any accepted text is the canonical one (seed 20261121).
    let alphabet = Array("AQZagwz059+/-_= \n".utf8)
    var accepted = 0
    for _ in 0..<20_000 {
      let text = String(
        decoding: (0..<Int.random(in: 0...8, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 },
        as: UTF8.self)
      if let bytes = Base64.decode(text) {
        accepted += 1
        #expect(Base64.encode(bytes) == text)
      }
      if let bytes = Base64.decodeURL(text) { #expect(Base64.encodeURL(bytes) == text) }
    }
    #expect(accepted > 100)
  }
}
