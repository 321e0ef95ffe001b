internal import JSON

/// The bodies that an OTLP receiver answers with, in the encoding of the request. Source: otlp dossier, section 3.
package enum OTLPAnswer {
  /// The longest message in an answer, in bytes: diagnostic only, and answers stay far under 4 MiB.
  static let messageBytesMax = 1_024

  /// `Export<Signal>ServiceResponse`: empty when nothing was refused and there is nothing to say, else a partial success.
  package static func export(_ signal: OTLPSignal, rejected: Int64 = 0, message: String = "", encoding: OTLPEncoding) -> [UInt8] {
    let message = shortened(message)
    let isFull = rejected == 0 && message.isEmpty
    switch encoding {
    case .protobuf:
      guard !isFull else { return [] }
      var writer = ProtobufWriter()
      writer.message(1) { writer in
        if rejected != 0 { writer.varint(1, UInt64(bitPattern: rejected)) }
        if !message.isEmpty { writer.string(2, message) }
      }
      return writer.bytes
    case .json:
      guard !isFull else { return Array("{}".utf8) }
      var partial = JSONObject()
      if rejected != 0 { partial[rejectedName(signal)] = .string(String(rejected)) }
      if !message.isEmpty { partial["errorMessage"] = .string(message) }
      return json(["partialSuccess": .object(partial)])
    }
  }

  /// `google.rpc.Status`.
  package static func status(_ code: RPCCode, message: String, encoding: OTLPEncoding) -> [UInt8] {
    let message = shortened(message)
    switch encoding {
    case .protobuf:
      var writer = ProtobufWriter()
      writer.varint(1, UInt64(code.rawValue))
      if !message.isEmpty { writer.string(2, message) }
      return writer.bytes
    case .json:
      return json(["code": .integer(Int64(code.rawValue)), "message": .string(message)])
    }
  }

  private static func rejectedName(_ signal: OTLPSignal) -> String {
    switch signal {
    case .traces: "rejectedSpans"
    case .logs: "rejectedLogRecords"
    case .metrics: "rejectedDataPoints"
    }
  }

  private static func json(_ object: JSONObject) -> [UInt8] {
    var writer = JSONWriter(reserving: 256)
    writer.value(.object(object))
    return writer.bytes
  }

  private static func shortened(_ message: String) -> String {
    guard message.utf8.count > messageBytesMax else { return message }
    var text = ""
    for character in message {
      guard text.utf8.count + character.utf8.count <= messageBytesMax else { break }
      text.append(character)
    }
    return text
  }
}

/// Codes of `google.rpc.Status` that we answer with.
package enum RPCCode: Int32, Sendable {
  case invalidArgument = 3
  case permissionDenied = 7
  case `internal` = 13
  case unavailable = 14
  case unauthenticated = 16
}
