import API
import Client
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

  /// Longest silence of the server, seconds: a bundle of a large log is made whole before its first byte.
  private static let waitSeconds = 60.0

  let url: String
  private let client: ControlPlaneClient

  init(_ arguments: Arguments) throws(CommandFailure) {
    let url = arguments["url"] ?? environmentValue("COUNTERSIGN_URL") ?? Self.defaultURL
    guard let key = arguments["api-key"] ?? environmentValue("COUNTERSIGN_API_KEY"), !key.isEmpty else {
      throw CommandFailure(.usage, "no API key: set COUNTERSIGN_API_KEY to the key that the server printed at its first start")
    }
    try self.init(url: url, key: key)
  }

  /// The same with a key that no option and no variable names. Every request is sent once: who types a command sees what became of it.
  init(url: String, key: String) throws(CommandFailure) {
    self.url = url
    do {
      client = try ControlPlaneClient(baseURL: url, apiKey: key, retry: .never, waitSeconds: Self.waitSeconds)
    } catch {
      throw CommandFailure(.usage, "`\(url)` is no URL that can be reached: \(error)")
    }
  }

  /// Sends a request with a JSON body, or none when it is empty, and gives the body of a 2xx answer.
  ///
  /// - Throws: what the server said, with the exit status that fits it.
  func bytes(_ method: String, _ path: String, _ body: [UInt8] = []) throws(CommandFailure) -> [UInt8] {
    do {
      return try client.bytes(method, path, body: body.isEmpty ? nil : body)
    } catch { throw failure(error) }
  }

  /// The same, with JSON both ways.
  func call(_ method: String, _ path: String, _ body: JSONValue? = nil) throws(CommandFailure) -> JSONValue {
    do {
      return try client.call(method, path, body: body)
    } catch { throw failure(error) }
  }

  private func failure(_ error: ControlPlaneError) -> CommandFailure {
    switch error {
    case .invalidURL, .invalidRequest: CommandFailure(.usage, "\(error)")
    case .invalidAnswer: CommandFailure(.fault, "\(error)")
    case .unreachable(let reason):
      CommandFailure(
        .unreachable,
        "the server at \(url) cannot be reached (\(reason)): start it with `countersign serve`, or set COUNTERSIGN_URL")
    case .refused(let status, _, let detail, _):
      CommandFailure(
        status >= 500 ? .fault : .refused,
        "the server refused (\(status)): \(detail)"
          + (status == 401 ? "; set COUNTERSIGN_API_KEY to a key of this server" : ""))
    }
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

/// Percent-encodes a path segment or a value of a query.
func segment(_ text: String) -> String { Endpoint.encoded(text) }
