// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

@testable import BlockDevices

/// A machine with its drives, and the verdict that each must get.
struct OddMachine: Sendable, CustomStringConvertible {
    let description: String
    /// The verdict on each drive, in words (``DriveVerdict/words``); `all()` must list exactly these.
    let verdicts: [String: String]
    /// The verdict on devices that no list shows.
    var unlisted: [String: String] = [:]
    /// What must be kept from harm.
    var protecting: [FilePath] = []
    let build: @Sendable (SimulatedMachine) throws -> Void

    typealias Port = SimulatedMachine.Port

    /// What a plain fixed disk with the running system on it is told.
    static let system = "[system] holds the root file system"
    /// What a stick with a file system that nobody uses is told.
    static let stickWithFiles = "force(dos partition table: vfat \"STICK\")"

    static let all: [OddMachine] = [
        ordinary, ofTheSystem, swapped, stacked, pooled, looped, hardware, blind, protected,
    ].flatMap { $0 }

    /// Builds a disk on SATA with the root file system on its second partition.
    static func installed(_ machine: SimulatedMachine) throws {
        try machine.sata()
        try machine.partition("sda1", of: "sda", .fileSystem("vfat", "EFI"))
        try machine.partition("sda2", of: "sda", .fileSystem("ext4"))
        try machine.mount("sda2", "/", "ext4")
    }

    /// Builds a stick with one FAT file system.
    static func plainStick(_ machine: SimulatedMachine, _ contents: DeviceContents = .fileSystem("vfat", "STICK"))
        throws
    {
        try machine.stick("sdb", contents: .dos)
        try machine.partition("sdb1", of: "sdb", contents)
    }
}

extension DriveVerdict {
    /// The verdict in words: refusals with their rule, or demands, or `writable`.
    var words: String {
        if isRefused { return refusals.map { "[\($0.code.rawValue)] \($0.reason)" }.joined(separator: " & ") }
        if isWritable { return "writable" }
        return demands.map { demand in
            switch demand {
            case .allowFixedDisk: "fixed"
            case .confirm(let token): "confirm(\(token))"
            case .force(let contents): "force(\(contents))"
            case .unmount(let places): "unmount(\(places.map(\.string).joined(separator: " ")))"
            }
        }.joined(separator: " ")
    }
}
