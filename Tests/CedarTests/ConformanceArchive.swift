import Foundation
import JSON
import TestSupport
import Testing

@testable import Cedar

/// The labelled cases of the conformance archive, read in place: tar writes one member to a pipe.
enum ConformanceArchive {
  /// The bytes of a member; nil when the archive is absent.
  private static func member(_ name: String) throws -> [UInt8]? {
    guard let archive = SharedMaterial.path("cedar-conformance/cedar-conformance.tar.gz") else { return nil }
    let tar = Process()
    let output = Pipe()
    tar.executableURL = URL(fileURLWithPath: "/bin/tar")
    tar.arguments = ["xzOf", archive, "--wildcards", "*/" + name]
    tar.standardOutput = output
    try tar.run()
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0, "tar finds \(name)")
    return bytes
  }

  /// The cases of a file, one JSON value a line; nil when the archive is absent.
  static func lines(_ name: String) throws -> [JSONValue]? {
    guard let bytes = try member(name) else { return nil }
    return try bytes.split(separator: 0x0A).map { try JSONReader.parse(Array($0)) }
  }

  /// What several files share.
  static func fixtures() throws -> JSONValue? {
    guard let bytes = try member("fixtures.json") else { return nil }
    return try JSONReader.parse(bytes)
  }

  static func entities(_ json: JSONValue?) throws -> EntityStore {
    try EntityStore((json?.arrayValue ?? []).map { try DataReader.entity($0, "") })
  }

  static func request(_ json: JSONValue) throws -> Request {
    func name(_ key: String) throws -> EntityUID { try DataReader.entityUID(json[key] ?? .null, key) }
    guard case .record(let context) = try DataReader.value(json["context"] ?? .object(JSONObject()), "context") else {
      throw DataFailure(message: "no record", path: "context")
    }
    return Request(principal: try name("principal"), action: try name("action"), resource: try name("resource"), context: context)
  }

  static func texts(_ json: JSONValue?) -> Set<String> { Set((json?.arrayValue ?? []).compactMap(\.stringValue)) }

  /// The mismatch between an answer and its label, or nil.
  static func mismatch(_ label: JSONValue, _ request: JSONValue, _ policies: PolicySet, _ entities: EntityStore) throws -> String? {
    let response = Authorizer.authorize(try self.request(request), policies: policies, entities: entities)
    let reasons = Set(response.reasons.map { policies.policies[$0].id })
    let errors = Set(response.errors.map { policies.policies[$0.policy].id })
    if response.decision.rawValue == label["decision"]?.stringValue, reasons == texts(label["reason"]),
      errors == texts(label["errors"])
    {
      return nil
    }
    return "found \(response.decision) \(reasons) \(errors) \(response.errors.map(\.error)), label \(label)"
  }
}
