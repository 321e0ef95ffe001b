import JSON

extension EntityStore {
  /// The largest entities document, in bytes.
  public static let documentBytesMax = 64 * 1024 * 1024

  /// Reads the entities format of Cedar: an array of objects with `uid`, `attrs`, `parents` and optional `tags`.
  ///
  /// Values are booleans, 64-bit integers, strings, arrays (sets), objects (records) and the escapes `{"__entity": {"type", "id"}}` and
  /// `{"__extn": {"fn", "arg"}}`. Duplicate keys, null, other numbers, unknown functions and cycles are refused.
  ///
  /// - Parameter schema: where it declares an entity, `{"type", "id"}` does as well, and where it declares an extension value, the text of
  ///   its constructor. The entities must conform to it, and the store gets all its actions: see `init(_:schema:)`.
  public static func parse(json: [UInt8], schema: Schema? = nil) throws(DataFailure) -> EntityStore {
    let entities = try parseEntities(json: json, schema: schema)
    if let schema { return try EntityStore(entities, schema: schema) }
    return try EntityStore(parsing: entities)
  }

  /// Reads the same format into entities without computing their hierarchy. A schema steers the reading alone: `init(_:schema:)` then asks
  /// whether the entities conform to it.
  public static func parseEntities(json: [UInt8], schema: Schema? = nil) throws(DataFailure) -> [Entity] {
    try withDocument(json, limits: JSONLimits(bytes: documentBytesMax, depth: DataReader.depthMax)) { root throws(DataFailure) in
      try DataReader(root: root, schema: schema).entities()
    }
  }

  /// The entities in the format that `parse(json:schema:)` reads, ordered by type and id, every value in its explicit form: it needs no
  /// schema to be read again.
  ///
  /// One thing the format cannot say without a schema: a record with no member but `__entity` or `__extn`, whose value looks as if it were
  /// that escape.
  public var json: [UInt8] {
    var writer = DataWriter()
    writer.entities(data)
    return writer.bytes
  }

  /// As `init`, with failures as those of a document.
  convenience init(parsing entities: [Entity]) throws(DataFailure) {
    do throws(Failure) {
      try self.init(entities)
    } catch {
      throw DataFailure(message: error.description, path: "")
    }
  }
}

extension Record {
  /// The largest context document, in bytes.
  public static let documentBytesMax = 1024 * 1024

  /// Reads a context: a JSON object whose values follow the rules of `EntityStore.parse(json:schema:)`.
  public static func parse(json: [UInt8]) throws(DataFailure) -> Record { try parse(json: json, as: nil) }

  /// Reads the context of a request for `action`, and asks whether it is one that `schema` admits. Without a schema this is `parse(json:)`.
  public static func parse(json: [UInt8], schema: Schema?, action: EntityUID) throws(DataFailure) -> Record {
    guard let schema else { return try parse(json: json) }
    let type = try schema.contextType(of: action)
    let record = try parse(json: json, as: type)
    try schema.check(record, as: type)
    return record
  }

  private static func parse(json: [UInt8], as type: RecordType?) throws(DataFailure) -> Record {
    try withDocument(json, limits: JSONLimits(bytes: documentBytesMax, depth: DataReader.depthMax)) { root throws(DataFailure) in
      try DataReader(root: root).context(as: type)
    }
  }

  /// The record as a JSON object in the form that `parse(json:)` reads; see `EntityStore.json`.
  public var json: [UInt8] { Value.record(self).json }
}

extension Value {
  /// The value in Cedar's JSON form for data; see `EntityStore.json`.
  public var json: [UInt8] {
    var writer = DataWriter()
    writer.value(self)
    return writer.bytes
  }
}
