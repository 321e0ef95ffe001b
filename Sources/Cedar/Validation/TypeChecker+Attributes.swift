extension TypeChecker {
  /// The attribute of a record, or of entities that may be of several types: then what all of them have.
  private mutating func field(_ name: Name, of type: CheckedType) -> RecordShape.Field? {
    switch type {
    case .record(let shape): return shape[name]
    case .entity(let types):
      var result: RecordShape.Field?
      for type in types {
        guard budget.spend(), let attribute = tables.schema.entityTypes[type]?.shape[name.text] else { return nil }
        let field = RecordShape.Field(attribute)
        guard let known = result else {
          result = field
          continue
        }
        guard let type = upperBound(known.type, field.type) else { return nil }
        result = RecordShape.Field(type: type, isRequired: known.isRequired && field.isRequired)
      }
      return result
    default: return nil
    }
  }

  /// Whether some value of the type has an attribute that not all have.
  private func mayHave(_ name: Name, _ type: CheckedType) -> Bool {
    switch type {
    case .record(let shape): shape.isOpen || shape[name] != nil
    case .entity(let types): types.contains { tables.schema.entityTypes[$0]?.shape[name.text] != nil }
    default: false
    }
  }

  /// `e has a.b.c` is `e has a && e.a has b && e.a.b has c`, with every `e` looked at once.
  mutating func presence(_ base: Int, _ path: [Term.Step], _ span: SourceSpan) -> Checked {
    let holder = expect(base, .holder)
    var result = Checked(type: .bool(true))
    var type = holder.type
    var reach = holder.reach
    for (index, step) in path.enumerated() {
      guard budget.spend(), !type.isFailed else { return Checked(type: .bool(nil), gains: result.gains) }
      if index > 0, !Expected.holder.takes(type) {
        report(
          .unexpectedType, span, "expected \(Expected.holder.rawValue) before `has \(step.name.text)`, found `\(type)`",
          hint: Expected.holder.hint(type, isSum: false))
        return Checked(type: .bool(nil), gains: result.gains)
      }
      var isEntity = false
      if case .entity = type { isEntity = true }
      if isEntity { dereference(reach, span) }
      guard let field = field(step.name, of: type) else {
        // Nothing can be read from what only may have the attribute, so that a longer path ends in an error there.
        let mayHave = mayHave(step.name, type)
        if mayHave, index < path.count - 1 { reportUnknown(step.name, type, span) }
        return Checked(type: .bool(mayHave ? nil : false), gains: mayHave ? result.gains : [])
      }
      let isCertain = holds(step.capability) || (field.isRequired && !isEntity)
      if !isCertain { result.type = .bool(nil) }
      result.gains.append(step.capability)
      reach = reach.attribute(step.name, isEntity: isEntity)
      type = field.type
    }
    return result
  }

  mutating func attribute(_ index: Int, _ base: Int, _ step: Term.Step) -> Checked {
    let span = terms[index].span
    let holder = expect(base, .holder)
    if holder.type.isFailed { return Checked(type: .failed) }
    var isEntity = false
    if case .entity = holder.type { isEntity = true }
    if isEntity { dereference(holder.reach, span) }
    guard let field = field(step.name, of: holder.type) else {
      reportUnknown(step.name, holder.type, span)
      return Checked(type: .failed)
    }
    if !field.isRequired, !holds(step.capability) {
      let test = table.guards[index]
      report(
        .unguardedAttribute, span, "attribute `\(step.name.text)` of `\(holder.type)` is optional and may be absent here",
        hint: FindingLog.guarding(test))
    }
    return Checked(type: field.type, reach: holder.reach.attribute(step.name, isEntity: isEntity))
  }

  private mutating func reportUnknown(_ name: Name, _ type: CheckedType, _ span: SourceSpan) {
    let schema = tables.schema
    var hint: String?
    if mayHave(name, type) {
      hint = "only some of these types have it; test the type with `is` first"
    } else if let near = log.hint({ NearestName.find(name.text, among: Self.attributeNames(type, schema)) }) {
      hint = "there is `\(near)`"
    }
    report(.unknownAttribute, span, "`\(type)` has no attribute `\(name.text)`", hint: hint)
  }

  private static func attributeNames(_ type: CheckedType, _ schema: Schema) -> [String] {
    switch type {
    case .record(let shape): shape.names.map(\.text)
    case .entity(let types): types.prefix(1).flatMap { schema.entityTypes[$0]?.shape.attributes.map(\.name) ?? [] }
    default: []
    }
  }

  // MARK: Tags

  /// The types of the tags of entities; those without tags are left out.
  private func tagTypes(_ type: CheckedType) -> [CheckedType] {
    guard case .entity(let types) = type else { return [] }
    return types.compactMap { tables.schema.entityTypes[$0]?.tags.map { CheckedType($0) } }
  }

  private func tagCapability(_ holder: Int, _ tag: Int) -> Capability {
    Capability(base: terms[holder].number, name: terms[tag].number)
  }

  mutating func tagTest(_ holder: Int, _ tag: Int, _ span: SourceSpan) -> Checked {
    let entity = expect(holder, .entity)
    dereference(entity.reach, span)
    _ = expect(tag, .string)
    if entity.type.isFailed { return Checked(type: .bool(nil)) }
    let capability = tagCapability(holder, tag)
    if tagTypes(entity.type).isEmpty { return Checked(type: .bool(false)) }
    return Checked(type: .bool(holds(capability) ? true : nil), gains: [capability])
  }

  mutating func tag(_ index: Int, _ holder: Int, _ tag: Int) -> Checked {
    let span = terms[index].span
    let entity = expect(holder, .entity)
    dereference(entity.reach, span)
    _ = expect(tag, .string)
    if entity.type.isFailed { return Checked(type: .failed) }
    let types = tagTypes(entity.type)
    if types.isEmpty {
      report(.noTags, span, "entities of type `\(entity.type)` have no tags", hint: "declare `tags` in the schema")
      return Checked(type: .failed)
    }
    if !holds(tagCapability(holder, tag)) {
      let test = table.guards[index]
      report(.unguardedTag, span, "the tag may be absent here", hint: FindingLog.guarding(test))
    }
    var result = CheckedType.never
    for type in types {
      guard let wider = upperBound(result, type) else {
        reportMismatch(result, type, span, "the tags of these entities")
        return Checked(type: .failed)
      }
      result = wider
    }
    return Checked(type: result, reach: entity.reach.attribute(nil, isEntity: true))
  }
}
