/// Why the store cannot be trusted or refuses. Database errors come as `DatabaseError`.
package enum StorageFault: Error, Equatable, Sendable {
  /// A batch does not begin where the journal ends; nothing was written.
  case notAtEnd(batchFirst: UInt64, size: UInt64)
  /// Entries are missing although later ones are there: the file and the index of the first missing entry.
  case gap(path: String, index: UInt64)
  /// A row's bytes are not the ones that were written: the file and what is damaged.
  case damaged(path: String, what: String)
  /// The batch has an entry that is longer than the format allows.
  case oversized(index: UInt64)
}

extension StorageFault: CustomStringConvertible {
  /// A line for the operator.
  package var description: String {
    switch self {
    case .notAtEnd(let first, let size): "entry \(first) cannot be appended: the journal has \(size) entries"
    case .gap(let path, let index): "`\(path)` is damaged: entry \(index) is missing; restore the file from a backup"
    case .damaged(let path, let what): "`\(path)` is damaged: \(what); restore the file from a backup"
    case .oversized(let index): "entry \(index) is too long"
    }
  }
}

/// The files of the data folder and the schemas that they have.
enum StorageFiles {
  /// "CS" and the kind of file: `file` and `sqlite3` show it.
  static func applicationID(_ kind: Int32) -> Int32 { 0x4353_0000 | kind }
  static let journal = applicationID(1)
  static let views = applicationID(2)
  static let telemetry = applicationID(3)
}
