import TestSupport
import Testing

@testable import Telemetry

/// Both decoders on bytes that were sound once. Whatever comes, all readers agree on accepting or refusing, and none crashes.
@Suite struct FuzzTests {
  private static let roundsCount = 20_000

  private static func seeds() throws -> (protobuf: [[UInt8]], json: [[UInt8]]) {
    var generator = SeededGenerator(seed: 7)
    var protobuf = try (0..<12).map { _ in OTLPTraceEncoder.encode(try RandomSpans.request(&generator)) }
    protobuf.append(
      OTLPTraceEncoder.encode(
        Fixtures.request([
          try Fixtures.span(
            2, parent: 1, name: "chat",
            [
              ("gen_ai.operation.name", "chat"), ("gen_ai.usage.input_tokens", 412),
              ("langfuse.observation.usage_details", #"{"input":1}"#),
              ("llm.cost.total", 0.5), ("countersign.attempt", 1),
            ])
        ])))
    let json = [
      #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"spans":[{"traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"1020304050607001","name":"chat","kind":3,"startTimeUnixNano":"1","endTimeUnixNano":2,"attributes":[{"key":"gen_ai.usage.input_tokens","value":{"intValue":"11"}},{"key":"a","value":{"arrayValue":{"values":[{"doubleValue":"NaN"},{"bytesValue":"AAEC"},{}]}}}],"events":[{"name":"e"}],"status":{"code":2}}]}]}]}"#,
      #"{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"","links":[{"flags":1}]}]}]}]}"#,
    ].map { Array($0.utf8) }
    return (protobuf, json)
  }

  private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !bytes.isEmpty else { return [.random(in: 0...255, using: &generator)] }
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0...5, using: &generator) {
      case 0: bytes[index] = .random(in: 0...255, using: &generator)
      case 1: bytes[index] ^= UInt8(1) << UInt8.random(in: 0...7, using: &generator)
      case 2: bytes.remove(at: index)
      case 3: bytes.insert([0x00, 0x7F, 0x80, 0xFF, 0x22, 0x7B].randomElement(using: &generator) ?? 0, at: index)
      case 4: bytes.removeSubrange(index...)
      default:
        let end = Int.random(in: index..<bytes.count, using: &generator)
        bytes.insert(contentsOf: Array(bytes[index...end].prefix(64)), at: index)
      }
    }
    return bytes
  }

  private func outcome<Value>(_ body: () throws(OTLPError) -> Value) -> Result<Value, OTLPError> {
    do throws(OTLPError) { return .success(try body()) } catch { return .failure(error) }
  }

  @Test("mutated protobuf requests never crash a reader, and all readers agree", arguments: [0xC0FFEE] as [UInt64])
  func protobuf(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let seeds = try Self.seeds().protobuf
    let decoder = StepDecoder()
    var accepted = 0
    for round in 0..<Self.roundsCount {
      let bytes = mutated(seeds[round % seeds.count], &generator)
      let inspected = outcome { () throws(OTLPError) in try OTLPTraceDecoder.inspect(bytes) }
      let decoded = outcome { () throws(OTLPError) in try OTLPTraceDecoder.decode(bytes) }
      let steps = outcome { () throws(OTLPError) in try decoder.decode(bytes, encoding: .protobuf) }
      #expect(decoded.map(\.counts) == inspected, "seed \(seed) round \(round)")
      #expect(steps.map(\.counts) == inspected, "seed \(seed) round \(round)")
      guard case .success(let request) = decoded, case .success(let result) = steps else { continue }
      accepted += 1
      #expect(request.spans.map(\.spanID) == result.steps.map(\.spanID))
      for step in result.steps { #expect(try CanonicalStep(encoded: step.encoded) == step) }
      if round % 16 == 0, !result.steps.isEmpty { _ = Fixtures.summary(result.steps) }
      _ = try? OTLPItemCounter.count(bytes, signal: .metrics, encoding: .protobuf)
    }
    print("protobuf fuzz: seed \(seed), \(accepted) of \(Self.roundsCount) accepted")
    #expect(accepted > 1_000)
    #expect(accepted < Self.roundsCount)
  }

  @Test("mutated JSON requests never crash a reader, and both readers agree", arguments: [0xBEEF] as [UInt64])
  func json(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let seeds = try Self.seeds().json
    let decoder = StepDecoder()
    var accepted = 0
    for round in 0..<Self.roundsCount {
      let bytes = mutated(seeds[round % seeds.count], &generator)
      let decoded = outcome { () throws(OTLPError) in try OTLPJSONTraceDecoder.decode(bytes) }
      let steps = outcome { () throws(OTLPError) in try decoder.decode(bytes, encoding: .json) }
      #expect(decoded.map(\.counts) == steps.map(\.counts), "seed \(seed) round \(round)")
      guard case .success(let request) = decoded else { continue }
      accepted += 1
      #expect(try OTLPTraceDecoder.decode(OTLPTraceEncoder.encode(request.resourceSpans)).spans.count == request.counts.accepted)
    }
    print("JSON fuzz: seed \(seed), \(accepted) of \(Self.roundsCount) accepted")
    #expect(accepted > 500)
    #expect(accepted < Self.roundsCount)
  }

  @Test("random bytes never crash a reader of stored steps", arguments: [3] as [UInt64])
  func stored(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let step = try RandomSpans.step(&generator)
      _ = try? CanonicalStep(encoded: mutated(step.encoded, &generator))
    }
  }
}
