// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of variables that our media has and genuine media does not.
package enum MediaVariableName {
    /// The command that runs before the task sequence: ours, the genuine name is not known.
    package static let prestartCommand = "_TSMediaPrestartCommand"
    /// Where `tsengine` gets content that is missing or changed (docs/prestaged.md).
    package static let distributionPoint = "TSMediaDistributionPoint"
    /// Who asks there.
    package static let distributionPointAccount = "TSMediaDistributionPointAccount"
    /// The password of that account.
    package static let distributionPointPassword = "TSMediaDistributionPointPassword"
    /// Whether warnings about a computer that is captured are errors: `true` (docs/capturing.md).
    package static let strictCapture = "TSMediaCaptureStrict"
    /// How a captured image is compressed: a name of `WindowsImageCompression`.
    package static let captureCompression = "TSMediaCaptureCompression"
    /// The layout of the keyboard (docs/engine.md).
    package static let inputLayout = "TSMediaInputLayout"
}
