import Glibc

/// The value of an environment variable, or nil.
package func environmentValue(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// All environment variables whose name begins with `prefix`, sorted by name.
package func environment(withPrefix prefix: String) -> [(name: String, value: String)] {
  var found: [(name: String, value: String)] = []
  var entry = environ
  while let pointer = entry.pointee {
    let text = String(cString: pointer)
    if text.hasPrefix(prefix), let equals = text.firstIndex(of: "=") {
      found.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    entry = entry.successor()
  }
  return found.sorted { $0.name < $1.name }
}
