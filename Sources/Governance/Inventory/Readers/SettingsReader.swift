/// Reads countersign.yaml.
enum SettingsReader {
  static let path = "countersign.yaml"
  /// One second to 366 days: an approval that nobody answers within a year is forgotten.
  private static let approvalRange: ClosedRange<Int64> = 1_000...(366 * 86_400_000)
  /// One second to seven days: a hold that lives longer is a leak.
  private static let reservationRange: ClosedRange<Int64> = 1_000...(7 * 86_400_000)

  static func read(_ file: PolicyFile, _ problems: ProblemList) -> Settings? {
    let keys = ["organisation", "plain_requests", "tier_profile", "approvals", "reservation_ttl"]
    guard let mapping = ManifestValue.document(file, problems)?.mapping(keys) else { return nil }
    let organisation = mapping.required("organisation")?.identifier(.organisation)
    let plain = mapping.optional("plain_requests")?.choice(PlainRequests.allCases, \.rawValue)
    let profile = mapping.optional("tier_profile")?.mapping(["approval_from"])
    let approvalFrom = profile?.optional("approval_from")?.choice(RiskTier.allCases, \.text)
    let approvals = mapping.optional("approvals")?.mapping(["expires_after", "valid_for"])
    let wait = approvals?.optional("expires_after")?.milliseconds(approvalRange)
    let validity = approvals?.optional("valid_for")?.milliseconds(approvalRange)
    let reservation = mapping.optional("reservation_ttl")?.milliseconds(reservationRange)
    guard let organisation else { return nil }
    return Settings(
      organisation: organisation, plainRequests: plain ?? .deny, approvalFrom: approvalFrom ?? Settings.approvalFromDefault,
      approvalWaitMilliseconds: wait ?? Settings.approvalWaitMillisecondsDefault,
      approvalValidityMilliseconds: validity ?? Settings.approvalValidityMillisecondsDefault,
      reservationMilliseconds: reservation ?? Settings.reservationMillisecondsDefault)
  }
}
