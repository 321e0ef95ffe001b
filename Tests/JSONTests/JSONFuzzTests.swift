import Foundation
import TestSupport
import Testing

@testable import JSON

/// Seeded mutations; `FUZZ_SEED` repeats a run, `FUZZ_ROUNDS` lengthens it.
@Suite("fuzz smoke")
struct JSONFuzzTests {
  static let seed = ProcessInfo.processInfo.environment["FUZZ_SEED"].flatMap { UInt64($0) } ?? 20_261_121
  static let rounds = ProcessInfo.processInfo.environment["FUZZ_ROUNDS"].flatMap { Int($0) } ?? 4_000

  @Test("no mutation of a document crashes the reader, and what is read survives writing, reading and canonical form")
  func mutations() throws {
    print("JSON fuzz: seed \(Self.seed), \(Self.rounds) rounds")
    var generator = SeededGenerator(seed: Self.seed)
    let seeds =
      DocumentTable.accepted.map { Array($0.text.utf8) } + DocumentTable.refusedTexts.map(\.bytes) + [JSONTapeTests.document]
    let tape = JSONTape(entries: 1)
    var accepted = 0
    for _ in 0..<Self.rounds {
      var bytes = seeds.randomElement(using: &generator) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, seeds, &generator) }
      guard let value = try? JSONReader.parse(bytes) else { continue }
      accepted += 1
      #expect(try tape.withParsed(bytes) { $0.value() } == value)
      let written = JSONWriter.encode(value)
      #expect(try JSONReader.parse(written) == value, "\(bytes)")
      if let canonical = try? CanonicalJSON.encode(value, numbers: .doubles) {
        #expect(CanonicalJSON.isCanonical(canonical, numbers: .doubles), "\(bytes)")
      }
      if let canonical = try? CanonicalJSON.encode(value) {
        #expect(CanonicalJSON.isCanonical(canonical), "\(bytes)")
        #expect(try JSONReader.parse(canonical) == value, "\(bytes)")
      }
    }
    #expect(accepted > Self.rounds / 20)
  }

  @Test("our verdict is that of Foundation wherever both have the same rules")
  func agreement() {
    var generator = SeededGenerator(seed: Self.seed &+ 1)
    let seeds = DocumentTable.accepted.map { Array($0.text.utf8) }
    var compared = 0
    for _ in 0..<(Self.rounds / 4) {
      var bytes = seeds.randomElement(using: &generator) ?? []
      Self.mutate(&bytes, seeds, &generator)
      // Foundation takes byte order marks, UTF-16, NUL at the end, duplicate keys, unpaired escapes and more depth than we do.
      guard bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }) else { continue }
      do {
        _ = try JSONReader.parse(bytes)
      } catch  where error.kind == .duplicateKey {
        continue
      } catch {}
      let ours = (try? JSONReader.parse(bytes)) != nil
      let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
      // Foundation takes a comma before a closing bracket; numbers beyond a double are text to us and an error to it.
      let text = String(decoding: bytes, as: UTF8.self)
      if text.range(of: #"[0-9]e|[0-9]{19}|, *[\]}]"#, options: [.regularExpression, .caseInsensitive]) != nil { continue }
      #expect(ours == theirs, "`\(text)`")
      compared += 1
    }
    #expect(compared > Self.rounds / 20)
  }

  static func mutate(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ generator: inout SeededGenerator) {
    let position = Int.random(in: 0...bytes.count, using: &generator)
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: position)
    case 1: if position < bytes.count { bytes.remove(at: position) }
    case 2: if position < bytes.count { bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator) }
    case 3: bytes.insert(Array("{}[],:\"\\0-.e \n".utf8).randomElement(using: &generator) ?? 0, at: position)
    case 4: bytes.insert(contentsOf: seeds.randomElement(using: &generator) ?? [], at: position)
    case 5: bytes = Array(bytes.prefix(position))
    default: bytes = Array("[".utf8) + bytes + Array(",".utf8) + (seeds.randomElement(using: &generator) ?? []) + Array("]".utf8)
    }
  }
}
