// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import WindowsSetup

/// The variables of UEFI, as Linux shows them (Documentation/filesystems/efivarfs.rst of Linux).
package struct EFIVariables: Sendable {
    /// EFI_GLOBAL_VARIABLE (UEFI 2.10, 3.3).
    private static let global = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
    /// Kept when the power is off, known while firmware starts and afterwards (8.2.1): what every entry must be.
    private static let attributes: UInt32 = 7
    private static let attributesByteCount = 4
    private static let orderName = "BootOrder"
    private static let byteLimit = 64 << 10

    private let folder: FilePath

    /// The variables in `folder`.
    package init(_ folder: FilePath = "/sys/firmware/efi/efivars") { self.folder = folder }

    /// Makes `entry` the first of the boot menu.
    ///
    /// - Returns: the name of its variable.
    /// - Throws: `FileError` when firmware or kernel does not let variables be written; ``DiskError`` when it has no room.
    package func putFirst(_ entry: EFIBootEntry) throws -> String {
        var menu = try menu()
        let order = menu.order
        guard let number = menu.putFirst(entry), let value = menu.entries[number] else {
            throw DiskError(
                .cannotCreate, "the boot menu of UEFI", "has no room for an entry",
                nextStep: "remove entries in its setup")
        }
        let name = EFIBootMenu.name(number)
        try write(value, to: name)
        if order != menu.order { try write(menu.orderBytes, to: Self.orderName) }
        return name
    }

    private static let (currentName, nextName) = ("BootCurrent", "BootNext")

    /// Has the computer start next from what it was started from, whatever its boot menu says (3.3, BootNext).
    ///
    /// - Returns: false where firmware does not tell what that was.
    /// - Throws: `FileError` when firmware or kernel does not let variables be written.
    package func startAgain() throws -> Bool {
        guard let current = read(Self.currentName), current.count == 2 else { return false }
        try write(current, to: Self.nextName)
        return true
    }

    private func menu() throws -> EFIBootMenu {
        var entries: [UInt16: [UInt8]] = [:]
        let suffix = "-\(Self.global)"
        for name in try FolderEntry.entries(of: folder).compactMap(\.name) {
            guard name.hasPrefix("Boot"), name.hasSuffix(suffix) else { continue }
            let digits = name.dropFirst(4).dropLast(suffix.count)
            guard digits.count == 4, let number = UInt16(digits, radix: 16) else { continue }
            entries[number] = read(String(name.dropLast(suffix.count))) ?? []
        }
        return EFIBootMenu(entries: entries, order: read(Self.orderName) ?? [])
    }

    private func read(_ name: String) -> [UInt8]? {
        guard let bytes = try? SmallFile.read(folder.appending("\(name)-\(Self.global)"), limit: Self.byteLimit),
            bytes.count >= Self.attributesByteCount
        else { return nil }
        return Array(bytes.dropFirst(Self.attributesByteCount))
    }

    /// Writes a variable: attributes and value must come in one call.
    private func write(_ value: [UInt8], to name: String) throws(FileError) {
        let path = folder.appending("\(name)-\(Self.global)")
        var bytes: [UInt8] = []
        bytes.append(littleEndian: Self.attributes)
        bytes += value
        let whole = bytes
        try FileError.wrap("written", path) {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter {
                guard try whole.withUnsafeBytes({ try file.write($0) }) == whole.count else { throw Errno.ioError }
            }
        }
    }
}
