/// A signal of OTLP/HTTP. Source: otlp dossier, section 1.
package enum OTLPSignal: String, Sendable, CaseIterable {
  case traces
  case logs
  case metrics

  /// The path to which exporters post it.
  package var path: String { "/v1/\(rawValue)" }
}

/// How a request and its answer are encoded.
package enum OTLPEncoding: String, Sendable, CaseIterable {
  case protobuf
  case json

  /// The media type of an answer.
  package var mediaType: String {
    switch self {
    case .protobuf: "application/x-protobuf"
    case .json: "application/json"
    }
  }
}

/// How a request body is compressed.
package enum BodyCompression: String, Sendable, CaseIterable {
  case identity
  case gzip
  /// RFC 1950, which HTTP calls `deflate`.
  case zlib
}
