// SPDX-License-Identifier: GPL-3.0-or-later

import Markup

/// What a task sequence is for (the property Type of SMS_TaskSequencePackage; `_SMSTSType`).
public enum TaskSequenceType: Int, Sendable {
    /// Anything but deploying an operating system.
    case generic = 1
    /// Deploying an operating system.
    case operatingSystemDeployment = 2
}

/// The containers a task sequence may come in (task-sequence.md section 2).
public enum TaskSequenceFormat: String, Sendable {
    /// A bare `<sequence>`.
    case sequence
    /// `<SmsTaskSequencePackage>`.
    case wrapper
    /// object.xml, alone or in an export.
    case instance
    /// MDT's ts.xml: a bare sequence of version 3.00.
    case deploymentToolkit
}

/// A task sequence with what its container says about it.
public struct TaskSequencePackage: Sendable {
    /// A property of the container that has one value.
    public struct Property: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String
    }

    /// A content that ReferencesInfo.xml of an export describes.
    public struct DescribedReference: Sendable, Equatable {
        /// The package ID.
        public let packageID: String
        /// The name at the site it came from.
        public let name: String
        /// The description at the site it came from.
        public let description: String
        /// The version, often empty.
        public let version: String
        /// The site's number of the kind of content, such as 258 for a boot image.
        public let packageType: String

        /// A reference of these properties.
        package init(packageID: String, name: String, description: String, version: String, packageType: String) {
            self.packageID = packageID
            self.name = name
            self.description = description
            self.version = version
            self.packageType = packageType
        }
    }

    /// The package ID; only object.xml has one.
    public var packageID: String?
    /// The name; for a bare sequence the name of its file.
    public var name: String
    /// The description.
    public var description: String
    /// The boot image's package ID, or nil when none is chosen.
    public var bootImageID: String?
    /// What the task sequence is for, when the container says so.
    public var type: TaskSequenceType?
    /// The groups and steps.
    public var sequence: SequenceDefinition
    /// The bare `<sequence>` text as it was in the file, UTF-8.
    public var sequenceXML: [UInt8]
    /// How the sequence was laid out on lines.
    public var layout: SequenceLayout
    /// The container it came in.
    public var format: TaskSequenceFormat
    /// The file it was read from, for messages.
    public var source: String
    /// The single-valued properties of the container, in document order, the sequence excepted.
    public var properties: [Property]
    /// The package ID of each application by its model name (AppReferencesInfo.xml).
    public var applicationPackages: [String: String]
    /// What ReferencesInfo.xml says about the referenced contents.
    public var describedReferences: [DescribedReference]
    /// The programs of packages that the export describes.
    public var programs: [PackageProgram] = []
    /// True when the export's Manifest.xml names it as what was exported, false when it names others; nil without one.
    var isEntryObject: Bool?
    /// The instance of object.xml without its sequence, so that what is not known of it can be written again.
    var envelope: XMLElement?
    /// The other task sequences of the same file or folder: where children are looked up.
    public internal(set) var siblings: [TaskSequencePackage]

    /// Makes a task sequence.
    public init(
        packageID: String? = nil, name: String, description: String = "", bootImageID: String? = nil,
        type: TaskSequenceType? = nil, sequence: SequenceDefinition, sequenceXML: [UInt8],
        layout: SequenceLayout = .canonical, format: TaskSequenceFormat, source: String, properties: [Property] = [],
        applicationPackages: [String: String] = [:], describedReferences: [DescribedReference] = []
    ) {
        self.packageID = packageID
        self.name = name
        self.description = description
        self.bootImageID = bootImageID
        self.type = type
        self.sequence = sequence
        self.sequenceXML = sequenceXML
        self.layout = layout
        self.format = format
        self.source = source
        self.properties = properties
        self.applicationPackages = applicationPackages
        self.describedReferences = describedReferences
        siblings = []
    }
}
