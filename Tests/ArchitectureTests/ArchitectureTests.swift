import Foundation
import Testing

/// The checkout's own sources, read as text.
enum Sources {
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) {
      folder.deleteLastPathComponent()
    }
    return folder
  }()

  static func files(below folder: String) -> [(path: String, lines: [String])] {
    let base = root.appendingPathComponent(folder)
    let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".swift") }.sorted().map { name in
      let text = (try? String(contentsOf: base.appendingPathComponent(name), encoding: .utf8)) ?? ""
      return (folder + "/" + name, text.components(separatedBy: "\n"))
    }
  }

  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }
}

/// The rules that keep the picture in Docs/architecture.md true.
enum Rules {
  /// Modules of the platform itself.
  static let toolchain: Set<String> = ["Glibc", "Synchronization"]

  /// The module table: name → what it may import.
  static func table(_ markdown: String) -> [String: Set<String>] {
    var modules: [String: Set<String>] = [:]
    for line in markdown.components(separatedBy: "\n") where line.hasPrefix("| ") {
      let cells = line.components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 6, cells[1] != "module", !cells[1].hasPrefix("-") else { continue }
      modules[cells[1]] = Set(cells[2].components(separatedBy: ", ").filter { !$0.isEmpty })
    }
    return modules
  }

  static func imports(_ lines: [String]) -> [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ").map(String.init)
      guard let at = words.firstIndex(of: "import"),
        words[..<at].allSatisfy({ ["package", "public", "internal", "@preconcurrency"].contains($0) })
      else { return nil }
      return words.last
    }
  }

  /// Functions, initialisers and computed properties with their first line (from 0) and how many lines they take. Counts on the
  /// formatter: a body ends at the first brace that stands as far left as its declaration.
  static func functions(_ lines: [String]) -> [(line: Int, count: Int)] {
    lines.indices.compactMap { start in
      let indent = lines[start].prefix { $0 == " " }
      let words = lines[start].split(whereSeparator: { " (<?:".contains($0) })
      guard !lines[start].contains("//"),
        words.contains(where: { ["func", "init", "deinit", "subscript"].contains($0) })
          || (words.contains("var") && lines[start].hasSuffix("{"))
      else { return nil }
      for end in lines.indices[start...].dropFirst() where !lines[end].isEmpty {
        let depth = lines[end].prefix { $0 == " " }.count
        if depth > indent.count { continue }
        let rest = lines[end].dropFirst(depth)
        if depth == indent.count, rest.hasPrefix("}") { return (start, end - start + 1) }
        // A signature over several lines goes on at the same depth; anything else means that there was no body, or that it was on one line.
        if depth < indent.count || ![")", "{", "->", "throws", "where"].contains(where: { rest.hasPrefix($0) }) { return nil }
      }
      return nil
    }
  }

  /// The files that `#embed` names, without their folder, in their order.
  static func embedded(_ source: String, folder: String) -> [String] {
    source.components(separatedBy: "\n").compactMap { line in
      guard line.hasPrefix("#embed \""), line.hasSuffix("\"") else { return nil }
      let path = line.dropFirst(8).dropLast()
      return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : String(path)
    }
  }

  static func undocumented(_ lines: [String]) -> [Int] {
    lines.indices.filter { index in
      let line = lines[index].trimmingCharacters(in: .whitespaces)
      guard line.hasPrefix("package ") || line.hasPrefix("public "), !line.contains("import ") else { return false }
      guard [" struct ", " enum ", " class ", " protocol "].contains(where: { (" " + line).contains($0) }) else { return false }
      var above = index - 1
      while above >= 0, lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@") { above -= 1 }
      return above < 0 || !lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
    }
  }
}

@Suite("architecture")
struct ArchitectureTests {
  let table = Rules.table(Sources.text("Docs/architecture.md"))

  @Test("every module of the table exists, and every module stands in the table")
  func modules() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Sources.root.appendingPathComponent("Sources").path)
    #expect(
      Set(folders.filter { !$0.hasPrefix("C") || ["Cedar", "Compression", "Cryptography", "Compliance", "Client"].contains($0) })
        == Set(table.keys))
    #expect(table.count == 20)
  }

  @Test("imports follow the arrows")
  func arrows() {
    var checked = 0
    for (module, allowed) in table {
      for file in Sources.files(below: "Sources/" + module) {
        for name in Rules.imports(file.lines) {
          checked += 1
          #expect(
            allowed.contains(name) || Rules.toolchain.contains(name), "\(file.path) imports \(name), which the table does not allow"
          )
        }
      }
    }
    #expect(checked > 50)
  }

  @Test("the table has no cycle")
  func cycles() {
    var remaining = table.mapValues { $0.intersection(table.keys) }
    while let free = remaining.first(where: { $0.value.isEmpty })?.key {
      remaining[free] = nil
      for key in remaining.keys { remaining[key]?.remove(free) }
    }
    #expect(remaining.isEmpty, "a cycle among \(remaining.keys.sorted())")
  }

  @Test("each C library has exactly one importer")
  func importers() {
    for library in ["CLinux", "CSQLite", "COpenSSL", "CZlib", "CYAML", "CDashboard"] {
      let importers = table.keys.filter { module in
        Sources.files(below: "Sources/" + module).contains { Rules.imports($0.lines).contains(library) }
      }
      #expect(importers.count == 1, "\(library) is imported by \(importers)")
    }
  }

  @Test("files stay readable in size")
  func sizes() {
    let files = Sources.files(below: "Sources")
    #expect(files.count > 60)
    for file in files { #expect(file.lines.count <= 420, "\(file.path) has \(file.lines.count) lines") }
  }

  @Test("functions stay readable in size")
  func functionSizes() {
    // One flat switch with a case for each kind of entry; its order is the canonical order of the bytes.
    let flat = ["Sources/Governance/Machine/EntryEncoding.swift"]
    var checked = 0
    for file in Sources.files(below: "Sources") where !flat.contains(file.path) {
      for function in Rules.functions(file.lines) {
        checked += 1
        #expect(function.count <= 75, "\(file.path):\(function.line + 1) has \(function.count) lines")
      }
    }
    #expect(checked > 1000)
  }

  @Test("the binary embeds exactly the files of the dashboard")
  func dashboard() throws {
    let source = Sources.text("Sources/CDashboard/cdashboard.c")
    let embedded = Rules.embedded(source, folder: "../../dashboards/web/")
    let files = try FileManager.default.contentsOfDirectory(atPath: Sources.root.appendingPathComponent("dashboards/web").path)
    #expect(embedded.sorted() == files.sorted())
    #expect(embedded.count > 5)
    for name in files { #expect(source.components(separatedBy: "{\"\(name)\",").count == 2, "\(name) is not served once") }
  }

  @Test("every type that other modules see says what it is")
  func documentation() {
    for file in Sources.files(below: "Sources") {
      for line in Rules.undocumented(file.lines) { Issue.record("\(file.path):\(line + 1) has no doc comment") }
    }
  }

  @Test("no leftovers, no Foundation, no forced unwrapping of failure")
  func words() {
    for file in Sources.files(below: "Sources") {
      for (number, line) in file.lines.enumerated() {
        for word in ["FIXME", "TODO", "XXX", "try!", "nonisolated(unsafe)", "import Foundation"] where line.contains(word) {
          Issue.record("\(file.path):\(number + 1) contains `\(word)`")
        }
      }
    }
  }

  @Test("main.swift is one line: top-level closures would be main-actor isolated")
  func main() {
    let code = Sources.text("Sources/countersign/main.swift").components(separatedBy: "\n")
      .filter { !$0.isEmpty && !$0.hasPrefix("//") && !$0.hasPrefix("import") }
    #expect(code.count <= 1)
  }

  @Test("the rules bite")
  func bite() {
    #expect(
      Rules.imports(["import A", "package import B", "  // import C", "let import = 1", "public import D"]) == ["A", "B", "D"])
    #expect(
      Rules.undocumented(["package struct A {}", "/// B.", "package struct B {}", "/// C.", "@x", "public final class C {}"]) == [0]
    )
    let code = [
      "  func a(", "    b: Int", "  ) -> Int {", "", "    if b {", "    }", "  }", "  var c: Int { 1 }", "  // func d() {",
      "  var e: Int {",
      "    1", "  }", "  init()", "}", "func f() {}",
    ]
    #expect(Rules.functions(code).map { [$0.line, $0.count] } == [[0, 7], [9, 3]])
    #expect(Rules.embedded("#embed \"../web/a.js\"\n// #embed \"../web/b.js\"\n#embed \"c\"", folder: "../web/") == ["a.js", "c"])
    #expect(Rules.table("| A | B, C | x | y |\n| --- | --- | --- | --- |\n| module | may | k | m |") == ["A": ["B", "C"]])
  }
}
