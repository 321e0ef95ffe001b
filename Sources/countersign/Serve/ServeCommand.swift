import Governance
import JSON
import Platform
import Server

/// `countersign serve`: starts every part, waits for a signal, and stops them in reverse.
enum ServeCommand {
  static let command = Command(
    "serve", "", "Runs the control plane on a data folder.", options: Configuration.options, run: run)

  private static func run(_ arguments: Arguments) throws -> ExitStatus {
    try arguments.none()
    let configuration = try Configuration(arguments)
    if arguments.has("print-config") {
      show(configuration, json: arguments.has("json"))
      return .success
    }
    Signals.blockTermination()
    Signals.ignorePipe()
    let node = try Node(configuration)
    Output.line("listening on \(node.url)")
    let signal = Signals.waitForTermination()
    node.log.write(.info, "server.stopping", ["signal": .integer(Int64(signal))])
    node.stop()
    return .success
  }

  private static func show(_ configuration: Configuration, json: Bool) {
    if json {
      let members = Configuration.settings.map { ($0.name, JSONValue.string(configuration[$0.name])) }
      Output.json(JSONWriter.encode(.object(JSONObject(members))))
    } else {
      for setting in Configuration.settings {
        Output.line(
          "\(setting.name): \(configuration[setting.name])".padded(to: 48) + " # "
            + (configuration.values[setting.name]?.source ?? ""))
      }
    }
  }
}
