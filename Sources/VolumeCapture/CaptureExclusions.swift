// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// What of a volume is not captured.
///
/// The list is that of DISM ("DISM Configuration List and WimScript.ini Files", Microsoft), and the folder of a task sequence,
/// which belongs to the run and not to the system.
enum CaptureExclusions {
    /// Names at the root of a volume.
    static let rootNames = [
        "$ntfs.log", "hiberfil.sys", "pagefile.sys", "swapfile.sys", "System Volume Information", "RECYCLER",
        "$Recycle.Bin", "_SMSTaskSequence",
    ]
    /// Paths below it.
    private static let paths = ["Windows\\CSC"]

    /// The list in the form of wimlib's capture configurations.
    static var configuration: [UInt8] {
        let lines = (rootNames + paths).map { "\\\($0)" }
        return Array((["[ExclusionList]"] + lines).joined(separator: "\n").utf8) + [0x0A]
    }
}
