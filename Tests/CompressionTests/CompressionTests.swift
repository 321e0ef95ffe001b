import TestSupport
import Testing

@testable import Compression

/// Text that shrinks and bytes that do not.
func sample(_ count: Int, seed: UInt64, isRandom: Bool = false) -> [UInt8] {
  var random = SeededGenerator(seed: seed)
  let words = ["allow", "deny", "escalate", "workflow", "refund", "{\"seq\":", "},", " "].map { Array($0.utf8) }
  var bytes: [UInt8] = []
  while bytes.count < count {
    bytes += isRandom ? [UInt8.random(in: 0...255, using: &random)] : words[Int.random(in: 0..<words.count, using: &random)]
  }
  return Array(bytes.prefix(count))
}

@Suite("compression")
struct CompressionTests {
  /// Made by another implementation (Python's gzip and zlib modules).
  static let gzipVector: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x01, 0x00, 0x00, 0x00, 0x02, 0xFF, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA2, 0x00,
    0x9F, 0xA1, 0xCA, 0x09, 0x13, 0x00, 0x00, 0x00,
  ]
  static let zlibVector: [UInt8] = [
    0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xD7, 0x51, 0xC8, 0x40, 0xA2, 0x00, 0x44, 0x28, 0x06, 0xD5,
  ]
  static let text = Array("hello, hello, hello".utf8)

  @Test("what others compressed inflates")
  func vectors() throws {
    #expect(try Inflater.inflate(Self.gzipVector, format: .gzip, outputBytesMax: 100) == Self.text)
    #expect(try Inflater.inflate(Self.zlibVector, format: .zlib, outputBytesMax: 100) == Self.text)
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.of([]) == 0)
  }

  @Test(
    "deflated bytes inflate to themselves, in any pieces", arguments: CompressionFormat.allCases,
    [0, 1, 100, 65_535, 65_536, 65_537, 400_000])
  func roundTrip(format: CompressionFormat, count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    for isRandom in [false, true] {
      let bytes = sample(count, seed: 7, isRandom: isRandom)
      let compressed = try Deflater.deflate(bytes, format: format)
      #expect(try Inflater.inflate(compressed, format: format, outputBytesMax: count) == bytes)
      var inflater = try Inflater(format: format, outputBytesMax: count)
      var output: [UInt8] = []
      var rest = compressed[...]
      while !rest.isEmpty {
        let piece = Array(rest.prefix(Int.random(in: 1...5_000, using: &random)))
        rest = rest.dropFirst(piece.count)
        try piece.withUnsafeBytes { try inflater.write($0) { output += $0 } }
      }
      try inflater.finish()
      #expect(output == bytes)
      #expect(inflater.outputBytes == count)
    }
  }

  @Test("gzip members in a row are one stream, whatever the pieces")
  func members() throws {
    let stream = Self.gzipVector + (try Deflater.gzip([])) + (try Deflater.gzip(Array(" world".utf8)))
    let expected = Self.text + Array(" world".utf8)
    #expect(try Inflater.inflate(stream, format: .gzip, outputBytesMax: 100) == expected)
    #expect(throws: InflateError.outputLimit(24)) { try Inflater.inflate(stream, format: .gzip, outputBytesMax: 24) }
    var inflater = try Inflater(format: .gzip, outputBytesMax: 100)
    var output: [UInt8] = []
    for byte in stream { try [byte].withUnsafeBytes { try inflater.write($0) { output += $0 } } }
    try inflater.finish()
    #expect(output == expected)
  }

  @Test("output stops at the limit and not before", arguments: CompressionFormat.allCases)
  func bomb(format: CompressionFormat) throws {
    let compressed = try Deflater.deflate([UInt8](repeating: 0, count: 10 << 20), format: format)
    #expect(compressed.count < 20_000)
    #expect(throws: InflateError.outputLimit(1 << 20)) { try Inflater.inflate(compressed, format: format, outputBytesMax: 1 << 20) }
    #expect(throws: InflateError.outputLimit((10 << 20) - 1)) {
      try Inflater.inflate(compressed, format: format, outputBytesMax: (10 << 20) - 1)
    }
    #expect(try Inflater.inflate(compressed, format: format, outputBytesMax: 10 << 20).count == 10 << 20)
    #expect(throws: InflateError.outputLimit(0)) { try Inflater.inflate(compressed, format: format, outputBytesMax: 0) }
  }

  @Test("every cut is refused as truncated", arguments: [CompressionFormat.gzip, .zlib])
  func truncated(format: CompressionFormat) throws {
    let compressed = try Deflater.deflate(sample(2_000, seed: 1), format: format)
    for count in 0..<compressed.count {
      #expect(throws: InflateError.truncated) {
        try Inflater.inflate(Array(compressed.prefix(count)), format: format, outputBytesMax: 10_000)
      }
    }
  }

  @Test("bytes behind the end are refused", arguments: CompressionFormat.allCases)
  func trailing(format: CompressionFormat) throws {
    let compressed = try Deflater.deflate(Self.text, format: format)
    for tail: [UInt8] in [[0], [0x20], [0, 0, 0, 0]] {
      #expect(throws: InflateError.trailingBytes) { try Inflater.inflate(compressed + tail, format: format, outputBytesMax: 100) }
    }
    if format == .gzip {
      #expect(throws: InflateError.truncated) { try Inflater.inflate(compressed + [0x1F], format: format, outputBytesMax: 100) }
      #expect(throws: InflateError.corrupt("incorrect header check")) {
        try Inflater.inflate(compressed + [0x1F, 0x00], format: format, outputBytesMax: 100)
      }
    }
  }

  @Test("a damaged checksum and a foreign format are refused")
  func corrupt() throws {
    var damaged = Self.gzipVector
    damaged[damaged.count - 8] ^= 1
    #expect(throws: InflateError.corrupt("incorrect data check")) {
      try Inflater.inflate(damaged, format: .gzip, outputBytesMax: 100)
    }
    damaged = Self.gzipVector
    damaged[damaged.count - 1] ^= 1
    #expect(throws: InflateError.corrupt("incorrect length check")) {
      try Inflater.inflate(damaged, format: .gzip, outputBytesMax: 100)
    }
    #expect(throws: InflateError.corrupt("incorrect header check")) {
      try Inflater.inflate(Self.gzipVector, format: .zlib, outputBytesMax: 100)
    }
    #expect(throws: InflateError.corrupt("incorrect header check")) {
      try Inflater.inflate(Self.zlibVector, format: .gzip, outputBytesMax: 100)
    }
    let withDictionary: [UInt8] = [0x78, 0xBB, 0, 0, 0, 1, 3, 0, 0, 0, 0, 1]
    #expect(throws: InflateError.corrupt("it needs a preset dictionary")) {
      try Inflater.inflate(withDictionary, format: .zlib, outputBytesMax: 100)
    }
    #expect(throws: InflateError.truncated) { try Inflater.inflate([], format: .gzip, outputBytesMax: 100) }
  }

  @Test("no input brings the inflater down or past its limit", arguments: [11, 12, 13] as [UInt64])
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var refused = 0
    for round in 0..<1_500 {
      let format = CompressionFormat.allCases[round % 3]
      var bytes = try Deflater.deflate(sample(Int.random(in: 0...3_000, using: &random), seed: UInt64(round)), format: format)
      for _ in 0...Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do throws(InflateError) {
        #expect(try Inflater.inflate(bytes, format: format, outputBytesMax: 4_000).count <= 4_000)
      } catch {
        refused += 1
      }
    }
    print("inflate fuzz seed \(seed): \(refused) of 1500 refused")
    #expect(refused > 500)
  }

  @Test("the sink's error comes through")
  func sinkError() throws {
    struct Full: Error {}
    var inflater = try Inflater(format: .gzip, outputBytesMax: 100)
    #expect(throws: Full.self) { try Self.gzipVector.withUnsafeBytes { try inflater.write($0) { _ in throw Full() } } }
  }
}
