package import Cryptography
import Glibc
import Platform

/// The data folder: where each file lies, one server at a time, in a format that this version knows.
///
/// ```
/// FORMAT            the number of the format
/// LOCK              held while a server runs
/// journal.db        the truth
/// views.db          derived
/// telemetry.db      accepted span batches, steps, runs
/// keys/log.key      seed of the key that signs checkpoints, 32 bytes in hexadecimal
/// keys/export.key   seed of the key that signs exports
/// tmp/              emptied at every start
/// ```
package final class DataFolder: Sendable {
  /// The format that this version reads and writes.
  package static let format = 1
  private static let folderMode: UInt32 = 0o700
  private static let fileMode: UInt32 = 0o600

  /// The folder.
  package let path: String
  private let lock: FolderLock

  /// Creates the folder when there is none, takes its lock and checks its format.
  ///
  /// - Throws: `DataFolderError`; a folder with other files in it is not taken over.
  package init(path: String) throws(DataFolderError) {
    self.path = path
    do throws(FileError) {
      try Files.makeFolder(path, mode: DataFolder.folderMode)
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
    do throws(FileError) {
      lock = try FolderLock(folder: path)
    } catch {
      throw error.code == EWOULDBLOCK ? .inUse(path: path) : .unusable(path: path, reason: error.description)
    }
    do {
      try DataFolder.checkFormat(path)
      // What is derived is there and the truth is not: a new journal beside it would hide the loss.
      if Files.exists(path + "/views.db"), Files.size(path + "/journal.db") ?? 0 == 0 {
        throw DataFolderError.journalMissing(path: path + "/journal.db")
      }
      for folder in ["keys", "tmp"] { try Files.makeFolder(path + "/" + folder, mode: DataFolder.folderMode) }
      for name in try Files.list(path + "/tmp") { try Files.remove(path + "/tmp/" + name) }
    } catch let error as DataFolderError {
      throw error
    } catch {
      throw .unusable(path: path, reason: "\(error)")
    }
  }

  /// The journal's file.
  package var journalPath: String { path + "/journal.db" }
  /// The views' file.
  package var viewsPath: String { path + "/views.db" }
  /// Telemetry's file.
  package var telemetryPath: String { path + "/telemetry.db" }
  /// For files that need not outlive the server.
  package var temporaryPath: String { path + "/tmp" }

  /// Whether there is a journal: false on the first start.
  package var hasJournal: Bool { Files.exists(journalPath) }

  /// Which signing key is meant.
  package enum SigningKeyName: String, Sendable, CaseIterable {
    /// Signs checkpoints of the journal.
    case log
    /// Signs exports.
    case export
  }

  /// The path of a signing key's seed.
  package func keyPath(_ name: SigningKeyName) -> String { "\(path)/keys/\(name.rawValue).key" }

  /// A signing key; made when there is none, except that a journal with entries needs the log key that signed it.
  ///
  /// - Parameter journalSize: entries in the journal.
  /// - Throws: `DataFolderError.signingKeyMissing`, `.damagedKey` or `.unusable`.
  package func signingKey(_ name: SigningKeyName, journalSize: UInt64) throws(DataFolderError) -> Ed25519SigningKey {
    let file = keyPath(name)
    do {
      if Files.exists(file) {
        let text = try Files.read(file, limit: 1_024)
        guard text.last == 0x0A, let seed = Hex.decode(text.dropLast()), let key = Ed25519SigningKey(seed: seed) else {
          throw DataFolderError.damagedKey(path: file)
        }
        return key
      }
      if name == .log, journalSize > 0 { throw DataFolderError.signingKeyMissing(path: file, entries: journalSize) }
      let key = Ed25519SigningKey.generate()
      try Files.writeAtomically(file, Array((Hex.encode(key.seed) + "\n").utf8), mode: DataFolder.fileMode)
      return key
    } catch let error as DataFolderError {
      throw error
    } catch {
      throw .unusable(path: file, reason: "\(error)")
    }
  }

  private static func checkFormat(_ path: String) throws {
    let file = path + "/FORMAT"
    let head = "countersign data "
    guard Files.exists(file) else {
      // A file system's own folder may be there.
      let others = try Files.list(path).filter { !["LOCK", "lost+found"].contains($0) }
      if let other = others.first { throw DataFolderError.foreign(path: path, file: other) }
      return try Files.writeAtomically(file, Array("\(head)\(format)\n".utf8), mode: fileMode)
    }
    let text = String(decoding: try Files.read(file, limit: 1_024), as: UTF8.self)
    guard text.hasPrefix(head), text.hasSuffix("\n"), let found = Int(text.dropFirst(head.count).dropLast()), found >= 1 else {
      throw DataFolderError.foreign(path: path, file: "FORMAT")
    }
    guard found <= format else { throw DataFolderError.newerFormat(path: path, found: found, known: format) }
  }
}

/// Why a data folder cannot be used; each says what to do.
package enum DataFolderError: Error, Equatable, Sendable {
  /// It cannot be created, read or written, with the reason.
  case unusable(path: String, reason: String)
  /// Another server holds it.
  case inUse(path: String)
  /// It is not a data folder: it has this file and no format of ours.
  case foreign(path: String, file: String)
  /// A later version wrote it.
  case newerFormat(path: String, found: Int, known: Int)
  /// The journal is missing or empty, although other files of a running server are there.
  case journalMissing(path: String)
  /// The journal has entries, but the key that signed its checkpoints is not there.
  case signingKeyMissing(path: String, entries: UInt64)
  /// The file is no signing key.
  case damagedKey(path: String)
}

extension DataFolderError: CustomStringConvertible {
  /// What happened; what to do.
  package var description: String {
    switch self {
    case .unusable(let path, let reason):
      "the data folder cannot be used: \(reason); check the owner and the mode of `\(path)` and the free space"
    case .inUse(let path): "another server uses the data folder `\(path)`; stop it or give this one its own folder (--data)"
    case .foreign(let path, let file): "`\(path)` is not a data folder: it has `\(file)`; name an empty or new folder (--data)"
    case .newerFormat(let path, let found, let known):
      "the data folder `\(path)` has format \(found), this version knows up to \(known); use the version that wrote it or a later one"
    case .journalMissing(let path):
      "`\(path)` is missing or empty, although it was there; restore it from a backup, or start with an empty data folder (--data)"
    case .signingKeyMissing(let path, let entries):
      "the journal has \(entries) entries, but the key that signs its checkpoints, `\(path)`, is missing; restore it from a backup"
    case .damagedKey(let path): "`\(path)` is not a signing key (64 hexadecimal digits and a line feed); restore it from a backup"
    }
  }
}
