import Platform
import YAML

/// Every setting of `countersign serve`, with its default. The order is flag, environment, file, default.
struct Configuration {
  /// One setting: the flag is `--name-with-dashes`, the environment variable `COUNTERSIGN_NAME`, the file's key `name`.
  struct Setting {
    var name: String
    var value: String
    var help: String
    /// The default; empty for none.
    var fallback: String
  }

  static let settings: [Setting] = [
    Setting(name: "data", value: "DIR", help: "data folder", fallback: "data"),
    Setting(name: "listen", value: "HOST:PORT", help: "address to listen on; port 0 picks a free one", fallback: "127.0.0.1:8470"),
    Setting(name: "policies", value: "DIR", help: "policy folder to apply at start", fallback: ""),
    Setting(name: "public_url", value: "URL", help: "https URL that clients use, for the discovery document", fallback: ""),
    Setting(
      name: "origin", value: "NAME", help: "name of the log; fixed when the data folder is made",
      fallback: "countersign.local/audit"),
    Setting(name: "tenant", value: "ID", help: "tenant whose journal this is", fallback: "default"),
    Setting(name: "threads", value: "N", help: "loop threads, 1 to 64", fallback: "2"),
    Setting(name: "connections_max", value: "N", help: "open connections at most", fallback: "10000"),
    Setting(name: "body_bytes_max", value: "BYTES", help: "largest request body other than telemetry", fallback: "1048576"),
    Setting(
      name: "telemetry_bytes_max", value: "BYTES", help: "largest telemetry body, compressed or inflated", fallback: "20971520"),
    Setting(name: "drain_seconds", value: "N", help: "how long a stopping server waits for open requests", fallback: "10"),
    Setting(name: "free_bytes_min", value: "BYTES", help: "not ready below this much free disk", fallback: "67108864"),
    Setting(name: "log_level", value: "LEVEL", help: "debug, info, warning or error", fallback: "info"),
  ]

  /// Variables that the command line's client reads; they are no settings of the server.
  private static let clientVariables: Set<String> = ["COUNTERSIGN_URL", "COUNTERSIGN_API_KEY"]
  /// Largest configuration file, bytes.
  private static let fileBytesMax = 64 * 1024

  /// What holds, by setting name, with where it came from.
  private(set) var values: [String: (text: String, source: String)] = [:]

  static let options: [Option] =
    settings.map {
      Option(
        name: $0.name.replacingUnderscores, value: $0.value,
        help: $0.help + ($0.fallback.isEmpty ? "" : " (default \($0.fallback))"))
    }
    + [
      Option(name: "config", value: "FILE", help: "YAML file with the same keys, underscores for dashes"),
      Option(name: "print-config", value: nil, help: "print every setting and where it comes from, then stop"),
    ]

  init(_ arguments: Arguments) throws(CommandFailure) {
    for setting in Self.settings { values[setting.name] = (setting.fallback, "default") }
    if let path = arguments["config"] ?? environmentValue("COUNTERSIGN_CONFIG") { try readFile(path) }
    try readEnvironment()
    for setting in Self.settings {
      if let text = arguments[setting.name.replacingUnderscores] { values[setting.name] = (text, "flag") }
    }
    try check()
  }

  subscript(name: String) -> String { values[name]?.text ?? "" }

  /// A setting that `check` has found to be a number.
  func number(_ name: String) -> Int { Int(self[name]) ?? 0 }

  var address: String { String(self["listen"][..<(self["listen"].lastIndex(of: ":") ?? self["listen"].endIndex)]).trimmingBrackets }

  var port: UInt16 { self["listen"].lastIndex(of: ":").flatMap { UInt16(self["listen"][self["listen"].index(after: $0)...]) } ?? 0 }

  private mutating func readFile(_ path: String) throws(CommandFailure) {
    let root: YAMLNode
    do {
      root = try YAMLReader.parse(try Files.read(path, limit: Self.fileBytesMax))
    } catch {
      throw CommandFailure(.usage, "the configuration file `\(path)` cannot be read: \(error)")
    }
    guard case .mapping(let members) = root.value else {
      throw CommandFailure(.usage, "\(path):\(root.line):\(root.column): the configuration must be a mapping of settings")
    }
    for member in members {
      guard case .scalar(let name, _) = member.key.value, values[name] != nil else {
        throw CommandFailure(
          .usage, "\(path):\(member.key.line):\(member.key.column): unknown setting; see countersign serve --help")
      }
      guard case .scalar(let text, _) = member.value.value else {
        throw CommandFailure(.usage, "\(path):\(member.value.line):\(member.value.column): `\(name)` must be a single value")
      }
      values[name] = (text, "file \(path)")
    }
  }

  private mutating func readEnvironment() throws(CommandFailure) {
    for (name, text) in environment(withPrefix: "COUNTERSIGN_")
    where !Self.clientVariables.contains(name) && name != "COUNTERSIGN_CONFIG" {
      let setting = String(name.dropFirst("COUNTERSIGN_".count)).lowercased()
      guard values[setting] != nil else {
        throw CommandFailure(.usage, "unknown environment variable \(name); see countersign serve --help")
      }
      values[setting] = (text, "environment \(name)")
    }
  }

  private func check() throws(CommandFailure) {
    let ranges: [(String, ClosedRange<Int>)] = [
      ("threads", 1...64), ("connections_max", 16...1_000_000), ("body_bytes_max", 1024...(64 << 20)),
      ("telemetry_bytes_max", 1024...(64 << 20)), ("drain_seconds", 0...600), ("free_bytes_min", 0...(1 << 40)),
    ]
    for (name, range) in ranges {
      guard let value = Int(self[name]), range.contains(value) else {
        throw fault(name, "must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    let listen = self["listen"]
    guard let colon = listen.lastIndex(of: ":"), UInt16(listen[listen.index(after: colon)...]) != nil, colon > listen.startIndex
    else {
      throw fault("listen", "must be HOST:PORT, for example 127.0.0.1:8470")
    }
    guard ["debug", "info", "warning", "error"].contains(self["log_level"]) else {
      throw fault("log_level", "must be debug, info, warning or error")
    }
    for name in ["origin", "tenant"] {
      guard !self[name].isEmpty, self[name].utf8.count <= 128, self[name].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2B })
      else {
        throw fault(name, "must be 1 to 128 printable characters without blanks or `+`")
      }
    }
    guard self["public_url"].isEmpty || self["public_url"].hasPrefix("https://") else {
      throw fault("public_url", "must begin with https://")
    }
    guard !self["data"].isEmpty else { throw fault("data", "must name a folder") }
  }

  private func fault(_ name: String, _ rule: String) -> CommandFailure {
    CommandFailure(.usage, "`\(name)` \(rule); it is `\(self[name])` from \(values[name]?.source ?? "nowhere")")
  }
}

extension String {
  fileprivate var replacingUnderscores: String { String(map { $0 == "_" ? "-" : $0 }) }

  /// `[::1]` without its brackets.
  fileprivate var trimmingBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
