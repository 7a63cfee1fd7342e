// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// What a task sequence is to be used for.
    public static let purpose = RequestField("for")
    /// The name of a task sequence.
    public static let name = RequestField("name")
    /// The description of a task sequence.
    public static let description = RequestField("description")
    /// The architecture of the boot image.
    public static let bootImageArchitecture = RequestField("boot-image-architecture")
    /// Windows' product key.
    public static let productKey = RequestField("product-key")
    /// How a Windows Server is licensed.
    public static let licensingMode = RequestField("licensing-mode")
    /// The connections that per-server licensing is for.
    public static let maximumConnections = RequestField("maximum-connections")
    /// Whether the local administrator gets a random password and is disabled.
    public static let randomAdministratorPassword = RequestField("random-administrator-password")
    /// The local administrator's password.
    public static let administratorPassword = RequestField("administrator-password")
    /// The time zone.
    public static let timeZone = RequestField("time-zone")
    /// Who Windows is registered to.
    public static let registeredUser = RequestField("registered-user")
    /// The organisation that Windows is registered to.
    public static let registeredOrganization = RequestField("registered-organization")
    /// The workgroup to join.
    public static let workgroup = RequestField("workgroup")
    /// The domain to join.
    public static let domain = RequestField("domain")
    /// Where in the domain.
    public static let organizationalUnit = RequestField("organizational-unit")
    /// The account that may join the domain.
    public static let domainAccount = RequestField("domain-account")
    /// This account's password.
    public static let domainPassword = RequestField("domain-password")
    /// The package of Configuration Manager's client.
    public static let clientPackage = RequestField("client-package")
    /// Properties for the client's installation.
    public static let clientProperties = RequestField("client-properties")
    /// Whether applications are installed after one that failed.
    public static let continueOnFailure = RequestField("continue-on-failure")
    /// Where a captured image goes.
    public static let capturePath = RequestField("capture-path")
    /// The account that may write there.
    public static let captureAccount = RequestField("capture-account")
    /// This account's password.
    public static let capturePassword = RequestField("capture-password")
    /// Who made an image.
    public static let createdBy = RequestField("created-by")
    /// The version of an image.
    public static let version = RequestField("version")
    /// The description of an image.
    public static let imageDescription = RequestField("image-description")
    /// The template of a task sequence.
    public static let template = RequestField("template")
    /// A value for a template's own placeholder.
    public static let value = RequestField("value")

    /// The fields of new task sequences, those of all task sequences left out.
    public static let ofNewSequences: [RequestField] = [
        .purpose, .name, .description, .bootImageArchitecture, .productKey, .licensingMode, .maximumConnections,
        .randomAdministratorPassword, .administratorPassword, .timeZone, .registeredUser, .registeredOrganization,
        .workgroup, .domain, .organizationalUnit, .domainAccount, .domainPassword, .clientPackage,
        .clientProperties, .continueOnFailure, .capturePath, .captureAccount, .capturePassword, .createdBy,
        .version, .imageDescription, .template, .value,
    ]
}
