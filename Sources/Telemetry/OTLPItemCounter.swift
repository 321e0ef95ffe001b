internal import JSON

/// Counts the items of an export request that is accepted and not used further: log records and metric data points.
package enum OTLPItemCounter {
  /// Log records or data points of a request; for traces, all spans. Throws when the request cannot be read.
  package static func count(
    _ bytes: [UInt8], signal: OTLPSignal, encoding: OTLPEncoding, limits: OTLPLimits = .standard
  ) throws(OTLPError) -> Int {
    guard bytes.count <= limits.bytesMax else { throw .tooManyBytes(limit: limits.bytesMax) }
    switch (signal, encoding) {
    case (.traces, .protobuf):
      let counts = try OTLPTraceDecoder.inspect(bytes, limits: limits)
      return counts.accepted + counts.rejected
    case (.traces, .json):
      let counts = try OTLPJSONTraceDecoder.inspect(bytes, limits: limits)
      return counts.accepted + counts.rejected
    case (.logs, .protobuf): return try countProtobuf(bytes, path: logPath)
    case (.metrics, .protobuf): return try countProtobuf(bytes, path: metricPath)
    case (.logs, .json): return try countLogs(try OTLPJSON.root(bytes, limits: limits))
    case (.metrics, .json): return try countDataPoints(try OTLPJSON.root(bytes, limits: limits))
    }
  }

  /// Field numbers down to an item: resource_logs, scope_logs, log_records.
  private static let logPath: [Set<UInt32>] = [[1], [2], [2]]
  /// resource_metrics, scope_metrics, metrics, one of gauge, sum, histogram, exponential_histogram and summary, data_points.
  private static let metricPath: [Set<UInt32>] = [[1], [2], [2], [5, 7, 9, 10, 11], [1]]

  private static func countProtobuf(_ bytes: [UInt8], path: [Set<UInt32>]) throws(OTLPError) -> Int {
    let result = bytes.withUnsafeBytes { buffer -> Result<Int, ProtobufError> in
      do throws(ProtobufError) {
        return .success(try count(buffer, ByteRange(start: 0, end: Int32(clamping: buffer.count)), path: path[...]))
      } catch { return .failure(error) }
    }
    do throws(ProtobufError) { return try result.get() } catch { throw .protobuf(error) }
  }

  private static func count(
    _ buffer: UnsafeRawBufferPointer, _ range: ByteRange, path: ArraySlice<Set<UInt32>>
  ) throws(ProtobufError) -> Int {
    var items = 0
    var reader = ProtobufReader(buffer, range)
    while let field = try reader.next() {
      guard field.wire == .bytes, path.first?.contains(field.number) == true else {
        try reader.skip(field)
        continue
      }
      let nested = try reader.bytes()
      if path.count == 1 { items += 1 }
      // The item itself is walked too, so that a broken one is noticed.
      items += try count(buffer, nested, path: path.dropFirst())
    }
    return items
  }

  private static func countLogs(_ root: JSONObject) throws(OTLPError) -> Int {
    var items = 0
    for resource in try OTLPJSON.array(root, "resourceLogs", "resource_logs") {
      for scope in try OTLPJSON.array(try OTLPJSON.object(resource, "resourceLogs"), "scopeLogs", "scope_logs") {
        items += try OTLPJSON.array(try OTLPJSON.object(scope, "scopeLogs"), "logRecords", "log_records").count
      }
    }
    return items
  }

  private static func countDataPoints(_ root: JSONObject) throws(OTLPError) -> Int {
    let kinds = [
      ("gauge", "gauge"), ("sum", "sum"), ("histogram", "histogram"), ("exponentialHistogram", "exponential_histogram"),
      ("summary", "summary"),
    ]
    var items = 0
    for resource in try OTLPJSON.array(root, "resourceMetrics", "resource_metrics") {
      for scope in try OTLPJSON.array(try OTLPJSON.object(resource, "resourceMetrics"), "scopeMetrics", "scope_metrics") {
        for metric in try OTLPJSON.array(try OTLPJSON.object(scope, "scopeMetrics"), "metrics", "metrics") {
          let metric = try OTLPJSON.object(metric, "metrics")
          for (name, snake) in kinds {
            guard let data = try OTLPJSON.object(metric, name, snake) else { continue }
            items += try OTLPJSON.array(data, "dataPoints", "data_points").count
          }
        }
      }
    }
    return items
  }
}
