// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Cryptography
import Identifiers
import JSON
import Support
import SystemPackage

/// A boot image of Debian's packages, before and after its files are made.
///
/// The same packages, engine and request give the same bytes.
public struct OpenBootImagePlan {
    /// What the image is made of.
    public let facts: OpenBootImageFacts
    private let request: OpenBootImageRequest
    private let engine: [UInt8]
    private let parts: PackagedParts
    private let loaders: SignedLoaders
    private let inclusions: [EnvironmentPrograms.Inclusion]
    private let debian: DebianArchitecture

    /// What zstd needs half a minute for; the next higher levels need minutes for a hundredth.
    private static let compressionLevel: Int32 = 19
    private static let engineByteCountLimit = 256 << 20

    /// Reads the packages and chooses what of them goes into the image.
    ///
    /// - Throws: ``OpenBootImageError``, `FileError`, `InterruptedError`.
    public init(
        _ request: OpenBootImageRequest, interruption: Interruption = .ofProcess, progress: (String) -> Void = { _ in }
    ) throws {
        self.request = request
        inclusions = try request.inclusions.map(EnvironmentPrograms.Inclusion.init)
        debian = try DebianArchitecture.of(request.architecture)
        engine = try Self.engine(request.engine, for: debian)
        parts = try PackagedParts(
            request, for: debian, of: try PackageFolder(request.packages), interruption: interruption,
            progress: progress)
        loaders = try SignedLoaders(of: parts.tree, for: debian)
        facts = OpenBootImageFacts(
            kernel: parts.kernelVersion, hardware: request.hardware.rawValue, keyboard: request.keyboard,
            engine: SHA256.digest(of: engine).description, moduleCount: parts.modules.modules.count,
            packages: parts.packages,
            securityLevels: loaders.securityLevels(shim: request.architecture.uefiLoaderPath, grub: debian.grubPath))
    }

    /// Makes the files of the image.
    ///
    /// - Throws: as ``init(_:interruption:progress:)``.
    public func image(
        interruption: Interruption = .ofProcess, progress: (String) -> Void = { _ in }
    ) throws -> OpenBootImage {
        let factBytes = try JSON.bytes(of: facts)
        let system = try EnvironmentPrograms.fileSystem(
            request, for: debian, parts, engine: engine, inclusions: inclusions, facts: factBytes,
            interruption: interruption)
        progress("compressing the environment")
        let environment = try system.compressed(level: Self.compressionLevel)
        progress("making the loaders")
        let (shimPath, grubPath) = (request.architecture.uefiLoaderPath, debian.grubPath)
        let firmware = request.architecture.firmware
        var contents: [(target: String, firmware: [Firmware], bytes: [UInt8])] = [
            (GRUB.configurationPath, firmware, GRUB.configuration(debian)),
            (GRUB.kernelPath, firmware, parts.kernel),
            (GRUB.fileSystemPath, firmware, environment),
            (shimPath, [.uefi], loaders.shim),
            (grubPath, [.uefi], loaders.grub),
            (
                BootFileTable.uefiBootImage, [.uefi],
                try EFISystemImage.bytes(
                    [(shimPath, loaders.shim), (grubPath, loaders.grub)].map { path, bytes in
                        (path.split(separator: "/").last.map(String.init) ?? path, bytes)
                    })
            ),
        ]
        if firmware.contains(.bios) {
            contents += [
                ("bootmgr", [.bios], try GRUB.bootManager(of: parts.tree, interruption: interruption)),
                (BootFileTable.biosBootImage, [.bios], try GRUB.discRecord()),
            ]
        }
        return try OpenBootImage(
            facts: facts, factBytes: factBytes, architecture: request.architecture, contents: contents)
    }

    /// The program that runs task sequences.
    private static func engine(_ path: FilePath, for debian: DebianArchitecture) throws -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try SmallFile.read(path, limit: engineByteCountLimit) } catch {
            guard error.errno == .noSuchFileOrDirectory else { throw error }
            throw OpenBootImageError(
                .noEngine, "program \(path)", "is not there", nextStep: "name the tsengine of tsmedia with \(.engine)")
        }
        // A script will do: the environment has a shell.
        guard ELFFile(bytes)?.machine == debian.machineNumber || bytes.starts(with: "#!".utf8) else {
            throw OpenBootImageError(
                .noEngine, "program \(path)", "is no program for \(debian.architecture.rawValue)",
                nextStep: "name the tsengine of tsmedia with \(.engine)")
        }
        return bytes
    }
}
