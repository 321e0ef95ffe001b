/// Strings that occur again and again, made once. Direct-mapped: a new text takes the place of an old one, so memory is bounded by the
/// number of places times the longest text. Confined to its owner.
final class TextCache {
  private struct Place {
    var hash: UInt64
    var text: String
  }

  private static let placesCount = 2_048
  private var places: [Place]

  /// A cache with room, but no text yet.
  init() { places = Array(repeating: Place(hash: 0, text: ""), count: Self.placesCount) }

  /// The text of `bytes`, invalid UTF-8 replaced.
  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    // Up to 15 bytes live inside the string itself: nothing to save.
    if bytes.count <= 15 { return String(decoding: bytes, as: UTF8.self) }
    let hash = fullHash(bytes)
    let index = Int(truncatingIfNeeded: hash) & (Self.placesCount - 1)
    if places[index].hash == hash, isSame(places[index].text, bytes) { return places[index].text }
    let text = String(decoding: bytes, as: UTF8.self)
    places[index] = Place(hash: hash, text: text)
    return text
  }

  private func isSame(_ text: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
    text.utf8.withContiguousStorageIfAvailable { areEqual(UnsafeRawBufferPointer($0), bytes) } ?? false
  }
}
