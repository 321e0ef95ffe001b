/// A compiled `like` pattern over UTF-8. Every wildcard stands for any run of bytes; as both sides are whole scalars and UTF-8
/// synchronises itself, that is the same as any run of scalars.
struct Pattern: Sendable {
  private static let wildcard: UInt16 = 256
  private let elements: [UInt16]

  init(_ source: [PatternElement]) {
    var elements: [UInt16] = []
    for element in source {
      switch element {
      case .wildcard:
        if elements.last != Pattern.wildcard { elements.append(Pattern.wildcard) }
      case .literal(let scalar):
        for byte in UTF8.encode(scalar) ?? .init() { elements.append(UInt16(byte)) }
      }
    }
    self.elements = elements
  }

  /// Whether the whole of `text` matches. Complexity: O(text × pattern), no recursion: only the last wildcard is ever tried again.
  func matches(_ text: String) -> Bool {
    Text.withBytes(text) { bytes in
      var position = 0
      var element = 0
      var retryElement = -1
      var retryPosition = 0
      while position < bytes.count {
        if element < elements.count, elements[element] == Pattern.wildcard {
          retryElement = element
          retryPosition = position
          element += 1
        } else if element < elements.count, elements[element] == UInt16(bytes[position]) {
          position += 1
          element += 1
        } else if retryElement >= 0 {
          retryPosition += 1
          position = retryPosition
          element = retryElement + 1
        } else {
          return false
        }
      }
      while element < elements.count, elements[element] == Pattern.wildcard { element += 1 }
      return element == elements.count
    }
  }
}
