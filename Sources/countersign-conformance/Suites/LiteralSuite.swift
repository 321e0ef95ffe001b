import Cedar
import JSON

/// The texts that the constructors of extension types take.
enum LiteralSuite {
  static let suites = [
    Suite(file: "extension-literals.jsonl") { _ in
      { test in
        let text = try test.text("arg")
        let isValid =
          switch try test.text("fn") {
          case "decimal": DecimalValue(text) != nil
          case "ip": IPAddressValue(text) != nil
          case "datetime": DateTimeValue(text) != nil
          case "duration": DurationValue(text) != nil
          case let other: throw Mismatch("there is no constructor `\(other)`")
          }
        return verdict(isValid, label: try test.flag("valid"), "literal `\(text)`")
      }
    }
  ]
}
