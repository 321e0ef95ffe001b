/// Why entities or a context in JSON were refused.
public struct DataFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in lower case, user text in backticks.
  public let message: String
  /// Where, such as `[3].attrs.owner`; empty for the whole document.
  public let path: String

  /// The mistake in one line.
  public var description: String { path.isEmpty ? message : "\(message) in `\(path)`" }
}
