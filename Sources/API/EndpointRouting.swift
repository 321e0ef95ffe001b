/// What a method and a path lead to.
package enum EndpointMatch: Sendable, Equatable {
  /// An operation, and the decoded value of its path parameter; empty without one.
  case found(Endpoint, parameter: String)
  /// The path exists, with these methods.
  case methodNotAllowed([String])
  case unknownPath
}

extension Endpoint {
  /// Finds the operation for `method` and the decoded `path` without its query. HEAD is found where GET is.
  ///
  /// A run's id may contain slashes; every other parameter is one segment.
  package static func match(method: String, path: String) -> EndpointMatch {
    let method = method == "HEAD" ? "GET" : method
    if let endpoints = fixed[path] {
      for endpoint in endpoints where endpoint.method == method { return .found(endpoint, parameter: "") }
      return .methodNotAllowed(endpoints.map(\.method).sorted())
    }
    var candidates: [(Endpoint, String)] = []
    for endpoint in parameterised {
      if let parameter = endpoint.parameter(in: path) { candidates.append((endpoint, parameter)) }
    }
    if let match = candidates.first(where: { $0.0.method == method }) { return .found(match.0, parameter: match.1) }
    return candidates.isEmpty ? .unknownPath : .methodNotAllowed(candidates.map(\.0.method).sorted())
  }

  private static let fixed: [String: [Endpoint]] = Dictionary(grouping: all.filter { $0.suffix == nil }, by: \.template)
  private static let parameterised: [Endpoint] = all.filter { $0.suffix != nil }

  private func parameter(in path: String) -> String? {
    guard let suffix, path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
    let length = path.utf8.count - prefix.utf8.count - suffix.utf8.count
    guard length > 0 else { return nil }
    let parameter = path.utf8.dropFirst(prefix.utf8.count).prefix(length)
    guard operation == .getRun || !parameter.contains(UInt8(ascii: "/")) else { return nil }
    return String(parameter)
  }
}
