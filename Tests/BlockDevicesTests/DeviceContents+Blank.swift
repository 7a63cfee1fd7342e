// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices

extension DeviceContents {
    /// True when nothing is known to be there, and nothing could be overlooked.
    var isBlank: Bool { partitionTable == nil && fileSystem == nil && problem == nil }
}
