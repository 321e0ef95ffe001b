/// The parts of `http://host[:port][/prefix]`.
struct HTTPBaseURL: Equatable {
  let host: String
  let port: UInt16
  /// Without a slash at its end.
  let prefix: String

  /// What stands in the field Host.
  var authority: String {
    let name = host.utf8.contains(.colon) ? "[\(host)]" : host
    return port == 80 ? name : "\(name):\(port)"
  }

  init(_ text: String) throws(HTTPClientError) {
    guard let colons = text.utf8.firstIndex(of: .colon), text[colons...].hasPrefix("://") else {
      throw HTTPClientError(.invalidRequest, "`\(text)` has no scheme: write http://HOST:PORT")
    }
    let scheme = text[..<colons].lowercased()
    guard scheme == "http" else {
      throw HTTPClientError(
        .unsupportedScheme,
        "`\(text)`: the scheme `\(scheme)` is not supported, only http: where TLS ends in front of the server, use the address behind it"
      )
    }
    let rest = text[text.index(colons, offsetBy: 3)...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<slash]
    var prefix = String(rest[slash...])
    while prefix.hasSuffix("/") { prefix.removeLast() }
    guard prefix.utf8.allSatisfy({ ByteClass.isTarget($0) && $0 != .question }) else {
      throw HTTPClientError(.invalidRequest, "`\(text)`: the path of a base URL holds neither query nor fragment nor spaces")
    }
    let name: Substring
    let number: Substring
    if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
      name = authority[authority.index(after: authority.startIndex)..<close]
      number = authority[authority.index(after: close)...]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      name = authority[..<colon]
      number = authority[colon...]
    }
    guard !name.isEmpty, name.utf8.allSatisfy(ByteClass.isHost) else {
      throw HTTPClientError(.invalidRequest, "`\(text)` names no host: write http://HOST:PORT")
    }
    var port: UInt16 = 80
    if !number.isEmpty {
      guard number.hasPrefix(":"), number.utf8.count > 1, number.utf8.dropFirst().allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
        let value = UInt16(number.dropFirst()), value > 0
      else { throw HTTPClientError(.invalidRequest, "`\(text)`: the port is not 1 to 65535") }
      port = value
    }
    host = String(name)
    self.port = port
    self.prefix = prefix
  }
}
