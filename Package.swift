// swift-tools-version: 6.2
// SPDX-License-Identifier: GPL-3.0-or-later

import PackageDescription

// The floors of docs/architecture.md: a target imports lower floors only.

let systemLibraries: [Target] = [
    .systemLibrary(name: "CLibisofs", pkgConfig: "libisofs-1", providers: [.apt(["libisoburn-dev"])]),
    .systemLibrary(name: "CLibburn", pkgConfig: "libburn-1", providers: [.apt(["libburn-dev"])]),
    // No pkgConfig: Debian's wimlib.pc names private requirements that libwim-dev does not install.
    .systemLibrary(name: "CLibwim", providers: [.apt(["libwim-dev"])]),
    .systemLibrary(name: "CLibarchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CLibxml2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CLibblkid", pkgConfig: "blkid", providers: [.apt(["libblkid-dev"])]),
    .systemLibrary(name: "CLibntfs", pkgConfig: "libntfs-3g", providers: [.apt(["ntfs-3g-dev"])]),
    .systemLibrary(name: "CLibhivex", pkgConfig: "hivex", providers: [.apt(["libhivex-dev"])]),
    .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLibyaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLibzstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
]

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let floor0: [Target] = [
    .target(name: "CLinux"),
    // No system library: libsmbclient is loaded when it is needed (docs/architecture.md).
    .target(name: "CLibsmbclient"),
    .target(name: "CBootSectors", exclude: ["constants.inc", "ntfs.inc"]),
    .target(name: "CMachineProbe"),
    .target(name: "Support", dependencies: ["CLinux", systemPackage]),
    .target(name: "Confinement", dependencies: ["CLinux", "Support", systemPackage]),
    .target(name: "Cryptography", dependencies: ["CLibcrypto", "Support"]),
    .target(name: "Archives", dependencies: ["CLibarchive", "Support", systemPackage]),
    .target(name: "Compression", dependencies: ["CLibzstd", "Support"]),
    .target(name: "ContentTransfer", dependencies: ["CLinux", "Cryptography", "Support", systemPackage]),
    .target(name: "FileTrees", dependencies: ["Cryptography", "Support"]),
    .target(name: "Identifiers", dependencies: ["Support"]),
    .target(name: "NetworkTransfer", dependencies: ["CLibcurl", "Support"]),
    .target(name: "Shares", dependencies: ["CLibsmbclient", "Support", systemPackage]),
    .target(name: "JSON"),
    .target(name: "Markup", dependencies: ["CLibxml2", "Support"]),
    .target(name: "Registry", dependencies: ["CLibhivex", "Support", systemPackage]),
    .target(name: "YAML", dependencies: ["CLibyaml", "Support"]),
    // Embedded, so that the program finds them wherever it is copied.
    .target(
        name: "SequenceTemplates", path: "templates",
        resources: ["build-and-capture", "capture", "install"].map { .embedInCode("\($0).xml") }),
]

let floor1: [Target] = [
    .target(
        name: "TaskSequence",
        dependencies: ["Archives", "Cryptography", "Identifiers", "Markup", "Support", "YAML", systemPackage]),
    // Beside TaskSequence: whoever only runs or packs a task sequence needs none of it.
    .target(
        name: "SequenceTools",
        dependencies: [
            "Cryptography", "Identifiers", "Markup", "SequenceTemplates", "Support", "TaskSequence", systemPackage,
        ]),
    .target(name: "ContentLibrary", dependencies: ["Cryptography", "Identifiers", "Support", systemPackage]),
    .target(name: "MediaVariables", dependencies: ["CZlib", "Cryptography", "Markup", "Support"]),
    .target(
        name: "WindowsImaging",
        dependencies: [
            "CLibwim", "ContentTransfer", "Cryptography", "FileTrees", "Identifiers", "Markup", "Support",
            systemPackage,
        ]),
    .target(name: "DiscImage", dependencies: ["CLibisofs", "Cryptography", "Support", systemPackage]),
    // Apart from DiscImage: who lays discs out needs no drive.
    .target(name: "DiscBurning", dependencies: ["CLibburn", "CLinux", "Cryptography", "Support", systemPackage]),
    .target(
        name: "DriveImage",
        dependencies: [
            "CBootSectors", "CLibntfs", "ContentTransfer", "Cryptography", "FileTrees", "Support", systemPackage,
        ]),
    .target(name: "BlockDevices", dependencies: ["CLibblkid", "CLinux", "Support", systemPackage]),
    // How servers are asked, whatever they serve: distribution points and sites.
    .target(name: "Servers", dependencies: ["Cryptography", "NetworkTransfer", "Support", systemPackage]),
    // Apart from BootMedia: driver packages lie in content libraries too, and are no images.
    .target(name: "DriverPackages", dependencies: ["Identifiers", "Support"]),
    // Apart from MediaFormat: what is signed and stated is not what media is.
    .target(name: "Provenance", dependencies: ["Cryptography", "JSON", "Support"]),
    // Apart from both of its sides: the program that runs on the target, and the command that tries media.
    .target(name: "TrialChannel", dependencies: ["JSON"]),
]

let floor2: [Target] = [
    .target(
        name: "BootMedia",
        dependencies: [
            "Cryptography", "DriverPackages", "Identifiers", "JSON", "Markup", "Registry", "Support", "WindowsImaging",
            systemPackage,
        ]),
    .target(
        name: "DistributionPoints",
        dependencies: [
            "ContentLibrary", "ContentTransfer", "Cryptography", "Identifiers", "NetworkTransfer", "Servers", "Shares",
            "Support", systemPackage,
        ]),
    // What makes a Windows start and set itself up that was applied: bytes and plans, no devices.
    .target(
        name: "WindowsSetup",
        dependencies: [
            "Cryptography", "DriveImage", "Identifiers", "Markup", "Registry", "Support", "TaskSequence",
        ]),
    .target(
        name: "Site",
        dependencies: [
            "Cryptography", "Identifiers", "JSON", "Markup", "NetworkTransfer", "Servers", "Support", "TaskSequence",
            systemPackage,
        ]),
]

let floor3: [Target] = [
    .target(
        name: "MediaFormat",
        dependencies: [
            "BootMedia", "CLinux", "ContentLibrary", "ContentTransfer", "Cryptography", "DiscImage", "DriveImage",
            "Identifiers", "JSON", "MediaVariables", "Provenance", "Support", "TaskSequence", "WindowsImaging",
            systemPackage,
        ]),
    // Apart from SequenceEngine: volumes become images without a task sequence, and without a computer.
    .target(
        name: "VolumeCapture",
        dependencies: ["DriveImage", "Registry", "Support", "WindowsImaging", systemPackage]),
    // Apart from BootMedia: who reads boot images makes none.
    .target(
        name: "OpenBootImage",
        dependencies: [
            "Archives", "BootMedia", "CBootSectors", "Compression", "ContentTransfer", "Cryptography", "Identifiers",
            "JSON", "Support", "WindowsImaging", systemPackage,
        ]),
]

let floor4: [Target] = [
    .target(
        name: "MediaBuilder",
        dependencies: [
            "BlockDevices", "BootMedia", "CLinux", "Compression", "ContentLibrary", "ContentTransfer", "Cryptography",
            "DiscBurning", "DiscImage", "DriveImage", "DistributionPoints", "DriverPackages", "Identifiers", "JSON",
            "MediaFormat",
            "MediaVariables", "Provenance", "SequenceTools", "Servers", "Shares", "Site", "Support",
            "TaskSequence", "WindowsImaging", "WindowsSetup", "YAML", systemPackage, logging,
        ]),
    // What runs a task sequence on a computer: no part of what makes media.
    .target(
        name: "SequenceEngine",
        dependencies: [
            "BlockDevices", "CLinux", "ContentLibrary", "ContentTransfer", "Cryptography", "DriveImage", "Identifiers",
            "JSON", "Markup", "MediaFormat", "MediaVariables", "Registry", "SequenceTools", "Support", "TaskSequence",
            "TrialChannel", "VolumeCapture", "WindowsImaging", "WindowsSetup", systemPackage,
        ]),
    // Apart from MediaBuilder: whoever tries media needs nothing of how it is made.
    .target(
        name: "MediaTrial",
        dependencies: [
            "CLinux", "CMachineProbe", "Cryptography", "JSON", "MediaFormat", "Support", "TrialChannel", systemPackage,
        ]),
]

let floor5: [Target] = [
    .executableTarget(
        name: "tsmedia",
        dependencies: [
            "BlockDevices", "BootMedia", "CLinux", "Confinement", "ContentLibrary", "Cryptography", "DiscBurning",
            "DistributionPoints",
            "DriveImage", "DriverPackages", "MediaBuilder", "MediaFormat", "MediaTrial", "Identifiers", "JSON",
            "MediaVariables",
            "OpenBootImage",
            "SequenceTools",
            "Servers",
            "Shares",
            "Site", "Support", "TaskSequence", "TrialChannel",
            "WindowsImaging",
            systemPackage,
            logging,
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
    // Built by scripts/build-engine, statically, and by nothing else.
    .executableTarget(name: "tsengine", dependencies: ["SequenceEngine", "Support"]),
]

let fixtureTargets: [Target] = [
    .target(
        name: "Fixtures",
        dependencies: [
            "CLinux", "ContentLibrary", "Cryptography", "Identifiers", "Registry", "Support", systemPackage,
        ],
        path: "fixtures/Fixtures"),
    .executableTarget(
        name: "tsmedia-fixtures",
        dependencies: [
            "Fixtures", "Support", systemPackage, .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        path: "fixtures/tsmedia-fixtures"),
    // Enters the sandbox and tries what is not allowed there.
    .executableTarget(
        name: "tsmedia-confined", dependencies: ["Confinement", systemPackage], path: "fixtures/tsmedia-confined"),
    .executableTarget(
        name: "tsmedia-bench", dependencies: ["Fixtures", "SequenceTools", "TaskSequence"],
        path: "benchmarks/tsmedia-bench"),
    .target(
        name: "TSMediaTestSupport",
        dependencies: ["CLinux", "Cryptography", "Fixtures", "Support", systemPackage],
        path: "Tests/TSMediaTestSupport"),
]

/// A test target that mirrors `name` and may use the test helpers.
func tests(_ name: String, _ more: Target.Dependency...) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TSMediaTestSupport", systemPackage]
            + (name == "Support" ? [] : ["Support"])
            + more)
}

let testTargets: [Target] = [
    tests("Fixtures", "SequenceTools", "TaskSequence"),
    tests("Support"),
    tests("Confinement", "tsmedia-confined"),
    tests("Archives"),
    tests("Compression"),
    tests("Cryptography"),
    tests("ContentTransfer", "Cryptography"),
    tests("FileTrees", "Cryptography"),
    tests("Identifiers"),
    tests("JSON"),
    tests("Markup"),
    tests("YAML"),
    tests("Registry"),
    tests("Shares"),
    tests("DriverPackages", "Identifiers"),
    tests("Provenance", "Cryptography", "JSON"),
    tests("TrialChannel"),
    tests("TaskSequence"),
    tests("SequenceTools", "Fixtures", "SequenceTemplates", "TaskSequence"),
    tests("ContentLibrary", "Cryptography", "Identifiers"),
    tests("MediaVariables", "Cryptography"),
    tests("WindowsImaging", "ContentTransfer", "Cryptography", "Identifiers"),
    tests("DiscImage", "Cryptography"),
    tests("DiscBurning", "Cryptography"),
    tests("DriveImage", "ContentTransfer", "Cryptography", "Fixtures"),
    tests("BlockDevices", "CLinux"),
    tests("BootMedia", "WindowsImaging", "Cryptography", "DriverPackages", "Fixtures", "Identifiers"),
    tests("Servers", "NetworkTransfer"),
    tests(
        "DistributionPoints", "ContentLibrary", "ContentTransfer", "Cryptography", "Fixtures", "Identifiers", "Servers",
        "Shares"),
    tests("WindowsSetup", "DriveImage", "Fixtures", "Identifiers", "Markup", "Registry", "TaskSequence"),
    tests("Site", "Cryptography", "JSON", "Servers", "TaskSequence"),
    tests("VolumeCapture", "DriveImage", "Fixtures", "WindowsImaging"),
    tests("OpenBootImage", "Archives", "BootMedia", "Cryptography", "Identifiers", "WindowsImaging"),
    tests("MediaFormat", "BootMedia", "Cryptography", "Fixtures", "MediaVariables"),
    tests(
        "MediaBuilder", "BlockDevices", "CLinux", "ContentLibrary", "Cryptography", "DriveImage", "DistributionPoints",
        "Fixtures", "Identifiers", "MediaFormat", "MediaVariables", "SequenceTools", "TaskSequence", "WindowsImaging"),
    tests(
        "SequenceEngine", "BlockDevices", "ContentLibrary", "Cryptography", "DriveImage", "Fixtures", "Identifiers",
        "MediaFormat",
        "MediaVariables", "Registry", "SequenceTools", "TaskSequence", "TrialChannel", "VolumeCapture",
        "WindowsImaging",
        "WindowsSetup"),
    tests("MediaTrial", "TrialChannel"),
    .testTarget(
        name: "CommandTests",
        dependencies: [
            "tsmedia", "TSMediaTestSupport", "Fixtures", "CLinux", "BlockDevices", "BootMedia", "DiscBurning",
            "DistributionPoints", "DriveImage", "DriverPackages", "MediaBuilder", "MediaTrial", "OpenBootImage",
            "SequenceTools",
            "Servers", "Site",
            "Support",
            "TaskSequence", systemPackage,
        ]),
    .testTarget(
        name: "FirmwareTests", dependencies: ["tsmedia", "TSMediaTestSupport", "Fixtures", "Support", systemPackage]),
    // Mirrors no target: the whole program, with what was damaged at random.
    .testTarget(
        name: "MutationTests",
        dependencies: ["tsmedia", "TSMediaTestSupport", "Cryptography", "Fixtures", "Support", systemPackage]),
    // Mirrors no target: faults are put to the built program.
    .testTarget(
        name: "FaultTests", dependencies: ["tsmedia", "TSMediaTestSupport", "Fixtures", "Support", systemPackage]),
    // Apart from the others (`make test-target`): each test starts computers.
    .testTarget(
        name: "TargetTests",
        dependencies: [
            "BootMedia", "tsmedia", "TSMediaTestSupport", "Fixtures", "MediaTrial", "Support", "TrialChannel",
            systemPackage,
        ]),
]

let package = Package(
    name: "tsmedia",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: systemLibraries + floor0 + floor1 + floor2 + floor3 + floor4 + floor5 + fixtureTargets
        + testTargets,
    swiftLanguageModes: [.v6]
)

// `make test` sets it. What is ours is not optimised, which would take ten minutes; the packages that it uses are, because
// swift-argument-parser without optimisation takes half of the time of a run of the program.
if Context.environment["TSMEDIA_TESTS"] == "1" {
    let flags = ["-Onone", "-enable-testing", "-no-whole-module-optimization", "-enable-batch-mode"]
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(flags)]
    }
}

// `make check` sets it; a newer compiler's warnings must not keep anyone from building.
if Context.environment["TSMEDIA_WARNINGS_AS_ERRORS"] == "1" {
    for target in package.targets where target.type != .system {
        target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
        target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
    }
}

// `make fuzz` sets it: the readers, instrumented for libFuzzer and AddressSanitizer, with all that they trap on, and the
// program that feeds them (docs/fuzzing.md). The linker is LLVM's, because gold does not understand what clang's runtimes say
// of themselves.
if Context.environment["TSMEDIA_FUZZ"] == "1" {
    package.targets.append(
        .executableTarget(
            name: "tsmedia-fuzz",
            dependencies: [
                "Archives", "BlockDevices", "BootMedia", "CLinux", "ContentLibrary", "Cryptography", "DiscImage",
                "DistributionPoints", "DriveImage", "DriverPackages", "Fixtures", "Identifiers", "JSON", "Markup",
                "MediaBuilder", "MediaFormat", "MediaVariables", "OpenBootImage", "Provenance", "Registry",
                "SequenceEngine",
                "SequenceTools", "Servers", "Site", "Support", "TaskSequence", "TrialChannel", "WindowsImaging",
                "WindowsSetup", "YAML", systemPackage,
            ],
            path: "fuzz",
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
    for target in package.targets where target.type != .system && target.type != .test {
        target.swiftSettings =
            (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"])]
    }
}
