/// A server's answer.
package struct HTTPClientResponse: Sendable {
  /// The status code, 200…599.
  package let status: Int
  /// The fields in the order in which they came; names in lower case.
  package let headers: [(name: String, value: String)]
  /// The whole content.
  package let body: [UInt8]

  /// The value of the first field with this lower-case name.
  package func header(_ lowercased: String) -> String? { headers.first { $0.name == lowercased }?.value }
}
