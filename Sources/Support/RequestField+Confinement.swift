// SPDX-License-Identifier: GPL-3.0-or-later

extension RequestField {
    /// Whether a run does without the sandbox.
    public static let noSandbox = RequestField("no-sandbox")

    /// The fields of the sandbox.
    public static let ofConfinement: [RequestField] = [.noSandbox]
}
