import Foundation

/// Conformance material beside the checkout; absent in a stranger's clone.
package enum SharedMaterial {
  /// The absolute path of `relative` below the folder `shared` beside the checkout, or nil (with a plain line of output) when it is absent.
  package static func path(_ relative: String, file: String = #filePath) -> String? {
    var folder = URL(fileURLWithPath: file)
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) { break }
    }
    let path = folder.deletingLastPathComponent().appendingPathComponent("shared/" + relative).path
    if FileManager.default.fileExists(atPath: path) { return path }
    print("conformance material absent: shared/\(relative); 0 of its cases ran")
    return nil
  }
}
