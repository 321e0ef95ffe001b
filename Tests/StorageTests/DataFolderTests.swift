import Cryptography
import Foundation
import Platform
import TestSupport
import Testing

@testable import Storage

@Suite("data folder")
struct DataFolderTests {
  let temporary = TemporaryFolder()
  var path: String { temporary.file("data") }

  @Test("a new folder is private and has its format")
  func creation() throws {
    let folder = try DataFolder(path: path)
    for (name, mode) in [("", 0o700), ("/keys", 0o700), ("/tmp", 0o700), ("/FORMAT", 0o600), ("/LOCK", 0o600)] {
      #expect(try FileManager.default.attributesOfItem(atPath: path + name)[.posixPermissions] as? Int == mode, "\(name)")
    }
    #expect(try String(contentsOfFile: path + "/FORMAT", encoding: .utf8) == "countersign data 1\n")
    #expect(!folder.hasJournal)
    #expect(folder.journalPath == path + "/journal.db")
  }

  @Test("a second server is refused while the first runs")
  func lock() throws {
    do {
      let first = try DataFolder(path: path)
      #expect(throws: DataFolderError.inUse(path: path)) { try DataFolder(path: path) }
      withExtendedLifetime(first) {}
    }
    _ = try DataFolder(path: path)
  }

  @Test("what was left in tmp is gone after a start, the rest stays")
  func temporaryFiles() throws {
    let (left, kept) = (path + "/tmp/export.zip", path + "/journal.db")
    do {
      _ = try DataFolder(path: path)
      for file in [left, kept] { try Data([1]).write(to: URL(fileURLWithPath: file)) }
    }
    let folder = try DataFolder(path: path)
    #expect(!Files.exists(left))
    #expect(folder.hasJournal)
  }

  @Test("a journal that has gone while its views are there is not begun anew")
  func lostJournal() throws {
    do {
      let folder = try DataFolder(path: path)
      let journal = try JournalFile(path: folder.journalPath)
      // Even when nothing has been copied out of the write-ahead log yet, the file is not empty.
      #expect(Files.size(folder.journalPath) ?? 0 > 0)
      _ = try ViewDatabase(path: folder.viewsPath, journal: journal)
    }
    _ = try DataFolder(path: path)
    let file = path + "/journal.db"
    try Data().write(to: URL(fileURLWithPath: file))
    #expect(throws: DataFolderError.journalMissing(path: file)) { try DataFolder(path: path) }
    try Files.remove(file)
    #expect(throws: DataFolderError.journalMissing(path: file)) { try DataFolder(path: path) }
    try Files.remove(path + "/views.db")
    _ = try DataFolder(path: path)
  }

  @Test("a folder of other things is not taken over")
  func foreign() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data([1]).write(to: URL(fileURLWithPath: path + "/holiday.jpg"))
    #expect(throws: DataFolderError.foreign(path: path, file: "holiday.jpg")) { try DataFolder(path: path) }
    #expect(!Files.exists(path + "/FORMAT"))
  }

  @Test("a later format and a damaged one are refused")
  func format() throws {
    _ = try DataFolder(path: path)
    for (text, error) in [
      ("countersign data 2\n", DataFolderError.newerFormat(path: path, found: 2, known: 1)),
      ("countersign data 0\n", .foreign(path: path, file: "FORMAT")), ("", .foreign(path: path, file: "FORMAT")),
      ("countersign data 1", .foreign(path: path, file: "FORMAT")), ("other\n", .foreign(path: path, file: "FORMAT")),
    ] {
      try text.write(toFile: path + "/FORMAT", atomically: true, encoding: .utf8)
      #expect(throws: error, "\(text)") { try DataFolder(path: path) }
    }
  }

  @Test("a folder that cannot be made or written is named")
  func unusable() throws {
    try Data([1]).write(to: URL(fileURLWithPath: path))
    for place in [path, path + "/below", "/sys/countersign"] {
      let error = #expect(throws: DataFolderError.self) { try DataFolder(path: place) }
      guard case .unusable(place, _)? = error else {
        Issue.record("\(place): \(String(describing: error))")
        continue
      }
      #expect(error?.description.contains(place) == true)
    }
  }

  @Test("signing keys are made once and kept private")
  func keys() throws {
    let folder = try DataFolder(path: path)
    let log = try folder.signingKey(.log, journalSize: 0)
    let export = try folder.signingKey(.export, journalSize: 9)
    #expect(log.publicKey != export.publicKey)
    for size: UInt64 in [0, 9] {
      #expect(try folder.signingKey(.log, journalSize: size).publicKey == log.publicKey)
      #expect(try folder.signingKey(.export, journalSize: size).publicKey == export.publicKey)
    }
    for name in DataFolder.SigningKeyName.allCases {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.keyPath(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(attributes[.size] as? Int == 65)
    }
  }

  @Test("a journal without its key, and a key that is none, are refused")
  func missingKey() throws {
    let folder = try DataFolder(path: path)
    let file = folder.keyPath(.log)
    #expect(throws: DataFolderError.signingKeyMissing(path: file, entries: 7)) { try folder.signingKey(.log, journalSize: 7) }
    #expect(!Files.exists(file))
    for text in ["", "00\n", String(repeating: "0", count: 64), String(repeating: "g", count: 64) + "\n"] {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      #expect(throws: DataFolderError.damagedKey(path: file)) { try folder.signingKey(.log, journalSize: 0) }
    }
  }
}
