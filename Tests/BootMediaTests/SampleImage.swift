// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Identifiers
import Support
import SystemPackage
import TSMediaTestSupport
import WindowsImaging

/// A boot image whose files say where they are from, so that a test sees which one was taken.
struct SampleImage {
    var builder: BootImageBuilder
    private let machine: UInt16

    /// A Windows PE image as the ADK has it, with the 2011 set only.
    init(_ architecture: Architecture = .x64) {
        machine =
            switch architecture {
            case .x86: TinyProgram.x86
            case .x64: TinyProgram.x64
            case .arm64: TinyProgram.arm64
            }
        let number =
            switch architecture {
            case .x86: 0
            case .x64: 9
            case .arm64: 12
            }
        builder = BootImageBuilder(files: [:], architecture: number)
        add([
            "Windows/Boot/EFI/boot.stl", "Windows/Boot/DVD/EFI/BCD", "Windows/Boot/DVD/EFI/boot.sdi",
            "Windows/Boot/DVD/EFI/en-US/efisys.bin", "Windows/Boot/DVD/EFI/en-US/efisys_noprompt.bin",
            "Windows/Boot/Fonts/wgl4_boot.ttf", "Windows/Boot/Fonts/jpn_boot.ttf", "Windows/Boot/Fonts/readme.txt",
        ])
        addPrograms(["Windows/Boot/EFI/bootmgfw.efi", "Windows/Boot/EFI/bootmgr.efi"])
        guard architecture != .arm64 else { return }
        add([
            "Windows/Boot/PCAT/bootmgr", "Windows/Boot/DVD/PCAT/etfsboot.com", "Windows/Boot/DVD/PCAT/BCD",
            "Windows/Boot/DVD/PCAT/boot.sdi", "Windows/Boot/DVD/PCAT/en-US/bootfix.bin",
        ])
    }

    /// Adds files that say where they are.
    mutating func add(_ paths: [String]) {
        for path in paths { builder.files[path] = Array(path.utf8) }
    }

    /// Adds programs for the image's architecture.
    mutating func addPrograms(_ paths: [String]) {
        for path in paths { builder.files[path] = TinyProgram.bytes(machine: machine, marker: path) }
    }

    /// Adds the whole 2023 set.
    mutating func add2023Set() {
        add([
            "Windows/Boot/DVD_EX/EFI/en-US/efisys_EX.bin", "Windows/Boot/DVD_EX/EFI/en-US/efisys_noprompt_EX.bin",
            "Windows/Boot/Fonts_EX/wgl4_boot_EX.ttf", "Windows/Boot/Fonts_EX/kor_boot_EX.ttf",
        ])
        addPrograms(["Windows/Boot/EFI_EX/bootmgfw_EX.efi", "Windows/Boot/EFI_EX/bootmgr_EX.efi"])
    }

    /// Removes the files whose paths begin so.
    mutating func remove(_ prefixes: String...) {
        builder.files = builder.files.filter { file in !prefixes.contains { file.key.hasPrefix($0) } }
    }

    /// Captures and opens the image in `folder`.
    func open(in folder: TestFolder) throws -> BootImage { try BootImage(path: try builder.build(in: folder)) }
}

extension BootFileSet {
    /// Target path to origin.
    var origins: [String: String] {
        Dictionary(uniqueKeysWithValues: files.map { ($0.path.description, $0.origin) })
    }
}
