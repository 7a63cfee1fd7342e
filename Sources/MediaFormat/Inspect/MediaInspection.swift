// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Cryptography
import Support

/// What media is, what is on it, and who signed its loaders.
public struct MediaInspection: Sendable, Equatable, Encodable {
    /// A way in which firmware starts the media.
    public struct BootEntry: Sendable, Equatable, Encodable {
        /// "bios" or "uefi".
        public let firmware: String
        /// x64, x86 or arm64; nil when it cannot be told.
        public let architecture: String?
        /// The file that the firmware starts; inside the El Torito image for UEFI on a disc.
        public let loader: String?
        /// The certificate authority that signed the loader; nil when it is unsigned, as BIOS loaders are.
        public let certificate: String?
    }

    /// Content on the media.
    public struct Content: Sendable, Equatable, Encodable {
        /// The package, or the content of an application.
        public let id: String
        /// Its number of files on this volume.
        public let files: Int
        /// The sum of their sizes in bytes.
        public let size: Int64
        /// What was left out of it because the media cannot hold the names.
        public let leftOut: [String]
    }

    /// An image that lies on the media in parts (.swm).
    public struct SplitImage: Sendable, Equatable, Encodable {
        /// The first of its parts on this volume.
        public let path: String
        /// The numbers of its parts on this volume, from 1.
        public let parts: [Int]
        /// How many parts it has.
        public let partCount: Int
        /// The sum of the sizes of those on this volume in bytes.
        public let size: Int64
    }

    /// The task sequence.
    public struct TaskSequence: Sendable, Equatable, Encodable {
        /// Its package ID.
        public let id: String
        /// Its name.
        public let name: String
    }

    /// What the policies of stand-alone media are, without a value of any.
    public struct Policies: Sendable, Equatable, Encodable {
        /// The policies of one class.
        public struct Class: Sendable, Equatable, Encodable {
            /// The class, as `CCM_TaskSequence`.
            public let name: String
            /// How many there are.
            public let policyCount: Int
        }

        /// The classes, by name.
        public let classes: [Class]
        /// Which kinds of secret they hold, in words.
        public let secrets: [String]
    }

    /// The certificate by which the media proves who it is.
    public struct Certificate: Sendable, Equatable, Encodable {
        /// Whom it names.
        public let subject: String
        /// Who issued it.
        public let issuer: String
        /// When it begins to be valid, as YYYY-MM-DDThh:mm:ssZ.
        public let validFrom: String
        /// When it ceases to be valid.
        public let validUntil: String
        /// Its SHA-1 in upper case hexadecimal, as Windows shows it.
        public let thumbprint: String
        /// The algorithm of its key.
        public let keyAlgorithm: String
        /// The bits of its key.
        public let keyBits: Int
        /// How it was signed.
        public let signatureAlgorithm: String
        /// Whether it was made with the media, rather than issued by an authority.
        public let isSelfSigned: Bool
    }

    /// A root certificate authority of the site that the media knows.
    public struct RootCertificate: Sendable, Equatable, Encodable {
        /// Whom it names.
        public let subject: String
        /// When it ceases to be valid, as YYYY-MM-DDThh:mm:ssZ.
        public let validUntil: String
        /// Its SHA-1 in upper case hexadecimal.
        public let thumbprint: String

        /// What is told of `certificate`.
        public init(_ certificate: Cryptography.Certificate) {
            subject = certificate.subject
            validUntil = CivilTime(certificate.validUntil).text
            thumbprint = certificate.thumbprint
        }
    }

    /// A media variable; its value is redacted when it may be a secret.
    public struct Variable: Sendable, Equatable {
        /// Its name as it is spelled.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// The signature of the manifest, of which nothing but what it says itself was checked.
    public struct Signature: Sendable, Equatable, Encodable {
        /// What there is to say of it.
        public let status: SignatureVerdict
        /// What the keys are called that it says to be by.
        public let keys: [String]
    }

    /// The kind of media.
    public let mediaType: MediaType
    /// The label.
    public let label: String?
    /// The file systems that lead to its files, the one that they were read through first, as `UDF 1.02`; nil for folders
    /// and WIMs.
    public let fileSystems: [String]?
    /// The number of this volume.
    public let volume: Int
    /// How many volumes the media has.
    public let volumeCount: Int
    /// The media GUID; nil when only the password would tell it.
    public let mediaGuid: String?
    /// Whether the media asks for a password.
    public let passwordRequired: Bool
    /// Whether the media asks nothing.
    public let unattended: Bool
    /// The boot image on the media, as its manifest names it, or else its variables.
    public let bootImage: MediaManifest.BootImage?
    /// What a boot image on the media was made of that is not Windows PE; nil for Windows PE.
    public let openBootImage: OpenBootImageFacts?
    /// The operating system image whose files lie at the root, as its manifest names it.
    public let operatingSystemImage: MediaManifest.OperatingSystemImage?
    /// The ways in which firmware starts the media.
    public let bootEntries: [BootEntry]
    /// Every UEFI loader.
    public let loaders: [LoaderInspection]
    /// The certificate of the media; nil without the password, and when it has none.
    public let certificate: Certificate?
    /// The root certificate authorities that the media knows its site by; nil without the password.
    public let rootCertificates: [RootCertificate]?
    /// The signature of the manifest; nil when there is none.
    public let signature: Signature?
    /// The SHA-256 of the key that the media wants its manifests to be signed with; nil without the password, and when it
    /// wants none.
    public let manifestKey: String?
    /// When stand-alone media begins to work, as YYYY-MM-DDThh:mm:ssZ; nil when it does not say.
    public let startsAt: String?
    /// When stand-alone media ceases to work; nil when it does not say.
    public let expiresAt: String?
    /// The variables; nil without the password.
    public let variables: [Variable]?
    /// The contents.
    public let contents: [Content]
    /// The images that lie on the media in parts.
    public let splitImages: [SplitImage]
    /// The task sequence of stand-alone media.
    public let taskSequence: TaskSequence?
    /// The policies; nil when the media has none, or none that can be read.
    public let policies: Policies?
    /// What a prestaged WIM says about itself.
    public let prestaged: PrestagedProperties?
    /// What the user should know about the media.
    public let warnings: [String]

    /// True when only the password of the media would tell what is in its variables.
    var isClosed: Bool { passwordRequired && variables == nil }
}

// Written out because the variables are an object, by their names.

extension MediaInspection {
    private enum CodingKeys: String, CodingKey {
        case mediaType, label, fileSystems, volume, volumeCount, mediaGuid, passwordRequired, unattended, bootImage
        case openBootImage, operatingSystemImage, bootEntries
        case loaders, certificate, rootCertificates, signature, manifestKey, startsAt, expiresAt, variables, contents,
            splitImages
        case taskSequence, policies
        case prestaged, warnings
    }

    /// Encodes every key.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(mediaType, forKey: .mediaType)
        try container.encode(label, forKey: .label)
        try container.encode(fileSystems, forKey: .fileSystems)
        try container.encode(volume, forKey: .volume)
        try container.encode(volumeCount, forKey: .volumeCount)
        try container.encode(mediaGuid, forKey: .mediaGuid)
        try container.encode(passwordRequired, forKey: .passwordRequired)
        try container.encode(unattended, forKey: .unattended)
        try container.encode(bootImage, forKey: .bootImage)
        try container.encode(openBootImage, forKey: .openBootImage)
        try container.encode(operatingSystemImage, forKey: .operatingSystemImage)
        try container.encode(bootEntries, forKey: .bootEntries)
        try container.encode(loaders, forKey: .loaders)
        try container.encode(certificate, forKey: .certificate)
        try container.encode(rootCertificates, forKey: .rootCertificates)
        try container.encode(signature, forKey: .signature)
        try container.encode(manifestKey, forKey: .manifestKey)
        try container.encode(startsAt, forKey: .startsAt)
        try container.encode(expiresAt, forKey: .expiresAt)
        let named = variables.map { Dictionary($0.map { ($0.name, $0.value) }) { _, last in last } }
        try container.encode(named, forKey: .variables)
        try container.encode(contents, forKey: .contents)
        try container.encode(splitImages, forKey: .splitImages)
        try container.encode(taskSequence, forKey: .taskSequence)
        try container.encode(policies, forKey: .policies)
        try container.encode(prestaged, forKey: .prestaged)
        try container.encode(warnings, forKey: .warnings)
    }
}
