import Glibc

/// A file opened for reading at any place; closed with its owner. Read by one thread.
final class BundleFile {
  let size: UInt64
  private let descriptor: Int32

  /// Opens a regular file; what is wrong is thrown in words.
  init(path: String) throws(BundleVerdict.Failure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BundleVerdict.Failure("the file cannot be opened: \(String(cString: strerror(errno)))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BundleVerdict.Failure("it is no regular file")
    }
    size = UInt64(clamping: status.st_size)
  }

  deinit { close(descriptor) }

  /// Fills the buffer from `offset` on.
  func read(_ offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(BundleVerdict.Failure) {
    var done = 0
    while done < buffer.count {
      guard let start = buffer.baseAddress else { return }
      let count = pread(descriptor, start + done, buffer.count - done, off_t(clamping: offset + UInt64(done)))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw BundleVerdict.Failure("the file cannot be read at byte \(offset)") }
      done += count
    }
  }
}

/// Cuts a stream into lines: each ends in a line feed, none is empty.
struct LineSplitter {
  private let lineBytesMax: Int
  private var rest: [UInt8] = []
  private(set) var lines: UInt64 = 0

  init(lineBytesMax: Int) { self.lineBytesMax = lineBytesMax }

  /// Hands each line that `piece` completes to `body`, without its line feed, with its number from 1.
  mutating func add(
    _ piece: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UInt64) throws -> Void
  ) throws {
    var start = 0
    while let end = piece[start...].firstIndex(of: 0x0A) {
      let line = UnsafeRawBufferPointer(rebasing: piece[start..<end])
      lines += 1
      if rest.isEmpty {
        try check(line.count)
        try body(line, lines)
      } else {
        rest.append(contentsOf: line)
        try check(rest.count)
        try rest.withUnsafeBytes { try body($0, lines) }
        rest.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    rest.append(contentsOf: piece[start...])
    guard rest.count <= lineBytesMax else { throw BundleVerdict.Failure("the line is too long", line: lines + 1) }
  }

  /// Nothing may follow the last line feed.
  func finish() throws(BundleVerdict.Failure) {
    guard rest.isEmpty else { throw BundleVerdict.Failure("the last line has no line feed", line: lines + 1) }
  }

  private func check(_ count: Int) throws(BundleVerdict.Failure) {
    guard count > 0 else { throw BundleVerdict.Failure("the line is empty", line: lines) }
    guard count <= lineBytesMax else { throw BundleVerdict.Failure("the line is too long", line: lines) }
  }
}
