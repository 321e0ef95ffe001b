import Foundation
import Testing

/// The decompressed body of a captured request.
func inflated(_ bytes: [UInt8], _ compression: String) throws -> [UInt8] {
  if compression == "identity" { return bytes }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", "import sys,zlib;sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(),47))"]
  let input = Pipe()
  let output = Pipe()
  process.standardInput = input
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  input.fileHandleForWriting.write(Data(bytes))
  input.fileHandleForWriting.closeFile()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0, "not \(compression)")
  return [UInt8](data)
}
