/// What a connection may do.
package enum ConnectionMode: Sendable {
  /// Reads and writes; creates the file (mode 0600) when there is none.
  case readWriteCreate
  /// Reads and writes a file that exists.
  case readWrite
  /// Reads a file that exists.
  case readOnly
}

/// How a connection is set up. The defaults are for a durable writer: a commit returns when its frames are on disk.
package struct ConnectionSettings: Sendable {
  /// Whether a commit waits for the disk (`synchronous=FULL`) or not (`NORMAL`: after a power cut the last commits may be missing, never
  /// parts of one). For derived data.
  package var isDurable = true
  /// Bytes of a page of a new file. Measured: 8 KiB removes the pauses of 4 KiB pages without 16 KiB's write volume.
  package var pageBytes = 8_192
  /// Milliseconds to wait for a lock of another connection.
  package var busyMilliseconds: Int32 = 5_000
  /// Bytes that the write-ahead log may keep on disk after it has been started again.
  package var walBytesMax = 64 << 20
  /// Memory of the page cache in KiB.
  package var cacheKiB = 8_192
  /// Pages that the file may have; nil for SQLite's own limit. One more gives `DatabaseError.Kind.full`.
  package var pageCountMax: Int?
  /// Marks the file as ours and says of which kind it is; nil when it is not checked.
  package var applicationID: Int32?

  /// The settings above.
  package init() {}
}
