import Budgets
import Cedar
import Governance
import TestSupport
import Testing

@Suite("policy folders as a whole")
struct InventoryFolderTests {
  let small = InventoryFixtures.files(InventoryFixtures.small)

  private func with(_ path: String, _ bytes: [UInt8]) -> [PolicyFile] {
    small.filter { $0.path != path } + [PolicyFile(path: path, bytes: bytes)]
  }

  @Test("an empty folder lacks its settings")
  func empty() {
    let result = PolicyFolder.read(files: [])
    #expect(result.snapshot == nil)
    #expect(
      result.problems.map(\.description) == [
        "access/:1:1: warning: no policy permits anything, so that every step is denied (add a permit policy below access/)",
        "countersign.yaml:1:1: error: `countersign.yaml` is missing (it begins with `organisation: acme`)",
      ])
  }

  @Test(
    "bytes that are not UTF-8 are refused at their place",
    arguments: [
      ("workflows/refund.yaml", Array("id: é\npurpose: ".utf8) + [0xFF, 0x0A], 2, 10),
      ("access/a.cedar", Array("// é".utf8) + [0xC3], 1, 5),
      ("schema.cedarschema", [0xED, 0xA0, 0x80], 1, 1),
      ("entities.json", Array("[\"".utf8) + [0xC0, 0xAF] + Array("\"]".utf8), 1, 3),
    ])
  func encoding(_ path: String, _ bytes: [UInt8], _ line: Int, _ column: Int) {
    let result = PolicyFolder.read(files: with(path, bytes))
    let problem = PolicyProblem(file: path, line: line, column: column, message: "the file is not UTF-8", hint: "save it as UTF-8")
    #expect(result.problems.first { $0.file == path } == problem)
    #expect(result.snapshot == nil)
  }

  @Test("a file of 1 MiB is read and one of a byte more is refused")
  func fileSize() {
    let comment = [UInt8](repeating: 0x23, count: (1 << 20) - 1) + [0x0A]
    let settings = Array("organisation: acme\n".utf8)
    #expect(PolicyFolder.read(files: with("countersign.yaml", settings + comment.dropFirst(settings.count))).problems == [])
    let large = PolicyFolder.read(files: with("countersign.yaml", settings + comment.dropFirst(settings.count - 1)))
    #expect(
      large.problems.map(\.description) == ["countersign.yaml:1:1: error: the file has 1048577 bytes (at most 1048576)"])
  }

  @Test("a folder of 16 MiB is read and one of a byte more is refused")
  func folderSize() {
    let used = small.reduce(0) { $0 + $1.bytes.count }
    func files(_ bytes: Int) -> [PolicyFile] {
      let parts = bytes / 17
      return small
        + (0..<17).map { index in
          let count = index < 16 ? parts : bytes - 16 * parts
          return PolicyFile(path: "access/filler\(index).cedar", bytes: [UInt8](repeating: 0x0A, count: count))
        }
    }
    #expect(PolicyFolder.read(files: files((16 << 20) - used)).problems == [])
    let large = PolicyFolder.read(files: files((16 << 20) - used + 1))
    #expect(large.problems.map(\.description) == [":1:1: error: the folder has 16777217 bytes (at most 16777216)"])
  }

  @Test("2 000 files are read and 2 001 are refused")
  func fileCount() {
    func files(_ count: Int) -> [PolicyFile] {
      small + (small.count..<count).map { PolicyFile(path: "access/f\($0).cedar", bytes: []) }
    }
    #expect(PolicyFolder.read(files: files(2_000)).problems == [])
    let large = PolicyFolder.read(files: files(2_001))
    #expect(large.problems.map(\.description) == [":1:1: error: the folder has 2001 files (at most 2000)"])
  }

  @Test("a file given twice is refused")
  func twice() {
    let result = PolicyFolder.read(files: small + small.filter { $0.path == "models.yaml" })
    #expect(result.problems.map(\.description) == ["models.yaml:1:1: error: `models.yaml` is given twice"])
  }

  @Test("all mistakes of all files are reported at once, in the order of their places")
  func together() {
    var texts = InventoryFixtures.small
    texts["countersign.yaml"] = "organisation: acme\nplain_request: deny\nreservation_ttl: soon\n"
    texts["budgets.yaml"] = "teams:\n  care:\n    - {window: week, limit: {steps: -1}}\n"
    texts["access/a.cedar"] = "permit (principal)\n;\npermit principal;\n"
    texts["entities.json"] = "{"
    let places = PolicyFolder.read(files: InventoryFixtures.files(texts)).problems.map { "\($0.file):\($0.line):\($0.column)" }
    #expect(
      places == [
        "access/a.cedar:1:18", "access/a.cedar:3:8", "budgets.yaml:3:16", "budgets.yaml:3:37", "countersign.yaml:2:1",
        "countersign.yaml:3:18", "entities.json:1:2",
      ])
  }

  @Test("a file that cannot be read makes no mistakes of those that refer to it", arguments: ["models.yaml", "budgets.yaml"])
  func cascade(_ path: String) {
    let result = PolicyFolder.read(files: with(path, Array("x: [".utf8)))
    #expect(result.problems.map(\.file) == [path])
  }

  @Test("after 1 000 mistakes the rest is counted")
  func many() {
    let text = "organisation: acme\n" + (0..<1_500).map { "key\($0): 1\n" }.joined()
    let problems = PolicyFolder.read(files: with("countersign.yaml", Array(text.utf8))).problems
    #expect(problems.count == 1_001)
    #expect(problems.last?.message == "500 more mistakes are not shown")
  }

  @Test("the digest is that of the files' digests in the order of their paths")
  func digestVector() {
    let files = [PolicyFile(path: "b.yaml", bytes: Array("two\n".utf8)), PolicyFile(path: "a/c.cedar", bytes: Array("one\n".utf8))]
    // printf 'one\n' > a/c.cedar; printf 'two\n' > b.yaml; sha256sum a/c.cedar b.yaml | sha256sum
    #expect("\(PolicyDigest.of(files))" == "544bd46d5c7ab321772200504863dc68b773ce71a1db086b065dcc5808e459fa")
  }

  @Test("the digest does not depend on the order and changes with any byte of any file and any path")
  func digest() throws {
    let files = try InventoryFixtures.shipped().filter { !PolicyTestReader.isTest($0.path) }
    let digest = try #require(PolicyFolder.read(files: files).snapshot).revision.digest
    #expect(digest == PolicyDigest.of(files))
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<20 { #expect(PolicyDigest.of(files.shuffled(using: &generator)) == digest) }
    for (index, file) in files.enumerated() {
      var others = files
      var bytes = file.bytes
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      others[index] = PolicyFile(path: file.path, bytes: bytes)
      #expect(PolicyDigest.of(others) != digest, "\(file.path), seed 7")
      others[index] = PolicyFile(path: file.path + "x", bytes: file.bytes)
      #expect(PolicyDigest.of(others) != digest)
      others.remove(at: index)
      #expect(PolicyDigest.of(others) != digest)
    }
  }

  @Test("an activated snapshot keeps everything but its version")
  func activated() throws {
    let snapshot = try #require(PolicyFolder.read(files: small).snapshot)
    #expect(snapshot.revision.version == 0)
    let active = snapshot.activated(version: 7)
    #expect(active.revision.version == 7)
    #expect(active.revision.digest == snapshot.revision.digest)
    #expect(active.workflows == snapshot.workflows)
    #expect(active.files == snapshot.files)
  }

  @Test("the snapshot before the first activation registers nothing")
  func before() {
    #expect(PolicySnapshot.empty.revision.version == 0)
    #expect(PolicySnapshot.empty.workflows.isEmpty)
    #expect(PolicySnapshot.empty.settings.plainRequests == .deny)
  }
}
