// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// A folder of media.
package struct MediaFolder: Sendable, Equatable {
    /// Its place.
    package let path: MediaPath
    /// When it was changed; nil where that is not said.
    package let modified: Timestamp?
}
