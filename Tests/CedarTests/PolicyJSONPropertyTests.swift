import TestSupport
import Testing

@testable import Cedar

@Suite("policies in JSON, at random and at the limits")
struct PolicyJSONPropertyTests {
  @Test("a set that went through JSON decides alike and is written alike", arguments: [71, 72, 73] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var worlds = Worlds(random: SeededGenerator(seed: seed))
    var reasons = 0
    for _ in 0..<12 {
      let store = try EntityStore(worlds.entities())
      let policies = try policySet((0..<25).map { _ in worlds.policy() }.joined())
      let read = try PolicySet.parse(json: policies.json)
      #expect(read.json == policies.json, "seed \(seed)")
      #expect(try policySet(read.text).json == policies.json, "seed \(seed)")
      for _ in 0..<8 {
        let request = worlds.request()
        let wanted = Authorizer.authorize(request, policies: policies, entities: store)
        let found = Authorizer.authorize(request, policies: read, entities: store)
        #expect(found.decision == wanted.decision && found.reasons == wanted.reasons, "seed \(seed)")
        #expect(found.errors.map(\.policy) == wanted.errors.map(\.policy), "seed \(seed)")
        reasons += found.reasons.count
      }
    }
    #expect(reasons > 0)
  }

  @Test("no document breaks the reader, and what it accepts it writes and reads again", arguments: [81, 82, 83] as [UInt64])
  func documents(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let text =
      #"@a permit(principal == ?principal, action in [Action::"a", Action::"b"], resource is A in B::"b") when { principal has a.b && "x" like "*\*" };"#
      + #"forbid(principal, action, resource) unless { if ip("::1").isLoopback() then {a: [1, -2]}.a.contains(3) else true };"#
    let good = try policySet(text).linking([TemplateLink(templateID: "policy0", id: "l", principal: uid("U", "a"))]).json
    let words = [
      "Value", "Var", "left", "right", "arg", "\"", "{", "}", "[", "]", ",", ":", "null", "1.5", "__extn", "&&", "has", "All",
    ]
    var counts = (accepted: 0, refused: 0)
    for round in 0..<1_500 {
      var bytes = good
      for _ in 0...(random.next() % 2) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 2: bytes.insert(contentsOf: words[Int(random.next() % UInt64(words.count))].utf8, at: place)
        case 3: bytes[place] = 0x61 + UInt8(random.next() % 26)
        default: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
        }
      }
      do throws(DataFailure) {
        let policies = try PolicySet.parse(json: bytes)
        #expect(try PolicySet.parse(json: policies.json).json == policies.json, "seed \(seed) round \(round)")
        counts.accepted += 1
      } catch {
        #expect(!error.message.isEmpty)
        counts.refused += 1
      }
    }
    #expect(counts.accepted > 5 && counts.refused > 500, "seed \(seed): \(counts)")
  }

  /// `{op: {member: …}}`, `count` deep, around `true`.
  private func nested(_ count: Int, _ open: String, _ close: String) -> [UInt8] {
    let body = String(repeating: open, count: count) + #"{"Value":true}"# + String(repeating: close, count: count)
    return Array(
      #"{"effect":"permit","principal":{"op":"All"},"action":{"op":"All"},"resource":{"op":"All"},"conditions":[{"kind":"when","body":\#(body)}]}"#
        .utf8)
  }

  @Test("nesting ends at the depth of expressions, chains and documents at that of documents")
  func depth() throws {
    let depthMax = Int(Limits.expressionDepth)
    for (open, close) in [
      (#"{"!":{"arg":"#, "}}"), (#"{"Set":["#, "]}"), (#"{"==":{"right":{"Value":1},"left":"#, "}}"),
      (#"{".":{"attr":"a","left":"#, "}}"),
      (#"{"&&":{"left":{"Value":true},"right":"#, "}}"),
    ] {
      #expect(throws: Never.self, "\(open)") { try PolicySet.parse(json: nested(depthMax - 1, open, close)) }
      for count in [depthMax, 3000, 100_000] {
        #expect(throws: DataFailure.self, "\(open)") { try PolicySet.parse(json: nested(count, open, close)) }
      }
    }
    // Arrays in a value count as nodes; the value itself is one.
    for (count, isRead) in [(199, true), (200, false), (50_000, false)] {
      let text = String(decoding: nested(0, "", ""), as: UTF8.self)
        .replacing("true", with: String(repeating: "[", count: count) + "true" + String(repeating: "]", count: count))
      #expect(((try? PolicySet.parse(json: Array(text.utf8))) != nil) == isRead, "\(count)")
    }
    for op in ["&&", "||", "+", "-", "*"] {
      let chain = { nested($0, #"{"\#(op)":{"right":{"Value":1},"left":"#, "}}") }
      let policies = try PolicySet.parse(json: chain(4000))
      #expect(policies.sources[0].syntax.conditions[0].body.depth == 2)
      #expect(try PolicySet.parse(json: policies.json).json == policies.json)
      #expect(throws: DataFailure.self) { try PolicySet.parse(json: chain(5000)) }
    }
  }

  @Test("a chain in text may be longer than one in JSON: it is written all the same")
  func longChain() throws {
    let text = "permit(principal, action, resource) when { \(Array(repeating: "true", count: 20_000).joined(separator: " && ")) };"
    #expect(try policySet(text).json.count > 20_000 * 30)
  }

  @Test("`has` with many names, or within `has`, does not multiply")
  func has() throws {
    func json(_ condition: String) throws -> [UInt8] {
      try policySet("permit(principal, action, resource) when { \(condition) };").json
    }
    let long = "context has " + Array(repeating: "a", count: Limits.hasNames).joined(separator: ".")
    #expect(try String(decoding: json(long), as: UTF8.self).contains(#""attr":["a","a","#))
    var condition = "context has a.b"
    for _ in 0..<40 { condition = "(\(condition)) has a.b.c" }
    let written = try json(condition)
    #expect(written.count < 40_000)
    #expect(try PolicySet.parse(json: written).json == written)
  }
}
