import Cedar
import Governance

/// Mistakes in policy files, for people.
enum PolicyMistakes {
  /// Every mistake in its line; below one in `texts`, files of Cedar text, its place with a caret under it.
  static func lines(_ problems: [PolicyProblem], in texts: [PolicyFile]) -> [String] {
    var excerpts: (file: String, of: Excerpts?) = ("", nil)
    return problems.map { problem in
      // Mistakes of one file stand together.
      if !problem.file.utf8.elementsEqual(excerpts.file.utf8) {
        let text = texts.first { $0.path.utf8.elementsEqual(problem.file.utf8) }
        excerpts = (problem.file, text.map { Excerpts(of: String(decoding: $0.bytes, as: UTF8.self)) })
      }
      let excerpt = excerpts.of?.at(line: problem.line, column: problem.column)
      return "\(problem)" + (excerpt.map { "\n" + $0 } ?? "")
    }
  }
}
