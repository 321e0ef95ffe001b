import JSON

/// A JSON document as an indented outline; costs as dollars.
enum Outline {
  static func print(_ value: JSONValue, indent: Int = 0) {
    let margin = String(repeating: "  ", count: indent)
    switch value {
    case .object(let object): members(object, margin, margin, indent)
    case .array(let items):
      for item in items {
        if case .object(let object) = item {
          members(object, margin + "- ", margin + "  ", indent + 1)
        } else {
          Output.line(margin + "- " + item.cell())
        }
      }
    default: Output.line(margin + value.cell())
    }
  }

  /// The members of an object; the first may follow the dash of its list.
  private static func members(_ object: JSONObject, _ first: String, _ margin: String, _ indent: Int) {
    for (offset, member) in object.members.enumerated() {
      let start = offset == 0 ? first : margin
      if member.key == "cost_nanousd", member.value.integerValue != nil {
        Output.line(start + "cost: " + Human.dollars(member.value))
      } else {
        nested(start + member.key + ":", member.value, indent)
      }
    }
  }

  private static func nested(_ label: String, _ value: JSONValue, _ indent: Int) {
    switch value {
    case .object(let object) where !object.members.isEmpty:
      Output.line(label)
      print(value, indent: indent + 1)
    case .array(let items) where items.contains { if case .object = $0 { true } else { false } }:
      Output.line(label)
      print(value, indent: indent + 1)
    case .array(let items) where items.isEmpty: Output.line(label + " -")
    default: Output.line(label + " " + value.cell())
    }
  }
}
