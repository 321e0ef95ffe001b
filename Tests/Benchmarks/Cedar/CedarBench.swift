import Cedar
import Glibc

/// Measures Cedar in process: `cedar-bench [--write FOLDER] KIND:POLICIES:ENTITIES …`. One line of JSON a set; with `--write` its
/// texts too, for other engines to read. `cedar-bench --allocations` checks that permits allocate nothing.
@main
enum CedarBench {
  private static let seed: UInt64 = 20_261_121
  private static let millisecondsPerLatency = 400

  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--allocations"] {
      let isClean = try AllocationCheck.run()
      exit(isClean ? 0 : 1)
    }
    var folder: String?
    if arguments.first == "--write", arguments.count > 1 {
      folder = arguments[1]
      arguments.removeFirst(2)
    }
    for argument in arguments {
      let parts = argument.split(separator: ":")
      guard parts.count == 3, let kind = Workload.Kind(rawValue: String(parts[0])), let policies = Int(parts[1]),
        let entities = Int(parts[2])
      else {
        print("usage: cedar-bench --allocations | [--write FOLDER] KIND:POLICIES:ENTITIES …")
        exit(2)
      }
      let workload = Workload(kind, policies: policies, entities: entities, seed: seed)
      if let folder { write(workload, to: "\(folder)/\(kind)-\(policies)-\(entities)") }
      print(line(argument, try Measurement.of(workload, milliseconds: millisecondsPerLatency)))
      fflush(nil)
    }
  }

  private static func write(_ workload: Workload, to folder: String) {
    mkdir(folder, 0o755)
    for (name, text) in [
      ("policies.cedar", workload.policies), ("entities.json", workload.entitiesJSON), ("requests.json", workload.questionsJSON),
      ("links.json", workload.linksJSON),
    ] {
      guard let file = fopen("\(folder)/\(name)", "w") else { fatalError("cannot write \(folder)/\(name)") }
      fputs(text, file)
      fclose(file)
    }
  }

  private static func line(_ name: String, _ result: Measurement) -> String {
    let numbers: [(String, Double)] = [
      ("reasons", Double(result.reasons)), ("load_ms", result.loadMilliseconds), ("entities_ms", result.entitiesMilliseconds),
      ("policies_mb", result.megabytes), ("p50_us", result.indexed.median), ("p99_us", result.indexed.p99),
      ("scan_p50_us", result.scanned.median), ("scan_p99_us", result.scanned.p99), ("per_second", result.perSecond),
      ("per_second_2", result.perSecondOnTwoThreads), ("allocations", result.allocations),
    ]
    return "{\"set\":\"\(name)\"," + numbers.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }
}
