import Compression
package import TransparencyLog

/// Checks a bundle with nothing but the file and, better, keys that came by another way. Touches no network and writes nothing.
///
/// Leaves are streamed; of a part of a log 32 bytes for each entry are held in memory.
package struct BundleVerifier {
  private let trusted: [NoteVerifier]

  /// A verifier that believes these keys: the log's, the export key, or both. With none, it says how far the bundle agrees with itself.
  package init(trusted: [NoteVerifier] = []) { self.trusted = trusted }

  /// Checks the file at `path`, believing the keys in `trustedKey`.
  ///
  /// - Parameter trustedKey: one or more verifier keys (`name+hash+base64`), parted by white space; nil or empty for none. A text that
  ///   is no key fails the check `trust`.
  package static func verify(path: String, trustedKey: String?) -> BundleVerdict {
    var keys: [NoteVerifier] = []
    for text in (trustedKey ?? "").split(whereSeparator: \.isWhitespace) {
      do {
        keys.append(try NoteVerifier(vkey: String(text)))
      } catch {
        return VerificationSession(malformedKey: BundleVerdict.Failure("`\(text)`: \(error)")).verdict
      }
    }
    return BundleVerifier(trusted: keys).verify(path: path)
  }

  /// Checks the file at `path`.
  package func verify(path: String) -> BundleVerdict {
    verify {
      let file = try BundleFile(path: path)
      return try ZipReader(size: file.size) { offset, buffer in try file.read(offset, into: buffer) }
    }
  }

  /// Checks a bundle that lies in memory.
  package func verify(bytes: [UInt8]) -> BundleVerdict { verify { try ZipReader(bytes: bytes) } }

  private func verify(_ open: () throws -> ZipReader) -> BundleVerdict {
    var session = VerificationSession(trusted: trusted)
    session.run(open)
    return session.verdict
  }
}

/// One check of one bundle, step by step.
struct VerificationSession {
  private let trusted: [NoteVerifier]
  private(set) var verdict = BundleVerdict()

  init(trusted: [NoteVerifier]) { self.trusted = trusted }

  /// Nothing is checked when what should be trusted cannot be read.
  init(malformedKey: BundleVerdict.Failure) {
    trusted = []
    verdict.checks = [BundleVerdict.Result(check: .trust, outcome: .failed(malformedKey))]
    fillUp()
  }

  /// Runs the checks in order. Without the zip, the manifest or the members' digests nothing else means anything; without the entries'
  /// place in the log, nothing derived from them does.
  mutating func run(_ open: () throws -> ZipReader) {
    defer { fillUp() }
    guard let zip = attempt(.zip, { try open() }) else { return }
    let bundle = OpenBundle(zip: zip)
    guard let manifest = attempt(.manifest, { try bundle.manifest() }) else { return }
    verdict.bundleID = try? manifest.value.bundleID()
    verdict.origin = manifest.value.origin
    verdict.treeSize = manifest.value.size
    verdict.indexes = manifest.value.indexFrom..<manifest.value.indexTo
    guard attempt(.members, { try bundle.checkMembers(manifest.value) }) != nil else { return }
    let exportKey = attempt(.signature, { try bundle.checkSignature(manifest.value, bytes: manifest.bytes) })
    let logKey = attempt(.checkpoint, { try bundle.checkCheckpoint(manifest.value) })
    verdict.checkpointTrust = logKey.map { trusted.contains($0) } == true ? .given : .bundle
    verdict.manifestTrust = exportKey.map { trusted.contains($0) } == true ? .given : .bundle
    if let pass = attempt(.entries, { try EntryPass(bundle, manifest.value) }) {
      _ = attempt(.inclusion, { try pass.checkInclusion(bundle) })
      _ = attempt(.period, { try pass.checkPeriod() })
      _ = attempt(.records, { try pass.checkRecords(bundle) })
      _ = attempt(.policies, { try pass.checkPolicies(bundle) })
    }
    _ = attempt(.trust) { [trusted] in
      for key in trusted where key != logKey && key != exportKey {
        throw BundleVerdict.Failure("`\(key.vkey)` has signed neither the checkpoint nor the manifest")
      }
    }
  }

  private mutating func attempt<Result>(_ check: BundleCheck, _ body: () throws -> Result) -> Result? {
    do {
      let result = try body()
      verdict.checks.append(BundleVerdict.Result(check: check, outcome: .passed))
      return result
    } catch let failure as BundleVerdict.Failure {
      verdict.checks.append(BundleVerdict.Result(check: check, outcome: .failed(failure)))
    } catch {
      verdict.checks.append(BundleVerdict.Result(check: check, outcome: .failed(BundleVerdict.Failure("\(error)"))))
    }
    return nil
  }

  /// Checks that an earlier failure has left out.
  private mutating func fillUp() {
    let done = verdict.checks.map(\.check)
    verdict.checks += BundleCheck.allCases.filter { !done.contains($0) }.map {
      BundleVerdict.Result(check: $0, outcome: .notRun)
    }
    verdict.checks.sort { left, right in
      (BundleCheck.allCases.firstIndex(of: left.check) ?? 0) < (BundleCheck.allCases.firstIndex(of: right.check) ?? 0)
    }
  }
}
