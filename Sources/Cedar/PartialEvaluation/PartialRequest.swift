/// A request with parts left open. A completion is a request that agrees with it in all that is known.
public struct PartialRequest: Sendable {
  /// The principal, the action or the resource.
  public enum Part: String, Sendable, CaseIterable {
    /// Who asks.
    case principal
    /// What is to be done.
    case action
    /// What it is to be done to.
    case resource
  }

  /// What is known of one of the three entities.
  public enum Subject: Sendable, Equatable {
    /// It is this entity.
    case known(EntityUID)
    /// It may be any entity, or any of `type` when that is given.
    case unknown(type: String? = nil)
  }

  /// What is known of one member of a context.
  public enum Member: Sendable, Equatable {
    /// The context has it with this value.
    case known(Value)
    /// The context has it with some value.
    case unknown
    /// The context may lack it.
    case optional
  }

  /// What is known of the context.
  public struct Context: Sendable {
    enum Kind: Sendable {
      case known(Record)
      case unknown
      case members([Name: Member])
    }

    let kind: Kind

    /// The context is this record.
    public static func known(_ record: Record) -> Context { Context(kind: .known(record)) }

    /// The context may be any record.
    public static let unknown = Context(kind: .unknown)

    /// The context has these members and no other; of two with one key the later counts.
    public static func members(_ members: [(key: String, member: Member)]) -> Context {
      let members = Dictionary(members.map { (Name($0.key), $0.member) }) { $1 }
      var known: [Record.Member] = []
      for case (let name, .known(let value)) in members { known.append(Record.Member(name: name, value: value)) }
      if known.count == members.count { return .known(Record(unordered: known)) }
      return Context(kind: .members(members))
    }
  }

  /// Who asks.
  public let principal: Subject
  /// What is to be done.
  public let action: Subject
  /// What it is to be done to.
  public let resource: Subject
  /// Further facts.
  public let context: Context
  /// The types whose entities a completion may bring along or replace: their attributes, tags and ancestors count as open.
  public let openTypes: Set<String>

  /// Makes a request; a context that is not given is known to be empty.
  public init(
    principal: Subject, action: Subject, resource: Subject, context: Context = .known(.empty), openTypes: Set<String> = []
  ) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context
    self.openTypes = openTypes
  }

  /// What is known of `part`.
  public func subject(_ part: Part) -> Subject {
    switch part {
    case .principal: principal
    case .action: action
    case .resource: resource
    }
  }
}

/// Why a request does not complete a partial one.
public enum CompletionFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part differs from the known entity, or from the known type.
  case part(PartialRequest.Part, EntityUID)
  /// The context differs in a known member, lacks one that is certain, or has one too many.
  case context

  /// The mistake in one line.
  public var description: String {
    switch self {
    case .part(let part, let uid): "the \(part.rawValue) `\(uid)` differs from what the partial request says of it"
    case .context: "the context differs from what the partial request says of it"
    }
  }
}

extension PartialRequest {
  /// Refuses a request that does not agree with this one in all that is known.
  func check(_ request: Request) throws(CompletionFailure) {
    try PartialRequest.check(.principal, principal, request.principal)
    try PartialRequest.check(.action, action, request.action)
    try PartialRequest.check(.resource, resource, request.resource)
    guard context.admits(request.context) else { throw .context }
  }

  private static func check(_ part: Part, _ subject: Subject, _ uid: EntityUID) throws(CompletionFailure) {
    switch subject {
    case .known(let known) where known != uid: throw .part(part, uid)
    case .unknown(let type?) where type != uid.type: throw .part(part, uid)
    default: break
    }
  }
}

extension PartialRequest.Context {
  fileprivate func admits(_ record: Record) -> Bool {
    switch kind {
    case .known(let known): return known == record
    case .unknown: return true
    case .members(let members):
      var found = 0
      for (name, member) in members {
        let value = withUnsafePointer(to: name) { record.place($0)?.pointee }
        if value != nil { found += 1 }
        switch member {
        case .known(let known): if value != known { return false }
        case .unknown: if value == nil { return false }
        case .optional: break
        }
      }
      return found == record.count
    }
  }
}
