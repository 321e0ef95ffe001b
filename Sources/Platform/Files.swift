import Glibc

/// Whole-file operations; every error names the operation and the path.
package enum Files {
  /// The bytes of a file.
  ///
  /// - Parameter limit: a file of more bytes is refused, so that a wrong path cannot fill the memory.
  package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("read", path, errno: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("read", path, errno: errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("read", path, errno: EISDIR) }
    var bytes: [UInt8] = []
    // The size is a hint only: pipes and /proc say 0, and a file may grow while it is read.
    var room = min(max(Int(status.st_size), 0), limit) + 1
    while true {
      let wanted = room
      var failure: Int32 = 0
      var got = 0
      let piece = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
        repeat { got = Glibc.read(descriptor, buffer.baseAddress, wanted) } while got < 0 && errno == EINTR
        if got < 0 { failure = errno }
        count = max(got, 0)
      }
      guard failure == 0 else { throw FileError("read", path, errno: failure) }
      if got == 0 { return bytes }
      if bytes.isEmpty { bytes = piece } else { bytes.append(contentsOf: piece) }
      guard bytes.count <= limit else {
        throw FileError(operation: "read", path: path, code: EFBIG, message: "the file has more than \(limit) bytes")
      }
      room = min(64 << 10, limit - bytes.count + 1)
    }
  }

  /// Opens a file for reading; the caller closes the descriptor with `Sockets.close`.
  package static func openForReading(_ path: String) throws(FileError) -> (descriptor: Int32, bytes: Int) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError("read", path, errno: errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError("read", path, errno: EINVAL)
    }
    return (descriptor, Int(status.st_size))
  }

  /// Replaces a file so that after a crash it has either the old or the new bytes, and after the return durably the new ones.
  ///
  /// Writes a temporary file beside it, syncs it, renames it over `path`, syncs the folder. A failure leaves the old file and no temporary one.
  ///
  /// - Parameter mode: the permission bits of the new file, whatever the umask is.
  package static func writeAtomically(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) throws(FileError) {
    let temporary = "\(path).\(getpid()).\(MonotonicClock.nanoseconds()).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw FileError("write", path, errno: errno) }
    var failure = writeAll(descriptor, bytes)
    if failure == 0, fchmod(descriptor, mode_t(mode)) != 0 { failure = errno }
    if failure == 0, fsync(descriptor) != 0 { failure = errno }
    if close(descriptor) != 0, failure == 0 { failure = errno }
    if failure == 0, rename(temporary, path) != 0 { failure = errno }
    guard failure == 0 else {
      unlink(temporary)
      throw FileError("write", path, errno: failure)
    }
    try syncFolder(parent(path))
  }

  /// Makes the names in a folder durable.
  package static func syncFolder(_ folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("sync", folder, errno: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("sync", folder, errno: errno) }
  }

  /// Writes all of `bytes`; returns 0 or an errno.
  private static func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          return errno
        }
        rest = rest.dropFirst(written)
      }
      return 0
    }
  }

  /// The folder part of a path: `/a/b` → `/a`, `a` → `.`, `/a` → `/`.
  package static func parent(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: 0x2F) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
