import Compression
import Cryptography
import TransparencyLog

/// A bundle whose zip structure was accepted.
struct OpenBundle {
  let zip: ZipReader

  /// A member that is small by its nature.
  func document(_ path: String, bytesMax: Int = BundleLimits.documentBytesMax) throws -> [UInt8] {
    guard let member = zip.member(path) else { throw BundleVerdict.Failure("the member is missing", member: path) }
    do {
      return try zip.bytes(of: member, bytesMax: bytesMax)
    } catch {
      throw BundleVerdict.Failure("\(error)", member: path)
    }
  }

  /// Hands each line of a member to `body`, with its number from 1.
  func forEachLine(_ path: String, lineBytesMax: Int, _ body: (UnsafeRawBufferPointer, UInt64) throws -> Void) throws {
    guard let member = zip.member(path) else { throw BundleVerdict.Failure("the member is missing", member: path) }
    var lines = LineSplitter(lineBytesMax: lineBytesMax)
    do {
      try zip.read(member) { piece in try lines.add(piece, body) }
      try lines.finish()
    } catch let failure as BundleVerdict.Failure {
      throw BundleVerdict.Failure(failure.message, member: path, line: failure.line)
    } catch {
      throw BundleVerdict.Failure("\(error)", member: path)
    }
  }

  /// Reads `MANIFEST.json`.
  func manifest() throws -> (value: Manifest, bytes: [UInt8]) {
    let bytes = try document(BundleLayout.manifest)
    guard let manifest = Manifest(bytes) else {
      throw BundleVerdict.Failure("it is not a canonical manifest of `\(BundleLayout.format)`", member: BundleLayout.manifest)
    }
    return (manifest, bytes)
  }

  /// The members that hold policy texts, in the order of the zip.
  var policyMembers: [String] {
    zip.members.map(\.path).filter { $0.hasPrefix(BundleLayout.policiesFolder) && $0 != BundleLayout.policyIndex }
  }

  /// Compares the members with the format's list and with the manifest's: names, order, lengths, digests.
  func checkMembers(_ manifest: Manifest) throws {
    var expected = BundleLayout.members(isFull: manifest.isFull) + [BundleLayout.manifest, BundleLayout.manifestNote]
    if let index = expected.firstIndex(of: BundleLayout.policyIndex) { expected.insert(contentsOf: policyMembers, at: index) }
    let actual = zip.members.map(\.path)
    for (left, right) in pairs(expected, actual) where left != right {
      throw BundleVerdict.Failure(
        left.map { "`\($0)` is expected in its place" } ?? "it does not belong to a bundle", member: right)
    }
    let listed = zip.members.filter { $0.path != BundleLayout.manifest && $0.path != BundleLayout.manifestNote }
      .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for (member, file) in pairs(listed, manifest.files) {
      guard let member, let file, member.path == file.path else {
        throw BundleVerdict.Failure("the manifest lists other members", member: member?.path ?? file?.path)
      }
      guard member.size == file.size, file.mediaType == BundleLayout.mediaType(file.path), try digest(member) == file.sha256 else {
        throw BundleVerdict.Failure("length, type or digest differ from the manifest", member: member.path)
      }
      guard (file.rows != nil) == (file.path.hasSuffix(".csv") || file.path.hasSuffix(".jsonl")) else {
        throw BundleVerdict.Failure("tables and JSON lines have a number of rows, nothing else has", member: member.path)
      }
    }
  }

  private func digest(_ member: ZipMember) throws -> SHA256Digest {
    let hasher = SHA256Hasher()
    do {
      try zip.read(member) { hasher.update($0) }
    } catch {
      throw BundleVerdict.Failure("\(error)", member: member.path)
    }
    return hasher.finish()
  }

  /// Checks `MANIFEST.note` against the manifest; returns the export key of the bundle.
  func checkSignature(_ manifest: Manifest, bytes: [UInt8]) throws -> NoteVerifier {
    let key = try key(BundleLayout.exportKey, name: BundleLayout.exportKeyName(origin: manifest.origin))
    let note = try document(BundleLayout.manifestNote, bytesMax: BundleLimits.noteBytesMax)
    do {
      let verified = try SignedNote.parse(note).verified(by: [key])
      guard verified.text == Manifest.noteText(bundleID: try manifest.bundleID(), manifest: bytes) else {
        throw BundleVerdict.Failure("it was signed for another manifest", member: BundleLayout.manifestNote)
      }
    } catch let error as NoteError {
      throw BundleVerdict.Failure(error.description, member: BundleLayout.manifestNote)
    }
    return key
  }

  /// Checks `log/checkpoint` against the manifest; returns the log's key of the bundle.
  func checkCheckpoint(_ manifest: Manifest) throws -> NoteVerifier {
    let key = try key(BundleLayout.logKey, name: manifest.origin)
    let note = try document(BundleLayout.checkpoint, bytesMax: BundleLimits.noteBytesMax)
    do {
      let head = try VerifiedCheckpoint(note: note, log: key).checkpoint
      guard head.size == manifest.size, head.root == manifest.root else {
        throw BundleVerdict.Failure("the manifest states another size or root", member: BundleLayout.checkpoint)
      }
    } catch let error as CheckpointError {
      throw BundleVerdict.Failure(error.description, member: BundleLayout.checkpoint)
    }
    return key
  }

  private func key(_ path: String, name: String) throws -> NoteVerifier {
    let text = String(decoding: try document(path, bytesMax: BundleLimits.noteBytesMax), as: UTF8.self)
    guard let key = try? NoteVerifier(vkey: String(text.dropLast())), text.utf8.elementsEqual((key.vkey + "\n").utf8),
      key.name.utf8.elementsEqual(name.utf8), key.algorithm == .ed25519
    else { throw BundleVerdict.Failure("it is not a key of `\(name)`", member: path) }
    return key
  }
}

/// Pairs up to the end of the longer one.
private func pairs<Left, Right>(_ left: [Left], _ right: [Right]) -> [(Left?, Right?)] {
  (0..<max(left.count, right.count)).map { index in
    (index < left.count ? left[index] : nil, index < right.count ? right[index] : nil)
  }
}
