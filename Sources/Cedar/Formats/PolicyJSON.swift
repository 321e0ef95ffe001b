import JSON

extension PolicySet {
  /// The largest document of policies, in bytes.
  public static let documentBytesMax = Limits.textBytes

  /// Reads the JSON format of policies: a set with `staticPolicies`, `templates` and `templateLinks`, or one policy, which then is `policy0`.
  ///
  /// Strict: duplicate and unknown members are refused. A template without slots is one nevertheless and applies when it is linked. Texts of
  /// extension values are not looked at, as in Cedar text: a bad one fails when its policy is evaluated. Errors of evaluation and findings name
  /// the place of the expression in this document.
  /// - Parameter file: the name of the document in errors and findings.
  public static func parse(json: [UInt8], file: String = "policies.json") throws(DataFailure) -> PolicySet {
    let limits = JSONLimits(bytes: documentBytesMax, depth: JSONLimits.tapeDepthCeiling)
    return try withDocument(json, limits: limits) { root throws(DataFailure) in
      let text = SourceText(name: file, text: String(decoding: json, as: UTF8.self))
      return try PolicyJSONReader(root: root, text: text).policySet()
    }
  }

  /// The set in the JSON format: what `parse(json:)` reads as a set that decides alike.
  ///
  /// Operators are kept as written; chains nest to the left, and `has` with a short path of names becomes a chain of simple ones.
  public var json: [UInt8] {
    var writer = PolicyJSONWriter()
    writer.policySet(self)
    return writer.bytes
  }
}

/// The operators of expressions by their names in policy JSON.
enum PolicyJSONOperator {
  case value, variable, not, negate, isEmpty
  case and, or, plus, minus, times
  case relation(Relation)
  case method(BuiltInMethod)
  case attribute, has, like, isType, conditional, set, record
  case call(ExtensionFunction)

  /// Every operator under its name.
  static let byName: [Name: PolicyJSONOperator] = {
    var table: [Name: PolicyJSONOperator] = [
      Name("Value"): .value, Name("Var"): .variable, Name("!"): .not, Name("neg"): .negate, Name("isEmpty"): .isEmpty,
      Name("&&"): .and, Name("||"): .or, Name("+"): .plus, Name("-"): .minus, Name("*"): .times, Name("."): .attribute,
      Name("has"): .has, Name("like"): .like, Name("is"): .isType, Name("if-then-else"): .conditional, Name("Set"): .set,
      Name("Record"): .record,
    ]
    for relation in Relation.allCases { table[Name(relation.symbol)] = .relation(relation) }
    for method in BuiltInMethod.allCases where method.argumentCount == 1 { table[Name(method.rawValue)] = .method(method) }
    for function in ExtensionFunction.allCases { table[Name(function.rawValue)] = .call(function) }
    return table
  }()
}
