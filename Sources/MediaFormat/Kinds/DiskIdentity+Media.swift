// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DriveImage

extension DiskIdentity {
    /// The numbers of a drive that holds the media with `mediaGUID`.
    package init(driveOf mediaGUID: String) {
        self.init(seed: SHA256.digest(of: Array("tsmedia drive 1 \(mediaGUID)".utf8)), roles: [.boot, .data])
    }

    /// The numbers of a computer's disk with that media.
    package init(computerDiskOf mediaGUID: String) {
        self.init(seed: SHA256.digest(of: Array("tsmedia disk 1 \(mediaGUID)".utf8)))
    }
}
