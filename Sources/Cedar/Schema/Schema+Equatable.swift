extension Schema: Equatable {
  /// Whether both declare the same, however they were written. Lists keep their order.
  public static func == (left: Schema, right: Schema) -> Bool {
    left.entityTypes == right.entityTypes && left.actions == right.actions
  }

  /// Annotations compared by their bytes.
  fileprivate static func same(_ left: [String: String], _ right: [String: String]) -> Bool {
    left.count == right.count && left.allSatisfy { key, value in right[key].map { Text.equal($0, value) } ?? false }
  }
}

extension Schema.EntityType: Equatable {
  /// Whether both declare the same.
  public static func == (left: Schema.EntityType, right: Schema.EntityType) -> Bool {
    left.name == right.name && left.ancestors == right.ancestors && left.shape == right.shape && left.tags == right.tags
      && (left.enumeration == nil) == (right.enumeration == nil)
      && (left.enumeration ?? []).elementsEqual(right.enumeration ?? [], by: Text.equal)
      && Schema.same(left.annotations, right.annotations)
  }
}

extension Schema.Action: Equatable {
  /// Whether both declare the same.
  public static func == (left: Schema.Action, right: Schema.Action) -> Bool {
    left.uid == right.uid && left.parents == right.parents && left.ancestors == right.ancestors && left.appliesTo == right.appliesTo
      && Schema.same(left.annotations, right.annotations)
  }
}
