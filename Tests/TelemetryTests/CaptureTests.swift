import Foundation
import JSON
import TestSupport
import Testing

@testable import Telemetry

/// Real exporter requests with the values that must be derived from them.
@Suite struct CaptureTests {
  static let names = [
    "genai-semconv-proto", "genai-semconv-json", "genai-semconv-all-signals-proto", "genai-semconv-all-signals-json",
    "openinference-openai-agents", "openinference-langgraph", "openllmetry-traceloop",
  ]

  @Test("the values and steps of every capture's manifest are reached", arguments: names)
  func capture(_ name: String) throws {
    guard let folder = SharedMaterial.path("otlp-captures/\(name)") else { return }
    let manifest = try JSONReader.parse(try Fixtures.file(folder + "/manifest.json"))
    let requests = try #require(manifest["requests"]?.arrayValue)
    let decoder = StepDecoder()
    var steps: [CanonicalStep] = []
    for request in requests {
      let body = try Self.body(folder, request)
      #expect(body.count == Int(try #require(request["decoded_bytes"]?.integerValue)))
      let signal = try #require(request["signal"]?.stringValue.flatMap(OTLPSignal.init(rawValue:)))
      let encoding = try #require(request["encoding"]?.stringValue.flatMap(OTLPEncoding.init(rawValue:)))
      let items = try #require(request["items"]?.integerValue)
      #expect(try OTLPItemCounter.count(body, signal: signal, encoding: encoding) == Int(items))
      if signal == .traces {
        let result = try decoder.decode(body, encoding: encoding)
        #expect(result.counts.rejected == 0)
        #expect(result.counts.accepted == Int(items))
        steps += result.steps
      }
    }
    let expected = try #require(manifest["expected"])
    checkSummary(steps, expected)
    checkStepValues(steps, expected)
    try checkSteps(steps, manifest)
  }

  private func checkSummary(_ steps: [CanonicalStep], _ expected: JSONValue) {
    let summary = Fixtures.summary(steps)
    #expect(summary.steps == expected["span_count"]?.integerValue)
    #expect(Set(steps.map(\.traceID)).count == expected["trace_count"]?.integerValue.map(Int.init))
    let totals = expected["token_totals"]
    #expect(summary.usage.input == totals?["input_tokens"]?.integerValue)
    #expect(summary.usage.output == totals?["output_tokens"]?.integerValue)
    #expect(summary.usage.cacheRead == totals?["cached_input_tokens"]?.integerValue ?? 0)
    #expect(summary.usage.reasoning == totals?["reasoning_output_tokens"]?.integerValue ?? 0)
    #expect(summary.toolCalls == expected["tool_calls"]?.integerValue)
    #expect(summary.errors == expected["errors"]?.integerValue)
    #expect(summary.agent == expected["agent"]?.stringValue ?? summary.agent)
    #expect(summary.workflow == expected["workflow"]?.stringValue ?? summary.workflow)
    #expect(summary.user == expected["user_id"]?.stringValue)
    #expect(summary.session == expected["session_id"]?.stringValue ?? expected["conversation_id"]?.stringValue)
    #expect(summary.state == .success)
    #expect(summary.models.compactMap(\.model).sorted() == (expected["models"]?.arrayValue ?? []).compactMap(\.stringValue))
  }

  private func checkStepValues(_ steps: [CanonicalStep], _ expected: JSONValue) {
    for kind in StepKind.allCases {
      #expect(Int64(steps.filter { $0.kind == kind }.count) == expected["kinds"]?[kind.rawValue]?.integerValue ?? 0, "\(kind)")
    }
    func texts(_ name: String) -> [String] { (expected[name]?.arrayValue ?? []).compactMap(\.stringValue) }
    #expect(Set(steps.compactMap(\.tool)).sorted() == texts("tools"))
    #expect(Set(steps.filter(\.kind.isModelCall).compactMap(\.requestModel)).sorted() == texts("request_models"))
    #expect(Set(steps.compactMap(\.service)).sorted() == texts("service_names"))
  }

  private func checkSteps(_ steps: [CanonicalStep], _ manifest: JSONValue) throws {
    let accounts = StepAccount.accounts(of: steps, prices: PriceBook())
    let expectedSteps = try #require(manifest["steps"]?.arrayValue)
    #expect(expectedSteps.count == steps.count)
    for expected in expectedSteps {
      let id = try #require(expected["span_id"]?.stringValue)
      let index = try #require(steps.firstIndex { $0.spanID.hex == id })
      let step = steps[index]
      #expect(step.traceID.hex == expected["trace_id"]?.stringValue)
      #expect(step.parentSpanID?.hex ?? "" == expected["parent_span_id"]?.stringValue)
      #expect(step.spanName == expected["name"]?.stringValue)
      #expect(step.kind.rawValue == expected["kind"]?.stringValue, "\(id)")
      #expect(step.tool == expected["tool"]?.stringValue, "\(id)")
      #expect(step.errorType == expected["error"]?.stringValue, "\(id)")
      if step.kind.isModelCall {
        #expect(step.requestModel == expected["request_model"]?.stringValue, "\(id)")
        #expect(step.model == expected["model"]?.stringValue, "\(id)")
        #expect(step.provider == expected["provider"]?.stringValue, "\(id)")
        let usage = expected["usage"]
        #expect(step.usage?.input == usage?["input_tokens"]?.integerValue, "\(id)")
        #expect(step.usage?.output == usage?["output_tokens"]?.integerValue, "\(id)")
        #expect(step.usage?.cacheRead ?? 0 == usage?["cached_input_tokens"]?.integerValue ?? 0, "\(id)")
        #expect(step.usage?.reasoning ?? 0 == usage?["reasoning_output_tokens"]?.integerValue ?? 0, "\(id)")
      }
      if let agent = expected["agent"]?.stringValue { #expect(accounts[index].agent == agent, "\(id)") }
    }
  }

  static func body(_ folder: String, _ request: JSONValue) throws -> [UInt8] {
    let file = try #require(request["file"]?.stringValue)
    let received = try Fixtures.file(folder + "/" + file)
    return try inflated(received, request["compression"]?.stringValue ?? "identity")
  }
}
