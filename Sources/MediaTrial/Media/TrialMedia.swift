// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// Media that is tried: what it is put into the machine as.
struct TrialMedia {
    /// What the machine gets it as.
    enum Form: Equatable {
        /// Discs, of which the first is in the drive.
        case discs
        /// Sticks, of which the first is in a port.
        case sticks
        /// The first disk of the machine.
        case disk
    }

    /// Where the boot image that `bootimage build` makes keeps what GRUB does; Windows PE has no such file.
    private static let ownLoaderConfiguration = "boot/grub/grub.cfg"

    let form: Form
    /// The files of the volumes, by their numbers from 1.
    let volumes: [FilePath]
    let type: MediaType
    let label: String?
    /// Whether its boot image has a program that runs task sequences and reports.
    let hasEngine: Bool

    /// What the machine has of it when it starts.
    var medium: VirtualMachine.Medium {
        switch form {
        case .discs: .disc(volumes[0])
        case .sticks: .stick(volumes[0])
        case .disk: .none
        }
    }

    /// Opens the volumes of one media, in any order.
    ///
    /// - Throws: ``MediaTrialError`` `.unsuitableMedia`; errors of reading media.
    init(_ paths: [FilePath], firmware: TrialFirmware) throws {
        var found: [(path: FilePath, media: any OpenedMedia, manifest: MediaManifest?)] = []
        for path in paths {
            let media = try Self.open(path)
            found.append((path, media, try Self.manifest(of: media, path)))
        }
        let isDrive = found[0].media.isDrive
        if found.count > 1 {
            found = try Self.inOrder(found)
            if let other = found.first(where: { $0.media.isDrive != isDrive }) {
                throw Self.unsuitable(
                    other.path, "is \(isDrive ? "a disc" : "a drive"), and another volume is not",
                    "name the volumes of one set")
            }
        }
        let first = found[0]
        let bootstrap = try MediaInspector().bootstrap(of: first.media, first.path)
        type = bootstrap.mediaType
        label = first.manifest?.label ?? first.media.label
        volumes = found.map(\.path)
        form = isDrive ? type.isForFactory ? .disk : .sticks : .discs
        hasEngine = first.media.file(Self.ownLoaderConfiguration) != nil
        try Self.check(first.media, first.manifest, first.path, firmware)
    }

    private static func open(_ path: FilePath) throws -> any OpenedMedia {
        let media = try MediaOpening.open(path)
        switch media {
        case is FolderMedia:
            throw unsuitable(
                path, "is a folder, which no firmware starts", "create the media as an .iso or an .img")
        case is WIMMedia:
            throw unsuitable(
                path, "is a WIM, which is applied to a disk before a computer starts from it",
                "create it as the image of such a disk")
        default: break
        }
        guard try FileError.wrap("opened", path, { try Stat(path).type }) == .regular else {
            throw unsuitable(
                path, "is a drive of this computer, and images are tried", "name the image that it was written from")
        }
        return media
    }

    private static func manifest(of media: any OpenedMedia, _ path: FilePath) throws -> MediaManifest? {
        guard let file = media.file(MediaManifest.path) else { return nil }
        return try? MediaManifest(
            decoding: try media.contents(of: file, limit: MediaManifest.byteLimit), of: path.string)
    }

    private static func inOrder(
        _ found: [(path: FilePath, media: any OpenedMedia, manifest: MediaManifest?)]
    ) throws -> [(path: FilePath, media: any OpenedMedia, manifest: MediaManifest?)] {
        let manifests = try found.map { volume in
            guard let manifest = volume.manifest else {
                throw unsuitable(
                    volume.path, "has no manifest that says which volume it is", "name media of one volume")
            }
            return (media: volume.path.string, manifest: manifest)
        }
        let set = MediaSetMembership(manifests)
        if let foreign = set.foreign.first {
            throw MediaTrialError(
                .unsuitableMedia, "media \(foreign.media)", "is not of the set of the others: it \(foreign.reason)",
                nextStep: "name the volumes of one set")
        }
        if let missing = set.missing.first {
            throw MediaTrialError(
                .unsuitableMedia, "the set", "lacks volume \(missing) of \(set.volumeCount)",
                nextStep: "name all its volumes")
        }
        return found.sorted { ($0.manifest?.volume ?? 0) < ($1.manifest?.volume ?? 0) }
    }

    /// Refuses what such a machine cannot start.
    private static func check(
        _ media: any OpenedMedia, _ manifest: MediaManifest?, _ path: FilePath, _ firmware: TrialFirmware
    ) throws {
        if let architecture = manifest?.bootImage.architecture, architecture == "arm64" {
            throw unsuitable(
                path, "is for arm64, and the machine has an x64 processor", "try the same media made for x64")
        }
        let kinds = Set(media.firmwareEntries().map(\.firmware))
        let wanted = firmware == .bios ? "bios" : "uefi"
        guard kinds.isEmpty || kinds.contains(wanted) else {
            throw MediaTrialError(
                .unsuitableMedia, "media \(path)", "is not started by \(wanted == "bios" ? "a BIOS" : "UEFI")",
                nextStep: "use \(.firmware, wanted == "bios" ? "uefi" : "bios")")
        }
        guard !kinds.isEmpty else {
            throw unsuitable(
                path, "has nothing that firmware starts", "name the first volume of the media, which does")
        }
    }

    private static func unsuitable(_ path: FilePath, _ problem: DiagnosticText, _ nextStep: DiagnosticText)
        -> MediaTrialError
    {
        MediaTrialError(.unsuitableMedia, "media \(path)", problem, nextStep: nextStep)
    }
}
