package import JSON

/// Body of `POST /v1/policies` and `/v1/policies/check`: a whole policy folder.
package struct ApplyMessage: Sendable, Equatable {
  /// One file: its path in the folder, with `/`, and its text.
  package struct File: Sendable, Equatable {
    package var path: String
    package var text: String

    /// A file.
    package init(path: String, text: String) {
      self.path = path
      self.text = text
    }
  }

  package var files: [File]
  /// Who wrote the change, as the caller says; the key that applies it is recorded anyway.
  package var author: String?
  package var note: String?

  /// Most files of a folder.
  package static let filesMax = 2_000
  /// Longest path of a file, in bytes.
  package static let pathBytesMax = 512
  /// Largest file, in bytes.
  package static let fileBytesMax = 1 << 20
  /// Longest author, in bytes.
  package static let authorBytesMax = 256
  /// Longest note, in bytes.
  package static let noteBytesMax = 4_096

  /// A folder to apply.
  package init(files: [File], author: String? = nil, note: String? = nil) {
    self.files = files
    self.author = author
    self.note = note
  }

  /// Reads a body. Paths are relative, without empty, `.` and `..` parts, each once.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    let limits = JSONLimits(bytes: Endpoint.policiesBytesMax, depth: 8)
    self = try MessageReader.read(body, limits: limits) { root throws(MessageFault) in
      try root.refuseUnknown(besides: ["files", "author", "note"])
      guard let files = root.cursor.member("files") else { throw MessageFault.missing("files") }
      guard files.kind == .array else { throw MessageFault.type("files", "an array") }
      guard files.count <= ApplyMessage.filesMax else {
        throw MessageFault("files", "`files` has \(files.count) entries, at most \(ApplyMessage.filesMax) are allowed")
      }
      var read: [File] = []
      var paths: Set<String> = []
      for (index, element) in files.elements.enumerated() {
        let file = try File(try MessageReader(element, path: "files[\(index)]"))
        guard paths.insert(file.path).inserted else {
          throw MessageFault("files[\(index)].path", "`files[\(index)].path` repeats `\(file.path)`")
        }
        read.append(file)
      }
      return ApplyMessage(
        files: read, author: try root.optionalText("author", bytesMax: ApplyMessage.authorBytesMax),
        note: try root.optionalText("note", bytesMax: ApplyMessage.noteBytesMax))
    }
  }

  /// The body.
  package func encoded() -> [UInt8] {
    var json = JSONWriter(reserving: files.reduce(256) { $0 + $1.text.utf8.count + $1.path.utf8.count + 64 })
    json.beginObject()
    json.key("files")
    json.beginArray()
    for file in files {
      json.beginObject()
      json.key("path")
      json.string(file.path)
      json.key("text")
      json.string(file.text)
      json.endObject()
    }
    json.endArray()
    json.optional("author", author)
    json.optional("note", note)
    json.endObject()
    return json.bytes
  }
}

extension ApplyMessage.File {
  init(_ reader: MessageReader) throws(MessageFault) {
    try reader.refuseUnknown(besides: ["path", "text"])
    path = try reader.text("path", bytesMax: ApplyMessage.pathBytesMax)
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
    guard isPlain, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x5C && $0 != 0x7F }) else {
      throw MessageFault(
        reader.field("path"), "`\(reader.field("path"))` must be a relative path without `.`, `..` and empty parts")
    }
    guard let text = try reader.optionalText("text", bytesMax: ApplyMessage.fileBytesMax) else {
      throw MessageFault.missing(reader.field("text"))
    }
    self.text = text
  }
}

extension JSONWriter {
  mutating func optional(_ name: StaticString, _ value: String?) {
    guard let value else { return }
    key(name)
    string(value)
  }
}

/// A mistake in a policy folder, as the server reports it.
package struct PolicyProblemMessage: Sendable, Equatable {
  package var file: String
  /// 1-based; 0 when the mistake has no place.
  package var line: Int
  /// 1-based; 0 when the mistake has no place.
  package var column: Int
  package var message: String
  package var hint: String?
  /// `error` or `warning`.
  package var severity: String

  /// A mistake.
  package init(file: String, line: Int, column: Int, message: String, hint: String? = nil, severity: String = "error") {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
    self.severity = severity
  }

  /// Reads one entry of `problems`; what is missing is empty, because a report of mistakes must not fail itself.
  package init(json: JSONValue) {
    self.init(
      file: json["file"]?.stringValue ?? "", line: Int(json["line"]?.integerValue ?? 0),
      column: Int(json["column"]?.integerValue ?? 0),
      message: json["message"]?.stringValue ?? "", hint: json["hint"]?.stringValue,
      severity: json["severity"]?.stringValue ?? "error")
  }

  /// The entry as JSON.
  package var json: JSONValue {
    var object: JSONObject = [
      "file": .string(file), "line": .integer(Int64(line)), "column": .integer(Int64(column)), "message": .string(message),
    ]
    if let hint { object["hint"] = .string(hint) }
    object["severity"] = .string(severity)
    return .object(object)
  }
}

/// Answer to an activation.
package struct ApplyAnswer: Sendable, Equatable {
  package var version: Int64
  /// SHA-256 of the folder, lower-case hex.
  package var digest: String
  /// The journal entry; nil when the folder was already active.
  package var index: Int64?
  /// One line a change.
  package var changes: [String]

  /// An answer.
  package init(version: Int64, digest: String, index: Int64?, changes: [String]) {
    self.version = version
    self.digest = digest
    self.index = index
    self.changes = changes
  }

  /// Reads an answer.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    self = try MessageReader.read(body) { root throws(MessageFault) in
      guard let version = root.cursor.member("version")?.integerValue else { throw MessageFault.type("version", "a whole number") }
      return ApplyAnswer(
        version: version, digest: try root.text("digest", bytesMax: 128), index: root.cursor.member("index")?.integerValue,
        changes: root.cursor.member("changes")?.elements.compactMap { $0.stringValue } ?? [])
    }
  }

  /// The body.
  package func encoded() -> [UInt8] {
    var object: JSONObject = ["version": .integer(version), "digest": .string(digest)]
    if let index { object["index"] = .integer(index) }
    object["changes"] = .array(changes.map { .string($0) })
    return JSONWriter.encode(.object(object))
  }
}
