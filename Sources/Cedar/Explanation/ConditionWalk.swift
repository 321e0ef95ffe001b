/// Evaluates the conditions of one policy clause by clause, and a clause that is a chain operand by operand.
struct ConditionWalk {
  private let source: PolicySet.Source
  private(set) var clauses: [PolicyExplanation.Clause] = []
  /// Satisfied as long as nothing spoke against it.
  private(set) var outcome = PolicyExplanation.Outcome.satisfied

  /// The clauses of `source`; none of them is reached when the policy is out of scope.
  init(_ source: PolicySet.Source) {
    self.source = source
  }

  /// Names the clauses without evaluating any.
  mutating func skip() {
    outcome = .outOfScope
    clauses = source.syntax.conditions.map { clause($0, truth: .notReached, operands: terms(of: $0.body)) }
  }

  /// Goes through the clauses in order, as far as the policy's own evaluation goes.
  mutating func evaluate(_ request: Request, _ entities: EntityStore, _ overlay: EntityOverlay) {
    var compiler = Compiler()
    let roots = source.syntax.conditions.map { condition in
      ConditionWalk.operands(of: condition.body).map { compiler.conditions([ConditionSyntax(isUnless: false, body: $0)]) }
    }
    let evaluator = Evaluator(
      program: Program(compiler.code), request: request, entities: entities, overlay: overlay)
    for (condition, roots) in zip(source.syntax.conditions, roots) {
      guard outcome == .satisfied else {
        clauses.append(clause(condition, truth: .notReached, operands: terms(of: condition.body)))
        continue
      }
      let operands = ConditionWalk.operands(of: condition.body)
      let (truth, truths) = chain(condition.body, roots, evaluator)
      let terms = operands.count < 2 ? [] : zip(operands, truths).map { term($0, $1) }
      clauses.append(clause(condition, truth: truth, operands: terms))
      switch truth {
      case .isTrue where condition.isUnless, .isFalse where !condition.isUnless: outcome = .notSatisfied
      case .error(let error): outcome = .error(error)
      default: break
      }
    }
  }

  /// The truth of `body` and those of its operands, from left to right until one settles the chain.
  private func chain(
    _ body: Expression, _ roots: [Int32], _ evaluator: borrowing Evaluator
  ) -> (PolicyExplanation.Truth, [PolicyExplanation.Truth]) {
    var result = PolicyExplanation.Truth.notReached
    var truths: [PolicyExplanation.Truth] = []
    let settling: PolicyExplanation.Truth? =
      switch body.kind {
      case .and: .isFalse
      case .or: .isTrue
      default: nil
      }
    var isSettled = false
    for root in roots {
      guard !isSettled else {
        truths.append(.notReached)
        continue
      }
      do throws(Fault) {
        result = try evaluator.truth(root) ? .isTrue : .isFalse
        isSettled = result == settling
      } catch {
        result = .error(error.report(source.text, evaluator.program.offsets[Int(error.node)]))
        isSettled = true
      }
      truths.append(result)
    }
    return (result, truths)
  }

  // MARK: Texts

  private static func operands(of body: Expression) -> [Expression] {
    switch body.kind {
    case .and(let operands), .or(let operands): operands
    default: [body]
    }
  }

  /// The operands of a chain as terms that were not reached; none for any other body.
  private func terms(of body: Expression) -> [PolicyExplanation.Term] {
    let operands = ConditionWalk.operands(of: body)
    return operands.count < 2 ? [] : operands.map { term($0, .notReached) }
  }

  private func clause(
    _ condition: ConditionSyntax, truth: PolicyExplanation.Truth, operands: [PolicyExplanation.Term]
  ) -> PolicyExplanation.Clause {
    PolicyExplanation.Clause(isUnless: condition.isUnless, body: term(condition.body, truth), operands: operands)
  }

  private func term(_ expression: Expression, _ truth: PolicyExplanation.Truth) -> PolicyExplanation.Term {
    let (line, column) = source.text.position(expression.span.start)
    var printer = PolicyPrinter()
    printer.expression(expression)
    return PolicyExplanation.Term(text: printer.text, line: line, column: column, truth: truth)
  }
}
