import Compression

/// The decompressed body of a captured request. Throws `InflateError`.
func inflated(
  _ bytes: [UInt8], _ compression: String, outputBytesMax: Int = 32 * 1024 * 1024
) throws(InflateError) -> [UInt8] {
  switch compression {
  case "gzip": try Inflater.inflate(bytes, format: .gzip, outputBytesMax: outputBytesMax)
  case "deflate", "zlib": try Inflater.inflate(bytes, format: .zlib, outputBytesMax: outputBytesMax)
  default: bytes
  }
}
