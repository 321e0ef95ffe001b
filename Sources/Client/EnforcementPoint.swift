/// Guards work: asks before it, carries out the obligations, settles after it. Work runs only under a permit that was read whole.
///
/// It fails closed. No answer, an answer that cannot be read, an outcome or an obligation that is not known, an obligation that
/// fails: the work
/// does not run.
public struct EnforcementPoint: Sendable {
  /// An obligation type that this enforcement point can carry out, and how.
  public struct ObligationHandler: Sendable {
    /// The type, such as `limit.max_tokens`.
    public let type: String
    /// Carries one obligation out before the work runs; throws when it cannot, and the work does not run.
    public let carryOut: @Sendable (Decision.Obligation) throws -> Void

    /// A handler.
    public init(_ type: String, carryOut: @escaping @Sendable (Decision.Obligation) throws -> Void) {
      self.type = type
      self.carryOut = carryOut
    }

    /// The work itself obeys it: it must read `Permit.maxTokens` and pass it to the model.
    public static let maxTokens = ObligationHandler("limit.max_tokens") { obligation in
      guard let value = obligation.properties["value"]?.integer, value >= 0 else {
        throw MalformedObligation(type: obligation.type)
      }
    }
  }

  /// An obligation without what it needs.
  public struct MalformedObligation: Error, Sendable, Equatable {
    /// Its type.
    public var type: String
  }

  private let client: ControlPlaneClient
  private let handlers: [ObligationHandler]

  /// An enforcement point that can carry out `obligations`, and no others.
  public init(client: ControlPlaneClient, obligations: [ObligationHandler]) {
    self.client = client
    handlers = obligations
  }

  /// Decides `step`, and runs `work` if it is permitted; then settles what `work` has written into its usage.
  ///
  /// - Parameter work: gets the permit, does the work, and adds up what it used. When it throws, what it has added up until then is
  ///   settled; when it has said nothing, the reservation stays held until the step's spans settle it or it expires.
  /// - Throws: what `work` throws, and nothing else.
  public func run<Output, Failure: Error>(
    _ step: StepRequest, _ work: (Permit, inout Usage) throws(Failure) -> Output
  ) throws(Failure) -> StepOutcome<Output> {
    let decision: Decision
    do {
      decision = try client.evaluate(step.evaluation(supportedObligations: handlers.map(\.type)))
    } catch { return .undecided(error) }
    switch decision.outcome {
    case .deny: return .denied(decision)
    case .escalate: return .waiting(decision)
    case .permit: break
    }
    if let refusal = carryOut(decision) {
      giveBack(decision)
      return .refused(decision, refusal)
    }
    var usage = Usage()
    do {
      let output = try work(Permit(decision: decision), &usage)
      return .ran(output, decision, settle(decision, usage))
    } catch {
      _ = settle(decision, usage)
      throw error
    }
  }

  /// Carries out all that can be, also when one fails: AuthZEN asks for it. The first failure is the answer.
  private func carryOut(_ decision: Decision) -> ObligationRefusal? {
    var refusal: ObligationRefusal?
    for obligation in decision.obligations {
      guard !obligation.type.isEmpty, let handler = handlers.first(where: { $0.type == obligation.type }) else {
        refusal = refusal ?? .unknown(obligation)
        continue
      }
      do {
        try handler.carryOut(obligation)
      } catch {
        refusal = refusal ?? .failed(obligation, "\(error)")
      }
    }
    return refusal
  }

  /// Nothing ran; a reservation that cannot be given back expires by itself.
  private func giveBack(_ decision: Decision) {
    guard let reservation = decision.reservation else { return }
    _ = try? client.settle(
      reservation, actual: Usage(tokensIn: 0, tokensOut: 0, costNanoUSD: 0, steps: 0, toolCalls: 0), source: "refused")
  }

  private func settle(_ decision: Decision, _ usage: Usage) -> SettlementState {
    guard let reservation = decision.reservation else { return .nothingHeld }
    if usage.isEmpty { return .leftToTelemetry }
    do {
      return .settled(try client.settle(reservation, actual: usage, source: "client"))
    } catch { return .failed(error) }
  }
}

/// What guarded work gets: the decision that permits it.
public struct Permit: Sendable {
  /// The decision.
  public let decision: Decision

  /// The most output tokens that the model call may ask for; nil when nothing limits it.
  public var maxTokens: Int64? {
    decision.obligations.filter { $0.type == "limit.max_tokens" }.compactMap { $0.properties["value"]?.integer }.min()
  }
}

/// Why a permit could not be used.
public enum ObligationRefusal: Sendable, Equatable {
  /// Nobody here carries out this type.
  case unknown(Decision.Obligation)
  /// Carrying it out failed.
  case failed(Decision.Obligation, String)
}

/// What became of the reservation of work that ran.
public enum SettlementState: Sendable, Equatable {
  /// The permit held nothing.
  case nothingHeld
  /// The work said nothing about its use: its spans will.
  case leftToTelemetry
  /// Settled.
  case settled(Settlement)
  /// The server could not be told; the reservation stays held until it is settled or expires.
  case failed(ControlPlaneError)
}

/// What became of a guarded step.
public enum StepOutcome<Output> {
  /// The work ran.
  case ran(Output, Decision, SettlementState)
  /// Denied; the work did not run.
  case denied(Decision)
  /// A human must agree first; the work did not run. Ask again when the approval is given.
  case waiting(Decision)
  /// Permitted, but an obligation cannot be met; the work did not run.
  case refused(Decision, ObligationRefusal)
  /// There is no decision; the work did not run.
  case undecided(ControlPlaneError)

  /// The output of work that ran, or nil.
  public var output: Output? { if case .ran(let output, _, _) = self { output } else { nil } }
}

extension StepOutcome: Sendable where Output: Sendable {}
