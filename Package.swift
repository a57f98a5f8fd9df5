// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target of ours: a warning is an error.
let swift: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// C that does arithmetic is optimised in debug builds too: a training test at -O0 would take minutes.
let fastC: [CSetting] = [
    .treatAllWarnings(as: .error),
    .define("_GNU_SOURCE"),
    .unsafeFlags(["-O3", "-fno-math-errno", "-std=gnu11"]),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "distilld",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "distilld", targets: ["distilld"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The numeric core.
        .target(name: "CKernels", cSettings: fastC),
        .target(name: "Compute", dependencies: ["CKernels"], swiftSettings: swift),
        .target(name: "Networks", dependencies: ["Compute", "CKernels"], swiftSettings: swift),

        .target(name: "Compression", dependencies: ["Networks", "Compute", "CKernels"], swiftSettings: swift),

        // Images and what a user writes.
        .target(
            name: "CCodecs", cSettings: fastC,
            linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("archive")]),
        .target(name: "CFiles", cSettings: [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]),
        .target(name: "Manifests", dependencies: ["CFiles", yams], swiftSettings: swift),
        .target(
            name: "Datasets", dependencies: ["CCodecs", "CFiles", "Compute", "Manifests", crypto], swiftSettings: swift),

        // A job.
        .target(
            name: "Distillation",
            dependencies: ["Networks", "Importers", "Datasets", "Manifests", "Compute", "CKernels", crypto],
            swiftSettings: swift),
        .target(
            name: "Benchmarks",
            dependencies: ["Compression", "Distillation", "Datasets", "Manifests", "Networks", "Compute", "CKernels"],
            swiftSettings: swift),
        .target(name: "CLimits", cSettings: [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]),
        .target(name: "CSandbox", cSettings: [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]),
        .target(name: "ONNXFormat", dependencies: [protobuf], swiftSettings: swift),
        .target(
            name: "Importers", dependencies: ["ONNXFormat", "Compute", "CKernels", protobuf, crypto],
            swiftSettings: swift),
        .target(
            name: "Exporters", dependencies: ["Compression", "ONNXFormat", "Networks", "Compute", protobuf],
            swiftSettings: swift),
        .target(name: "Reporting", dependencies: ["Manifests"], swiftSettings: swift),
        .target(
            name: "Worker",
            dependencies: [
                "Manifests", "Datasets", "Networks", "Compression", "Distillation", "Exporters", "Importers",
                "Reporting",
                "CLimits", "CSandbox", crypto,
            ],
            swiftSettings: swift),

        // The daemon.
        .target(name: "Ledger", dependencies: [grdb], swiftSettings: swift),
        .target(
            name: "Daemon", dependencies: ["CFiles", "Ledger", "Manifests", "Reporting", crypto, logging, lifecycle],
            swiftSettings: swift),
        .target(
            name: "StatusServer",
            dependencies: [
                "Daemon", "Ledger", "Manifests", "Reporting", crypto, hummingbird, hummingbirdCore, lifecycle, logging,
            ],
            swiftSettings: swift),
        .executableTarget(
            name: "distilld",
            dependencies: [
                "Daemon", "StatusServer", "Worker", "Benchmarks", "Manifests", "Exporters", argumentParser, logging,
            ],
            swiftSettings: swift),

        .testTarget(name: "ComputeTests", dependencies: ["Compute", "CKernels"], swiftSettings: swift),
        .target(name: "CAllocations", path: "Tests/CAllocations", cSettings: [.treatAllWarnings(as: .error)]),
        .testTarget(
            name: "NetworksTests", dependencies: ["Networks", "Compute", "CAllocations"], resources: [.copy("Goldens")],
            swiftSettings: swift),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "CCodecs", "Compute", "Manifests"],
            resources: [.copy("Goldens")], swiftSettings: swift),
        .testTarget(name: "ManifestsTests", dependencies: ["Manifests"], swiftSettings: swift),
        .testTarget(
            name: "DistillationTests",
            dependencies: ["Distillation", "Networks", "Importers", "Exporters", "Datasets", "Manifests", "Compute"],
            resources: [.copy("Goldens")], swiftSettings: swift),
        .testTarget(
            name: "ImportersTests", dependencies: ["Importers", "ONNXFormat", "Compute", protobuf],
            resources: [.copy("Goldens")], swiftSettings: swift),
        .testTarget(
            name: "CompressionTests", dependencies: ["Compression", "Networks", "Compute"], swiftSettings: swift),
        .testTarget(
            name: "ExportersTests", dependencies: ["Compression", "Exporters", "Importers", "Networks", "Compute"],
            swiftSettings: swift),
        .testTarget(name: "BenchmarksTests", dependencies: ["Benchmarks"], swiftSettings: swift),
        .testTarget(
            name: "ReportingTests", dependencies: ["Reporting", "Manifests", yams], resources: [.copy("Goldens")],
            swiftSettings: swift),
        .testTarget(
            name: "WorkerTests",
            dependencies: ["Worker", "Compression", "Distillation", "Exporters", "Networks", "Compute"],
            swiftSettings: swift),
        .testTarget(
            name: "DaemonTests", dependencies: ["CFiles", "Daemon", "Ledger", "Manifests", crypto, logging],
            swiftSettings: swift),
        .testTarget(
            name: "StatusServerTests",
            dependencies: ["StatusServer", "Daemon", "Ledger", "Manifests", "Reporting", logging],
            swiftSettings: swift),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["CSandbox", "distilld", "torture", "fuzz", "Datasets", "Manifests", "Reporting"],
            swiftSettings: swift),

        // Daemon and worker in a program that kills itself: see Etc/torture.
        .target(
            name: "CInjection", path: "Tests/CInjection",
            cSettings: [.treatAllWarnings(as: .error), .define("_GNU_SOURCE")]),
        .executableTarget(
            name: "torture", dependencies: ["Daemon", "Worker", "Datasets", "Manifests", "CInjection", crypto],
            path: "Tests/Torture", swiftSettings: swift),

        // Hostile bytes for what reads files: see Etc/fuzz.
        .target(name: "CFuzzing", path: "Tests/CFuzzing", cSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(
            name: "fuzz",
            dependencies: ["Compute", "Datasets", "Distillation", "Exporters", "Importers", "Manifests", "CFuzzing"],
            path: "Tests/Fuzz", exclude: ["corpus", "uninstrumented.txt"], swiftSettings: swift),
    ]
)
