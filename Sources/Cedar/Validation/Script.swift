/// The script that a letter belongs to, for the scripts in common use.
enum Script: UInt8 {
  case latin, greek, cyrillic, armenian, hebrew, arabic, syriac, devanagari, bengali, gurmukhi, gujarati, oriya, tamil, telugu,
    kannada, malayalam, sinhala, thai, lao, tibetan, myanmar, georgian, ethiopic, cherokee, canadian, khmer, mongolian, hangul,
    hiragana, katakana, bopomofo, han

  /// The blocks of each script, ascending. Letters outside them count as belonging to every script.
  private static let blocks: [(first: UInt32, last: UInt32, script: Script)] = [
    (0x41, 0x5A, .latin), (0x61, 0x7A, .latin), (0xC0, 0xD6, .latin), (0xD8, 0xF6, .latin), (0xF8, 0x2B8, .latin),
    (0x370, 0x3FF, .greek), (0x400, 0x52F, .cyrillic), (0x531, 0x58A, .armenian), (0x591, 0x5F4, .hebrew), (0x620, 0x64A, .arabic),
    (0x66E, 0x6D5, .arabic), (0x6EE, 0x6FF, .arabic), (0x700, 0x74F, .syriac), (0x750, 0x77F, .arabic), (0x8A0, 0x8E1, .arabic),
    (0x900, 0x963, .devanagari), (0x966, 0x97F, .devanagari), (0x980, 0x9FE, .bengali), (0xA01, 0xA76, .gurmukhi),
    (0xA81, 0xAFF, .gujarati), (0xB01, 0xB77, .oriya), (0xB82, 0xBFA, .tamil), (0xC00, 0xC7F, .telugu), (0xC80, 0xCF3, .kannada),
    (0xD00, 0xD7F, .malayalam), (0xD81, 0xDF4, .sinhala), (0xE01, 0xE3A, .thai), (0xE40, 0xE5B, .thai), (0xE81, 0xEDF, .lao),
    (0xF00, 0xFDA, .tibetan), (0x1000, 0x109F, .myanmar), (0x10A0, 0x10FF, .georgian), (0x1100, 0x11FF, .hangul),
    (0x1200, 0x139F, .ethiopic), (0x13A0, 0x13FF, .cherokee), (0x1400, 0x167F, .canadian), (0x1780, 0x17FF, .khmer),
    (0x1800, 0x18AA, .mongolian), (0x18B0, 0x18F5, .canadian), (0x1C80, 0x1C8A, .cyrillic), (0x1C90, 0x1CBF, .georgian),
    (0x1E00, 0x1EFF, .latin), (0x1F00, 0x1FFF, .greek), (0x2C60, 0x2C7F, .latin), (0x2D00, 0x2D2F, .georgian),
    (0x2D80, 0x2DDF, .ethiopic), (0x2DE0, 0x2DFF, .cyrillic), (0x2E80, 0x2FD5, .han), (0x3005, 0x3007, .han),
    (0x3021, 0x3029, .han), (0x3041, 0x309F, .hiragana), (0x30A1, 0x30FA, .katakana), (0x30FD, 0x30FF, .katakana),
    (0x3105, 0x312F, .bopomofo), (0x3131, 0x318E, .hangul), (0x31A0, 0x31BF, .bopomofo), (0x31F0, 0x31FF, .katakana),
    (0x3400, 0x4DBF, .han), (0x4E00, 0x9FFF, .han), (0xA640, 0xA69F, .cyrillic), (0xA722, 0xA787, .latin), (0xA78B, 0xA7FF, .latin),
    (0xA960, 0xA97C, .hangul), (0xAB30, 0xAB5A, .latin), (0xAB70, 0xABBF, .cherokee), (0xAC00, 0xD7FB, .hangul),
    (0xF900, 0xFAD9, .han), (0xFB00, 0xFB06, .latin), (0xFB13, 0xFB17, .armenian), (0xFB1D, 0xFB4F, .hebrew),
    (0xFB50, 0xFDFF, .arabic), (0xFE70, 0xFEFC, .arabic), (0xFF21, 0xFF3A, .latin), (0xFF41, 0xFF5A, .latin),
    (0xFF66, 0xFF9D, .katakana), (0xFFA0, 0xFFDC, .hangul), (0x20000, 0x323AF, .han),
  ]

  private static func of(_ scalar: Unicode.Scalar) -> Script? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].last < scalar.value { low = middle + 1 } else { high = middle }
    }
    return low < blocks.count && blocks[low].first <= scalar.value ? blocks[low].script : nil
  }

  /// The sets of scripts that one language writes together.
  private static let systems: [Set<Script>] = [[.han, .hiragana, .katakana], [.han, .hangul], [.han, .bopomofo]]

  /// Whether the letters belong to one way of writing.
  static func isSingle(_ scalars: String.UnicodeScalarView) -> Bool {
    var found: Set<Script> = []
    for scalar in scalars {
      if let script = of(scalar) { found.insert(script) }
    }
    return found.count <= 1 || systems.contains { found.isSubset(of: $0) }
  }
}
