import Foundation
import Testing

@testable import API

/// Reads the sources: what they give to the outside must stand in the registry (invariant D14).
@Suite("codes that the sources give")
struct PublishedCodeTests {
  /// Still to be renamed where they are given; none may be added.
  static let pending: Set<String> = []

  @Test("every code of a reason, a refusal or a problem is registered")
  func registered() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let pattern = try Regex(
      #"(?:Problem\(\s*(?:\d+|status),|\bReason\(|RequestFault\([^)]*code:|refuse\(\s*\.\w+,|\.unavailable\(|code:)\s*"([a-z_]+\.[a-z_]+)""#
    )
    var found: Set<String> = []
    for module in ["Governance", "Server", "API"] {
      let folder = root.appendingPathComponent("Sources/" + module)
      let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
      for name in names where name.hasSuffix(".swift") {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        for match in text.matches(of: pattern) { if let code = match.output[1].substring { found.insert(String(code)) } }
      }
    }
    print("\(found.count) codes given by the sources")
    #expect(found.count > 25)
    let unregistered = found.filter { ReasonCode.named($0) == nil }.subtracting(Self.pending)
    #expect(unregistered.isEmpty, "\(unregistered.sorted())")
  }
}
