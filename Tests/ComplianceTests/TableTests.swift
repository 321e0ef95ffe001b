import Compression
import Cryptography
import JSON
import TestSupport
import Testing
import TransparencyLog

@testable import Compliance

@Suite("tables, leaves and lines")
struct TableTests {
  private func cell(_ text: String) throws -> (line: String, touched: Bool) {
    var bytes: [UInt8] = []
    var table = try CSVTable(columns: ["seq", "x"]) { bytes.append(contentsOf: $0) }
    table.begin(seq: 0)
    table.text(text)
    try table.end()
    #expect(table.bytes == UInt64(bytes.count) && table.rows == 1)
    return (String(decoding: bytes.dropFirst("seq,x\r\n0,".utf8.count).dropLast(2), as: UTF8.self), table.touchedColumns == ["x"])
  }

  @Test(
    "cells are quoted when they must be",
    arguments: [
      ("a", "a"), ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\r\nb", "\"a\r\nb\""),
      ("a\nb", "\"a\nb\""), (" a", "\" a\""), ("a ", "\"a \""), (" ", "\" \""),
    ])
  func quoting(text: String, expected: String) throws {
    let cell = try cell(text)
    #expect(cell.line.utf8.elementsEqual(expected.utf8) && !cell.touched)
  }

  @Test(
    "what a spreadsheet would run as a formula gets a prefix, and its column is named",
    arguments: [
      ("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\ta", "'\ta"), ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"),
      ("＠a", "'＠a"),
      (" =1", "\"' =1\""), ("   -1", "\"'   -1\""), ("=1,2", "\"'=1,2\""), ("=\"x\"", "\"'=\"\"x\"\"\""), ("\nx", "\"'\nx\""),
      ("a\0b", "a\u{FFFD}b"), ("a\rb", "\"a\u{FFFD}b\""), ("\0", "'\u{FFFD}"), ("\r", "\"'\u{FFFD}\""),
    ])
  func formulas(text: String, expected: String) throws {
    let cell = try cell(text)
    #expect(cell.line.utf8.elementsEqual(expected.utf8) && cell.touched)
  }

  @Test("a negative number is a number, no formula")
  func numbers() throws {
    var bytes: [UInt8] = []
    var table = try CSVTable(columns: ["seq", "x", "y"]) { bytes.append(contentsOf: $0) }
    table.begin(seq: 7)
    table.integer(-5)
    table.empty()
    try table.end()
    for value in [0, 9, 10, 99, 100, Int64.max, .min] {
      table.begin(seq: 8)
      table.integer(value)
      table.integer(nil as Int64?)
      try table.end()
    }
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "seq,x,y\r\n7,-5,\r\n8,0,\r\n8,9,\r\n8,10,\r\n8,99,\r\n8,100,\r\n8,9223372036854775807,\r\n8,-9223372036854775808,\r\n")
    #expect(table.touchedColumns.isEmpty && table.firstSeq == 7 && table.lastSeq == 8 && table.rows == 8)
  }

  @Test(
    "instants are written in UTC",
    arguments: [
      (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_795_244_413_123, "2026-11-21T07:00:13.123Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
      (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
  func instants(milliseconds: Int64, text: String) throws {
    var bytes: [UInt8] = []
    var table = try CSVTable(columns: ["seq", "time", "time_ms"]) { bytes.append(contentsOf: $0) }
    table.begin(seq: 0)
    table.instant(milliseconds: milliseconds)
    table.integer(milliseconds)
    try table.end()
    #expect(String(decoding: bytes, as: UTF8.self) == "seq,time,time_ms\r\n0,\(text),\(milliseconds)\r\n")
    #expect(UTCText.date(milliseconds: milliseconds) == text.prefix(10).filter { $0 != "-" })
  }

  @Test("the canonical form is recognised exactly where the encoder would give the same bytes")
  func canonical() throws {
    let tape = JSONTape()
    func isCanonical(_ text: String) throws -> Bool {
      let bytes = Array(text.utf8)
      return try bytes.withUnsafeBytes { raw in CanonicalForm.length(try tape.parse(raw)) == raw.count }
    }
    let good = [
      "{}", "[]", #"{"a":1}"#, #"{"a":1,"b":[1,2,{"c":true}]}"#, #"{"a":"é\n\u0001/\""}"#, #"{"a":-9007199254740991}"#,
      #"{"a1":0,"a_":0,"aa":0}"#,
      #"{"a":[],"b":{},"c":"","d":false}"#,
    ]
    for text in good {
      #expect(try isCanonical(text), "\(text)")
      #expect(CanonicalJSON.isCanonical(Array(text.utf8)))
    }
    let bad = [
      #"{ "a":1}"#, #"{"a": 1}"#, #"{"a":1 }"#, #"{"a":1} "#, #"{"b":1,"a":1}"#, #"{"a":1.0}"#, #"{"a":1e2}"#, #"{"a":-0}"#,
      #"{"a":9007199254740992}"#, #"{"a":"\u00e9"}"#, #"{"a":"\/"}"#, #"{"a":"\u000a"}"#, #"{"a":"\u001F"}"#, #"{"a":null}"#,
      #"{"A":1}"#, #"{"é":1}"#,
      #"{"":1}"#, #"{"\u0061":1}"#, "[1, 2]", "[1.5]", "[ ]", "{ }",
    ]
    for text in bad { #expect(try !isCanonical(text), "\(text)") }
  }

  @Test("leaves that are not of their log, place, tenant or time are refused")
  func leaves() throws {
    func fault(_ change: (inout JSONObject) -> Void) throws -> String? {
      var object: JSONObject = [
        "v": 1, "log": "l", "tenant": "t", "seq": 5, "time": 100, "type": "x", "actor": ["id": "k", "kind": "key"],
      ]
      change(&object)
      let reader = LeafReader(origin: "l", tenant: "t")
      let bytes = try CanonicalJSON.encode(.object(object))
      do {
        _ = try bytes.withUnsafeBytes { try reader.read($0, at: 5) }
        return nil
      } catch let fault as LeafFault {
        return fault.message
      }
    }
    #expect(try fault { _ in } == nil)
    for (key, value) in [("v", 2), ("seq", 4), ("seq", -1), ("log", "m"), ("tenant", "u"), ("time", "x"), ("type", 1)]
      as [(String, JSONValue)]
    {
      #expect(try fault { $0[key] = value }?.contains("`\(key)`") == true, "\(key)")
      #expect(try fault { $0[key] = nil } != nil)
    }
    let reader = LeafReader(origin: "l", tenant: "t")
    func read(_ time: Int64, _ index: Int64) throws {
      let bytes = try CanonicalJSON.encode([
        "v": 1, "log": "l", "tenant": "t", "seq": .integer(index), "time": .integer(time), "type": "x",
      ])
      _ = try bytes.withUnsafeBytes { try reader.read($0, at: UInt64(index)) }
    }
    try read(100, 0)
    try read(100, 1)
    #expect(throws: LeafFault.self) { try read(99, 2) }
  }

  @Test("proof lines read back, and nothing else does")
  func proofLines() throws {
    var tree = MerkleTree()
    for index in 0..<40 { tree.append(LeafHash.of([UInt8(index)])) }
    for size in [UInt64(1), 2, 7, 33, 40] {
      for index in 0..<size {
        let proof = try InclusionProof.make(index: index, size: size, from: tree)
        let line = ProofLine.encode(proof)
        #expect(UInt64(line.count + 1) == ProofLine.length(index: index, size: size))
        #expect(CanonicalJSON.isCanonical(line))
        line.withUnsafeBytes { #expect(ProofLine.decode($0, index: index, size: size) == proof) }
        for position in line.indices {
          var changed = line
          changed[position] ^= 1
          changed.withUnsafeBytes { bytes in
            let decoded = ProofLine.decode(bytes, index: index, size: size)
            #expect(decoded == nil || decoded != proof)
          }
        }
        Array(line.dropLast()).withUnsafeBytes { #expect(ProofLine.decode($0, index: index, size: size) == nil) }
      }
    }
  }

  @Test("lines come out whole however the bytes are cut")
  func splitting() throws {
    let text = Array("a\nbc\n\u{1F600}def\n".utf8)
    for piece in 1...text.count {
      var splitter = LineSplitter(lineBytesMax: 10)
      var lines: [[UInt8]] = []
      for start in stride(from: 0, to: text.count, by: piece) {
        try Array(text[start..<min(text.count, start + piece)]).withUnsafeBytes { bytes in
          try splitter.add(bytes) { line, number in
            lines.append(Array(line))
            #expect(number == UInt64(lines.count))
          }
        }
      }
      try splitter.finish()
      #expect(lines == text.split(separator: 10).map { Array($0) })
    }
    for (bad, isCut) in [("a", true), ("\n", false), ("a\n\nb\n", false), ("12345678901\n", false), ("12345678901", false)] {
      var splitter = LineSplitter(lineBytesMax: 10)
      #expect(throws: BundleVerdict.Failure.self, "\(bad) \(isCut)") {
        try Array(bad.utf8).withUnsafeBytes { try splitter.add($0) { _, _ in } }
        try splitter.finish()
      }
    }
  }

  @Test("mutated manifests and indexes are refused or read back the same")
  func fuzz() throws {
    var generator = SeededGenerator(seed: 11)
    let members = try Members(FixtureLog.usual().bundle().bytes)
    for _ in 0..<2000 {
      for path in ["MANIFEST.json", "policies/index.json"] {
        var bytes = members[path]
        for _ in 0..<2 {
          let position = Int.random(in: 0..<bytes.count, using: &generator)
          switch Int.random(in: 0..<3, using: &generator) {
          case 0: bytes[position] = UInt8.random(in: 0x20..<0x7F, using: &generator)
          case 1: bytes.remove(at: position)
          default: bytes.insert([0x22, 0x2C, 0x30, 0x7D].randomElement(using: &generator) ?? 0, at: position)
          }
        }
        if path == "MANIFEST.json", let manifest = Manifest(bytes) { #expect(try manifest.encoded() == bytes, "seed 11") }
        if path != "MANIFEST.json", let index = PolicyIndex.decode(bytes) {
          #expect(try PolicyIndex.encode(index) == bytes, "seed 11")
        }
      }
    }
  }
}
