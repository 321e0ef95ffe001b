/// Plain Cedar files by what they hold.
package struct CedarFiles: Sendable {
  /// What a file holds, by its name.
  package enum Kind: Sendable {
    /// `*.cedar`
    case policies
    /// `*.json`, unless the name says otherwise.
    case policiesJSON
    /// `*.cedarschema`
    case schema
    /// `*.cedarschema.json`, `schema.json`
    case schemaJSON
    /// `entities.json`, `*.entities.json`
    case entities

    /// The kind of the file at `path`; nil when it is nothing of Cedar.
    package init?(path: String) {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if name.hasSuffix(".cedar") {
        self = .policies
      } else if name.hasSuffix(".cedarschema") {
        self = .schema
      } else if name.hasSuffix(".cedarschema.json") || name == "schema.json" {
        self = .schemaJSON
      } else if name == "entities.json" || name.hasSuffix(".entities.json") {
        self = .entities
      } else if name.hasSuffix(".json") {
        self = .policiesJSON
      } else {
        return nil
      }
    }
  }

  /// Policies as text and as JSON, ordered by path.
  package var policies: [PolicyFile] = []
  /// Schemas, of which there may be one.
  package var schemas: [PolicyFile] = []
  /// Entities, of which there may be one file.
  package var entities: [PolicyFile] = []
  /// What is nothing of Cedar.
  package var others: [PolicyFile] = []

  /// Sorts files by their names.
  package init(_ files: [PolicyFile]) {
    for file in files.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
      switch Kind(path: file.path) {
      case .policies?, .policiesJSON?: policies.append(file)
      case .schema?, .schemaJSON?: schemas.append(file)
      case .entities?: entities.append(file)
      case nil: others.append(file)
      }
    }
  }
}
