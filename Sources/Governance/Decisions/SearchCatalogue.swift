import Cedar

/// What a search can find: every entity that is stored or that a policy names, by Cedar type.
///
/// A policy without a constraint permits names that stand nowhere; those no search can list.
final class SearchCatalogue: Sendable {
  /// By Cedar type, ordered by the bytes of the ids, each once.
  private let ids: [String: [String]]

  init(_ entities: EntityStore, _ policies: PolicySet) {
    var names = policies.namedEntities
    for entity in entities.entities { names.insert(entity.uid) }
    var ids: [String: [String]] = [:]
    for name in names { ids[name.type, default: []].append(name.id) }
    self.ids = ids.mapValues { $0.sorted { SearchCatalogue.precedes($0, $1) } }
  }

  /// The ids of `type` behind `start`, ordered by their bytes; nil starts at the beginning.
  func ids(ofType type: String, after start: String?) -> ArraySlice<String> {
    guard let ids = ids[type] else { return [] }
    guard let start else { return ids[...] }
    return ids[position(after: start, in: ids)...]
  }

  /// Whether `id` of `type` is stored or named.
  func contains(type: String, id: String) -> Bool {
    guard let ids = ids[type] else { return false }
    let position = position(after: id, in: ids)
    return position > 0 && !SearchCatalogue.precedes(ids[position - 1], id)
  }

  /// The first position whose id comes after `id`.
  private func position(after id: String, in ids: [String]) -> Int {
    var low = 0
    var high = ids.count
    while low < high {
      let middle = (low + high) / 2
      if SearchCatalogue.precedes(id, ids[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// By bytes: ids are compared as Cedar compares them.
  private static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }
}
