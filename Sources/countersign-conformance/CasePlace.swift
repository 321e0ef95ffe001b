import Glibc

/// Where cases lie: a folder or a packed one.
struct CasePlace: Sendable {
  /// The path, as messages name it.
  let name: String
  /// The names of the files, sorted; for an archive without their folders.
  let files: [String]
  /// For an archive, the member of each file.
  private let members: [String: String]?

  /// Bytes of one file: seven times the largest of today, and the whole of it is kept in memory.
  private static let fileBytesMax = 64 * 1024 * 1024

  /// The places of `path`: itself when it holds cases, else its folders that do, else its archives; `path` may be an archive.
  static func find(in path: String) throws -> [CasePlace] {
    if path.hasSuffix(archiveSuffix) { return [try archive(path)] }
    let names = try list(path)
    if names.contains(where: isCaseFile) { return [CasePlace(name: path, files: names, members: nil)] }
    let folders = names.compactMap { name -> CasePlace? in
      guard let inner = try? list(path + "/" + name), inner.contains(where: isCaseFile) else { return nil }
      return CasePlace(name: path + "/" + name, files: inner, members: nil)
    }
    if !folders.isEmpty { return folders }
    let archives = names.filter { $0.hasSuffix(archiveSuffix) }
    if archives.isEmpty { throw Mismatch("no cases in `\(path)`: neither *.jsonl, nor a folder or a *.tar.gz with them") }
    return try archives.map { try archive(path + "/" + $0) }
  }

  /// The bytes of a file.
  func read(_ file: String) throws -> [UInt8] {
    guard let members else { return try CasePlace.bytes(name + "/" + file) }
    guard let member = members[file] else { throw Mismatch("`\(file)` is not in `\(name)`") }
    return try Tar.run(["-xzOf", name, "--", member], bytesMax: CasePlace.fileBytesMax)
  }

  private static let archiveSuffix = ".tar.gz"

  private static func isCaseFile(_ name: String) -> Bool { name.hasSuffix(".jsonl") }

  private static func archive(_ path: String) throws -> CasePlace {
    let listing = try Tar.run(["-tzf", path], bytesMax: fileBytesMax)
    var members: [String: String] = [:]
    for line in listing.split(separator: 0x0A) {
      let member = String(decoding: line, as: UTF8.self)
      if let file = member.split(separator: "/").last, !member.hasSuffix("/") { members[String(file)] = member }
    }
    return CasePlace(name: path, files: members.keys.sorted(), members: members)
  }

  private static func list(_ path: String) throws -> [String] {
    guard let folder = opendir(path) else { throw Mismatch("cannot list `\(path)`: \(String(cString: strerror(errno)))") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Mismatch("cannot read `\(path)`: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    return try readAll(descriptor, path, bytesMax: fileBytesMax)
  }
}

/// Everything that `descriptor` has to say.
func readAll(_ descriptor: Int32, _ name: String, bytesMax: Int) throws -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw Mismatch("cannot read `\(name)`: \(String(cString: strerror(errno)))") }
    if count == 0 { return bytes }
    bytes += buffer[..<count]
    if bytes.count > bytesMax { throw Mismatch("`\(name)` is longer than \(bytesMax) bytes") }
  }
}
