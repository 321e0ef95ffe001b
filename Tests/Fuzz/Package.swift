// swift-tools-version: 6.2
import PackageDescription

// A package of its own: everything in it and all that it uses is built for libFuzzer, which the product must not be.
let package = Package(
  name: "fuzz",
  dependencies: [.package(name: "countersign", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzz", dependencies: [.product(name: "Cedar", package: "countersign")],
      swiftSettings: [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"), .unsafeFlags(["-parse-as-library"]),
      ])
  ])
