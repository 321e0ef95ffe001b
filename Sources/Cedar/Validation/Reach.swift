/// How far from the request an expression's entity lies: how often entities were followed to get there. Level validation bounds it, and
/// with it the data that an evaluation can need.
struct Reach {
  var distance = 0
  /// Whether the entity may be one that only the policy names.
  var isLiteral = false
  /// For a record written out, where each of its members lies.
  var fields: [Name: Reach] = [:]

  /// Where an attribute lies; `name` is nil for a tag.
  func attribute(_ name: Name?, isEntity: Bool) -> Reach {
    if isEntity { return Reach(distance: distance + 1) }
    if let name, let field = fields[name] { return field }
    return Reach(distance: distance, isLiteral: isLiteral)
  }

  /// Where the entity lies when it is one of two.
  func joined(_ other: Reach) -> Reach {
    var result = Reach(distance: max(distance, other.distance), isLiteral: isLiteral || other.isLiteral)
    if fields.isEmpty && other.fields.isEmpty { return result }
    for name in Set(fields.keys).union(other.fields.keys) {
      let left = fields[name] ?? Reach(distance: distance, isLiteral: isLiteral)
      let right = other.fields[name] ?? Reach(distance: other.distance, isLiteral: other.isLiteral)
      result.fields[name] = left.joined(right)
    }
    return result
  }
}

extension TypeChecker {
  /// Accounts for a look into an entity: its attributes, tags or ancestors.
  mutating func dereference(_ reach: Reach, _ span: SourceSpan) {
    guard let level else { return }
    if reach.isLiteral {
      log.reportLevel(
        .literalDereference, span, "an entity that the request does not name is looked into, at any level an error",
        hint: "compare with `==`, or reach it from the request")
    } else if reach.distance >= level {
      log.reportLevel(
        .levelExceeded, span, "level \(reach.distance + 1) is needed here, \(level) is allowed")
    }
  }
}
