// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// A folder of Debian packages.
    public static let packages = RequestField("packages")
    /// The processor of the computers that it starts.
    public static let bootImageArchitecture = RequestField("architecture")
    /// The version of the kernel.
    public static let kernel = RequestField("kernel")
    /// A file for the environment.
    public static let include = RequestField("include")
    /// The layout of the keyboard.
    public static let keyboard = RequestField("keyboard")
    /// The program that runs task sequences.
    public static let engine = RequestField("engine")

    /// The fields of open boot images.
    public static let ofOpenBootImages: [RequestField] = [
        .packages, .bootImageArchitecture, .kernel, .include, .keyboard, .engine,
    ]
}
