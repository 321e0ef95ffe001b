import Glibc

/// A file operation that failed.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was tried: `read`, `write`, `list` …
  package let operation: String
  package let path: String
  /// errno; 0 for a limit of ours.
  package let code: Int32
  package let message: String

  init(_ operation: String, _ path: String, code: Int32 = errno, _ message: String? = nil) {
    self.operation = operation
    self.path = path
    self.code = code
    self.message = message ?? String(cString: strerror(code))
  }

  package var description: String { "cannot \(operation) `\(path)`: \(message)" }
}

/// Files and folders, every error named.
package enum Files {
  /// Reads a whole file.
  ///
  /// - Parameter limit: largest size, bytes; a larger file is an error, not a cut.
  package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileError("read", path) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileError("read", path) }
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else { throw FileError("read", path, code: 0, "it is larger than \(limit) bytes") }
      bytes += buffer[0..<count]
    }
  }

  /// Replaces a file at once and durably: temporary file, fsync, rename, fsync of the folder.
  package static func writeAtomically(_ path: String, _ bytes: [UInt8], mode: UInt32) throws(FileError) {
    let temporary = path + ".tmp-\(getpid())"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode_t(mode))
    guard file >= 0 else { throw FileError("write", path) }
    do throws(FileError) {
      try write(file, bytes, path)
      guard fsync(file) == 0 else { throw FileError("write", path) }
    } catch {
      close(file)
      unlink(temporary)
      throw error
    }
    close(file)
    guard rename(temporary, path) == 0 else {
      let error = FileError("write", path)
      unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }

  /// The names in a folder, sorted, without `.` and `..`.
  package static func list(_ folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw FileError("list", folder) }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether something has this name.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether `path` is a folder.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Size in bytes, or nil.
  package static func size(_ path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_size) : nil
  }

  /// Makes a folder and its parents; an existing one is fine.
  package static func makeFolder(_ path: String, mode: UInt32) throws(FileError) {
    if isDirectory(path) { return }
    if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeFolder(String(path[..<slash]), mode: mode) }
    guard mkdir(path, mode_t(mode)) == 0 || (errno == EEXIST && isDirectory(path)) else { throw FileError("make the folder", path) }
  }

  /// Removes a file; a missing one is fine.
  package static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
  }

  /// Bytes that an ordinary process may still write on the file system of `path`.
  package static func freeBytes(_ path: String) throws(FileError) -> UInt64 {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { throw FileError("measure the disk of", path) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }

  private static func write(_ file: Int32, _ bytes: [UInt8], _ path: String) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw FileError("write", path) }
      written += count
    }
  }

  private static func syncFolder(of path: String) throws(FileError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let file = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw FileError("sync", folder) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw FileError("sync", folder) }
  }
}

/// Exclusive use of a data folder, for as long as this value lives; the kernel gives it up when the process dies.
package struct FolderLock: ~Copyable {
  private let file: Int32

  /// - Throws: when another process holds the folder, or the folder cannot be written.
  package init(folder: String) throws(FileError) {
    let path = folder + "/LOCK"
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileError("lock", path) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(file)
      throw FileError("lock", path, code: code, code == EWOULDBLOCK ? "another server uses this data folder" : nil)
    }
  }

  deinit { close(file) }
}
