import Glibc

/// The program `tar`: the only reader of archives here.
enum Tar {
  /// What `tar` writes when called with `arguments`; no shell is involved.
  static func run(_ arguments: [String], bytesMax: Int) throws -> [UInt8] {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Mismatch("no pipe: \(String(cString: strerror(errno)))") }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    for end in ends { posix_spawn_file_actions_addclose(&actions, end) }
    defer { posix_spawn_file_actions_destroy(&actions) }
    var words: [UnsafeMutablePointer<CChar>?] = (["tar"] + arguments).map { strdup($0) } + [nil]
    defer { for case let word? in words { free(word) } }
    // `tar` finds its unpacker by the path and needs nothing else of ours.
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    var environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=" + path), nil]
    defer { for case let word? in environment { free(word) } }
    var process: pid_t = 0
    let fault = posix_spawnp(&process, "tar", &actions, nil, &words, &environment)
    close(ends[1])
    guard fault == 0 else { throw Mismatch("cannot run tar: \(String(cString: strerror(fault)))") }
    let output = Result { try readAll(ends[0], "tar", bytesMax: bytesMax) }
    if case .failure = output { kill(process, SIGTERM) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let bytes = try output.get()
    guard status == 0 else { throw Mismatch("tar failed on `\(arguments.joined(separator: " "))`") }
    return bytes
  }
}
