// SPDX-License-Identifier: GPL-3.0-or-later

import DiscBurning
import MediaBuilder
import Support

/// What `tsmedia burn` reports.
struct BurnReport: Encodable {
    /// A disc.
    struct Disc: Encodable {
        let image: String
        let volume: Int?
        let volumeCount: Int?
        let size: Int64
        let sha256: String
        let medium: String
        let blanked: Bool
        let simulated: Bool
        let verified: Bool
    }

    let drive: String
    let discs: [Disc]

    init(drive: String, _ discs: [BurntDisc]) {
        self.drive = drive
        self.discs = discs.map { disc in
            Disc(
                image: disc.image.string, volume: disc.volume?.number, volumeCount: disc.volume?.count,
                size: disc.byteCount, sha256: disc.sha256.description, medium: disc.medium, blanked: disc.wasBlanked,
                simulated: disc.isSimulated, verified: disc.isVerified)
        }
    }

    /// Prints a line for each disc.
    func print() throws {
        for disc in discs {
            let verb = disc.simulated ? "simulated" : "burnt"
            let check = disc.verified ? ", verified" : ""
            try StandardOutput.success(
                "\(disc.image): \(verb) on \(drive), \(disc.medium), \(disc.size) bytes (\(Amounts.bytes(disc.size)))\(check)"
            )
        }
    }
}

/// What `tsmedia burn --list` reports.
struct DriveListReport: Encodable {
    /// A drive.
    struct Drive: Encodable {
        let path: String
        let vendor: String
        let product: String
        let revision: String
    }

    let drives: [Drive]

    init(_ drives: [ListedDrive]) {
        self.drives = drives.map {
            Drive(path: $0.path, vendor: $0.vendor, product: $0.product, revision: $0.revision)
        }
    }
}
