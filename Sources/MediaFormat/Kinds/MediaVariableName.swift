// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of variables that our media has and genuine media does not.
package enum MediaVariableName {
    /// The command that runs before the task sequence: ours, the genuine name is not known.
    package static let prestartCommand = "_TSMediaPrestartCommand"
}
