import JSON

/// Why entities, a context, a request or another document was refused.
public struct DataFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, in lower case, user text in backticks.
  public let message: String
  /// Where, such as `[3].attrs.owner`; empty for the whole document.
  public let path: String

  /// The mistake in one line.
  public var description: String { path.isEmpty ? message : "\(message) in `\(path)`" }
}

extension DataFailure {
  /// The same failure seen from outside of the member `key`.
  func inside(_ key: String) -> DataFailure { inside(step: JSONPath.appending(key: key, to: "")) }

  /// The same failure seen from outside of the element `index`.
  func inside(_ index: Int) -> DataFailure { inside(step: "[\(index)]") }

  private func inside(step: String) -> DataFailure {
    DataFailure(message: message, path: step + (path.isEmpty || path.hasPrefix("[") ? "" : ".") + path)
  }

  /// Runs `body`; what fails in it failed inside of the member `key`.
  static func inside<Result>(_ key: String, _ body: () throws(DataFailure) -> Result) throws(DataFailure) -> Result {
    do throws(DataFailure) {
      return try body()
    } catch {
      throw error.inside(key)
    }
  }

  /// As above, for the element `index`.
  static func inside<Result>(_ index: Int, _ body: () throws(DataFailure) -> Result) throws(DataFailure) -> Result {
    do throws(DataFailure) {
      return try body()
    } catch {
      throw error.inside(index)
    }
  }
}
