// SPDX-License-Identifier: GPL-3.0-or-later

/// Where media keeps what a computer reads before anything else (docs/formats/media.md section 1).
package enum MediaDataFile {
    /// What kind of media it is, and whether it asks for a password.
    package static let bootstrap = "SMS/data/TsmBootstrap.ini"
    /// The variables, sealed.
    package static let variables = "SMS/data/Variables.dat"
    /// The policies, with the task sequences; sealed.
    package static let policy = "SMS/data/Policy.xml"

    /// Those that can hold passwords and keys.
    ///
    /// Without a password on the media anyone can open them.
    package static let sealed = [variables, policy]
}
