// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// What a site knows about its packages and applications and an exported task sequence does not say.
///
/// The file is ours (docs/site-catalog.md); ``SiteCatalogFile`` reads it.
public struct SiteCatalog: Sendable, Equatable {
    /// What a package holds.
    public enum PackageType: String, Sendable, CaseIterable {
        /// A package with or without programs.
        case package
        /// A driver package.
        case driverPackage = "driver-package"
        /// A boot image.
        case bootImage = "boot-image"
        /// An operating system image.
        case operatingSystemImage = "operating-system-image"
        /// An operating system upgrade package.
        case operatingSystemUpgradePackage = "operating-system-upgrade-package"

        /// The type for the site's number of it (SMS_PackageBaseclass.PackageType), or nil for another.
        public init?(number: String) {
            switch number {
            case "0": self = .package
            case "3": self = .driverPackage
            case "257": self = .operatingSystemImage
            case "258": self = .bootImage
            case "259": self = .operatingSystemUpgradePackage
            default: return nil
            }
        }
    }

    /// A package, driver package, image or upgrade package.
    public struct Package: Sendable, Equatable {
        /// The package ID, in upper case.
        public let id: String
        /// The name.
        public let name: String
        /// What it holds.
        public let type: PackageType
        /// The version in words, as the console shows it.
        public let version: String?
        /// The contents that make it up, as `ABC00001.2`.
        public let contents: [String]
        /// The packages whose programs must run before its own ("run another program first").
        public let dependencies: [String]

        /// Describes a package.
        public init(
            id: String, name: String, type: PackageType = .package, version: String? = nil, contents: [String] = [],
            dependencies: [String] = []
        ) {
            self.id = id.uppercased()
            self.name = name
            self.type = type
            self.version = version
            self.contents = contents
            self.dependencies = dependencies
        }
    }

    /// An application.
    public struct Application: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The model name, `ScopeId_.../Application_...`, by which task sequences know it.
        public let modelName: String
        /// The package ID of its content, in upper case; nil when it has no content.
        public let packageID: String?
        /// The version in words.
        public let version: String?
        /// The contents of its deployment types, as `Content_<guid>.1`.
        public let contents: [String]
        /// The applications that it needs: names, model names or package IDs.
        public let dependencies: [String]
        /// The applications that it takes the place of: names, model names or package IDs.
        public let supersedes: [String]

        /// Describes an application.
        public init(
            name: String, modelName: String, packageID: String?, version: String? = nil, contents: [String] = [],
            dependencies: [String] = [], supersedes: [String] = []
        ) {
            self.name = name
            self.modelName = modelName
            self.packageID = packageID?.uppercased()
            self.version = version
            self.contents = contents
            self.dependencies = dependencies
            self.supersedes = supersedes
        }
    }

    /// Applications that a text names; as many as there are are counted without being copied.
    public typealias Matches = LazyMapCollection<[Int], Application>

    /// The packages in the order of the file.
    public let packages: [Package]
    /// The applications in the order of the file.
    public let applications: [Application]
    private let packageIndices: [CaseFoldedName: Int]
    private let applicationIndices: ApplicationIndices
    private let supersedingIndices: [Int: [Int]]

    /// Makes a catalog.
    public init(packages: [Package] = [], applications: [Application] = []) {
        self.packages = packages
        self.applications = applications
        packageIndices = Dictionary(packages.enumerated().map { ($1.id.caseFolded, $0) }) { first, _ in first }
        applicationIndices = ApplicationIndices(applications)
        var superseding: [Int: [Int]] = [:]
        for (index, application) in applications.enumerated() {
            for name in application.supersedes {
                // A name of several is none; who asks what an application supersedes is told so.
                let old = applicationIndices[name]
                guard old.count == 1, old[0] != index, superseding[old[0]]?.last != index else { continue }
                superseding[old[0], default: []].append(index)
            }
        }
        supersedingIndices = superseding
    }

    /// The package `id`, in either case.
    public func package(_ id: String) -> Package? { packageIndices[id.caseFolded].map { packages[$0] } }

    /// The applications that `text` names: a model name or a package ID names one, a name may be that of several.
    ///
    /// A model name counts more than a package ID, that more than a name, and a name in the same case more than others.
    public func applications(_ text: String) -> Matches { applicationIndices[text].lazy.map { applications[$0] } }

    /// The applications that supersede `application`.
    public func applications(superseding application: Application) -> [Application] {
        guard let index = applicationIndices.index(modelName: application.modelName) else { return [] }
        return (supersedingIndices[index] ?? []).map { applications[$0] }
    }

    /// Compares the entries.
    public static func == (left: SiteCatalog, right: SiteCatalog) -> Bool {
        left.packages == right.packages && left.applications == right.applications
    }
}

/// Where the applications of a catalog are, by what names them.
///
/// Every kind of name has its own table, so that no lookup takes longer however many applications have one name.
private struct ApplicationIndices: Sendable {
    private var modelNames: [CaseFoldedName: Int] = [:]
    private var packageIDs: [CaseFoldedName: [Int]] = [:]
    private var names: [ExactText: [Int]] = [:]
    private var foldedNames: [CaseFoldedName: [Int]] = [:]

    init(_ applications: [SiteCatalog.Application]) {
        for (index, application) in applications.enumerated() {
            if modelNames[application.modelName.caseFolded] == nil {
                modelNames[application.modelName.caseFolded] = index
            }
            if let id = application.packageID { packageIDs[id.caseFolded, default: []].append(index) }
            names[ExactText(application.name), default: []].append(index)
            foldedNames[application.name.caseFolded, default: []].append(index)
        }
    }

    func index(modelName: String) -> Int? { modelNames[modelName.caseFolded] }

    subscript(text: String) -> [Int] {
        if let index = index(modelName: text) { return [index] }
        return packageIDs[text.caseFolded] ?? names[ExactText(text)] ?? foldedNames[text.caseFolded] ?? []
    }
}
