// SPDX-License-Identifier: GPL-3.0-or-later

/// A class of the SMS Provider that is read, by its own name, and what is read of it.
///
/// These are all names of classes and properties that this program knows; a test holds them against
/// docs/formats/site.md.
enum SiteClass: String, CaseIterable, Sendable {
    /// The site that answers.
    case identification = "SMS_Identification"
    /// A site of the hierarchy.
    case site = "SMS_Site"
    /// A task sequence.
    case taskSequence = "SMS_TaskSequencePackage"
    /// A content or an application that a task sequence names.
    case taskSequenceReference = "SMS_TaskSequencePackageReference"
    /// A boot image.
    case bootImage = "SMS_BootImagePackage"
    /// An operating system image.
    case operatingSystemImage = "SMS_ImagePackage"
    /// An operating system upgrade package.
    case operatingSystemUpgradePackage = "SMS_OperatingSystemInstallPackage"
    /// A package.
    case package = "SMS_Package"
    /// A driver package.
    case driverPackage = "SMS_DriverPackage"
    /// An application.
    case application = "SMS_Application"
    /// What package holds the content of an object.
    case contentInfo = "SMS_ObjectContentInfo"
    /// A distribution point.
    case distributionPointInfo = "SMS_DistributionPointInfo"
    /// Where a package is, and how it stands there.
    case packageStatus = "SMS_PackageStatus"
    /// A server with a role.
    case systemResource = "SMS_SystemResourceList"
    /// A certificate that the site knows.
    case certificate = "SMS_Certificate"

    /// What a list says of each object.
    var listed: [SiteProperty] {
        switch self {
        case .identification: [.siteCode, .serverName, .version]
        case .site: [.siteCode, .serverName, .version, .type]
        case .taskSequence: [.packageID, .name, .description, .sourceVersion, .lastRefreshTime, .referencesCount]
        case .taskSequenceReference: [.packageID, .objectID, .objectName, .objectType, .version, .refPackageID]
        case .bootImage:
            [
                .packageID, .name, .architecture, .imageOSVersion, .sourceVersion, .packageSize, .defaultImage,
            ]
        case .operatingSystemImage, .operatingSystemUpgradePackage, .package, .driverPackage:
            [.packageID, .name, .version, .sourceVersion, .packageSize]
        case .application:
            [
                .ciID, .modelName, .ciVersion, .isLatest, .isSuperseded, .isExpired, .localizedDisplayName,
                .hasContent,
            ]
        case .contentInfo: [.objectID, .packageID, .sourceVersion, .sourceSize]
        case .distributionPointInfo: [.nalPath, .serverName, .siteCode, .communication, .isPullDP]
        case .packageStatus: [.packageID, .pkgServer, .status]
        case .systemResource: [.roleName, .nalPath, .serverName]
        case .certificate:
            [.smsID, .type, .keyType, .isApproved, .isBlocked, .issuedTo, .validFrom, .validUntil]
        }
    }

    /// What only a keyed read says of an object: a list leaves it out.
    var lazy: [SiteProperty] {
        switch self {
        case .taskSequence: [.sequence, .bootImageID, .type]
        case .application: [.sdmPackageXML]
        case .certificate: [.thumbprint]
        default: []
        }
    }
}

/// A property of a class of the SMS Provider, by its own name.
enum SiteProperty: String, CaseIterable, Sendable {
    case siteCode = "SiteCode"
    case serverName = "ServerName"
    case version = "Version"
    case packageID = "PackageID"
    case name = "Name"
    case description = "Description"
    case sourceVersion = "SourceVersion"
    case lastRefreshTime = "LastRefreshTime"
    case referencesCount = "ReferencesCount"
    case sequence = "Sequence"
    case bootImageID = "BootImageID"
    case type = "Type"
    case objectID = "ObjectID"
    case objectName = "ObjectName"
    case objectType = "ObjectType"
    case refPackageID = "RefPackageID"
    case architecture = "Architecture"
    case imageOSVersion = "ImageOSVersion"
    case packageSize = "PackageSize"
    case defaultImage = "DefaultImage"
    case ciID = "CI_ID"
    case modelName = "ModelName"
    case ciVersion = "CIVersion"
    case isLatest = "IsLatest"
    case isSuperseded = "IsSuperseded"
    case isExpired = "IsExpired"
    case localizedDisplayName = "LocalizedDisplayName"
    case hasContent = "HasContent"
    case sdmPackageXML = "SDMPackageXML"
    case sourceSize = "SourceSize"
    case pkgServer = "PkgServer"
    case status = "Status"
    case nalPath = "NALPath"
    case communication = "Communication"
    case isPullDP = "IsPullDP"
    case roleName = "RoleName"
    case smsID = "SMSID"
    case keyType = "KeyType"
    case isApproved = "IsApproved"
    case isBlocked = "IsBlocked"
    case issuedTo = "IssuedTo"
    case validFrom = "ValidFrom"
    case validUntil = "ValidUntil"
    case thumbprint = "Thumbprint"
}
