// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import TaskSequence

/// A package, driver package, operating system image or upgrade package of a site.
public struct SitePackage: Sendable, Equatable, Encodable {
    /// The package ID.
    public let id: PackageID
    /// The name.
    public let name: String
    /// What it holds, as in site catalogs.
    public let type: String
    /// How often its source was updated: the version of its content.
    public let version: Int
    /// The version as the console shows it; nil where nobody wrote one.
    public let displayVersion: String?
    /// Its bytes, in whole kibibytes; nil where the site does not know.
    public let size: Int64?

    /// What it holds.
    public var packageType: SiteCatalog.PackageType { SiteCatalog.PackageType(rawValue: type) ?? .package }

    init(_ entity: SiteEntity, _ type: SiteCatalog.PackageType) throws(SiteError) {
        id = try entity.packageID(.packageID)
        name = try entity.optionalText(.name) ?? id.description
        self.type = type.rawValue
        version = try entity.sourceVersion()
        displayVersion = try entity.optionalText(.version)
        size = try entity.packageSize()
    }
}

/// A boot image of a site.
public struct SiteBootImage: Sendable, Equatable, Encodable {
    /// The package ID.
    public let id: PackageID
    /// The name.
    public let name: String
    /// How often its source was updated: the version of its content.
    public let version: Int
    /// `x86`, `x64` or `arm64`; nil for another one.
    public let architecture: String?
    /// The version of its Windows, as `10.0.26100.1`.
    public let windowsVersion: String?
    /// Whether the site made it.
    public let isDefault: Bool
    /// Its bytes, in whole kibibytes; nil where the site does not know.
    public let size: Int64?

    init(_ entity: SiteEntity) throws(SiteError) {
        id = try entity.packageID(.packageID)
        name = try entity.optionalText(.name) ?? id.description
        version = try entity.sourceVersion()
        // The numbers of PROCESSOR_ARCHITECTURE [I].
        architecture = try entity.optionalNumber(.architecture).flatMap { Architecture(windowsValue: Int($0)) }?
            .rawValue
        windowsVersion = try entity.optionalText(.imageOSVersion)
        isDefault = try entity.flag(.defaultImage)
        size = try entity.packageSize()
    }
}

extension SitePackage {
    /// The package as a catalog has it.
    var catalogEntry: SiteCatalog.Package {
        SiteCatalog.Package(
            id: id.description, name: name, type: packageType, version: displayVersion,
            contents: [ContentID(package: id, version: version).description])
    }
}

extension SiteEntity {
    /// SourceVersion, the version of a content: a number of 31 bits, as everywhere.
    fileprivate func sourceVersion() throws(SiteError) -> Int {
        Int(try number(.sourceVersion, in: 0...Int64(Int32.max)))
    }

    /// PackageSize, in KiB [I], as bytes.
    fileprivate func packageSize() throws(SiteError) -> Int64? {
        try optionalNumber(.packageSize, in: 0...(Int64.max >> 10)).map { $0 << 10 }
    }
}

extension AdminService {
    /// The packages of `type`, by their IDs.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func packages(_ type: SiteCatalog.PackageType) throws -> [SitePackage] {
        let className: SiteClass =
            switch type {
            case .package: .package
            case .driverPackage: .driverPackage
            case .bootImage: .bootImage
            case .operatingSystemImage: .operatingSystemImage
            case .operatingSystemUpgradePackage: .operatingSystemUpgradePackage
            }
        var found: [SitePackage] = []
        try list(className) { found.append(try SitePackage($0, type)) }
        return found.sorted { $0.id < $1.id }
    }

    /// The boot images, by their IDs.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func bootImages() throws -> [SiteBootImage] {
        var found: [SiteBootImage] = []
        try list(.bootImage) { found.append(try SiteBootImage($0)) }
        return found.sorted { $0.id < $1.id }
    }
}
