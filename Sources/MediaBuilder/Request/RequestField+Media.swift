// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A task sequence.
    public static let taskSequence = RequestField("task-sequence")
    /// A further package.
    public static let package = RequestField("package")
    /// A further driver package.
    public static let driverPackage = RequestField("driver-package")
    /// The limit of a volume.
    public static let mediaSize = RequestField("media-size")
    /// The volume label.
    public static let label = RequestField("label")
    /// The volume labels of many drives.
    public static let labelTemplate = RequestField("label-template")
    /// Whether Windows offers to start the media.
    public static let autorun = RequestField("autorun")
    /// The programs of a site's client.
    public static let clientBinaries = RequestField("client-binaries")
    /// Where large temporary files lie.
    public static let stagingFolder = RequestField("staging-folder")
    /// The GUID of the media.
    public static let mediaGUID = RequestField("media-guid")
    /// The password of the media.
    public static let password = RequestField("password")
    /// Whether the media asks nothing.
    public static let allowUnattended = RequestField("allow-unattended")
    /// A variable of the media.
    public static let variable = RequestField("variable")
    /// A command that runs when the media has started a computer.
    public static let prestartCommand = RequestField("prestart-command")
    /// The package with the files of that command.
    public static let prestartPackage = RequestField("prestart-package")
    /// When the media begins to work.
    public static let mediaStartDate = RequestField("media-start-date")
    /// When the media ceases to work.
    public static let mediaExpirationDate = RequestField("media-expiration-date")
    /// Whether images of upgrade packages are split.
    public static let splitUpgradeImages = RequestField("split-upgrade-images")
    /// Whether a Windows that is not ready for other computers is not captured.
    public static let strict = RequestField("strict")
    /// How the media finds its management point.
    public static let mediaMode = RequestField("media-mode")
    /// The URL of a management point.
    public static let managementPoint = RequestField("management-point")
    /// The code of the site.
    public static let siteCode = RequestField("site-code")
    /// What the media may do about users and devices.
    public static let userDeviceAffinity = RequestField("user-device-affinity")
    /// Whether computers are served that the site does not know.
    public static let allowUnknownMachine = RequestField("allow-unknown-machine")
    /// The site's record of such computers.
    public static let unknownMachineGUID = RequestField("unknown-machine-guid")
    /// Root certificate authorities of the site.
    public static let rootCA = RequestField("root-ca")
    /// The certificate with which the site server signs.
    public static let siteSigningCertificate = RequestField("site-signing-certificate")
    /// The trusted root key of the site.
    public static let trustedRootKey = RequestField("trusted-root-key")
    /// A certificate of the media that has its private key.
    public static let certificate = RequestField("certificate")
    /// What opens that certificate.
    public static let certificatePassword = RequestField("certificate-password")
    /// Whether a certificate is made with the media.
    public static let selfSignedCertificate = RequestField("self-signed-certificate")
    /// The day on which that begins to be valid.
    public static let certificateStart = RequestField("certificate-start")
    /// The last day on which it is valid.
    public static let certificateExpire = RequestField("certificate-expire")
    /// The private key of that certificate.
    public static let certificateKey = RequestField("certificate-key")
    /// How an operating system image lies on prestaged media.
    public static let operatingSystemImageLayout = RequestField("operating-system-image-layout")
    /// The image of a whole disk.
    public static let diskImage = RequestField("disk-image")
    /// The size of the smallest disk.
    public static let diskSize = RequestField("disk-size")
    /// A file with partitions.
    public static let partitionLayout = RequestField("partition-layout")
    /// Whether large files go to a partition of their own.
    public static let dataPartition = RequestField("data-partition")
    /// Through which file systems a disc can be seen.
    public static let fileSystem = RequestField("file-system")
    /// How a WIM is compressed.
    public static let compression = RequestField("compression")
    /// Whether a WIM has a table of hashes.
    public static let integrityTable = RequestField("integrity-table")
    /// The size of the parts of a WIM.
    public static let split = RequestField("split")
    /// An earlier WIM, of which contents are taken over.
    public static let base = RequestField("base")
    /// What else a WIM says of itself.
    public static let comment = RequestField("comment")
    /// A list of computer models.
    public static let fleet = RequestField("fleet")
    /// The memory for files that are made side by side.
    public static let memoryLimit = RequestField("memory-limit")
    /// Whether the blocks of the image of a drive are listed for those who copy it.
    public static let bmap = RequestField("bmap")
    /// Whether the image of a drive ends behind what it holds.
    public static let shrink = RequestField("shrink")
    /// Whether the hashes of what is written are listed beside it.
    public static let checksums = RequestField("checksums")
    /// Whether a disc has a checksum of itself.
    public static let implantMD5 = RequestField("implant-md5")
    /// The number of threads.
    public static let jobs = RequestField("jobs")
    /// What media shall not have any more.
    public static let drop = RequestField("drop")

    /// The fields of media, those of its parts left out.
    public static let ofMedia: [RequestField] = [
        .taskSequence, .package, .driverPackage, .mediaSize, .label, .labelTemplate, .autorun, .clientBinaries,
        .stagingFolder,
        .mediaGUID,
        .password, .allowUnattended, .variable, .prestartCommand, .prestartPackage, .mediaStartDate,
        .mediaExpirationDate, .splitUpgradeImages, .strict, .mediaMode,
        .managementPoint, .siteCode, .userDeviceAffinity, .allowUnknownMachine, .unknownMachineGUID, .rootCA,
        .siteSigningCertificate, .trustedRootKey,
        .certificate, .certificatePassword, .selfSignedCertificate, .certificateStart, .certificateExpire,
        .certificateKey, .operatingSystemImageLayout, .diskImage, .diskSize, .partitionLayout, .dataPartition,
        .fileSystem, .compression, .integrityTable, .split, .base, .comment, .fleet, .memoryLimit, .bmap, .shrink,
        .checksums, .implantMD5, .jobs,
        .drop,
    ]
}
