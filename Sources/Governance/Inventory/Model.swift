/// A registered language model.
package struct Model: Sendable, Equatable {
  /// The name that manifests use, such as `mid`.
  package let id: String
  /// Who sells it, as in the price book and in spans.
  package let provider: String
  /// The seller's name for it.
  package let name: String
  /// Other names of the same model, such as dated versions.
  package let aliases: [String]
  /// What it is good for: `light`, `mid`, `heavy`, `embedding`, `vision`, or another word of the operator's.
  package let modelClass: String

  /// A model.
  package init(id: String, provider: String, name: String, aliases: [String] = [], modelClass: String) {
    self.id = id
    self.provider = provider
    self.name = name
    self.aliases = aliases
    self.modelClass = modelClass
  }

  /// Whether a request may call it `name`: by its id, the seller's name or an alias.
  package func isNamed(_ name: String) -> Bool { name == id || name == self.name || aliases.contains(name) }
}
