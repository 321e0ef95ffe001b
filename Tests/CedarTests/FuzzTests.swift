import TestSupport
import Testing

@testable import Cedar

@Suite("Cedar fuzz smoke")
struct FuzzTests {
  private static let fragments = [
    "permit", "forbid", "(", ")", "principal", "action", "resource", "context", ",", ";", "when", "unless", "{", "}", "==", "!=",
    "<", "<=", "in",
    "is", "has", "like", "if", "then", "else", "true", "false", "&&", "||", "!", "-", "+", "*", "1", "9223372036854775808", "\"a\"",
    "\"\\u{41}\"",
    "\"\\q\"", "\"", "User::\"a\"", "User", "::", "Action::\"v\"", "?principal", "?x", "@id(\"x\")", "@", ".", ".a", "[", "]",
    "ip(\"1.1.1.1\")",
    "decimal", ".contains(1)", "//c\n", "é", "\u{FEFF}", "\u{A0}", "\0", "'", "/", "%", ":", "__cedar",
  ]

  @Test("no text breaks the parser, and every refusal names a place inside the text", arguments: [31, 32, 33] as [UInt64])
  func texts(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let good =
      "@id(\"x\") permit(principal in Group::\"g\", action == Action::\"v\", resource is Doc) when { context.a has b && [1, 2].contains(-3) };"
    for round in 0..<1_500 {
      var text = ""
      if round % 2 == 0 {
        for _ in 0..<(random.next() % 30) {
          text += Self.fragments[Int(random.next() % UInt64(Self.fragments.count))] + (random.next() % 3 == 0 ? "" : " ")
        }
      } else {
        var scalars = Array(good.unicodeScalars)
        for _ in 0...(random.next() % 4) {
          let place = Int(random.next() % UInt64(scalars.count))
          switch random.next() % 3 {
          case 0: scalars.remove(at: place)
          case 1: scalars.insert(Unicode.Scalar(UInt8(random.next() % 128)), at: place)
          default: scalars[place] = scalars[Int(random.next() % UInt64(scalars.count))]
          }
        }
        text.unicodeScalars.append(contentsOf: scalars)
      }
      let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      for problem in mistakes(text) {
        #expect(problem.line >= 1 && problem.line <= lines.count, "seed \(seed) round \(round): \(text)")
        #expect(problem.column >= 1 && problem.column <= lines[problem.line - 1].count + 1, "seed \(seed) round \(round): \(text)")
      }
    }
  }

  @Test("no document breaks the readers of entities and contexts", arguments: [41, 42] as [UInt64])
  func documents(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let good = Array(
      #"[{"uid":{"type":"A","id":"b"},"attrs":{"x":{"__extn":{"fn":"ip","arg":"::1"}},"y":[1,"\u0000",{"__entity":{"type":"A","id":""}}]},"parents":[],"tags":{}}]"#
        .utf8)
    #expect(throws: Never.self) { try EntityStore.parse(json: good) }
    var refused = 0
    for _ in 0..<1_500 {
      var bytes = good
      for _ in 0...(random.next() % 3) {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        default: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
        }
      }
      if (try? EntityStore.parse(json: bytes)) == nil { refused += 1 }
      _ = try? Record.parse(json: bytes)
    }
    #expect(refused > 1_000)
  }

  @Test("no argument breaks the readers of extension literals", arguments: [51] as [UInt64])
  func literals(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789.:/-+TZdhms abcf\u{E9}".unicodeScalars)
    for _ in 0..<5_000 {
      var text = ""
      for _ in 0..<(random.next() % 24) { text.unicodeScalars.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
      for function in [ExtensionFunction.ip, .decimal, .datetime, .duration] {
        guard let value = function.construct(text) else { continue }
        // What is read can be written and read again.
        let written: String
        switch value {
        case .ip(let address): written = address.description
        case .decimal(let number): written = number.description
        case .datetime(let moment): written = moment.description
        case .duration(let span): written = span.description
        default: written = ""
        }
        if !written.hasSuffix(" ms") { #expect(function.construct(written) == value, "\(text) \(written)") }
      }
    }
  }
}
