// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import TSMediaTestSupport

extension LoopDevice {
    /// The drive as the library sees it.
    func device() throws -> BlockDevice { try BlockDevices().resolve(node) }
}
