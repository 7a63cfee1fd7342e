// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// Capture media, the smallest there is, that the built program makes from a boot image file.
struct BootDisc {
    let session: CommandSession
    let path: FilePath
    /// The SHA-256 of the boot image, by coreutils.
    let bootImageDigest: SHA256Digest?

    init(_ bootImage: BootImageFixture, _ options: [String] = []) throws {
        session = try CommandSession()
        let wim = session.work.appending("boot.wim")
        try bootImage.write(to: wim)
        bootImageDigest = try Self.digest(of: wim)
        path = session.folder.appending("media.iso")
        try session.succeed(
            ["create", "capture", "--boot-image", wim.string, "--store", session.store.string, "--output", "media.iso"]
                + options)
    }

    /// The SHA-256 of the boot image on the media of `session`, by 7-Zip and coreutils.
    static func bootImageDigest(in session: CommandSession) throws -> SHA256Digest? {
        try digest(of: try session.extract().appending("sources").appending("boot.wim"))
    }

    /// The loaders that `firmware` starts, in order.
    static func loaderNames(_ firmware: Firmware, asksForKey: Bool) -> [String] {
        guard firmware.name != Firmware.seaBIOS.name else { return ["etfsboot", "bootmgr"] }
        return [asksForKey ? "efisys" : "efisys_noprompt", "bootmgfw"]
    }

    private static func digest(of file: FilePath) throws -> SHA256Digest? {
        SHA256Digest(hexadecimal: String(try Program.succeed("sha256sum", [file.string]).output.prefix(64)))
    }
}
