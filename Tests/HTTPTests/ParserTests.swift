import Foundation
import TestSupport
import Testing

@testable import HTTP

@Suite("the request parser")
struct ParserTests {
  static let limits = HTTPLimits()

  @Test("byte classes are those of the specifications")
  func classes() {
    let alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    let token = Set((alphanumeric + "!#$%&'*+-.^_`|~").utf8)
    let target = Set((alphanumeric + "-._~:/?[]@!$&'()*+,;=%|").utf8)
    let host = Set((alphanumeric + "-._~:[]!$&'()*+,;=%").utf8)
    for byte in UInt8.min...UInt8.max {
      #expect(ByteClass.isToken(byte) == token.contains(byte), "\(byte)")
      #expect(ByteClass.isTarget(byte) == target.contains(byte), "\(byte)")
      #expect(ByteClass.isHost(byte) == host.contains(byte), "\(byte)")
      #expect(ByteClass.isFieldValue(byte) == (byte == 9 || (byte >= 32 && byte != 127)), "\(byte)")
      let digit = Character(UnicodeScalar(byte)).isASCII ? Character(UnicodeScalar(byte)).hexDigitValue : nil
      #expect(ByteClass.hexadecimal(byte).map(Int.init) == digit, "\(byte)")
    }
  }

  @Test("every byte at every place of a value is read or refused by its class, however long the value")
  func values() throws {
    for length in 1...19 {
      for place in 0..<length {
        for byte in UInt8.min...UInt8.max where byte != 13 {
          var line = Array("X: ".utf8) + [UInt8](repeating: 120, count: length) + [13, 10]
          line[3 + place] = byte
          let isRead = (try? FieldLine.read(line.span, from: 0))?.next == line.count
          if isRead != (byte == 9 || (byte >= 32 && byte != 127)) { Issue.record("byte \(byte) at \(place) of \(length)") }
        }
      }
    }
  }

  /// What became of some bytes; two readings of the same bytes must agree in all of it.
  enum Outcome: Equatable {
    case incomplete
    case refused(HTTPRefusal)
    case read(String, path: String, query: String, length: Int?, chunked: Bool, http11: Bool, keeps: Bool, head: Int)
  }

  /// Feeds growing prefixes that end at `cuts`, then all.
  static func parse(_ bytes: [UInt8], cuts: [Int] = []) -> Outcome {
    var parser = RequestParser()
    do {
      for end in cuts + [bytes.count] where try parser.advance(bytes.span.extracting(0..<end), limits: limits) {
        let head = try HTTPRequestHead(parser, bytes.span)
        return .read(
          head.method, path: head.path, query: head.query, length: head.bodyLength, chunked: head.isChunked, http11: head.isHTTP11,
          keeps: parser.keepsAlive, head: parser.headLength)
      }
      return .incomplete
    } catch {
      return .refused(error)
    }
  }

  /// The rules again, written naively over whole lines: whether a head that was accepted is as unambiguous as it must be.
  static func isClear(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: Unicode.ASCII.self).replacingOccurrences(of: "\u{FFFD}", with: "?")
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
      String(String.UnicodeScalarView($0))
    }
    guard lines.popLast() == "",
      lines.allSatisfy({ $0.unicodeScalars.last == "\r" && $0.unicodeScalars.filter { $0 == "\r" }.count == 1 })
    else { return false }
    lines = lines.map { String(String.UnicodeScalarView($0.unicodeScalars.dropLast())) }
    if lines.first == "" { lines.removeFirst() }
    guard lines.popLast() == "", let start = lines.first?.components(separatedBy: " "), start.count == 3,
      ["HTTP/1.1", "HTTP/1.0"].contains(start[2])
    else { return false }
    var counts: [String: Int] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return false }
      let name = line[..<colon].lowercased()
      guard !name.isEmpty, !name.contains(" "), !name.contains("\t") else { return false }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
      counts[name, default: 0] += 1
      if name == "content-length", value.isEmpty || !value.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) { return false }
      if name == "transfer-encoding", value.lowercased() != "chunked" { return false }
    }
    let framings = counts["content-length", default: 0] + counts["transfer-encoding", default: 0]
    let hosts = counts["host", default: 0]
    return framings <= 1 && hosts <= 1 && (start[2] == "HTTP/1.0" ? counts["transfer-encoding"] == nil : hosts == 1)
  }

  static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    let interesting: [UInt8] = [0, 9, 10, 13, 32, 37, 44, 45, 47, 48, 57, 58, 59, 63, 127, 128, 255]
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, at + Int.random(in: 1...8, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: at)
      case 1: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
      case 2: if at < bytes.count { bytes[at] = interesting.randomElement(using: &random) ?? 0 }
      case 3: bytes.removeSubrange(at..<end)
      case 4: bytes.insert(contentsOf: bytes[at..<end], at: at)
      default: bytes.insert(contentsOf: "Transfer-Encoding: chunked\r\n".utf8, at: at)
      }
    }
  }

  static func cuts(_ count: Int, _ random: inout SeededGenerator) -> [Int] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }.sorted()
  }

  @Test("mutated requests neither crash it nor pass ambiguous, and pieces read like the whole")
  func fuzz() {
    let seed: UInt64 = 20_261_121
    var random = SeededGenerator(seed: seed)
    let seeds = (RefusedRequestTests.accepted + RefusedRequestTests.refused + RefusedRequestTests.accepted).map {
      Array($0.bytes.utf8)
    }
    var counts = [0, 0, 0]
    for round in 0..<30_000 {
      var bytes = seeds[round % seeds.count]
      Self.mutate(&bytes, &random)
      let whole = Self.parse(bytes)
      let pieces = Self.parse(bytes, cuts: Self.cuts(bytes.count, &random))
      if whole != pieces { Issue.record("seed \(seed) round \(round): \(whole) but in pieces \(pieces)") }
      switch whole {
      case .incomplete: counts[0] += 1
      case .refused: counts[1] += 1
      case .read(_, _, _, _, _, _, _, let head):
        counts[2] += 1
        if !Self.isClear(bytes[..<head]) {
          Issue.record("seed \(seed) round \(round) accepted: \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
    #expect(counts.allSatisfy { $0 > 150 }, "incomplete, refused, read: \(counts)")
  }

  @Test("random bytes do not crash it")
  func noise() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      if case .read = Self.parse(bytes) { Issue.record("noise was read as a request: \(bytes)") }
    }
  }

  @Test("every prefix of a request is incomplete, and the whole is read")
  func prefixes() {
    for row in RefusedRequestTests.accepted {
      let bytes = Array(row.bytes.utf8)
      guard case .read(_, _, _, _, _, _, _, let head) = Self.parse(bytes) else {
        Issue.record("\(row.name)")
        continue
      }
      for end in 0..<head { #expect(Self.parse(Array(bytes[..<end])) == .incomplete, "\(row.name), \(end) bytes") }
      #expect(Self.parse(bytes, cuts: Array(0..<bytes.count)) == Self.parse(bytes), "\(row.name)")
    }
  }

  @Test(
    "targets are split and decoded",
    arguments: [
      ("/", "/", ""), ("/a/b?c=d", "/a/b", "c=d"), ("/?", "/", ""), ("/a??b", "/a", "?b"), ("/%25%2f", "/%/", ""),
      ("/a+b", "/a+b", ""),
      ("http://h", "/", ""), ("http://h?q", "/", "q"), ("HTTPS://h:1/a?q", "/a", "q"), ("//a", "//a", ""), ("/%E2%82%AC", "/€", ""),
    ])
  func targets(target: String, path: String, query: String) {
    guard
      case .read(_, let gotPath, let gotQuery, _, _, _, _, _) = Self.parse(Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    else {
      Issue.record("refused")
      return
    }
    #expect(gotPath == path)
    #expect(gotQuery == query)
  }
}

@Suite("chunked bodies")
struct ChunkedTests {
  /// What became of a body: its bytes and how many were used, or the refusal.
  static func decode(_ bytes: [UInt8], cuts: [Int] = [], bytesMax: Int = 1 << 20) -> Result<[UInt8]?, HTTPRefusal> {
    var decoder = ChunkedDecoder()
    var body: [UInt8] = []
    var at = 0
    do throws(HTTPRefusal) {
      for end in cuts + [bytes.count] where end >= at && !decoder.isDone {
        at = try decoder.advance(bytes.span.extracting(0..<end), from: at, into: &body, bytesMax: bytesMax, overheadMax: 1000)
      }
      return .success(decoder.isDone ? body + bytes[at...] : nil)
    } catch {
      return .failure(error)
    }
  }

  static func encode(_ body: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    var at = 0
    while at < body.count {
      let count = Int.random(in: 1...min(40, body.count - at), using: &random)
      bytes += Array(
        "\(String(count, radix: 16, uppercase: Bool.random(using: &random)))\(Bool.random(using: &random) ? ";x=y" : "")\r\n".utf8)
      bytes += body[at..<at + count] + [13, 10]
      at += count
    }
    return bytes + Array("0\r\n\(Bool.random(using: &random) ? "Trailer: x\r\n" : "")\r\n".utf8)
  }

  @Test("decoding undoes encoding, however the bytes arrive, and stops at the end")
  func roundTrip() {
    let seed: UInt64 = 5
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let body = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let bytes = Self.encode(body, &random)
      #expect(Self.decode(bytes, cuts: ParserTests.cuts(bytes.count, &random)) == .success(body), "seed \(seed)")
      #expect(Self.decode(bytes + [71, 69, 84]) == .success(body + [71, 69, 84]), "seed \(seed)")
      #expect(Self.decode(bytes.dropLast()) == .success(nil), "seed \(seed)")
    }
  }

  @Test("mutated bodies do not crash it, never exceed the limit, and pieces read like the whole")
  func fuzz() {
    let seed: UInt64 = 6
    var random = SeededGenerator(seed: seed)
    var counts = [0, 0, 0]
    for round in 0..<20_000 {
      var bytes = Self.encode(
        (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }, &random)
      ParserTests.mutate(&bytes, &random)
      let whole = Self.decode(bytes, bytesMax: 50)
      let pieces = Self.decode(bytes, cuts: ParserTests.cuts(bytes.count, &random), bytesMax: 50)
      switch (whole, pieces) {
      case (.success(let first), .success(let second)):
        counts[first == nil ? 0 : 2] += 1
        if first != second { Issue.record("seed \(seed) round \(round): pieces read differently") }
      case (.failure(let first), .failure(let second)):
        counts[1] += 1
        if first != second { Issue.record("seed \(seed) round \(round): \(first) but in pieces \(second)") }
      default: Issue.record("seed \(seed) round \(round): \(whole) but in pieces \(pieces)")
      }
    }
    #expect(counts.allSatisfy { $0 > 100 }, "incomplete, refused, read: \(counts)")
  }
}
