/// What an OTLP/HTTP receiver does with a request, as a table: the server only carries it out. Source: otlp dossier, sections 2, 3, 8.
package enum IntakeRules {
  /// Bytes of a body as sent. The reference collector's HTTP default; the same as after decompression, so a body that is not compressed
  /// meets one limit.
  package static let bodyBytesMax = 20 * 1024 * 1024
  /// Bytes of a body after decompression: what the decoders accept.
  package static let inflatedBytesMax = OTLPLimits.standard.bytesMax
  /// Seconds after which an overloaded receiver asks clients to come again: SDKs give up an export after ten.
  package static let retryAfterSeconds = 2

  /// The head of a request, as far as it matters here.
  package struct Head: Sendable {
    /// The method as sent.
    package var method: String
    /// The header as sent, or nil.
    package var contentType: String?
    /// The header as sent, or nil.
    package var contentEncoding: String?
    /// `Content-Length`, or nil for a chunked body.
    package var bodyBytes: Int?

    /// A head.
    package init(method: String, contentType: String?, contentEncoding: String?, bodyBytes: Int?) {
      self.method = method
      self.contentType = contentType
      self.contentEncoding = contentEncoding
      self.bodyBytes = bodyBytes
    }
  }

  /// How an admitted body is to be read.
  package struct Plan: Sendable, Equatable {
    /// What the path says it is.
    package var signal: OTLPSignal
    /// How the body is encoded, and its answer.
    package var encoding: OTLPEncoding
    /// How the body is compressed.
    package var compression: BodyCompression
    /// Read no more than this; more is `.bodyTooLarge`.
    package var bodyBytesMax: Int
    /// Inflate no more than this; more is `.inflatedTooLarge`.
    package var inflatedBytesMax: Int
  }

  /// What to do with a request, by its head alone.
  package enum Admission: Sendable, Equatable {
    case read(Plan)
    case refuse(Answer)
  }

  /// An answer to carry out.
  package struct Answer: Sendable, Equatable {
    /// HTTP status.
    package var status: Int
    /// Header `Content-Type`.
    package var contentType: String
    /// The body; may be empty.
    package var body: [UInt8]
    /// Header `Retry-After`, whole seconds.
    package var retryAfterSeconds: Int?
    /// Header `Allow`.
    package var allow: String?
  }

  /// How reading and keeping a body ended.
  package enum Outcome: Sendable, Equatable {
    /// All of it is durable; `rejected` items will never be acceptable, for the reasons in `message`.
    case kept(rejected: Int64, message: String)
    case undecodable(OTLPError)
    /// The body is not in the compression that was announced.
    case badCompression(String)
    case bodyTooLarge
    case inflatedTooLarge
    case unauthenticated
    case forbidden
    /// Nothing was kept; the client should come again.
    case overloaded
    /// Nothing was kept because of a fault of ours that may pass.
    case faultToRetry
    /// Nothing was kept because of a fault of ours that will not pass.
    case fault
  }

  /// Decides by the head. Authenticate before it or after it, but before the body is read.
  package static func admit(_ signal: OTLPSignal, _ head: Head) -> Admission {
    guard head.method == "POST" else {
      return .refuse(plain(405, "use POST for \(signal.path)", allow: "POST"))
    }
    guard let encoding = encoding(head.contentType) else {
      let message =
        head.contentType == nil ? "no content type" : "unsupported content type: use application/x-protobuf or application/json"
      return .refuse(plain(415, message))
    }
    guard let compression = compression(head.contentEncoding) else {
      let message = "unsupported content encoding: use gzip, deflate or identity"
      return .refuse(answer(400, .invalidArgument, message, encoding))
    }
    let plan = Plan(
      signal: signal, encoding: encoding, compression: compression, bodyBytesMax: bodyBytesMax, inflatedBytesMax: inflatedBytesMax)
    if let bytes = head.bodyBytes, bytes > bodyBytesMax { return .refuse(answer(.bodyTooLarge, plan)) }
    return .read(plan)
  }

  /// The answer to an admitted request.
  package static func answer(_ outcome: Outcome, _ plan: Plan) -> Answer {
    let encoding = plan.encoding
    switch outcome {
    case .kept(let rejected, let message):
      let body = OTLPAnswer.export(plan.signal, rejected: rejected, message: message, encoding: encoding)
      return Answer(status: 200, contentType: encoding.mediaType, body: body)
    case .undecodable(.tooManyBytes): return answer(.inflatedTooLarge, plan)
    case .undecodable(let error): return answer(400, .invalidArgument, error.message, encoding)
    case .badCompression(let message):
      return answer(400, .invalidArgument, "the body is not \(plan.compression): \(message)", encoding)
    case .bodyTooLarge:
      return answer(413, .invalidArgument, "the body is larger than \(plan.bodyBytesMax) bytes", encoding)
    case .inflatedTooLarge:
      return answer(413, .invalidArgument, "the decompressed body is larger than \(plan.inflatedBytesMax) bytes", encoding)
    case .unauthenticated: return answer(401, .unauthenticated, "no valid key", encoding)
    case .forbidden: return answer(403, .permissionDenied, "the key may not send telemetry", encoding)
    case .overloaded:
      return answer(503, .unavailable, "overloaded, come again", encoding, retryAfterSeconds: retryAfterSeconds)
    case .faultToRetry:
      return answer(503, .unavailable, "not kept, come again", encoding, retryAfterSeconds: retryAfterSeconds)
    case .fault: return answer(500, .internal, "not kept", encoding)
    }
  }

  /// The media type alone, without regard to case and parameters.
  private static func encoding(_ contentType: String?) -> OTLPEncoding? {
    guard let contentType else { return nil }
    switch token(contentType) {
    case "application/x-protobuf", "application/protobuf": return .protobuf
    case "application/json": return .json
    default: return nil
    }
  }

  /// `deflate` is the zlib format (RFC 1950); `zlib` is the reference collector's alias for it.
  private static func compression(_ contentEncoding: String?) -> BodyCompression? {
    switch token(contentEncoding ?? "") {
    case "", "identity": .identity
    case "gzip": .gzip
    case "deflate", "zlib": .zlib
    default: nil
    }
  }

  private static func token(_ header: String) -> String {
    let blanks: Set<UInt8> = [0x20, 0x09]
    let value = header.utf8.prefix { $0 != UInt8(ascii: ";") }.drop { blanks.contains($0) }
    let end = value.lastIndex { !blanks.contains($0) }.map { value.index(after: $0) } ?? value.startIndex
    return String(Substring(value[..<end])).lowercased()
  }

  private static func answer(
    _ status: Int, _ code: RPCCode, _ message: String, _ encoding: OTLPEncoding, retryAfterSeconds: Int? = nil
  ) -> Answer {
    Answer(
      status: status, contentType: encoding.mediaType, body: OTLPAnswer.status(code, message: message, encoding: encoding),
      retryAfterSeconds: retryAfterSeconds)
  }

  private static func plain(_ status: Int, _ message: String, allow: String? = nil) -> Answer {
    Answer(status: status, contentType: "text/plain; charset=utf-8", body: Array((message + "\n").utf8), allow: allow)
  }
}
