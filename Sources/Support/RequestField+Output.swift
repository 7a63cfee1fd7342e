// SPDX-License-Identifier: GPL-3.0-or-later

extension RequestField {
    /// What is written.
    public static let output = RequestField("output")
    /// A drive that is written.
    public static let usb = RequestField("usb")
    /// Whether what is there is replaced.
    public static let force = RequestField("force")

    /// Whether what there is is listed, and nothing else done.
    public static let list = RequestField("list")

    /// The fields of all outputs.
    public static let ofOutput: [RequestField] = [.output, .usb, .force, .list]
}
