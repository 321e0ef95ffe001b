/// A step from one schema to the next. Steps are never changed once released: a change is a new step.
package struct Migration: Sendable {
  /// From 1 without gaps.
  package let number: Int64
  /// Statements parted by `;`.
  package let sql: String

  /// A step.
  package init(_ number: Int64, _ sql: String) {
    self.number = number
    self.sql = sql
  }

  /// FNV-1a over the text: notices a released step that was edited.
  var checksum: Int64 {
    Int64(bitPattern: sql.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 })
  }
}

extension SQLiteConnection {
  /// Applies those of `migrations` that the file has not seen, each in its transaction.
  ///
  /// - Throws: `DatabaseError.Kind.newerSchema` when the file has seen more than we know, `changedMigration` when it has seen others.
  package func migrate(_ migrations: [Migration]) throws {
    let applied = try appliedMigrations()
    let known = migrations.last?.number ?? 0
    if let last = applied.last, last.number > known {
      throw DatabaseError(.newerSchema(found: last.number, known: known), "schema \(last.number)", path: path)
    }
    for (index, migration) in migrations.enumerated() {
      precondition(migration.number == Int64(index) + 1, "migrations are numbered from 1 without gaps")
      if index < applied.count {
        guard applied[index].number == migration.number, applied[index].checksum == migration.checksum else {
          throw DatabaseError(.changedMigration(migration.number), "its checksum differs", path: path)
        }
        continue
      }
      try transaction {
        try execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, checksum INTEGER NOT NULL) STRICT")
        try execute(migration.sql)
        try statement("INSERT INTO migrations (number, checksum) VALUES (?, ?)")
          .run([.integer(migration.number), .integer(migration.checksum)])
      }
    }
  }

  /// The number of the last migration that the file has seen; 0 for none.
  package func schemaNumber() throws -> Int64 { try appliedMigrations().last?.number ?? 0 }

  private func appliedMigrations() throws -> [(number: Int64, checksum: Int64)] {
    guard try integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'") == 1 else { return [] }
    return try statement("SELECT number, checksum FROM migrations ORDER BY number").rows { ($0.integer(0), $0.integer(1)) }
  }
}
