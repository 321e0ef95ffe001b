import Testing

@testable import Budgets
