// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

/// The name of a computer that has none yet: `MININT-` and seven letters and digits, as Windows PE has it.
///
/// Task sequences give it to the new Windows where nobody chose a name, so that no two computers may get the same. It comes
/// from what tells this one from others, and is the same however often the computer starts; docs/engine.md says so.
enum MachineName {
    private static let start = "MININT-"
    /// With the start, what a NetBIOS name holds: 15 characters.
    private static let length = 7
    private static let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    /// Fields of DMI that differ between computers of one model.
    private static let fields = ["product_uuid", "product_serial", "board_serial", "chassis_serial"]

    /// The name of `computer`; drawn by lot where nothing tells it from others.
    static func name(of computer: Computer) -> String {
        let facts = fields.compactMap { computer.dmi($0) } + computer.networkAddresses
        guard !facts.isEmpty else {
            return start + String((0..<length).map { _ in characters.randomElement() ?? "0" })
        }
        let digest = SHA256.digest(of: Array(facts.joined(separator: "\n").utf8))
        return start + String(digest.bytes.prefix(length).map { characters[Int($0) % characters.count] })
    }
}

extension Computer {
    /// The addresses of its network adapters, without those that are none of a device; sorted.
    var networkAddresses: [String] {
        let folder = root.appending("sys/class/net")
        let names = ((try? FolderEntry.entries(of: folder)) ?? []).map(\.name)
        return names.compactMap { name in
            let adapter = folder.appending(name)
            return Folder.exists(adapter.appending("device")) ? text(adapter.appending("address")) : nil
        }.sorted()
    }
}
