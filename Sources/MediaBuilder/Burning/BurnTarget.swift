// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DiscBurning
import Glibc
import Support
import SystemPackage

/// The drive that burns, as somebody named it: looked at again before each disc.
struct BurnTarget {
    private let name: String
    private let access: DriveAccess
    /// What must not be written over.
    private let sources: [FilePath]

    init(_ name: String, _ access: DriveAccess, protecting sources: [FilePath]) {
        self.name = name
        self.access = access
        self.sources = sources
    }

    /// The drive, as libburn takes it, for `image`.
    ///
    /// - Throws: `DeviceError` for what is no drive, is mounted or needs consent; ``MediaBuilderError`` for a file that is read;
    ///   `FileError` for one that cannot be written.
    func claim(for image: BurnImage) throws -> ClaimedDrive {
        if name.hasPrefix(DriveAddress.pseudoPrefix) {
            return try pseudo(String(name.utf8.dropFirst(DriveAddress.pseudoPrefix.utf8.count)) ?? "", image)
        }
        let drive = try access.devices.resolve(FilePath(name))
        guard drive.kind == .opticalDrive else {
            throw DeviceError(
                .notADrive, "\(.drive, name)", "is no drive for discs",
                nextStep: "check with \(.list) which drives there are; write media to other drives with \(.usb)")
        }
        // A file system that others see is not taken away from under them, and not by unmounting either.
        guard drive.allMountPoints.isEmpty else {
            let places = drive.allMountPoints.map(\.string).joined(separator: ", ")
            throw DeviceError(
                .refused, "\(.drive, name)", "holds a disc that is mounted at \(places)", nextStep: "unmount it")
        }
        guard drive.holders.isEmpty else {
            throw DeviceError(
                .refused, "\(.drive, name)", "is used by \(drive.holders.joined(separator: ", "))",
                nextStep: "end what uses it")
        }
        return ClaimedDrive(DriveAddress(drive: drive.node))
    }

    /// A file or a block device that stands for a drive.
    private func pseudo(_ path: String, _ image: BurnImage) throws -> ClaimedDrive {
        guard !path.isEmpty, path != "-", let place = FilePath(path).absolute else {
            throw MediaRequest.bad("\(.drive, name)", "names no file", "name one behind stdio:")
        }
        guard let status = try? Stat(place) else { return try new(place, image) }
        switch status.type {
        case .regular:
            let node = FilePlace.Node(place)
            if let source = sources.first(where: { node != nil && FilePlace.Node($0) == node }) {
                throw MediaRequest.bad("\(.drive, name)", "is \(source), which this run reads", "name another file")
            }
            try access.devices.requireNoLoopDevice(on: place)
            return try ClaimedDrive(file: try Self.resolved(place))
        case .blockSpecial:
            let drive = try access.devices.resolve(place)
            try access.check([drive], protecting: sources)
            if access.unmounts { try access.devices.unmount(drive) }
            return ClaimedDrive(DriveAddress(pseudo: drive.node))
        default:
            throw DeviceError(
                .notADrive, "\(.drive, name)", "is neither a file nor a block device, and no disc is read from it",
                nextStep: "name a file or a block device behind stdio:")
        }
    }

    /// A file that is made: libburn says little when it cannot be, and makes it for everybody to read.
    private func new(_ place: FilePath, _ image: BurnImage) throws -> ClaimedDrive {
        let folder = place.removingLastComponent()
        guard try FileError.wrap("opened", folder, { try Stat(folder).type }) == .directory,
            let component = place.lastComponent
        else { throw FileError("opened", folder, .notDirectory) }
        try ForeignLink.refuse(on: place)
        let resolved = try Self.resolved(folder).appending(component)
        // Whoever names a node that is not there means a drive that is not there.
        guard !resolved.starts(with: access.devices.environment.dev) || resolved.starts(with: "/dev/shm") else {
            throw DeviceError(
                .notFound, "\(.drive, name)", "is not there",
                nextStep: "check with 'tsmedia devices' which drives there are")
        }
        return try ClaimedDrive(newFile: resolved, isSecret: image.isSecret)
    }

    /// The path without links: libburn takes some for open files of this process (libburn.h, burn_drive_scan_and_grab:
    /// /dev/fd), whatever was looked at here.
    private static func resolved(_ path: FilePath) throws(FileError) -> FilePath {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else {
            throw FileError("opened", path, Errno(rawValue: errno))
        }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }
}
