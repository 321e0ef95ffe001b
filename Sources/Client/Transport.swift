/// One exchange with the server, whatever carries it.
struct Transport: Sendable {
  /// A request without its address.
  struct Request: Sendable {
    var method: String
    var path: String
    var headers: [(String, String)]
    var body: [UInt8]
  }

  /// An answer of any status.
  struct Response: Sendable {
    var status: Int
    var headers: [(String, String)]
    var body: [UInt8]

    /// The first field of this name, given in lower case.
    func header(_ name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
  }

  /// Sends and waits; throws `unreachable` when there is no answer.
  let send: @Sendable (Request) throws(ControlPlaneError) -> Response
  /// Waits between attempts, in milliseconds.
  let pause: @Sendable (Int) -> Void
}
