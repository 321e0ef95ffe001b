import JSON

/// Writes Cedar values and entities as JSON, each in one form.
struct DataWriter {
  private var writer = JSONWriter()

  var bytes: [UInt8] { writer.bytes }

  mutating func entities(_ entities: [EntityData]) {
    writer.beginArray()
    for entity in entities.sorted(by: { DataWriter.precedes($0.uid, $1.uid) }) { self.entity(entity) }
    writer.endArray()
  }

  private static func precedes(_ left: EntityUID, _ right: EntityUID) -> Bool {
    let byType = Text.compare(left.type, right.type)
    return byType != 0 ? byType < 0 : Text.compare(left.id, right.id) < 0
  }

  private mutating func entity(_ entity: EntityData) {
    writer.beginObject()
    writer.key("uid")
    name(entity.uid)
    writer.key("attrs")
    record(entity.attributes)
    writer.key("parents")
    writer.beginArray()
    for parent in Set(entity.parents).sorted(by: DataWriter.precedes) { name(parent) }
    writer.endArray()
    if entity.tags.count > 0 {
      writer.key("tags")
      record(entity.tags)
    }
    writer.endObject()
  }

  private mutating func name(_ uid: EntityUID) { writer.entity(uid) }

  private mutating func record(_ record: Record) {
    writer.beginObject()
    for member in record.members {
      writer.key(member.key)
      value(member.value)
    }
    writer.endObject()
  }

  mutating func value(_ value: Value) {
    switch value {
    case .bool(let value): writer.bool(value)
    case .long(let value): writer.integer(value)
    case .string(let text): writer.string(text)
    case .set(let set):
      writer.beginArray()
      for element in set.elements { self.value(element) }
      writer.endArray()
    case .record(let record): self.record(record)
    case .entity(let uid):
      writer.beginObject()
      writer.key("__entity")
      name(uid)
      writer.endObject()
    case .ip(let address): call(.ip, address.description)
    case .decimal(let number): call(.decimal, number.description)
    case .duration(let span): call(.duration, span.description)
    case .datetime(let moment): datetime(moment)
    }
  }

  private mutating func call(_ function: ExtensionFunction, _ argument: String) {
    open(function)
    writer.key("arg")
    writer.string(argument)
    close()
  }

  /// A moment outside the years that the constructor takes is an offset from the epoch.
  private mutating func datetime(_ moment: DateTimeValue) {
    let text = moment.description
    if DateTimeValue(text) == moment { return call(.datetime, text) }
    open(.offset)
    writer.key("args")
    writer.beginArray()
    call(.datetime, "1970-01-01")
    call(.duration, DurationValue(milliseconds: moment.milliseconds).description)
    writer.endArray()
    close()
  }

  private mutating func open(_ function: ExtensionFunction) {
    writer.beginObject()
    writer.key("__extn")
    writer.beginObject()
    writer.key("fn")
    writer.string(function.rawValue)
  }

  private mutating func close() {
    writer.endObject()
    writer.endObject()
  }
}

extension JSONWriter {
  /// The name of an entity: `{"type", "id"}`.
  mutating func entity(_ uid: EntityUID) {
    beginObject()
    key("type")
    string(uid.type)
    key("id")
    string(uid.id)
    endObject()
  }
}
