import Governance
import Platform

/// Policy folders on disk.
enum PolicyFiles {
  /// Deepest folder that is read; manifests lie one level down.
  private static let depthMax = 8
  /// Largest file, bytes; `PolicyFolder` has its own limit and says so with the file's name.
  private static let fileBytesMax = 64 << 20
  private static let countMax = 10_000

  static func read(_ folder: String) throws(CommandFailure) -> [PolicyFile] {
    guard Files.isDirectory(folder) else { throw CommandFailure(.usage, "`\(folder)` is no folder") }
    var files: [PolicyFile] = []
    try collect(folder, prefix: "", depth: 0, into: &files)
    return files
  }

  /// Files, folders and `-` for standard input, which has the name that is given; a folder's files are named from inside it.
  static func read(_ paths: [String], standardInput: String) throws(CommandFailure) -> [PolicyFile] {
    var files: [PolicyFile] = []
    for path in paths {
      if Files.isDirectory(path) {
        files += try read(path)
      } else if path == "-" {
        files.append(PolicyFile(path: standardInput, bytes: try bytes("-")))
      } else {
        files.append(PolicyFile(path: path, bytes: try bytes(path)))
      }
    }
    return files
  }

  /// The content of one file, or of standard input for `-`.
  static func bytes(_ path: String) throws(CommandFailure) -> [UInt8] {
    do {
      return try Files.read(path == "-" ? "/dev/stdin" : path, limit: fileBytesMax)
    } catch {
      throw CommandFailure(.usage, "`\(path)` cannot be read: \(error)")
    }
  }

  private static func collect(_ folder: String, prefix: String, depth: Int, into files: inout [PolicyFile]) throws(CommandFailure) {
    guard depth <= depthMax else { throw CommandFailure(.usage, "`\(folder)` lies more than \(depthMax) folders deep") }
    do {
      for name in try Files.list(folder) where !name.hasPrefix(".") {
        let path = folder + "/" + name
        if Files.isDirectory(path) {
          try collect(path, prefix: prefix + name + "/", depth: depth + 1, into: &files)
        } else if [".yaml", ".cedar", ".cedarschema", ".json"].contains(where: { name.hasSuffix($0) }) {
          files.append(PolicyFile(path: prefix + name, bytes: try Files.read(path, limit: fileBytesMax)))
        }
        guard files.count <= countMax else { throw CommandFailure(.usage, "`\(folder)` holds more than \(countMax) files") }
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.fault, "the policy folder cannot be read: \(error)")
    }
  }
}
