// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibburn
import Support

/// An optical drive of this machine.
public struct ListedDrive: Sendable, Equatable {
    /// Its node.
    public let path: String
    /// Who made it, as it says itself; may be empty.
    public let vendor: String
    /// What it is called.
    public let product: String
    /// The version of its firmware.
    public let revision: String

    /// The drives that this user may use, by path.
    ///
    /// - Throws: ``DiscBurningError`` `.noLibrary`.
    public static func all() throws(DiscBurningError) -> [ListedDrive] {
        try BurnLibrary.begin()
        defer { BurnLibrary.end() }
        var infos: UnsafeMutablePointer<burn_drive_info>?
        var count: UInt32 = 0
        // It says 0 until it has looked everywhere, and does not wait meanwhile.
        while burn_drive_scan(&infos, &count) == 0 {}
        guard let infos else { return [] }
        defer { burn_drive_info_free(infos) }
        return (0..<Int(count)).map { index in
            var address = [CChar](repeating: 0, count: DriveAddress.byteLimit)
            _ = burn_drive_d_get_adr(infos[index].drive, &address)
            return ListedDrive(
                path: text(address),
                vendor: withUnsafeBytes(of: infos[index].vendor) { text(Array($0.bindMemory(to: CChar.self))) },
                product: withUnsafeBytes(of: infos[index].product) { text(Array($0.bindMemory(to: CChar.self))) },
                revision: withUnsafeBytes(of: infos[index].revision) { text(Array($0.bindMemory(to: CChar.self))) })
        }.sorted { $0.path < $1.path }
    }

    /// What a drive says of itself, padded with spaces.
    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .trimmingTrailing { $0 == " " }
    }
}
