// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import Identifiers
import Support

/// What the drivers of a boot image serve.
struct BootImageDrivers: Sendable {
    /// The boot image in messages.
    let title: String
    let facts: DriverFacts
    /// Which devices of the request's list they serve; nil when nothing was asked.
    let coverage: HardwareCoverage?
    /// What could not be read, where it matters.
    let warnings: [DiagnosticText]

    init(
        of image: BootImage, title: String, hardware: HardwareList?, interruption: Interruption
    ) throws {
        let store = try image.driverStore(interruption: interruption)
        self.title = title
        facts = DriverFacts(store, on: image.targetSystem)
        // INF files are those of Windows.
        let hasDriverStore = try image.bootFileList() == nil
        coverage = hasDriverStore ? hardware.map { HardwareCoverage($0, of: store, on: image.targetSystem) } : nil
        warnings =
            hardware == nil ? [] : hasDriverStore ? store.warnings : [image.unansweredHardwareWarning(title)]
    }
}

extension BootImage {
    /// That the drivers of this image, which is not Windows PE, are not asked about devices.
    func unansweredHardwareWarning(_ title: String) -> DiagnosticText {
        "\(title) has drivers of Linux, and the list of devices is held against INF files only: start it on such a computer"
    }
}

/// Tells what a boot image and the driver packages of a request lack.
struct DriverPlanner {
    let environment: BuildEnvironment

    /// What the user should know of `drivers`, and of the driver packages among `packages` when the request names hardware.
    func check(
        _ drivers: BootImageDrivers, needsNetwork: Bool, packages: [PackageID]
    ) throws -> (warnings: [DiagnosticText], notes: [DiagnosticText]) {
        let warnings = drivers.warnings + drivers.facts.warnings(drivers.title, needsNetwork: needsNetwork)
        guard var coverage = drivers.coverage else {
            return (warnings, [drivers.facts.note(drivers.title)].compactMap { $0 })
        }
        let unread = try coverage.add(packages, in: environment)
        return (warnings + unread + coverage.warnings(drivers.title), coverage.notes(drivers.title))
    }
}
