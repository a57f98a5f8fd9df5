// swift-tools-version: 6.2
import PackageDescription

/// Fuzzers, built by `Etc/fuzz` with what they look into instrumented.
let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "distilld", path: "../..")],
    targets: [
        .executableTarget(
            name: "FuzzONNX",
            dependencies: [
                .product(name: "Importers", package: "distilld"), .product(name: "Compute", package: "distilld"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)])
    ]
)
