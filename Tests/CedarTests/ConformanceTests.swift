import JSON
import Testing

@testable import Cedar

@Suite("Cedar conformance archive")
struct ConformanceTests {
  @Test("the generated corpus: decisions, reasons and errors")
  func corpus() throws {
    guard let tests = try ConformanceArchive.lines("corpus.jsonl") else { return }
    var requests = 0
    var weight: Int64 = 0
    for test in tests {
      let policies = try policySet(test["policies"]?.stringValue ?? "")
      let entities = try ConformanceArchive.entities(test["entities"])
      for request in test["requests"]?.arrayValue ?? [] {
        requests += 1
        weight += request["n"]?.integerValue ?? 1
        let mismatch = try ConformanceArchive.mismatch(request, request, policies, entities)
        #expect(mismatch == nil, "\(test["id"] ?? .null)")
      }
    }
    print("corpus: \(tests.count) tests, \(requests) distinct requests standing for \(weight)")
    #expect(tests.count == 4271)
    #expect(weight == 34168)
  }

  @Test("handwritten tests and use cases", arguments: [("handwritten.jsonl", 13, 43), ("usecases.jsonl", 7, 45)])
  func scenarios(_ file: String, _ testCount: Int, _ requestCount: Int) throws {
    guard let tests = try ConformanceArchive.lines(file) else { return }
    var requests = 0
    for test in tests {
      let policies = try SchemaForms.policies(test)
      let entities = try SchemaForms.entities(test)
      for request in test["requests"]?.arrayValue ?? [] {
        requests += 1
        let mismatch = try ConformanceArchive.mismatch(request, SchemaForms.explicit(request), policies, entities)
        #expect(mismatch == nil, "\(test["id"] ?? .null) \(request["description"] ?? .null)")
      }
    }
    print("\(file): \(tests.count) tests, \(requests) requests")
    #expect(tests.count == testCount)
    #expect(requests == requestCount)
  }

  @Test("expressions")
  func expressions() throws {
    guard let cases = try ConformanceArchive.lines("eval.jsonl"), let fixture = try ConformanceArchive.fixtures()?["eval"] else {
      return
    }
    let entities = try ConformanceArchive.entities(fixture["entities"])
    let request = try ConformanceArchive.request(fixture["request"] ?? .null)
    var otherClass = 0
    for test in cases {
      let label = test["result"]?.stringValue ?? ""
      let text = "permit(principal,action,resource) when { \(test["expr"]?.stringValue ?? "") };"
      var found = "parseError"
      if case .success(let policies) = PolicySet.parse([(name: "eval", text: text)], naming: .byPosition) {
        let response = Authorizer.authorize(request, policies: policies, entities: entities)
        found = response.errors.first.map { "error:" + $0.error.kind.rawValue } ?? (response.decision == .allow ? "true" : "false")
      }
      if found != label, found.hasPrefix("error:"), label.hasPrefix("error:") {
        otherClass += 1
        print("another class of error (allowed): \(text) \(found) \(label)")
        continue
      }
      #expect(found == label, "\(test["id"] ?? .null): \(text)")
    }
    print("eval.jsonl: \(cases.count) expressions, \(otherClass) with another class of error")
    #expect(cases.count == 1339)
  }

  @Test("extension literals")
  func literals() throws {
    guard let cases = try ConformanceArchive.lines("extension-literals.jsonl") else { return }
    for test in cases {
      let function = ExtensionFunction(rawValue: test["fn"]?.stringValue ?? "")
      let isValid = function?.construct(test["arg"]?.stringValue ?? "") != nil
      #expect(isValid == test["valid"]?.boolValue, "\(test)")
    }
    print("extension-literals.jsonl: \(cases.count) literals")
    #expect(cases.count == 135)
  }

  @Test("policy texts are accepted or refused")
  func parsing() throws {
    guard let cases = try ConformanceArchive.lines("policy-parse.jsonl") else { return }
    for test in cases {
      let text = test["text"]?.stringValue ?? ""
      let problems = mistakes(text)
      #expect(problems.isEmpty == test["ok"]?.boolValue, "\(test["id"] ?? .null): \(text) \(problems)")
    }
    print("policy-parse.jsonl: \(cases.count) texts")
    #expect(cases.count == 524)
  }

  @Test("entities are accepted or refused, without a schema")
  func entities() throws {
    guard let cases = try ConformanceArchive.lines("entities-json.jsonl") else { return }
    for test in cases {
      let document = test["entitiesText"]?.stringValue.map { Array($0.utf8) } ?? Self.bytes(test["entities"] ?? .null)
      let isAccepted = (try? EntityStore.parse(json: document)) != nil
      #expect(isAccepted == test["okWithoutSchema"]?.boolValue, "\(test["id"] ?? .null) \(test["name"] ?? .null)")
    }
    print("entities-json.jsonl: \(cases.count) documents")
    #expect(cases.count == 90)
  }

  private static func bytes(_ json: JSONValue) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(json)
    return writer.bytes
  }

  @Test("templates with links")
  func templates() throws {
    guard let cases = try ConformanceArchive.lines("templates.jsonl"), let fixture = try ConformanceArchive.fixtures()?["templates"]
    else { return }
    let entities = try ConformanceArchive.entities(fixture["entities"])
    let links = try (fixture["links"]?.arrayValue ?? []).map { try SchemaForms.link($0) }
    let bare = try policySet(fixture["policies"]?.stringValue ?? "")
    for test in cases {
      let policies = try bare.linking(Array(links.prefix(Int(test["links"]?.integerValue ?? 0))))
      let mismatch = try ConformanceArchive.mismatch(test, test["request"] ?? .null, policies, entities)
      #expect(mismatch == nil, "\(test["id"] ?? .null)")
    }
    let linkCases = try ConformanceArchive.lines("template-links.jsonl") ?? []
    for test in linkCases {
      let link = test["link"] ?? .null
      let known = (link["values"]?.objectValue?.keys ?? []).allSatisfy { $0 == "?principal" || $0 == "?resource" }
      let isAccepted = known && (try? bare.linking([SchemaForms.link(link)])) != nil
      #expect(isAccepted == test["ok"]?.boolValue, "\(test["name"] ?? .null)")
    }
    print("templates.jsonl: \(cases.count) requests; template-links.jsonl: \(linkCases.count) links")
    #expect(cases.count == 81)
    #expect(linkCases.count == 5)
  }

  @Test("several policies at once")
  func multiPolicy() throws {
    guard let cases = try ConformanceArchive.lines("multi-policy.jsonl"), let fixture = try ConformanceArchive.fixtures() else {
      return
    }
    let policies = try policySet(fixture["multiPolicy"]?["policies"]?.stringValue ?? "")
    for test in cases {
      let mismatch = try ConformanceArchive.mismatch(test, test["request"] ?? .null, policies, .empty)
      #expect(mismatch == nil, "\(test["id"] ?? .null)")
    }
    print("multi-policy.jsonl: \(cases.count) requests")
    #expect(cases.count == 72)
  }
}
