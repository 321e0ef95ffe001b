package import JSON

/// A refusal of a whole request, RFC 9457 problem details with our stable code.
package struct Problem: Error, Sendable, Equatable {
  /// The HTTP status.
  package var status: Int
  /// A code of `ReasonCode.all`.
  package var code: String
  /// What happened to this request, for a human.
  package var detail: String
  /// The member at fault, when there is one.
  package var field: String?
  /// Further members, such as `problems` of a policy folder.
  package var extensions: JSONObject

  /// The media type of problems.
  package static let mediaType = "application/problem+json"
  /// What `type` is made of: a name, not an address.
  package static let typePrefix = "urn:countersign:problem:"

  /// A problem; `extensions` must not repeat the standard members.
  package init(_ status: Int, _ code: String, _ detail: String, field: String? = nil, extensions: JSONObject = [:]) {
    self.status = status
    self.code = code
    self.detail = detail
    self.field = field
    self.extensions = extensions
  }

  /// The 400 of a message that could not be read.
  package init(_ fault: MessageFault) {
    self.init(400, fault.code, fault.message, field: fault.field.isEmpty ? nil : fault.field)
  }

  /// What the code means, the same for every occurrence.
  package var title: String { ReasonCode.named(code)?.meaning ?? "the request was refused" }

  /// What to do, when the registry knows.
  package var remedy: String? { (ReasonCode.named(code)?.remedy).flatMap { $0.isEmpty ? nil : $0 } }

  /// The body of the answer.
  package func encoded() -> [UInt8] {
    var json = JSONWriter(reserving: 320)
    json.beginObject()
    json.key("type")
    json.string(Problem.typePrefix + code)
    json.key("title")
    json.string(title)
    json.key("status")
    json.integer(Int64(status))
    json.key("code")
    json.string(code)
    json.key("detail")
    json.string(detail)
    if let field {
      json.key("field")
      json.string(field)
    }
    if let remedy {
      json.key("remedy")
      json.string(remedy)
    }
    for (key, value) in extensions.members {
      json.key(key)
      json.value(value)
    }
    json.endObject()
    return json.bytes
  }

  /// Reads a problem that a server sent with `status`; a body that is none gives one that says so, so that a client always has
  /// something to show.
  package init(status: Int, body: [UInt8]) {
    let limits = JSONLimits(bytes: 8 << 20)
    guard case .object(let object)? = try? JSONReader.parse(body, limits: limits) else {
      self.init(status, "internal.evaluation_failed", "the server answered \(status) without an explanation")
      return
    }
    let standard = ["type", "title", "status", "code", "detail", "field", "remedy"]
    self.init(
      status, object["code"]?.stringValue ?? "internal.evaluation_failed",
      object["detail"]?.stringValue ?? object["title"]?.stringValue ?? "the server answered \(status) without an explanation",
      field: object["field"]?.stringValue, extensions: JSONObject(object.members.filter { !standard.contains($0.key) }))
  }
}

/// Media types of requests.
package enum MediaType {
  /// True for `application/json` with any parameters, whatever the case. Anything else is a 400 at the evaluation endpoints
  /// (AuthZEN c-2-4-3).
  package static func isJSON(_ header: String?) -> Bool { named(header) == "application/json" }

  /// The media type of a Content-Type header in lower case, without parameters and spaces; nil without a header.
  package static func named(_ header: String?) -> String? {
    guard let header else { return nil }
    let type = header.utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 != 0x20 && $0 != 0x09 }
    return String(decoding: type, as: UTF8.self).lowercased()
  }
}
