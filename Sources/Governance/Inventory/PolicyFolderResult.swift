/// What reading a policy folder gave.
package struct PolicyFolderResult: Sendable {
  /// The folder ready to decide, at version 0; nil when there is an error among the problems.
  package let snapshot: PolicySnapshot?
  /// Every mistake of every file, ordered by file, line and column.
  package let problems: [PolicyProblem]
}
