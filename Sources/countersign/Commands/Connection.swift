import HTTP
import JSON
import Platform

/// The server that COUNTERSIGN_URL and COUNTERSIGN_API_KEY name.
struct Connection {
  static let defaultURL = "http://127.0.0.1:8470"
  static let options = [
    Option(name: "url", value: "URL", help: "the server (default: COUNTERSIGN_URL, else \(defaultURL))"),
    Option(
      name: "api-key", value: "KEY", help: "the API key (default: COUNTERSIGN_API_KEY; keys on command lines are seen by others)"),
  ]

  let url: String
  let key: String
  private let client: HTTPClient

  init(_ arguments: Arguments) throws(CommandFailure) {
    let url = arguments["url"] ?? environmentValue("COUNTERSIGN_URL") ?? Self.defaultURL
    guard let key = arguments["api-key"] ?? environmentValue("COUNTERSIGN_API_KEY"), !key.isEmpty else {
      throw CommandFailure(.usage, "no API key: set COUNTERSIGN_API_KEY to the key that the server printed at its first start")
    }
    try self.init(url: url, key: key)
  }

  init(url: String, key: String) throws(CommandFailure) {
    self.url = url
    self.key = key
    do {
      client = try HTTPClient(baseURL: url)
    } catch {
      throw CommandFailure(.usage, "`\(url)` is no URL that can be reached: \(error)")
    }
  }

  /// Sends a request and gives the body of a 2xx answer.
  ///
  /// - Throws: what the server said, with the exit status that fits it.
  func bytes(
    _ method: String, _ path: String, _ body: [UInt8] = [], type: String = "application/json", headers: [(String, String)] = []
  ) throws(CommandFailure) -> [UInt8] {
    let answer: HTTPClientResponse
    do {
      answer = try client.send(
        method: method, path: path,
        headers: [("Authorization", "Bearer " + key)] + (body.isEmpty ? [] : [("Content-Type", type)]) + headers, body: body)
    } catch {
      throw CommandFailure(
        .unreachable, "the server at \(url) cannot be reached (\(error)): start it with `countersign serve`, or set COUNTERSIGN_URL"
      )
    }
    guard (200..<300).contains(answer.status) else { throw Self.failure(answer.status, answer.body) }
    return answer.body
  }

  /// The same, with JSON both ways.
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil, headers: [(String, String)] = []) throws(CommandFailure)
    -> JSONValue
  {
    var bytes: [UInt8] = []
    if let body {
      var writer = JSONWriter(reserving: 256)
      writer.value(body)
      bytes = writer.bytes
    }
    return try Self.parse(try self.bytes(method, path, bytes, headers: headers))
  }

  static func parse(_ bytes: [UInt8]) throws(CommandFailure) -> JSONValue {
    do {
      return try JSONReader.parse(bytes, limits: JSONLimits(bytes: 64 << 20, depth: 64))
    } catch {
      throw CommandFailure(.fault, "the server's answer is not JSON: \(error)")
    }
  }

  private static func failure(_ status: Int, _ body: [UInt8]) -> CommandFailure {
    let problem = try? JSONReader.parse(body)
    let detail = problem?["detail"]?.stringValue ?? problem?["title"]?.stringValue ?? "no explanation"
    let hint =
      switch status {
      case 401: "; set COUNTERSIGN_API_KEY to a key of this server"
      case 403: "; use a key whose role may do this"
      default: ""
      }
    return CommandFailure(status >= 500 ? .fault : .refused, "the server refused (\(status)): \(detail)\(hint)")
  }
}

extension JSONValue {
  /// The text of a cell: strings as they are, absent values as a dash.
  func cell(_ path: String...) -> String {
    var value: JSONValue? = self
    for name in path { value = value?[name] }
    switch value {
    case nil, .null?: return "-"
    case .string(let text)?: return text
    case .integer(let number)?: return String(number)
    case .bool(let flag)?: return flag ? "yes" : "no"
    case .number(let text)?: return text
    case .array(let items)?: return items.map { $0.cell() }.joined(separator: ", ")
    case .object(let object)?: return object.members.map { "\($0.key)=\($0.value.cell())" }.joined(separator: " ")
    }
  }

  /// The items of a list answer.
  var items: [JSONValue] { self["items"]?.arrayValue ?? [] }
}

/// Percent-encodes a path segment.
func segment(_ text: String) -> String {
  var encoded = ""
  for byte in text.utf8 {
    switch byte {
    case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, 0x2D, 0x2E, 0x5F, 0x7E: encoded.unicodeScalars.append(Unicode.Scalar(byte))
    default: encoded += "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
    }
  }
  return encoded
}
