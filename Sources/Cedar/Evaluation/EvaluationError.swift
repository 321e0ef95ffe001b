/// Why a policy could not be evaluated.
public struct EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The classes of error.
  public enum Kind: String, Sendable, Equatable {
    /// An operand is of a kind that the operator does not take.
    case typeError
    /// The result of integer arithmetic lies outside 64 bits.
    case overflow
    /// A record or an existing entity lacks the attribute.
    case missingAttribute
    /// An existing entity lacks the tag.
    case missingTag
    /// The entity is in no store.
    case missingEntity
    /// The text of an extension value is bad, or its arithmetic leaves its range.
    case extensionFailure = "extension"
    /// An extension function got a wrong number of arguments.
    case arity
  }

  /// The class.
  public let kind: Kind
  /// What happened, in lower case, user text in backticks.
  public let message: String
  /// The file of the policy.
  public let file: String
  /// The line of the failing expression, from 1.
  public let line: Int
  /// Its column, from 1, in Unicode scalars.
  public let column: Int

  /// The error in one line with its place.
  public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// An error on its way out of the evaluator: small, without text; it becomes an `EvaluationError` only when it is reported.
struct Fault: Error {
  enum Cause {
    case wrongType(expected: Expected, found: ValueKind)
    case overflow
    case missingAttribute(String, of: EntityUID?)
    case missingTag(String, of: EntityUID)
    case missingEntity(EntityUID)
    case badLiteral(ExtensionFunction)
    case outOfRange(ExtensionFunction)
    case arity(ExtensionFunction, found: Int)
  }

  /// What an operator takes.
  enum Expected: String {
    case bool = "Bool"
    case long = "Long"
    case string = "String"
    case entity = "an entity"
    case entityOrSet = "an entity or a set of entities"
    case set = "Set"
    case record = "a record or an entity"
    case comparable = "two Longs, two datetimes or two durations"
    case decimal, datetime, duration, ipaddr
  }

  let cause: Cause
  /// The node that failed.
  let node: Int32

  func report(_ source: SourceText, _ offset: Int32) -> EvaluationError {
    let (line, column) = source.position(offset)
    return EvaluationError(kind: kind, message: message, file: source.name, line: line, column: column)
  }

  private var kind: EvaluationError.Kind {
    switch cause {
    case .wrongType: .typeError
    case .overflow: .overflow
    case .missingAttribute: .missingAttribute
    case .missingTag: .missingTag
    case .missingEntity: .missingEntity
    case .badLiteral, .outOfRange: .extensionFailure
    case .arity: .arity
    }
  }

  var message: String {
    switch cause {
    case .wrongType(let expected, let found): "expected \(expected.rawValue), found \(found)"
    case .overflow: "integer overflow"
    case .missingAttribute(let name, nil): "the record has no attribute `\(name)`"
    case .missingAttribute(let name, let uid?): "entity `\(uid)` has no attribute `\(name)`"
    case .missingTag(let name, let uid): "entity `\(uid)` has no tag `\(name)`"
    case .missingEntity(let uid): "entity `\(uid)` does not exist"
    case .badLiteral(let function): "the text is no \(function.rawValue)"
    case .outOfRange(let function): "the result of `\(function.rawValue)` is out of range"
    case .arity(let function, let found): "`\(function.rawValue)` takes \(function.argumentCount) arguments, found \(found)"
    }
  }
}
