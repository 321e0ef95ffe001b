import Testing

@testable import Governance
