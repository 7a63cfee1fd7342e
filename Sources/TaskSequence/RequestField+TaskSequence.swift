// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// Which task sequence of several.
    public static let taskSequenceID = RequestField("task-sequence-id")
    /// A boot image.
    public static let bootImage = RequestField("boot-image")
    /// An operating system image.
    public static let operatingSystemImage = RequestField("operating-system-image")
    /// The number of an image in its file.
    public static let operatingSystemImageIndex = RequestField("operating-system-image-index")
    /// An application.
    public static let application = RequestField("application")
    /// Whether what applications depend on is taken too.
    public static let includeApplicationDependencies = RequestField("include-application-dependencies")
    /// What the site knows about packages and applications.
    public static let catalog = RequestField("catalog")

    /// The fields of task sequences and of what they need.
    public static let ofTaskSequences: [RequestField] = [
        .taskSequenceID, .bootImage, .operatingSystemImage, .operatingSystemImageIndex, .application,
        .includeApplicationDependencies, .catalog,
    ]
}
