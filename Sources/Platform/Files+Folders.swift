import Glibc

extension Files {
  /// The names in a folder without `.` and `..`, sorted by their bytes.
  package static func list(_ folder: String) throws(FileError) -> [String] {
    guard let stream = opendir(folder) else { throw FileError("list", folder, errno: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError("list", folder, errno: errno) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether something is at `path`; a link counts by its target.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a folder is at `path`.
  package static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The bytes of the file at `path`, or nil when there is none.
  package static func size(_ path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_size) : nil
  }

  /// Creates a folder and its missing parents, each with `mode`; a folder that is there already is left as it is.
  package static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(FileError) {
    if isDirectory(path) { return }
    let above = parent(path)
    if above != path, !exists(above) { try makeFolder(above, mode: mode) }
    guard mkdir(path, mode_t(mode)) == 0 || isDirectory(path) else { throw FileError("create the folder", path, errno: errno) }
  }

  /// Removes a file or an empty folder; one that is not there is no error.
  package static func remove(_ path: String) throws(FileError) {
    guard Glibc.remove(path) == 0 || errno == ENOENT else { throw FileError("remove", path, errno: errno) }
  }

  /// The bytes that an unprivileged process may still write to the file system of `path`.
  package static func freeBytes(_ path: String) throws(FileError) -> UInt64 {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { throw FileError("read the free space of", path, errno: errno) }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize)
  }
}
