import JSON

/// Body of approve, reject, halt and resume: why.
package struct ActMessage: Sendable, Equatable {
  /// In the actor's words; nil when none were given.
  package var reason: String?

  /// Longest reason, in bytes: a paragraph or two.
  package static let reasonBytesMax = 4_096

  /// An act.
  package init(reason: String? = nil) { self.reason = reason }

  /// Reads a body; an empty one gives no reason.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    guard !body.isEmpty else {
      self.init()
      return
    }
    self = try MessageReader.read(body) { root throws(MessageFault) in
      try root.refuseUnknown(besides: ["reason"])
      return ActMessage(reason: try root.optionalText("reason", bytesMax: ActMessage.reasonBytesMax))
    }
  }

  /// The body.
  package func encoded() -> [UInt8] { JSONWriter.encode(.object(reason.map { ["reason": .string($0)] } ?? [:])) }
}

/// Body of `POST /v1/keys`.
package struct KeyCreateMessage: Sendable, Equatable {
  package var role: AccessRole
  /// Whose key it is, for humans; empty when nothing was given.
  package var label: String

  /// Longest label, in bytes.
  package static let labelBytesMax = 128

  /// A wish for a key.
  package init(role: AccessRole, label: String = "") {
    self.role = role
    self.label = label
  }

  /// Reads a body.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    self = try MessageReader.read(body) { root throws(MessageFault) in
      try root.refuseUnknown(besides: ["role", "label"])
      let text = try root.text("role", bytesMax: 64)
      guard let role = AccessRole(rawValue: text) else {
        let known = AccessRole.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw MessageFault("role", "`role` must be one of \(known)")
      }
      return KeyCreateMessage(role: role, label: try root.optionalText("label", bytesMax: KeyCreateMessage.labelBytesMax) ?? "")
    }
  }

  /// The body.
  package func encoded() -> [UInt8] { JSONWriter.encode(["role": .string(role.rawValue), "label": .string(label)]) }
}

/// Body of `POST /v1/exports`: what to export; everything when nothing is said.
package struct ExportMessage: Sendable, Equatable {
  /// First moment, RFC 3339, included.
  package var from: String?
  /// Last moment, RFC 3339, excluded.
  package var to: String?
  package var workflow: String?
  /// Who gets it, for the record.
  package var receiver: String?
  /// What for, for the record.
  package var purpose: String?

  /// Longest receiver and purpose, in bytes.
  package static let textBytesMax = 512

  /// A wish for an export.
  package init(from: String? = nil, to: String? = nil, workflow: String? = nil, receiver: String? = nil, purpose: String? = nil) {
    self.from = from
    self.to = to
    self.workflow = workflow
    self.receiver = receiver
    self.purpose = purpose
  }

  /// Reads a body; an empty one asks for everything.
  package init(decoding body: [UInt8]) throws(MessageFault) {
    guard !body.isEmpty else {
      self.init()
      return
    }
    self = try MessageReader.read(body) { root throws(MessageFault) in
      try root.refuseUnknown(besides: ["from", "to", "workflow", "receiver", "purpose"])
      return ExportMessage(
        from: try root.optionalText("from", bytesMax: 64), to: try root.optionalText("to", bytesMax: 64),
        workflow: try root.optionalText("workflow", bytesMax: EvaluationMessage.idBytesMax),
        receiver: try root.optionalText("receiver", bytesMax: ExportMessage.textBytesMax),
        purpose: try root.optionalText("purpose", bytesMax: ExportMessage.textBytesMax))
    }
  }

  /// The body.
  package func encoded() -> [UInt8] {
    let all: [(String, String?)] = [
      ("from", from), ("to", to), ("workflow", workflow), ("receiver", receiver), ("purpose", purpose),
    ]
    return JSONWriter.encode(.object(JSONObject(all.compactMap { key, value in value.map { (key: key, value: .string($0)) } })))
  }
}
