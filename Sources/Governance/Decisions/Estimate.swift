import Budgets
import Telemetry

/// How much a step may use: the caller's numbers over the manifest's, cost from the price book.
enum Estimate {
  static func amounts(
    _ facts: StepFacts, _ placed: PlacedStep, _ step: Step, snapshot: PolicySnapshot, at now: Int64
  ) -> Result<Amounts, EvaluationRefusal> {
    var amounts = step.estimate
    if step.kind == .tool, amounts[.toolCalls] == 0 { amounts[.toolCalls] = 1 }
    var costGiven = amounts[.costNanoUSD] > 0
    for (currency, amount) in facts.estimate {
      amounts[currency] = amount
      if currency == .costNanoUSD { costGiven = true }
    }
    amounts[.steps] = 1
    guard let model = placed.model, !costGiven else { return .success(amounts) }
    let usage = Usage(inputUncached: amounts[.tokensIn], output: amounts[.tokensOut])
    if let cost = snapshot.prices.cost(usage, provider: model.provider, responseModel: model.name, at: now).nanoUSD {
      amounts[.costNanoUSD] = cost
    } else if placed.tier <= .t1, let ceiling = snapshot.prices.ceiling(at: now) {
      amounts[.costNanoUSD] = nanoUSD(picoUSD: ceiling.picoUSD(usage))
    } else {
      return .failure(EvaluationRefusal(reason: .unpriced(model.id)))
    }
    return .success(amounts)
  }
}
