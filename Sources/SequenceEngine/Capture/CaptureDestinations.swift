// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support
import SystemPackage
import VolumeCapture

/// Reads destinations as people write them.
struct CaptureDestinations {
    private static let (diskPrefix, stickName): (CaseFoldedName, CaseFoldedName) = ("disk:", "usb")

    let session: EngineSession

    /// The lines that tell somebody what can be chosen.
    ///
    /// - Throws: `DeviceError`.
    func choices() throws -> [String] {
        try session.disks().map { "    disk:\($0.number)    \($0.title)\(Self.contents(of: $0))" }
            + session.removableDrives().map { "    usb       \($0.shownName)" }
            + ["    \\\\server\\share\\folder    a network share"]
    }

    /// What a disk holds, so that nobody takes one for an empty one.
    private static func contents(of disk: TargetDisk) -> String {
        guard let volumes = try? ExistingVolumes(disk).found.map(\.volume), !volumes.isEmpty else {
            return ", without volumes"
        }
        let names = volumes.filter { $0.isForData }.map {
            $0.label.isEmpty ? "partition \($0.partition)" : "'\($0.label.onOneLine)'"
        }
        return names.isEmpty ? "" : ", has \(names.joined(separator: ", "))"
    }

    /// The drive that `text` names.
    ///
    /// - Throws: ``CaptureError`` `.badDestination`; `DeviceError`.
    func drive(_ text: String) throws -> DriveDestination {
        let key = text.caseFolded
        if key == Self.stickName {
            let drives = try session.removableDrives()
            guard let device = drives.first else {
                throw CaptureError(
                    .badDestination, "this computer", "has no USB drive besides the media",
                    nextStep: "put one in, or choose another destination")
            }
            guard drives.count == 1 else {
                throw CaptureError(
                    .badDestination, "this computer",
                    "has \(drives.count) USB drives: \(drives.map(\.shownName).joined(separator: ", "))",
                    nextStep: "leave the one in that the image goes to")
            }
            // Behind the fixed disks: no disk has its number.
            let number = try session.disks().count
            return DriveDestination(
                title: "USB drive \(device.shownName)", drive: TargetDisk(number: number, device: device),
                isFixed: false)
        }
        guard key.hasPrefix(Self.diskPrefix), let number = Int(text.dropFirst(Self.diskPrefix.description.count)) else {
            throw CaptureError(
                .badDestination, "'\(text.onOneLine)'", "is no destination",
                nextStep: "write disk:NUMBER, usb, or \\\\server\\share\\folder")
        }
        let disk = try session.disk(number)
        return DriveDestination(title: disk.title, drive: disk, isFixed: true)
    }
}

extension BlockDevice {
    /// What a person knows it by.
    var shownName: String {
        let model = [vendor, model].compactMap(\.self).joined(separator: " ")
        return "\(model.isEmpty ? name : model), \(byteCount) bytes"
    }
}
