/// How often, and how long apart, a request is sent again that got no answer.
///
/// A retry is the same request with the same request id, so the server decides and reserves once however often it arrives.
public struct RetryPolicy: Sendable, Equatable {
  /// How often a request is sent at most, the first time included; at least 1.
  public var attemptsMax: Int
  /// The pause before the second attempt; each further one is twice as long.
  public var firstDelayMilliseconds: Int
  /// No pause is longer, whatever the server asks for.
  public var delayMillisecondsMax: Int

  /// A policy; values below the least that makes sense are raised to it.
  public init(attemptsMax: Int = 3, firstDelayMilliseconds: Int = 50, delayMillisecondsMax: Int = 2_000) {
    self.attemptsMax = max(1, attemptsMax)
    self.firstDelayMilliseconds = max(0, firstDelayMilliseconds)
    self.delayMillisecondsMax = max(0, delayMillisecondsMax)
  }

  /// Three attempts within about 150 milliseconds of pauses: a restart of the server is longer, a lost connection shorter.
  public static let standard = RetryPolicy()
  /// Every request is sent once.
  public static let never = RetryPolicy(attemptsMax: 1)

  /// Statuses after which the same request may succeed: too many requests, bad gateway, unavailable, gateway time-out.
  static let retriedStatuses: Set<Int> = [429, 502, 503, 504]

  /// The pause before attempt `next` (2 and up): exponential, between half and all of it by chance, or what the server asked for.
  func delayMilliseconds(before next: Int, retryAfterSeconds: Int?, using generator: inout some RandomNumberGenerator) -> Int {
    if let retryAfterSeconds { return min(delayMillisecondsMax, max(0, min(retryAfterSeconds, 3_600)) * 1_000) }
    let doublings = min(max(0, next - 2), 20)
    let full = min(delayMillisecondsMax, firstDelayMilliseconds << doublings)
    return Int.random(in: (full / 2)...max(full / 2, full), using: &generator)
  }
}
