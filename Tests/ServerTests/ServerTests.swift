import Cryptography
import Governance
import JSON
import Testing

@testable import Server

@Suite("the server's small parts")
struct ServerTests {
  @Test("ids on the wire are a letter, a dash and an index, and nothing else")
  func identifiers() {
    let table: [(String, UInt64?)] = [
      ("d-0", 0), ("d-1234", 1234), ("d-18446744073709551615", nil), ("d-9999999999999999999", 9_999_999_999_999_999_999),
      ("d-", nil), ("d-01", nil), ("d-+5", nil), ("d--5", nil), ("a-5", nil), ("5", nil), ("d-5 ", nil), ("d-٣", nil), ("D-5", nil),
    ]
    for (text, index) in table { #expect(Identifiers.index(text, prefix: "d-") == index, "\(text)") }
  }

  @Test("a key is found by its text, in either header, and in no other way")
  func keys() {
    let issued = IssuedKey(role: .runtime)
    let state = KeyState(id: issued.entry.id, hash: issued.entry.hash, role: .runtime, index: 0, created: 0, revoked: false)
    let ring = KeyRing(KeyTable([state]))
    let caller = Caller(key: issued.entry.id, role: .runtime)
    let table: [(String?, String?, Caller?)] = [
      ("Bearer " + issued.text, nil, caller), ("bearer " + issued.text, nil, caller), (nil, issued.text, caller),
      ("Basic " + issued.text, nil, nil), ("Bearer", nil, nil), ("Bearer ", nil, nil), ("Bearer " + issued.text + "x", nil, nil),
      (issued.text, nil, nil), (nil, "", nil), (nil, nil, nil), ("Bearer wrong", issued.text, nil),
      ("Bearer " + String(repeating: "x", count: 10_000), nil, nil),
    ]
    for (authorization, apiKey, expected) in table {
      #expect(ring.caller(authorization: authorization, apiKey: apiKey) == expected, "\(authorization ?? "") \(apiKey ?? "")")
    }
    var revoked = state
    revoked.revoked = true
    ring.publish(KeyTable([revoked]))
    #expect(ring.caller(authorization: "Bearer " + issued.text, apiKey: nil) == nil)
    #expect(ring.isEmpty)
  }

  @Test("issued keys differ, name their id, and only their digest is kept")
  func issuing() {
    let keys = (0..<100).map { _ in IssuedKey(role: .viewer) }
    #expect(Set(keys.map(\.text)).count == 100)
    for key in keys {
      #expect(key.text.hasPrefix("cs_\(key.entry.id)_") && key.entry.hash == SHA256.hash(Array(key.text.utf8)))
    }
  }

  @Test("queries are decoded, and numbers have limits")
  func queries() throws {
    let query = Query("workflow=a%20b&limit=7&empty=&x=%zz&plus=a+b&last")
    #expect(query["workflow"] == "a b" && query["empty"] == nil && query["plus"] == "a b" && query["last"] == nil)
    #expect(try query.number("limit", 50, in: 1...10) == 7)
    #expect(try query.number("other", 50, in: 1...10) == 50)
    #expect(throws: (any Error).self) { try query.number("limit", 50, in: 1...5) }
    #expect(throws: (any Error).self) { try query.number("workflow", 50, in: 1...5) }
  }

  @Test("a query may be any text at all")
  func anyQuery() {
    for text in ["", "=", "==", "&", "=&=", "=v", "%", "%=%", "a=b=c", "a==", "%4", "%C3=%ff", "\u{301}=\u{301}"] {
      #expect(Query(text)["limit"] == nil, "\(text)")
    }
    #expect(Query("a=b=c")["a"] == "b=c" && Query("a==")["a"] == "=" && Query("=v")["v"] == nil)
  }

  @Test("a stored answer comes back byte for byte, and a damaged payload gives none")
  func storedAnswers() throws {
    let answer = #"{"decision":true,"context":{"id":"d-1","outcome":"permit"}}"#
    let payload = Array(#"{"answer":\#(answer),"request":{"a":1},"salt":"00"}"#.utf8)
    let stored = try #require(StoredAnswer(payload: payload))
    #expect(stored.bytes == Array(answer.utf8) && stored.outcome == .permit)
    for length in 0..<payload.count { #expect(StoredAnswer(payload: Array(payload.prefix(length))) == nil) }
    #expect(StoredAnswer(payload: Array(#"{"answer":{"context":{"outcome":"perhaps"}}}"#.utf8)) == nil)
  }
}
