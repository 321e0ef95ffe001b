/// Where a workflow stands between idea and retirement.
package enum Lifecycle: String, CaseIterable, Sendable {
  case discovery, prototype, pilot, scale, suspended, retired

  /// Whether steps of a workflow in this stage may run at all.
  package var isLive: Bool {
    switch self {
    case .prototype, .pilot, .scale: true
    case .discovery, .suspended, .retired: false
    }
  }
}
