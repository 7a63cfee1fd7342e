// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia

extension BootFileSet {
    /// The UEFI loader that firmware starts by itself, or nil when UEFI cannot start.
    var uefiLoader: BootFile? { files.first { $0.path.description == architecture.uefiLoaderPath } }
}
