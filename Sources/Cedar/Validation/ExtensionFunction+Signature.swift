extension ExtensionFunction {
  /// What the function takes, the receiver first, and what it gives.
  var signature: (arguments: [SchemaType], result: SchemaType) {
    switch self {
    case .ip: ([.string], .extension(.ipaddr))
    case .decimal: ([.string], .extension(.decimal))
    case .datetime: ([.string], .extension(.datetime))
    case .duration: ([.string], .extension(.duration))
    case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: ([.extension(.decimal), .extension(.decimal)], .bool)
    case .isIpv4, .isIpv6, .isLoopback, .isMulticast: ([.extension(.ipaddr)], .bool)
    case .isInRange: ([.extension(.ipaddr), .extension(.ipaddr)], .bool)
    case .offset: ([.extension(.datetime), .extension(.duration)], .extension(.datetime))
    case .durationSince: ([.extension(.datetime), .extension(.datetime)], .extension(.duration))
    case .toDate: ([.extension(.datetime)], .extension(.datetime))
    case .toTime: ([.extension(.datetime)], .extension(.duration))
    case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: ([.extension(.duration)], .long)
    }
  }
}
