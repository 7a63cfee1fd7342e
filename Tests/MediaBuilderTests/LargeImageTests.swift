// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLinux
import DistributionPoints
import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import MediaBuilder
@testable import MediaFormat

/// WIMs that are too large for FAT32, which here begins at 450,001 bytes, or for a disc.
@Suite("Images that are too large")
struct LargeImageTests {
    private static let limit: Int64 = 450_000

    /// The packages: what each holds, all WIMs of nine files of 150,000 bytes.
    enum Package: String, CaseIterable {
        /// `setup.exe` beside `sources\install.wim`.
        case upgrade = "LRG00001"
        /// A script beside a WIM that it mounts.
        case drivers = "LRG00002"
        /// One WIM with Windows.
        case system = "LRG00003"
        /// One WIM with Windows, solid.
        case solid = "LRG00004"
        /// The same bytes as an ESD.
        case electronic = "LRG00005"
        /// One WIM without Windows.
        case data = "LRG00006"
        /// One WIM with Windows, of 12 MB, larger than a small disc.
        case large = "LRG00007"
        /// The same beside `setup.exe`.
        case largeUpgrade = "LRG00008"

        /// The path of its image on media.
        var image: String {
            let name =
                switch self {
                case .upgrade, .largeUpgrade: "sources/install.wim"
                case .drivers, .data: "drivers.wim"
                case .electronic: "system.esd"
                case .system, .solid, .large: "system.wim"
                }
            return "SMS/PKG/\(rawValue)/\(name)"
        }
    }

    /// The packages in a library, made once and only read.
    private static let library = Result {
        let folder = try TestFolder()
        // What a static constant holds is never let go of.
        atexit { LargeImageTests.removeLibrary() }
        try Self.make(in: folder)
        return folder
    }

    private static func removeLibrary() {
        if let folder = try? library.get() { _ = tsm_remove_tree(folder.path.string) }
    }

    private static func make(in folder: TestFolder) throws {
        // Nothing that could be compressed.
        let random = try FileDescriptor.open("/dev/urandom", .readOnly, options: .closeOnExec)
        defer { try? random.close() }
        func noise() throws -> [UInt8] {
            try [UInt8](unsafeUninitializedCapacity: 150_000) { buffer, count in
                count = try random.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        func image(
            _ package: Package, fileCount: Int = 9, architecture: Int? = 9, _ options: [String] = ["--compress=none"]
        ) throws {
            let files = try (0..<fileCount).map { number in ("Windows/file\(number).bin", try noise()) }
            var builder = BootImageBuilder(
                files: Dictionary(uniqueKeysWithValues: files), architecture: architecture)
            builder.options = options
            let path = package.image.split(separator: "/").dropFirst(2).joined(separator: "/")
            try TestFolder.makeFolder(folder.appending(path).removingLastComponent())
            try builder.build(in: folder, as: path)
        }
        let solid = ["--compress=LZMS", "--solid"]
        try image(.upgrade)
        try image(.drivers, architecture: nil)
        try image(.system)
        try image(.solid, solid)
        try image(.electronic, solid)
        try image(.data, architecture: nil)
        try image(.large, fileCount: 80)
        try image(.largeUpgrade, fileCount: 80)
        for package in [Package.upgrade, .largeUpgrade] {
            try folder.write("MZ".utf8, to: "\(package.rawValue)/Setup.exe")
        }
        try folder.write("dism /mount-image".utf8, to: "\(Package.drivers.rawValue)/apply.cmd")
        let session = try CommandSession()
        for package in Package.allCases {
            try session.succeed([
                "content", "add", "--create", folder.appending(package.rawValue).string, "--package-id",
                package.rawValue,
                "--library", folder.appending("lib").string,
            ])
        }
        try folder.write("<sequence version=\"3.10\"></sequence>\n".utf8, to: "s.xml")
    }

    private let folder: TestFolder
    private let environment: BuildEnvironment

    init() throws {
        folder = try TestFolder()
        let locations = [try Self.library.get().appending("lib"), try SharedDemo.distributionPoint().library]
        let store = ContentStore(folder: folder.appending("store"))
        environment = BuildEnvironment(
            distributionPoints: try DistributionPoints([LocalTransport()]).open(
                locations: locations.map(\.string), store: store),
            store: store, staging: StagingArea(in: folder.path), interruption: Interruption(),
            progress: SilentProgress())
    }

    private func request(_ package: Package, _ output: String = "media.img") throws -> MediaRequest {
        var request = MediaRequest(.standalone, output: folder.appending(output))
        request.standalone.sequence.taskSequence = try Self.library.get().appending("s.xml")
        request.bootImage = BootImageReference(DemoSite.bootImage)
        request.standalone.sequence.additionalPackages = [try #require(.init(package.rawValue))]
        request.limitFiles(to: Self.limit)
        return request
    }

    private func plan(_ request: MediaRequest) throws -> MediaPlan {
        try MediaPlanner(request, environment: environment).plan()
    }

    private func refusal(_ request: MediaRequest) throws -> MediaBuilderError {
        let error = try #require(#expect(throws: MediaBuilderError.self) { _ = try plan(request) })
        #expect(error.code == .tooLarge)
        return error
    }

    /// The files of a package on all volumes.
    private func files(_ plan: MediaPlan, of package: Package) -> [PlannedFile] {
        plan.volumes.flatMap(\.files).filter { $0.path.description.hasPrefix("SMS/PKG/\(package.rawValue)/") }
    }

    /// Applies the image whose first part is `part` of `media` and counts its files.
    private func apply(_ part: String, of media: [FilePath]) throws -> Int {
        let target = folder.appending("x")
        for path in media { try Program.succeed("7z", ["x", "-y", "-bd", "-o\(target)", path.string]) }
        // A drive holds a partition, which holds the files.
        for name in try FolderEntry.entries(of: target).compactMap(\.name) where name.hasSuffix(".fat") {
            try Program.succeed("7z", ["x", "-y", "-bd", "-o\(target)", target.appending(name).string])
        }
        let stem = String(part.dropLast(4)).replacing(/000$/, with: "")
        try Program.succeed(
            "wimlib-imagex",
            ["apply", "\(target)/\(part)", "1", "\(target)/applied", "--ref=\(target)/\(stem)*.swm"])
        return try FolderEntry.entries(of: target.appending("applied/Windows")).count
    }

    // MARK: What stays whole

    @Test(
        "a WIM that a script or Windows Setup opens by its name stays whole on a disc",
        arguments: [Package.upgrade, .drivers, .data])
    func wholeOnDisc(package: Package) throws {
        var request = try request(package, "media.iso")
        for capacity in [MediaCapacity.unlimited, .bytes(1 << 30)] {
            request.capacity = capacity
            let plan = try plan(request)
            #expect(files(plan, of: package).contains { $0.path.description == package.image })
            #expect(!files(plan, of: package).contains { $0.path.name.hasSuffix(".swm") })
            #expect(!plan.notes.contains { $0.contains("split") })
        }
    }

    @Test(
        "on a drive it goes whole to the data partition, and a note says so",
        arguments: [Package.upgrade, .drivers, .data])
    func wholeOnDataPartition(package: Package) throws {
        var request = try request(package)
        request.drive.choice.dataPartition = .requested
        let plan = try plan(request)
        #expect(plan.volumes[0].dataFiles.map(\.path.description) == [package.image])
        #expect(plan.notes.contains { $0.contains("data partition") && $0.contains(package.image) })
    }

    @Test(
        "without one it is an error that names package, file and the ways out",
        arguments: [Package.upgrade, .drivers, .data])
    func noPlace(package: Package) throws {
        let error = try refusal(try request(package))
        #expect(
            error.object.contains(package.rawValue)
                && error.object.contains("\(package.image.split(separator: "/")[3])"))
        #expect(error.nextStep?.names(.dataPartition) == true)
        #expect(error.nextStep?.contains("disc image") == true)
        #expect((error.nextStep?.names(.splitUpgradeImages) == true) == (package == .upgrade))
        #expect(try FolderEntry.entries(of: folder.path).allSatisfy { $0.name == "store" })
    }

    @Test("an upgrade package that fits no disc is an error that names package, file and the ways out")
    func upgradeOnSmallDiscs() throws {
        for splits in [false, true] {
            var request = try request(.largeUpgrade, "media.iso")
            request.standalone.splitsUpgradeImages = splits
            request.capacity = .bytes(10_000_000)
            let error = try refusal(request)
            #expect(error.description.contains(Package.largeUpgrade.rawValue))
            #expect(splits || error.object.contains("sources/install.wim"))
            #expect(error.nextStep?.names(.mediaSize) == true)
        }
    }

    // MARK: What is split

    @Test(
        "--split-upgrade-images makes install.swm, install2.swm beside setup.exe, which wimlib-imagex applies",
        arguments: ["media.img", "media.iso", "media"])
    func setupParts(output: String) throws {
        var request = try request(.upgrade, output)
        request.standalone.splitsUpgradeImages = true
        if output.hasSuffix(".iso") { request.capacity = .bytes(1 << 30) }
        let plan = try plan(request)
        #expect(plan.volumes.count == 1)
        let parts = files(plan, of: .upgrade).filter { $0.path.description.contains("/sources/") }
        #expect(parts.map(\.path.name) == ["install.swm"] + (2...parts.count).map { "install\($0).swm" })
        #expect(parts.count >= 3 && parts.allSatisfy { $0.byteCount <= Self.limit })
        let notes = plan.notes.filter { $0.contains("is split into \(parts.count) parts") }
        #expect(notes.count == 1 && notes[0].contains("sources/install.wim of package \(Package.upgrade.rawValue)"))
        #expect(notes[0].contains("content hash"))
        try MediaWriter(environment: environment, replacesExisting: false).write(plan)
        let verifier = MediaVerifier(interruption: Interruption(), progress: SilentProgress())
        #expect(try verifier.verify(folder.appending(output)).findings.isEmpty)
        guard output.contains(".") else { return }
        #expect(try apply("SMS/PKG/\(Package.upgrade.rawValue)/sources/install.swm", of: [request.output]) == 9)
    }

    @Test("--split-upgrade-images splits nothing else, and says when it changes nothing")
    func nothingToSplit() throws {
        var request = try request(.drivers, "media.iso")
        request.standalone.splitsUpgradeImages = true
        let plan = try plan(request)
        #expect(files(plan, of: .drivers).contains { $0.path.description == Package.drivers.image })
        #expect(plan.notes.contains { $0.contains("split upgrade images changes nothing") })
    }

    @Test("a part that the package holds already is an error, and overwrites nothing")
    func partIsThere() throws {
        let source = folder.appending("clash")
        try TestFolder.makeFolder(source)
        try Program.succeed(
            "cp", ["-a", "\(try Self.library.get().appending(Package.upgrade.rawValue))/.", "\(source)"])
        try folder.write("mine".utf8, to: "clash/sources/INSTALL2.swm")
        let session = try CommandSession()
        try session.succeed([
            "content", "add", "--create", source.string, "--package-id", "LRG00020", "--library",
            folder.appending("lib").string,
        ])
        var request = try request(.upgrade)
        request.standalone.splitsUpgradeImages = true
        request.standalone.sequence.additionalPackages = [try #require(.init("LRG00020"))]
        let points = try DistributionPoints([LocalTransport()]).open(
            locations: [folder.appending("lib").string, try SharedDemo.distributionPoint().library.string],
            store: environment.store)
        let other = BuildEnvironment(
            distributionPoints: points, store: environment.store, staging: StagingArea(in: folder.path),
            interruption: Interruption(), progress: SilentProgress())
        let error = #expect(throws: MediaBuilderError.self) { _ = try MediaPlanner(request, environment: other).plan() }
        #expect(error?.code == .badContent && error?.problem.contains("install2.swm") == true)
    }

    @Test("the WIM of an operating system image package becomes parts of its content's hash, and one line says so")
    func genuineParts() throws {
        let drive = try plan(try request(.system))
        var small = try request(.large, "set.iso")
        small.capacity = .bytes(10_000_000)
        let set = try plan(small)
        #expect(set.volumes.count > 1)
        for (plan, package) in [(drive, Package.system), (set, .large)] {
            let parts = files(plan, of: package)
            let hash = try #require(plan.contents.first { $0.id == package.rawValue }?.contentHash)
            #expect(parts.map(\.path.name) == parts.indices.map { "\(hash)00\($0).swm" })
            let notes = plan.notes.filter { $0.contains("is split into \(parts.count) parts") }
            #expect(notes.count == 1 && notes[0].contains("system.wim of package \(package.rawValue)"))
        }
        try MediaWriter(environment: environment, replacesExisting: false).write(set)
        let first = try #require(files(set, of: .large).first?.path.description)
        #expect(try apply(first, of: set.volumes.map(\.output)) == 80)
    }

    @Test("a solid WIM goes whole to the data partition as the same bytes named .esd do")
    func solid() throws {
        for package in [Package.solid, .electronic] {
            var request = try request(package)
            request.drive.choice.dataPartition = .requested
            let plan = try plan(request)
            #expect(plan.volumes[0].dataFiles.map(\.path.description) == [package.image])
            let notes = plan.notes.filter { $0.contains("solid") }
            #expect(notes.count == (package == .solid ? 1 : 0))
            #expect(notes.allSatisfy { $0.contains("system.wim of package \(package.rawValue)") })
            request.drive.choice.dataPartition = .none
            let error = try refusal(request)
            let name = package.image.split(separator: "/")[3]
            #expect(error.object.hasPrefix("file \(name) of package \(package.rawValue)"))
            #expect(error.problem.contains("solid") == (package == .solid))
            #expect(error.nextStep?.names(.dataPartition) == true)
        }
    }

    @Test("an image of which one file is too large for a part goes whole to the data partition, or is an error")
    func uncuttable() throws {
        var request = try request(.system)
        request.limitFiles(to: 140_000)
        request.drive.choice.dataPartition = .requested
        #expect(try plan(request).volumes[0].dataFiles.map(\.path.description).contains(Package.system.image))
        request.drive.choice.dataPartition = .none
        request.limitFiles(to: 140_000)
        let error = try refusal(request)
        #expect(error.problem.contains("/Windows/file") && error.object.contains(Package.system.rawValue))
    }
}
