// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

// The arrows of Docs/architecture.md; ArchitectureTests compares them with every import.
let package = Package(
  name: "countersign",
  products: [
    .library(name: "Cedar", targets: ["Cedar"]),
    .library(name: "CountersignClient", targets: ["Client"]),
    .executable(name: "countersign", targets: ["countersign"]),
    .executable(name: "countersign-conformance", targets: ["countersign-conformance"]),
  ],
  targets: [
    // C libraries: each has exactly one importer.
    .target(name: "CLinux"),
    .target(name: "CDashboard"),  // the files of dashboards/web, embedded
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    // Libraries: a format or a mechanism, no word of our domain.
    library("Platform", ["CLinux"]),
    library("JSON", []),
    library("YAML", ["CYAML"]),
    library("Compression", ["CZlib"]),
    library("Cryptography", ["COpenSSL"]),
    library("Database", ["CSQLite"]),
    library("HTTP", ["Platform"]),

    // Domain: rules; no HTTP, SQL, files or environment.
    library("Cedar", ["JSON"]),
    library("TransparencyLog", ["Cryptography"]),
    library("Journal", ["Platform", "Cryptography", "TransparencyLog"]),
    library("Budgets", []),
    library("Telemetry", ["JSON"]),
    library("Governance", ["Platform", "JSON", "YAML", "Cryptography", "Cedar", "Journal", "Budgets", "Telemetry"]),

    // Wire.
    library("API", ["JSON"]),

    // Edges: translate and connect; they never import one another.
    library("Storage", ["Platform", "Database", "JSON", "Cryptography", "Journal", "Budgets", "Telemetry", "Governance"]),
    library(
      "Server",
      [
        "Platform", "JSON", "Compression", "Cryptography", "HTTP", "API", "TransparencyLog", "Journal", "Budgets",
        "Telemetry", "Governance",
      ]),
    library("Compliance", ["JSON", "Compression", "Cryptography", "TransparencyLog", "Journal", "Governance"]),
    library("Client", ["Platform", "JSON", "HTTP", "API"]),

    .executableTarget(
      name: "countersign",
      dependencies: [
        "CDashboard", "Platform", "JSON", "YAML", "Compression", "Cryptography", "HTTP", "API", "Cedar", "TransparencyLog",
        "Journal", "Budgets", "Telemetry", "Governance", "Storage", "Server", "Compliance", "Client",
      ],
      swiftSettings: settings),

    // Runs labelled cases against the engine; for whoever checks it, not part of an installation.
    .executableTarget(name: "countersign-conformance", dependencies: ["Cedar", "JSON"], swiftSettings: settings),

    // Measures Cedar in process; never installed.
    .executableTarget(
      name: "cedar-bench", dependencies: ["CAllocations", "Cedar", "TestSupport"], path: "Tests/Benchmarks/Cedar",
      swiftSettings: settings),

    // Tests.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    .target(name: "CAllocations", path: "Tests/CAllocations"),  // counts allocations
    tests("PlatformTests", ["Platform"]),
    tests("JSONTests", ["JSON"]),
    tests("YAMLTests", ["YAML"]),
    tests("CompressionTests", ["Compression"]),
    tests("CryptographyTests", ["Cryptography"]),
    tests("DatabaseTests", ["Database"]),
    tests("HTTPTests", ["HTTP", "Platform"]),
    tests("CedarTests", ["Cedar", "JSON"]),
    tests("TransparencyLogTests", ["TransparencyLog", "Cryptography", "JSON"]),
    tests("JournalTests", ["Journal", "Platform", "Cryptography", "TransparencyLog"]),
    tests("BudgetsTests", ["Budgets"]),
    tests("TelemetryTests", ["Telemetry", "JSON", "Compression"]),
    tests("GovernanceTests", ["Governance", "JSON", "Cedar", "Budgets", "Journal", "Telemetry"]),
    tests("APITests", ["API", "JSON"]),
    tests("StorageTests", ["Storage", "Database", "Cryptography", "Journal", "Governance", "Telemetry", "Platform", "JSON"]),
    tests("ServerTests", ["Server", "HTTP", "API", "JSON", "Cryptography", "Governance", "Journal", "Platform"]),
    tests(
      "ComplianceTests",
      ["Compliance", "JSON", "Compression", "Cryptography", "TransparencyLog", "Journal", "Governance", "Budgets"]),
    tests("ClientTests", ["Client", "API", "HTTP", "JSON", "Platform"]),
    tests("ArchitectureTests", []),
  ],
  cLanguageStandard: .c2x
)
