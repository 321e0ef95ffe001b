import Glibc

/// The exclusive right to a data folder, held until the value is dropped or the process ends.
///
/// An advisory `flock` on `<folder>/LOCK`: the kernel releases it however the process dies, so a left-over file never blocks a start.
package struct FolderLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Takes the lock at once or throws a `FileError` (operation `lock`) that names the folder and, when another process holds it, that process.
  package init(folder: String) throws(FileError) {
    let path = folder + "/LOCK"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("lock", folder, errno: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      let holder = FolderLock.holder(descriptor)
      // Not closed here: every field is set, so `deinit` closes it. Twice would close whatever another thread has opened meanwhile.
      guard code == EWOULDBLOCK else { throw FileError("lock", folder, errno: code) }
      throw FileError(
        operation: "lock", path: folder, code: code, message: "another server (process \(holder)) works on this folder")
    }
    // Only for the message above; a failure to write it changes nothing.
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = pwrite(descriptor, text, text.count, 0)
  }

  private static func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
  }

  deinit { close(descriptor) }
}
