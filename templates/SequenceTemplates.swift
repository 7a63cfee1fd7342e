// SPDX-License-Identifier: GPL-3.0-or-later

/// The templates that are part of the program: every XML file of this folder, embedded when it is compiled, so that the
/// program finds them wherever it is copied (docs/templates.md).
public enum BuiltInTemplate: String, Sendable, CaseIterable {
    /// Builds a reference computer and captures it.
    case buildAndCapture = "build-and-capture"
    /// Captures an existing reference computer.
    case capture
    /// Installs an operating system image.
    case install

    /// The template's file.
    public var xml: [UInt8] {
        switch self {
        case .buildAndCapture: PackageResources.build_and_capture_xml
        case .capture: PackageResources.capture_xml
        case .install: PackageResources.install_xml
        }
    }
}
