// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import MediaVariables
import Support

/// The media variables that a request asks for (docs/formats/media.md section 1).
enum VariablesAuthor {
    /// The variables of media with `mediaGUID` and `bootImage`; the user's own come last and win.
    ///
    /// - Parameter certificate: the media's own, with its private key.
    static func variables(
        for request: MediaRequest, mediaGUID: String, bootImage: MediaManifest.BootImage,
        certificate: CertificateIdentity? = nil
    ) throws(MediaVariablesError) -> MediaVariableList {
        var list = MediaVariableList()
        try list.set("_SMSMediaGuid", to: certificate == nil ? mediaGUID : MediaVariableList.bareGUID(mediaGUID))
        try list.set("_SMSTSMediaType", to: request.kind.mediaType.rawValue)
        if let version = bootImage.version {
            try list.set("_SMSTSBootMediaPackageID", to: bootImage.id)
            try list.set("_SMSTSBootMediaSourceVersion", to: String(version))
        }
        try request.kind.rules.addVariables(to: &list)
        // A client that expects the image's files at the root takes its package from the cache then
        // (docs/decisions/prestaged-layouts.md).
        if request.kind.rules.operatingSystemImageLayout(on: request.format) == .package {
            try list.set("OSDUseAlreadyDeployedImage", to: "false")
        }
        let management = request.kind.rules.management
        if !management.points.isEmpty, let mode = request.format.launchMode {
            try list.set("_SMSTSLaunchMode", to: mode)
        }
        if !management.points.isEmpty, certificate != nil || !management.trust.isEmpty {
            try management.addCertificateVariables(to: &list)
        }
        if let certificate { try list.setCertificate(certificate) }
        if let prestart = request.prestart { try list.set(MediaVariableName.prestartCommand, to: prestart.commandLine) }
        if let key = request.signingKey?.verificationKey {
            try list.set(ManifestSignature.variableName, to: Base64.encode(key.der))
        }
        for variable in request.variables { try list.set(variable.name, to: variable.value) }
        return list
    }
}
