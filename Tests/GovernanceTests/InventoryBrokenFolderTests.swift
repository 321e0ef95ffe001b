import Governance
import Testing

/// A right folder with one thing broken, and all that must be said about it.
struct BrokenFolder: Sendable, CustomTestStringConvertible {
  let name: String
  let file: String
  /// What is replaced in the file, and by what; nil takes the whole file away, an empty `from` replaces all of it.
  let change: (from: String, to: String)?
  /// Every problem in the form `file:line:column: severity: message (hint)`.
  let problems: [String]

  init(_ name: String, _ file: String, _ from: String, _ to: String, _ problems: String...) {
    (self.name, self.file, change, self.problems) = (name, file, (from, to), problems)
  }

  init(_ name: String, without file: String, _ problems: String...) {
    (self.name, self.file, change, self.problems) = (name, file, nil, problems)
  }

  var testDescription: String { name }

  var files: [PolicyFile] {
    var texts = InventoryFixtures.small
    if let change {
      let text = texts[file] ?? ""
      texts[file] = change.from.isEmpty ? change.to : text.replacingFirst(change.from, with: change.to)
    } else {
      texts[file] = nil
    }
    return InventoryFixtures.files(texts)
  }
}

extension String {
  /// This text with the first occurrence of `part` replaced; the text itself when there is none.
  func replacingFirst(_ part: String, with other: String) -> String {
    let wanted = Array(part.utf8)
    let bytes = Array(utf8)
    guard bytes.count >= wanted.count else { return self }
    for start in 0...(bytes.count - wanted.count) where bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
      return String(decoding: bytes[..<start] + Array(other.utf8) + bytes[(start + wanted.count)...], as: UTF8.self)
    }
    return self
  }
}

@Suite("broken policy folders")
struct InventoryBrokenFolderTests {
  @Test("the folder that is broken here is right by itself")
  func small() throws {
    let result = PolicyFolder.read(files: InventoryFixtures.files(InventoryFixtures.small))
    #expect(result.problems == [])
    #expect(result.snapshot != nil)
  }

  @Test("at least 60 mistakes are covered")
  func count() { #expect(BrokenFolder.all.count >= 60) }

  @Test("every mistake is named with its place and a hint", arguments: BrokenFolder.all)
  func mistake(_ folder: BrokenFolder) {
    let before = InventoryFixtures.files(InventoryFixtures.small)
    #expect(folder.files.sorted { $0.path < $1.path } != before.sorted { $0.path < $1.path }, "the row changes nothing")
    let result = PolicyFolder.read(files: folder.files)
    let found = result.problems.map(\.description)
    #expect(found == folder.problems)
    #expect((result.snapshot == nil) == result.problems.contains { $0.severity == .error })
  }
}
