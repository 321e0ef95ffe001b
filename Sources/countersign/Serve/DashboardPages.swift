import CDashboard
import Server

/// The dashboard's files, embedded in the binary.
enum DashboardPages {
  /// By the name that the routes look for.
  static let all: [String: ServerConfiguration.Page] = {
    var pages: [String: ServerConfiguration.Page] = [:]
    var position = 0
    while let file = dashboard_file_at(position)?.pointee {
      pages[String(cString: file.name)] = ServerConfiguration.Page(
        mediaType: String(cString: file.media_type), bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count)))
      position += 1
    }
    return pages
  }()
}
