import Foundation
import TestSupport
import Testing

@testable import Platform

@Suite("files")
struct FilesTests {
  let folder = TemporaryFolder()

  @Test("bytes written are bytes read, and no temporary file stays")
  func roundTrip() throws {
    for size in [0, 1, 4096, 200_000] {
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try Files.writeAtomically(folder.file("data"), bytes, mode: 0o600)
      #expect(try Files.read(folder.file("data"), limit: 200_000) == bytes)
      #expect(Files.size(folder.file("data")) == UInt64(size))
    }
    #expect(try Files.list(folder.path) == ["data"])
    let mode = try FileManager.default.attributesOfItem(atPath: folder.file("data"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("a write that cannot be completed leaves the former file and no temporary one")
  func failedWrite() throws {
    try Files.makeFolder(folder.file("taken/inside"))
    #expect(throws: FileError.self) { try Files.writeAtomically(folder.file("taken"), [1]) }
    #expect(try Files.list(folder.path) == ["taken"])
    #expect(Files.isDirectory(folder.file("taken/inside")))
  }

  @Test("a file is read up to its limit and refused one byte past it")
  func limit() throws {
    try Files.writeAtomically(folder.file("data"), [UInt8](repeating: 7, count: 100))
    #expect(try Files.read(folder.file("data"), limit: 100).count == 100)
    let error = #expect(throws: FileError.self) { try Files.read(folder.file("data"), limit: 99) }
    #expect(error?.description == "cannot read `\(folder.file("data"))`: the file has more than 99 bytes")
    #expect(throws: FileError.self) { try Files.read("/dev/zero", limit: 1000) }
  }

  @Test("an error names the operation and the path")
  func errors() throws {
    let missing = folder.file("missing")
    let below = folder.file("missing/below")
    try Files.writeAtomically(folder.file("file"), [])
    let table: [(String, String, () throws -> Void)] = [
      ("read", missing, { _ = try Files.read(missing, limit: 1) }),
      ("read", self.folder.path, { _ = try Files.read(self.folder.path, limit: 1) }),
      ("write", below, { try Files.writeAtomically(below, [1]) }),
      ("list", missing, { _ = try Files.list(missing) }),
      ("create the folder", self.folder.file("file/x"), { try Files.makeFolder(self.folder.file("file/x"), mode: 0o755) }),
      ("remove", self.folder.file("file/x"), { try Files.remove(self.folder.file("file/x")) }),
      ("read the free space of", missing, { _ = try Files.freeBytes(missing) }),
      ("sync", missing, { try Files.syncFolder(missing) }),
      ("lock", missing, { _ = try FolderLock(folder: missing) }),
    ]
    for (operation, path, body) in table {
      let error = #expect(throws: FileError.self, "\(operation)") { try body() }
      #expect(error?.operation == operation)
      #expect(error?.path == path)
      #expect(error?.description.contains("`\(path)`") == true)
      #expect(error?.code != 0)
    }
  }

  @Test("folders are made with their parents, listed in order, and removed")
  func folders() throws {
    try Files.makeFolder(folder.file("a/b/c"))
    try Files.makeFolder(folder.file("a/b/c"))
    for name in ["z", "B", "a", "10", "9"] { try Files.writeAtomically(folder.file("a/b/c/" + name), []) }
    #expect(try Files.list(folder.file("a/b/c")) == ["10", "9", "B", "a", "z"])
    #expect(Files.exists(folder.file("a/b/c/z")))
    #expect(Files.size(folder.file("a/b/c/y")) == nil)
    #expect(!Files.isDirectory(folder.file("a/b/c/z")))
    try Files.remove(folder.file("a/b/c/z"))
    try Files.remove(folder.file("a/b/c/z"))
    #expect(!Files.exists(folder.file("a/b/c/z")))
    #expect(try Files.freeBytes(folder.path) > 0)
  }

  @Test("the parent of a path", arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b", "a"), ("/", "/")])
  func parents(path: String, parent: String) { #expect(Files.parent(path) == parent) }

  @Test("a folder is locked once, and again after the first lock is dropped")
  func lock() throws {
    func second() throws { _ = try FolderLock(folder: folder.path) }
    do {
      let first = try FolderLock(folder: folder.path)
      let error = #expect(throws: FileError.self) { try second() }
      #expect(error?.operation == "lock")
      #expect(error?.message == "another server (process \(getpid())) works on this folder")
      _ = consume first
    }
    try second()
  }

  @Test("a refused lock closes its own descriptor and no other")
  func refusedLock() throws {
    let first = try FolderLock(folder: folder.path)
    let isDone = Lock(false)
    let stolen = Lock(0)
    // Closing a number twice would hit a descriptor that this thread has just been given.
    let opener = spawnThread(name: "opener") {
      while !isDone.withLock({ $0 }) {
        let descriptor = open("/dev/null", O_RDONLY)
        if close(descriptor) != 0 { stolen.withLock { $0 += 1 } }
      }
    }
    let path = folder.path
    for _ in 0..<5_000 { #expect(throws: FileError.self) { _ = try FolderLock(folder: path) } }
    isDone.withLock { $0 = true }
    opener.join()
    #expect(stolen.withLock { $0 } == 0)
    _ = consume first
  }
}
