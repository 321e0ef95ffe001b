import Testing

@testable import HTTP

struct Echo: HTTPHandler {
  func admit(_ head: HTTPRequestHead) -> HTTPAdmission { .accept(bodyBytesMax: 1 << 20) }
  func handle(_ request: HTTPRequest, reply: HTTPReply) {
    reply.send(HTTPResponse(status: 200, contentType: "text/plain", body: .bytes(request.body)))
  }
}

@Test func first() throws {
  let server = try HTTPServer(address: "127.0.0.1", port: 0, threads: 2, handler: Echo())
  server.start()
  let client = try HTTPClient(baseURL: "http://127.0.0.1:\(server.port)")
  for size in [0, 1, 100, 70_000, 1 << 20] {
    let body = [UInt8](repeating: 65, count: size)
    let answer = try client.send(method: "POST", path: "/x?a=b", body: body)
    #expect(answer.status == 200)
    #expect(answer.body == body)
  }
  #expect(try client.send(method: "POST", path: "/x?a=b", body: [UInt8](repeating: 65, count: 1 << 20 + 1)).status == 413)
  server.drain(seconds: 5)
}
