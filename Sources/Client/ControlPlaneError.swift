import API

/// Why the control plane gave no usable answer. Whoever guards work treats each of them as a deny.
public enum ControlPlaneError: Error, Sendable, Equatable {
  /// The base URL cannot be used.
  case invalidURL(String)
  /// The request cannot be sent at all: the API key or a path holds bytes that HTTP does not allow.
  case invalidRequest(String)
  /// No connection, no answer in time, or a broken one; also after the retries.
  case unreachable(String)
  /// The server refused the request.
  case refused(status: Int, code: String, detail: String, field: String?)
  /// The server answered something that is none of its answers.
  case invalidAnswer(String)

  init(_ problem: Problem) {
    self = .refused(status: problem.status, code: problem.code, detail: problem.detail, field: problem.field)
  }
}

extension ControlPlaneError: CustomStringConvertible {
  /// What happened, in one line.
  public var description: String {
    switch self {
    case .invalidURL(let reason): "the base URL cannot be used: \(reason)"
    case .invalidRequest(let reason): "the request cannot be sent: \(reason)"
    case .unreachable(let reason): "the control plane cannot be reached: \(reason)"
    case .refused(let status, let code, let detail, _): "the control plane refused (\(status), \(code)): \(detail)"
    case .invalidAnswer(let reason): "the control plane's answer cannot be read: \(reason)"
    }
  }
}
