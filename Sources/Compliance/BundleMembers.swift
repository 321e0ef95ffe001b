import Compression
import Cryptography
import TransparencyLog

/// The zip of a bundle while it is written: each member's digest is taken on the way.
struct BundleMembers {
  private var zip: ZipWriter
  private var files: [Manifest.File] = []

  init(sink: @escaping ZipWriter.Sink) { zip = ZipWriter(sink: sink) }

  /// What the manifest lists, sorted by path.
  var sortedFiles: [Manifest.File] { files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) } }

  /// Adds a member that lies in memory.
  mutating func add(_ path: String, _ bytes: [UInt8]) throws {
    try zip.add(path: path, bytes: bytes)
    files.append(
      Manifest.File(
        path: path, mediaType: BundleLayout.mediaType(path), rows: nil, sha256: SHA256.hash(bytes), size: UInt64(bytes.count)))
  }

  /// Adds a member of `size` bytes that `body` hands over in pieces.
  mutating func add(_ path: String, size: UInt64, rows: UInt64, _ body: (PieceBuffer) throws -> Void) throws {
    let hasher = SHA256Hasher()
    try zip.add(path: path, size: size) { sink in
      try withoutActuallyEscaping(sink) { sink in
        let pieces = PieceBuffer { piece in
          hasher.update(piece)
          try sink(piece)
        }
        try body(pieces)
        try pieces.flush()
      }
    }
    files.append(
      Manifest.File(path: path, mediaType: BundleLayout.mediaType(path), rows: rows, sha256: hasher.finish(), size: size))
  }

  /// Ends the file; returns its length in bytes.
  mutating func finish() throws -> UInt64 { try zip.finish() }
}

/// Gathers lines into larger pieces. Confined to the thread that writes the bundle.
final class PieceBuffer {
  private let sink: ZipWriter.Sink
  private var buffer: [UInt8] = []

  init(sink: @escaping ZipWriter.Sink) { self.sink = sink }

  func add(_ bytes: UnsafeRawBufferPointer) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= BundleLimits.pieceBytes { try flush() }
  }

  /// The bytes and a line feed.
  func add(line: UnsafeRawBufferPointer) throws {
    buffer.append(contentsOf: line)
    buffer.append(0x0A)
    if buffer.count >= BundleLimits.pieceBytes { try flush() }
  }

  func flush() throws {
    try buffer.withUnsafeBytes { try sink($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// One line of `log/subset.proofs.jsonl`: `{"index":n,"proof":["base64",…]}`, in canonical form.
enum ProofLine {
  static func encode(_ proof: InclusionProof) -> [UInt8] {
    Array("{\"index\":\(proof.index),\"proof\":[\(proof.hashes.map { "\"" + $0.base64 + "\"" }.joined(separator: ","))]}".utf8)
  }

  /// The length of the line with its line feed, without making the proof.
  static func length(index: UInt64, size: UInt64) -> UInt64 {
    let count = InclusionProof.hashCount(index: index, size: size)
    return UInt64("{\"index\":\(index),\"proof\":[]}\n".utf8.count + 46 * count + max(0, count - 1))
  }

  /// Reads what `encode` wrote for `index`; nil for every other text.
  static func decode(_ line: UnsafeRawBufferPointer, index: UInt64, size: UInt64) -> InclusionProof? {
    let head = Array("{\"index\":\(index),\"proof\":[".utf8)
    guard line.starts(with: head), line.count + 1 == length(index: index, size: size) else { return nil }
    var hashes: [SHA256Digest] = []
    var position = head.count
    for _ in 0..<InclusionProof.hashCount(index: index, size: size) {
      guard let bytes = Base64.decode(line[(position + 1)..<(position + 45)]), let hash = SHA256Digest(bytes: bytes) else {
        return nil
      }
      hashes.append(hash)
      position += 47
    }
    let proof = InclusionProof(index: index, size: size, hashes: hashes)
    return encode(proof).elementsEqual(line) ? proof : nil
  }
}
