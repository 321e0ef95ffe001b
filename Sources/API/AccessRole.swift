/// What an API key may do. The raw values are the words of the wire.
package enum AccessRole: String, Sendable, CaseIterable {
  /// Asks for decisions, settles, sends traces.
  case runtime
  /// Sends traces.
  case telemetry
  /// Reads.
  case viewer
  /// Reads and decides approvals.
  case approver
  /// Everything.
  case admin
  /// Reads and exports.
  case auditor
}

/// A set of roles.
package struct AccessRoles: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The set that holds one role.
  package init(_ role: AccessRole) {
    switch role {
    case .runtime: rawValue = 1
    case .telemetry: rawValue = 2
    case .viewer: rawValue = 4
    case .approver: rawValue = 8
    case .admin: rawValue = 16
    case .auditor: rawValue = 32
    }
  }

  package static let runtime = AccessRoles(.runtime)
  package static let telemetry = AccessRoles(.telemetry)
  package static let viewer = AccessRoles(.viewer)
  package static let approver = AccessRoles(.approver)
  package static let admin = AccessRoles(.admin)
  package static let auditor = AccessRoles(.auditor)
  /// Whoever may see what the server knows.
  package static let readers: AccessRoles = [.viewer, .approver, .auditor, .admin]

  /// The roles of the set, in the order of their declaration.
  package var roles: [AccessRole] { AccessRole.allCases.filter { contains(AccessRoles($0)) } }
}
