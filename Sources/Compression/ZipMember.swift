/// How a member's bytes lie in the file.
package enum ZipMethod: UInt16, Sendable {
  /// As they are.
  case stored = 0
  /// RFC 1951.
  case deflated = 8
}

/// One file of a zip.
package struct ZipMember: Sendable, Equatable {
  /// Its name: see `ZipPaths`.
  package var path: String
  /// Bytes of content.
  package var size: UInt64
  /// Bytes that the content takes in the file.
  package var storedSize: UInt64
  /// How the content is stored.
  package var method: ZipMethod
  /// Its sizes stand behind it.
  var isStreamed: Bool
  /// CRC-32 of the content.
  var checksum: UInt32
  /// CRC-32 of the stored bytes.
  var storedChecksum: UInt32
  /// Where its local header begins.
  var offset: UInt64
}

/// Why a zip file is not written or not read.
package enum ZipError: Error, Equatable, Sendable {
  /// The path is not one that a member may have.
  case path(String)
  /// Two members have this path, a path that differs in case only, or one lies below the other.
  case duplicate(String)
  /// The content of the member had another length than was announced, in bytes.
  case size(path: String, announced: UInt64, actual: UInt64)
  /// The member is not the content that it claims to be.
  case content(path: String, reason: String)
  /// The file is not in the form that `ZipWriter` writes; what was wrong.
  case form(String)
  /// More members than the reader takes.
  case memberLimit(Int)
  /// The writer has finished or has failed before.
  case finished
}

extension ZipError: CustomStringConvertible {
  /// A clause for an answer or a log.
  package var description: String {
    switch self {
    case .path(let path): "`\(path)` is no path for a member of a zip file"
    case .duplicate(let path): "`\(path)` collides with another member of the zip file"
    case .size(let path, let announced, let actual): "`\(path)` has \(actual) bytes, \(announced) were announced"
    case .content(let path, let reason): "`\(path)` is damaged: \(reason)"
    case .form(let reason): "not a zip file in our form: \(reason)"
    case .memberLimit(let limit): "the zip file has more than \(limit) members"
    case .finished: "the zip file is finished"
    }
  }
}

/// The paths of a zip file: ASCII letters, digits and `. _ - @`, parted by `/`, at most 255 bytes; no part is empty or begins or ends with a
/// dot. No two differ in case only and none lies below another, so that the file unpacks to the same files everywhere.
struct ZipPaths {
  static let bytesMax = 255

  private var files: Set<[UInt8]> = []
  private var folders: Set<[UInt8]> = []

  mutating func insert(_ path: String) throws(ZipError) {
    let bytes = Array(path.utf8)
    guard bytes.count <= ZipPaths.bytesMax, ZipPaths.isValid(bytes) else { throw .path(path) }
    let folded = bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    var above: [[UInt8]] = []
    for index in folded.indices where folded[index] == 0x2F { above.append(Array(folded[..<index])) }
    guard !folders.contains(folded), !above.contains(where: files.contains), files.insert(folded).inserted else {
      throw .duplicate(path)
    }
    folders.formUnion(above)
  }

  private static func isValid(_ bytes: [UInt8]) -> Bool {
    bytes.split(separator: 0x2F, omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, first != 0x2E, part.last != 0x2E else { return false }
      return part.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D, 0x40: true
        default: false
        }
      }
    }
  }
}
