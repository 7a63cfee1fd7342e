// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import MediaFormat
import MediaVariables
import Support
import SystemPackage

/// The media that the engine was started from: what it says of itself, its variables and its task sequence.
package struct StartedMedia: Sendable {
    /// Where it is mounted.
    package let root: FilePath
    /// What it says in the clear.
    package let bootstrap: Bootstrap
    /// The label; nil where it says none.
    package let label: String?
    /// The manifest; nil on media that others made.
    package let manifest: MediaManifest?
    private let files: any OpenedMedia
    /// The SHA-256 of the manifest that was read; nil where there is none that can be used.
    private let manifestSHA256: SHA256Digest?

    /// Times that a password may be wrong, as the genuine wizard has it.
    package static let passwordTries = 3

    /// Opens what is mounted at `root`.
    ///
    /// - Throws: `MediaFormatError`; errors of reading.
    package init(root: FilePath) throws {
        self.root = root
        let files = try FolderMedia(root)
        self.files = files
        let inspector = MediaInspector()
        bootstrap = try inspector.bootstrap(of: files, root)
        let (found, sha256) = try FoundManifest.hashed(of: files, named: "the media")
        manifestSHA256 = sha256
        manifest = found.manifest
        label = try found.manifest?.label ?? inspector.label(files)
    }

    /// The content of a sealed file.
    private func sealed(_ name: String) throws -> [UInt8]? {
        guard let file = files.file(name) else { return nil }
        return try files.contents(of: file)
    }

    /// The variables; an empty list on media that has none, such as capture media.
    ///
    /// - Parameter password: nil for media without one.
    /// - Throws: `MediaVariablesError`, `.wrongPassword` for a password that does not open them.
    package func variables(_ password: MediaPassword?) throws -> MediaVariableList {
        guard let bytes = try sealed(MediaDataFile.variables) else { return MediaVariableList() }
        let plain = try EncryptedContainer.open(
            bytes, password: password ?? MediaPassword.none, name: "the variables of the media")
        return try MediaVariableList(xml: plain, name: "Variables.dat")
    }

    /// The policies; nil on media that has none.
    ///
    /// - Throws: `MediaVariablesError`.
    package func policies(_ password: MediaPassword?, _ variables: MediaVariableList) throws -> PolicyDocument? {
        guard let bytes = try sealed(MediaDataFile.policy) else { return nil }
        let guid = variables["_SMSMediaGuid"] ?? manifest?.mediaGuid ?? ""
        let plain = try EncryptedContainer.open(
            bytes, password: password ?? MediaPassword.mediaGUID(guid), name: "the policies of the media")
        return try PolicyDocument(xml: plain)
    }

    /// Makes sure that the media is by whom its variables say.
    ///
    /// That its list of files is signed, and that what is read before content is as it lists it. Media whose variables name no
    /// key may be by anybody.
    ///
    /// - Throws: ``EngineError`` `.media`; errors of reading.
    package func checkSignature(_ variables: MediaVariableList) throws {
        guard let key = try ManifestKey(variables) else { return }
        guard let manifest, let manifestSHA256 else { throw ManifestKey.refusal("it has no list of its files") }
        let found = try FoundSignature(of: files, manifest: manifestSHA256, key: key.key)
        if let problem = found.problem(key: key.key) { throw ManifestKey.refusal("its list of files \(problem)") }
        for name in [MediaDataFile.bootstrap] + MediaDataFile.sealed {
            guard let bytes = try sealed(name) else { continue }
            let listed = manifest.files.first { $0.path.caseFolded == name.caseFolded }
            guard listed?.sha256 == SHA256.digest(of: bytes) else {
                throw ManifestKey.refusal("\(name) is not as its signed list has it")
            }
        }
    }

    /// Makes sure that the media is valid now.
    ///
    /// - Throws: ``EngineError`` `.media`.
    package static func checkValidity(_ variables: MediaVariableList, now: Timestamp) throws(EngineError) {
        if let start = variables.start, now < start {
            throw EngineError(
                .media, "this media",
                "is valid from \(CivilTime(start).text) on, and this computer's clock says \(CivilTime(now).text)",
                nextStep: "set the clock, or wait")
        }
        if let end = variables.expiration, now > end {
            throw EngineError(
                .media, "this media",
                "expired at \(CivilTime(end).text), and this computer's clock says \(CivilTime(now).text)",
                nextStep: "make it again, or set the clock")
        }
    }
}
