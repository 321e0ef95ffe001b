import JSON

extension SchemaDocument {
  /// The schema in the JSON format: what `parse(json:)` reads as the same schema.
  public var json: [UInt8] {
    var writer = SchemaJSONWriter()
    writer.document(self)
    return writer.bytes
  }
}

/// Writes schemas in their JSON format.
struct SchemaJSONWriter {
  private var writer = JSONWriter()

  var bytes: [UInt8] { writer.bytes }

  mutating func document(_ document: SchemaDocument) {
    writer.beginObject()
    for namespace in document.namespaces {
      writer.key(namespace.name)
      self.namespace(namespace)
    }
    writer.endObject()
  }

  private mutating func namespace(_ namespace: NamespaceSyntax) {
    writer.beginObject()
    annotations(namespace.annotations)
    if !namespace.types.isEmpty {
      writer.key("commonTypes")
      writer.beginObject()
      for common in namespace.types {
        writer.key(common.name)
        type(common.type) { $0.annotations(common.annotations) }
      }
      writer.endObject()
    }
    writer.key("entityTypes")
    writer.beginObject()
    for entity in namespace.entities {
      writer.key(entity.name)
      self.entity(entity)
    }
    writer.endObject()
    writer.key("actions")
    writer.beginObject()
    for action in namespace.actions {
      writer.key(action.id)
      self.action(action)
    }
    writer.endObject()
    writer.endObject()
  }

  private mutating func entity(_ entity: EntitySyntax) {
    writer.beginObject()
    annotations(entity.annotations)
    switch entity.kind {
    case .enumerated(let ids):
      writer.key("enum")
      strings(ids)
    case .standard(let memberOf, let shape, let tags):
      if !memberOf.isEmpty {
        writer.key("memberOfTypes")
        strings(memberOf.map(\.text))
      }
      if let shape {
        writer.key("shape")
        type(shape)
      }
      if let tags {
        writer.key("tags")
        type(tags)
      }
    }
    writer.endObject()
  }

  private mutating func action(_ action: ActionSyntax) {
    writer.beginObject()
    annotations(action.annotations)
    if !action.parents.isEmpty {
      writer.key("memberOf")
      writer.beginArray()
      for parent in action.parents {
        writer.beginObject()
        writer.key("id")
        writer.string(parent.id)
        if let type = parent.type {
          writer.key("type")
          writer.string(type)
        }
        writer.endObject()
      }
      writer.endArray()
    }
    if let appliesTo = action.appliesTo {
      writer.key("appliesTo")
      writer.beginObject()
      writer.key("principalTypes")
      strings(appliesTo.principals.map(\.text))
      writer.key("resourceTypes")
      strings(appliesTo.resources.map(\.text))
      if let context = appliesTo.context {
        writer.key("context")
        type(context)
      }
      writer.endObject()
    }
    writer.endObject()
  }

  /// - Parameter more: writes the members that the place of the type adds.
  private mutating func type(_ type: TypeSyntax, _ more: (inout SchemaJSONWriter) -> Void = { _ in }) {
    writer.beginObject()
    writer.key("type")
    switch type.kind {
    case .builtIn(.long): writer.string("Long")
    case .builtIn(.string): writer.string("String")
    case .builtIn(.extension(let type)): named("Extension", type.rawValue)
    // Readers make no other built-in types.
    case .builtIn: writer.string("Boolean")
    case .named(let name): named("EntityOrCommon", name)
    case .entity(let name): named("Entity", name)
    case .common(let name): writer.string(name)
    case .set(let element):
      writer.string("Set")
      writer.key("element")
      self.type(element)
    case .record(let attributes):
      writer.string("Record")
      writer.key("attributes")
      writer.beginObject()
      for attribute in attributes {
        writer.key(attribute.name)
        self.type(attribute.type) { json in
          if !attribute.isRequired {
            json.writer.key("required")
            json.writer.bool(false)
          }
          json.annotations(attribute.annotations)
        }
      }
      writer.endObject()
    }
    more(&self)
    writer.endObject()
  }

  private mutating func named(_ type: String, _ name: String) {
    writer.string(type)
    writer.key("name")
    writer.string(name)
  }

  private mutating func strings(_ texts: [String]) {
    writer.beginArray()
    for text in texts { writer.string(text) }
    writer.endArray()
  }

  private mutating func annotations(_ annotations: [AnnotationSyntax]) {
    if annotations.isEmpty { return }
    writer.key("annotations")
    writer.beginObject()
    for annotation in annotations {
      writer.key(annotation.key)
      if let value = annotation.value { writer.string(value) } else { writer.null() }
    }
    writer.endObject()
  }
}
