import Foundation
import JSON
import TestSupport
import Testing

@testable import API

@Suite("the AuthZEN cases, as far as reading the request decides them")
struct AuthZENCasesTests {
  static let files = [("certification", 42), ("specification", 28)]

  @Test("a request that must be answered with 400 is refused, and every other one is read", arguments: files)
  func cases(_ file: String, _ count: Int) throws {
    guard let path = SharedMaterial.path("authzen/cases/\(file).json") else { return }
    let document = try JSONReader.parse(
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), limits: JSONLimits(bytes: 16 << 20))
    var ran = 0
    for row in document["cases"]?.arrayValue ?? [] {
      guard let request = row["request"], request["method"] == "POST", let target = request["path"]?.stringValue else { continue }
      guard case .found(let endpoint, _) = Endpoint.match(method: "POST", path: target) else { continue }
      let type = request["headers"]?.objectValue?.members.first { $0.key.lowercased() == "content-type" }?.value.stringValue
      let body = request["body"].map { JSONWriter.encode($0) } ?? Array((request["raw_body"]?.stringValue ?? "").utf8)
      let refused = !MediaType.isJSON(type) || !Self.isRead(endpoint.operation, body)
      let name = row["id"]?.stringValue ?? "?"
      #expect(refused == (row["expect"]?["status"] == 400), "\(name)")
      if let expected = row["expect"]?["evaluations"]?.arrayValue, row["request"]?["body"]?["options"] == nil {
        guard case .batch(let batch) = try EvaluationBatch.decode(body) else {
          Issue.record("\(name): a batch was expected")
          continue
        }
        #expect(batch.items.count == expected.count, "\(name)")
      }
      ran += 1
    }
    print("AuthZEN \(file): \(ran) requests read")
    #expect(ran == count)
  }

  static func isRead(_ operation: API.Operation, _ body: [UInt8]) -> Bool {
    do {
      switch operation {
      case .evaluateBatch: _ = try EvaluationBatch.decode(body)
      case .searchSubjects: _ = try SearchMessage(decoding: body, target: .subject)
      case .searchResources: _ = try SearchMessage(decoding: body, target: .resource)
      case .searchActions: _ = try SearchMessage(decoding: body, target: .action)
      default: _ = try EvaluationMessage(decoding: body)
      }
      return true
    } catch { return false }
  }
}
