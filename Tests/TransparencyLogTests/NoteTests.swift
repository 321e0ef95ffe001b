import Cryptography
import TestSupport
import Testing

@testable import TransparencyLog

/// The example of the signed-note specification.
private let specificationKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
private let specificationText = "This is an example message.\n"
private let specificationNote =
  specificationText
  + "\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"

private func signer(_ name: String, _ seed: UInt8 = 1) throws -> NoteSigner {
  try NoteSigner(name: name, key: #require(Ed25519SigningKey(seed: [UInt8](repeating: seed, count: 32))))
}

private func parse(_ text: String) throws -> SignedNote { try SignedNote.parse(Array(text.utf8)) }

@Suite("signed notes")
struct NoteTests {
  @Test("the example of the specification verifies and prints as it was")
  func specification() throws {
    let verifier = try NoteVerifier(vkey: specificationKey)
    #expect(verifier.name == "example.com/foo" && verifier.keyID == 0x530d_903a && verifier.vkey == specificationKey)
    let note = try parse(specificationNote)
    #expect(note.encoded == Array(specificationNote.utf8))
    #expect(try note.verified(by: [verifier]).text == Array(specificationText.utf8))
  }

  @Test("what is signed verifies, with blank lines and several keys, whatever the order")
  func roundTrip() throws {
    let first = try signer("log.example/a", 1)
    let second = try signer("log.example/b", 2)
    let text = Array("one\n\n\ntwo — three\n".utf8)
    let note = try SignedNote(text: text, signers: [first, second])
    #expect(try SignedNote.parse(note.encoded) == note)
    for verifiers in [[first.verifier], [second.verifier], [second.verifier, first.verifier]] {
      let verified = try note.verified(by: verifiers)
      #expect(verified.text == text && verified.authors.count == verifiers.count)
      #expect(verified.authors.allSatisfy { $0.cosignedSeconds == nil })
    }
    #expect(try NoteVerifier(vkey: first.verifier.vkey) == first.verifier)
  }

  @Test("unknown keys are skipped, but a known key that fails refuses the note")
  func knownKeys() throws {
    let log = try signer("log.example/a", 1)
    let other = try signer("log.example/b", 2)
    let note = try SignedNote(text: Array("text\n".utf8), signers: [log, other])
    #expect(throws: NoteError.noKnownKey) { try note.verified(by: []) }
    #expect(throws: NoteError.noKnownKey) { try note.verified(by: [signer("log.example/c", 1).verifier]) }
    #expect(throws: NoteError.noKnownKey) { try note.verified(by: [signer("log.example/a", 3).verifier]) }
    // The signature of `b` is made one of another text: the note falls although `a` is good.
    let foreign = try SignedNote(text: Array("other\n".utf8), signers: [other])
    let lines = String(decoding: note.encoded, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let foreignLine = String(decoding: foreign.encoded, as: UTF8.self).split(separator: "\n")[1]
    let mixed = try parse((lines[0...2] + [foreignLine, ""]).joined(separator: "\n"))
    #expect(try mixed.verified(by: [log.verifier]).authors.count == 1)
    #expect(throws: NoteError.invalidSignature(name: "log.example/b")) { try mixed.verified(by: [log.verifier, other.verifier]) }
  }

  @Test("a changed byte anywhere refuses the note")
  func changedBytes() throws {
    let verifier = try NoteVerifier(vkey: specificationKey)
    let bytes = Array(specificationNote.utf8)
    for position in bytes.indices {
      for mask: UInt8 in [0x01, 0x20, 0x80] {
        var changed = bytes
        changed[position] ^= mask
        #expect((try? SignedNote.parse(changed).verified(by: [verifier])) == nil, "byte \(position)")
      }
    }
  }

  @Test(
    "what is not a note is refused by name",
    arguments: [
      ("", NoteError.noSignatureBlock), ("\n", .noSignatureBlock), ("text\n", .noSignatureBlock), ("text\n\n", .noSignatureBlock),
      ("text\n\n— a AAAAAAA=", .noSignatureBlock), ("text\n\n- a AAAAAAA=\n", .malformedSignature(line: 1)),
      ("text\n\n—  a AAAAAAA=\n", .malformedSignature(line: 1)), ("text\n\n— a  AAAAAAA=\n", .malformedSignature(line: 1)),
      ("text\n\n— a AAAAAAA= \n", .malformedSignature(line: 1)), ("text\n\n— a AAAAAA==\n", .malformedSignature(line: 1)),
      ("text\n\n— a AAAAAAB=\n", .malformedSignature(line: 1)), ("text\n\n— a+b AAAAAAA=\n", .malformedSignature(line: 1)),
      ("text\n\n— a\u{00A0}b AAAAAAA=\n", .malformedSignature(line: 1)),
      ("text\n\n— a\u{2003}b AAAAAAA=\n", .malformedSignature(line: 1)),
      ("text\n\n— a AAAAAAA=\nx\n", .malformedSignature(line: 2)), ("te\u{1}xt\n\n— a AAAAAAA=\n", .invalidText),
      ("te\rxt\n\n— a AAAAAAA=\n", .invalidText), ("te\txt\n\n— a AAAAAAA=\n", .invalidText),
    ])
  func refusals(text: String, error: NoteError) {
    #expect(throws: error) { try parse(text) }
  }

  @Test("bytes that are not UTF-8 are refused")
  func invalidUTF8() {
    #expect(throws: NoteError.invalidText) { try SignedNote.parse([0xFF] + Array("\n\n— a AAAAAAA=\n".utf8)) }
    #expect(throws: NoteError.invalidText) { try SignedNote.parse([0xED, 0xA0, 0x80] + Array("\n\n— a AAAAAAA=\n".utf8)) }
  }

  @Test("a hundred signatures pass and one more does not; nor does a note past its size")
  func limits() throws {
    let line = "— a AAAAAAA=\n"
    #expect(
      try parse("text\n\n" + String(repeating: line, count: NoteLimits.signaturesMax)).signatures.count == NoteLimits.signaturesMax)
    #expect(throws: NoteError.tooLarge) { try parse("text\n\n" + String(repeating: line, count: NoteLimits.signaturesMax + 1)) }
    let frame = "\n\n" + line
    let text = String(repeating: "x", count: NoteLimits.noteBytesMax - frame.utf8.count)
    #expect(try parse(text + frame).signatures.count == 1)
    #expect(throws: NoteError.tooLarge) { try parse("x" + text + frame) }
  }

  @Test("names that a signature line could not hold are refused", arguments: ["", "a b", "a+b", "a\nb", "a\u{2003}", "\u{7}"])
  func names(name: String) {
    #expect(throws: NoteError.invalidName) { try signer(name) }
  }

  @Test("text that a note could not hold is not signed", arguments: ["", "no line feed", "tab\t\n"])
  func texts(text: String) throws {
    let signer = try signer("a")
    #expect(throws: NoteError.invalidText) { try SignedNote(text: Array(text.utf8), signers: [signer]) }
    #expect(throws: NoteError.noSignatureBlock) { try SignedNote(text: [0x0A], signers: []) }
  }

  @Test(
    "verifier keys are read strictly",
    arguments: [
      ("", NoteError.malformedKey), ("a", .malformedKey), ("a+b", .malformedKey),
      ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .invalidName),
      ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedKey),
      ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedKey),
      ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedKey),
      ("example.com/foo+530d90+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .malformedKey),
      ("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==", .malformedKey),
      ("example.com/foo+530d903a+", .malformedKey),
      ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", .unsupportedAlgorithm(6)),
    ])
  func keys(text: String, error: NoteError) {
    #expect(throws: error) { try NoteVerifier(vkey: text) }
  }
}
