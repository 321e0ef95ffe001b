import Glibc
import HTTP

extension ControlPlaneClient {
  /// A client of the control plane at `baseURL`; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - baseURL: `http://host[:port][/prefix]`.
  ///   - apiKey: `cs_…`, a key of the role that the calls need: `runtime` for an enforcement point.
  ///   - retry: how often a lost exchange is repeated.
  ///   - waitSeconds: the longest silence of the server; after it the answer counts as lost.
  public convenience init(
    baseURL: String, apiKey: String, retry: RetryPolicy = .standard, waitSeconds: Double = 30
  ) throws(ControlPlaneError) {
    var limits = HTTPClientLimits()
    limits.idleSeconds = waitSeconds
    let http: HTTPClient
    do {
      http = try HTTPClient(baseURL: baseURL, limits: limits)
    } catch { throw .invalidURL(error.description) }
    self.init(transport: Transport(http), apiKey: apiKey, retry: retry)
  }
}

extension Transport {
  init(_ http: HTTPClient) {
    self.init(
      send: { request throws(ControlPlaneError) in try Transport.send(request, over: http) },
      pause: { milliseconds in
        // A signal may end the pause early: it only keeps attempts apart.
        var time = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
        nanosleep(&time, nil)
      })
  }

  private static func send(_ request: Request, over http: HTTPClient) throws(ControlPlaneError) -> Response {
    do {
      let response = try http.send(method: request.method, path: request.path, headers: request.headers, body: request.body)
      return Response(status: response.status, headers: response.headers.map { ($0.name, $0.value) }, body: response.body)
    } catch { throw ControlPlaneError(error) }
  }
}

extension ControlPlaneError {
  init(_ error: HTTPClientError) {
    switch error.kind {
    case .invalidRequest, .unsupportedScheme: self = .invalidRequest(error.description)
    case .unreachable, .timeout, .closed: self = .unreachable(error.description)
    case .malformedAnswer, .answerTooLarge: self = .invalidAnswer(error.description)
    }
  }
}
