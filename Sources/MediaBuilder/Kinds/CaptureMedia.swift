// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support

/// What capture media is told of the images that it makes.
public struct CaptureRules: Sendable, Equatable {
    /// Whether a Windows that is not ready for other computers is not captured.
    public var isStrict = false

    /// Warnings stay warnings.
    public init() {}
}

/// Capture media: a boot image, and the programs that start it inside Windows.
struct CaptureMedia: MediaKindRules {
    let rules: CaptureRules

    var mediaType: MediaType { .capture }

    var clientBinariesWarning: DiagnosticText? {
        "capture media is started inside Windows by TSMBAutorun.exe, which comes from a site's client binaries: add"
            + " \(.clientBinaries)"
    }

    func missing(in request: MediaRequest) -> [MissingField] { missingBootImage(in: request) }

    func check() {}

    func needs(of request: MediaRequest) -> MediaNeeds { MediaNeeds() }

    func addVariables(to list: inout MediaVariableList) throws(MediaVariablesError) {
        if rules.isStrict { try list.set(MediaVariableName.strictCapture, to: "true") }
    }
}
