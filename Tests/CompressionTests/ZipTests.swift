import TestSupport
import Testing

@testable import Compression

/// A file of three members: deflated, stored, streamed.
private func archive() throws -> [UInt8] {
  let file = Output()
  var writer = ZipWriter { file.bytes += $0 }
  try writer.add(path: "report.html", bytes: Array("<p>report</p>".utf8) + sample(300, seed: 3))
  try writer.add(path: "MANIFEST.json", bytes: Array("{}".utf8), method: .stored)
  try writer.add(path: "log/leaves.jsonl", size: 500) { sink in
    for piece in [sample(200, seed: 4), sample(300, seed: 5)] { try piece.withUnsafeBytes { try sink($0) } }
  }
  let size = try writer.finish()
  #expect(size == UInt64(file.bytes.count))
  return file.bytes
}

private final class Output {
  var bytes: [UInt8] = []
}

private func readAll(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
  let reader = try ZipReader(bytes: bytes)
  var contents: [String: [UInt8]] = [:]
  for member in reader.members { contents[member.path] = try reader.bytes(of: member, bytesMax: 10_000) }
  return contents
}

@Suite("zip")
struct ZipTests {
  @Test("what was written is read, and the same input gives the same bytes")
  func roundTrip() throws {
    let bytes = try archive()
    #expect(try archive() == bytes)
    let reader = try ZipReader(bytes: bytes)
    #expect(reader.members.map(\.path) == ["report.html", "MANIFEST.json", "log/leaves.jsonl"])
    #expect(reader.members.map(\.size) == [313, 2, 500])
    let contents = try readAll(bytes)
    #expect(contents["MANIFEST.json"] == Array("{}".utf8))
    #expect(contents["log/leaves.jsonl"] == sample(200, seed: 4) + sample(300, seed: 5))
    #expect(reader.member("log/leaves.jsonl")?.size == 500)
    #expect(reader.member("log") == nil)
  }

  @Test("an empty file and an empty member are possible")
  func empty() throws {
    let file = Output()
    var writer = ZipWriter { file.bytes += $0 }
    try writer.add(path: "a", bytes: [])
    try writer.add(path: "b", bytes: [], method: .stored)
    try writer.add(path: "c", size: 0) { _ in }
    try writer.finish()
    #expect(try readAll(file.bytes) == ["a": [], "b": [], "c": []])
    file.bytes = []
    var none = ZipWriter { file.bytes += $0 }
    #expect(try none.finish() == 22)
    #expect(try ZipReader(bytes: file.bytes).members.isEmpty)
  }

  @Test("every flipped bit of the file is noticed")
  func flips() throws {
    let bytes = try archive()
    var noticed = 0
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: (any Error).self, "byte \(index), bit \(bit)") { try readAll(damaged) }
        noticed += 1
      }
    }
    #expect(noticed == bytes.count * 8)
  }

  @Test("every cut, every added and every doubled stretch is noticed")
  func lengths() throws {
    let bytes = try archive()
    for count in 0..<bytes.count { #expect(throws: (any Error).self) { try ZipReader(bytes: Array(bytes.prefix(count))) } }
    #expect(throws: ZipError.self) { try ZipReader(bytes: bytes + [0]) }
    #expect(throws: ZipError.self) { try ZipReader(bytes: [0] + bytes) }
    for index in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: (any Error).self) { try readAll(Array(bytes[..<index] + [0] + bytes[index...])) }
    }
  }

  @Test(
    "a path that could unpack elsewhere is refused",
    arguments: [
      "", "/a", "a/", "a//b", "..", "a/../b", ".", "./a", ".hidden", "a.", "a\\b", "a b", "a:b", "é", "a\0", "a\n", "~", "*",
      String(repeating: "a", count: 256),
    ])
  func paths(path: String) throws {
    var writer = ZipWriter { _ in }
    #expect(throws: ZipError.path(path)) { try writer.add(path: path, bytes: []) }
    #expect(throws: ZipError.finished) { try writer.add(path: "a", bytes: []) }
  }

  @Test(
    "two members cannot unpack to one file",
    arguments: [("a", "a"), ("a/b", "A/B"), ("a", "a/b"), ("a/b/c", "a/b"), ("a/b/c", "A")])
  func collisions(first: String, second: String) throws {
    var writer = ZipWriter { _ in }
    try writer.add(path: first, bytes: [])
    #expect(throws: ZipError.duplicate(second)) { try writer.add(path: second, bytes: []) }
    // Other tools would write it; the reader refuses it too.
    let members = [first, second].enumerated().map { index, path in
      ZipMember(
        path: path, size: 0, storedSize: 0, method: .stored, isStreamed: false, checksum: 0, storedChecksum: 0,
        offset: index == 0 ? 0 : UInt64(30 + first.utf8.count))
    }
    let locals = members.flatMap(ZipFormat.localHeader)
    let directory = members.flatMap(ZipFormat.directoryRecord)
    let end = ZipFormat.end(members: 2, directoryOffset: UInt64(locals.count), directoryBytes: UInt64(directory.count))
    #expect(throws: ZipError.duplicate(second)) { try ZipReader(bytes: locals + directory + end) }
  }

  @Test("a streamed member must have the announced length", arguments: [0, 1, 3, 1_000])
  func announced(actual: Int) throws {
    var writer = ZipWriter { _ in }
    #expect(throws: ZipError.size(path: "a", announced: 2, actual: UInt64(actual))) {
      try writer.add(path: "a", size: 2) { sink in try sample(actual, seed: 1).withUnsafeBytes { try sink($0) } }
    }
    #expect(throws: ZipError.finished) { try writer.finish() }
  }

  @Test("files of other tools are refused")
  func foreign() throws {
    // Python's zipfile: one stored member `a` of 1980-01-01, without our extra field.
    let record: [UInt8] = [
      0x50, 0x4B, 0x03, 0x04, 0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x61, 0x50, 0x4B,
      0x01, 0x02,
      0x14, 0x03, 0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80,
      0x01, 0, 0,
      0, 0, 0x61, 0x50, 0x4B, 0x05, 0x06, 0, 0, 0, 0, 1, 0, 1, 0, 0x2F, 0, 0, 0, 0x1F, 0, 0, 0, 0, 0,
    ]
    #expect(throws: ZipError.self) { try ZipReader(bytes: record) }
  }

  @Test("members above 4 GiB have the zip64 form")
  func large() throws {
    let size: UInt64 = 5 << 30
    var far = ZipMember(
      path: "large", size: size, storedSize: size, method: .stored, isStreamed: false, checksum: 1, storedChecksum: 2, offset: 0)
    let first = ZipFormat.localHeader(far)
    #expect(first.count == 30 + 5 + 20)
    let small = ZipMember(
      path: "small", size: 1, storedSize: 1, method: .stored, isStreamed: false, checksum: 0xE8B7_BE43, storedChecksum: 0xE8B7_BE43,
      offset: UInt64(first.count) + size)
    let second = ZipFormat.localHeader(small) + [0x61]
    let directoryOffset = small.offset + UInt64(second.count)
    let directory = ZipFormat.directoryRecord(far) + ZipFormat.directoryRecord(small)
    let end = ZipFormat.end(members: 2, directoryOffset: directoryOffset, directoryBytes: UInt64(directory.count))
    #expect(end.count == 56 + 20 + 22)
    let tail = second + directory + end
    let total = small.offset + UInt64(tail.count)
    let reader = try ZipReader(size: total) { offset, buffer in
      for index in buffer.indices {
        let position = offset + UInt64(index)
        if position < UInt64(first.count) {
          buffer[index] = first[Int(position)]
        } else if position >= small.offset {
          buffer[index] = tail[Int(position - small.offset)]
        } else {
          buffer[index] = 0
        }
      }
    }
    #expect(reader.members == [far, small])
    #expect(try reader.bytes(of: small, bytesMax: 1) == [0x61])
    #expect(throws: ZipError.self) { try reader.bytes(of: far, bytesMax: 1 << 20) }
    far.isStreamed = true
    #expect(ZipFormat.descriptor(far).count == 24)
    #expect(ZipFormat.isLarge(0xFDFF_FFFF) == false)
  }

  @Test("more than 65 534 members have the zip64 end record")
  func many() throws {
    let file = Output()
    var writer = ZipWriter { file.bytes += $0 }
    for index in 0..<65_535 { try writer.add(path: "m\(index)", bytes: [], method: .stored) }
    try writer.finish()
    let reader = try ZipReader(bytes: file.bytes)
    #expect(reader.members.count == 65_535)
    #expect(reader.members.last?.path == "m65534")
  }

  @Test("no input brings the reader down", arguments: [21, 22] as [UInt64])
  func fuzz(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let bytes = try archive()
    var refused = 0
    for _ in 0..<2_000 {
      var damaged = bytes
      for _ in 0...Int.random(in: 0...4, using: &random) {
        // Mostly in the directory, where the fields are.
        let index =
          Bool.random(using: &random)
          ? Int.random(in: bytes.count - 230..<bytes.count, using: &random) : Int.random(in: bytes.indices, using: &random)
        damaged[index] = [0, 1, 0xFF, 0x7F, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
      }
      if damaged == bytes { continue }
      #expect(throws: (any Error).self, "seed \(seed)") { try readAll(damaged) }
      refused += 1
    }
    print("zip fuzz seed \(seed): \(refused) refused")
    #expect(refused > 1_900)
  }
}
