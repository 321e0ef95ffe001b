import Cedar

/// Reads a schema and holds policies and entities against it.
struct SchemaReader {
  let problems: ProblemList

  /// The schema of `file`, as text or JSON by its name.
  func read(_ file: PolicyFile) -> Schema? {
    if file.path.hasSuffix(".json") {
      do throws(DataFailure) {
        return try Schema.parse(json: file.bytes)
      } catch {
        problems.add(file, error)
        return nil
      }
    }
    switch Schema.parse(String(decoding: file.bytes, as: UTF8.self), file: file.path) {
    case .success(let schema): return schema
    case .failure(let failure):
      problems.add(failure)
      return nil
    }
  }

  /// Leaves what the validator has against `policies`.
  func validate(_ policies: PolicySet, _ schema: Schema, mode: Validator.Mode = .strict, level: Int? = nil) {
    for finding in Validator(schema, mode: mode).validate(policies, level: level) { problems.add(PolicyProblem(finding)) }
  }
}
