import YAML

/// One value of a manifest with its place and the name of its field. Each reading gives the value or leaves a problem and gives nil.
struct ManifestValue {
  let node: YAMLNode
  let file: String
  /// The field as messages name it: `steps[2].estimate`; empty for the document.
  let field: String
  let problems: ProblemList

  /// Reads the document of `file`; nil with a problem when it is no YAML.
  static func document(_ file: PolicyFile, _ problems: ProblemList) -> ManifestValue? {
    do throws(YAMLError) {
      return ManifestValue(node: try YAMLReader.parse(file.bytes), file: file.path, field: "", problems: problems)
    } catch {
      problems.add(file.path, line: error.line, column: error.column, error.message)
      return nil
    }
  }

  /// The field in backticks, or what stands for it.
  var name: String { field.isEmpty ? "the document" : "`\(field)`" }

  /// The line on which it begins, from 1.
  var line: Int { node.line }

  /// Leaves a problem at this value.
  func report(_ message: String, hint: String? = nil, severity: PolicyProblem.Severity = .error) {
    problems.add(file, line: node.line, column: node.column, message, hint: hint, severity: severity)
  }

  /// A value that was left out: nothing, `~` or `null`.
  var isNull: Bool {
    guard case .scalar(let text, quoted: false) = node.value else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }

  /// The pairs under the keys that are known; an unknown key is a problem.
  func mapping(_ known: [String]) -> ManifestMapping? {
    guard let pairs = pairs() else { return nil }
    var values: [String: ManifestValue] = [:]
    for pair in pairs {
      guard known.contains(pair.key) else {
        let hint = problems.isFull ? nil : NearestName.hint(pair.key, among: known, plural: "known keys")
        pair.place.report("unknown key `\(pair.key.prefix(80))`", hint: hint)
        continue
      }
      values[pair.key] = pair.value
    }
    return ManifestMapping(values: values, parent: self)
  }

  /// The text under `key` of a mapping, without any check; nil when there is none.
  func text(under key: String) -> String? { node[key]?.text }

  /// All pairs in order, whatever their keys; `place` is where the key stands.
  func pairs() -> [(key: String, place: ManifestValue, value: ManifestValue)]? {
    guard case .mapping(let pairs) = node.value else {
      expected("a mapping")
      return nil
    }
    return pairs.map { pair in
      let key = pair.key.text ?? ""
      let path = field.isEmpty ? key : field + "." + key
      return (
        key, ManifestValue(node: pair.key, file: file, field: path, problems: problems),
        ManifestValue(node: pair.value, file: file, field: path, problems: problems)
      )
    }
  }

  /// The items in order.
  func list(countMax: Int) -> [ManifestValue]? {
    guard case .sequence(let items) = node.value else {
      expected("a list")
      return nil
    }
    guard items.count <= countMax else {
      report("\(name) has \(items.count) items", hint: "at most \(countMax)")
      return nil
    }
    return items.enumerated().map { index, item in
      ManifestValue(node: item, file: file, field: "\(field)[\(index)]", problems: problems)
    }
  }

  /// The text of a scalar; nil with a problem for anything else and for a value that was left out.
  func scalar(_ wanted: String) -> String? {
    guard !isNull, case .scalar(let text, _) = node.value else {
      expected(wanted)
      return nil
    }
    return text
  }

  private func expected(_ wanted: String) {
    let kind =
      switch node.value {
      case .scalar: isNull ? "nothing" : "text"
      case .sequence: "a list"
      case .mapping: "a mapping"
      }
    report("\(name) must be \(wanted), not \(kind)")
  }
}

/// The known pairs of a mapping.
struct ManifestMapping {
  let values: [String: ManifestValue]
  /// The mapping itself: what is missing is reported here.
  let parent: ManifestValue

  /// The value under `key`, or nil when it is not given.
  func optional(_ key: String) -> ManifestValue? { values[key] }

  /// The value under `key`; nil with a problem when it is not given.
  func required(_ key: String, hint: String? = nil) -> ManifestValue? {
    if let value = values[key] { return value }
    let place = parent.field.isEmpty ? "" : " in `\(parent.field)`"
    parent.report("`\(key)` is missing\(place)", hint: hint)
    return nil
  }
}
