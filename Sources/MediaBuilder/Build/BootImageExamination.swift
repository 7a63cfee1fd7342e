// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import Identifiers
import Logging
import Support
import SystemPackage
import WindowsImaging

/// A boot image that was looked into.
public struct BootImageExamination: Sendable {
    /// The WIM, as it was named or as the distribution point calls it.
    public let file: String
    /// Its package; nil for a file.
    public let packageID: PackageID?
    /// The version of its package; nil for a file.
    public let packageVersion: Int?
    /// The size of the WIM.
    public let byteCount: Int64
    /// What it holds.
    public let inspection: BootImageInspection
    /// What its drivers are for.
    public let driverFacts: DriverFacts
    /// Which devices have a driver; nil when nothing was asked.
    public let hardware: HardwareCoverage?
    /// What the user should know, a line each.
    public let warnings: [DiagnosticText]
}

/// What is asked of a boot image.
public struct BootImageQuestion: Sendable {
    /// The boot image.
    public var reference: BootImageReference
    /// The number of the image in its WIM, from 1; nil for the one that is started.
    public var imageIndex: Int?
    /// The devices that it shall serve; nil to ask nothing.
    public var hardware: HardwareList?
    /// Driver packages that shall serve them too.
    public var driverPackages: [PackageID] = []

    /// Asks nothing of `reference` but what it holds.
    public init(_ reference: BootImageReference) { self.reference = reference }

    /// Looks into the boot image.
    ///
    /// - Parameter settings: where packages come from.
    /// - Throws: any `DiagnosticError`; `InterruptedError`.
    public func answer(
        _ settings: BuildSettings, observer: any BuildObserver, logger: Logger
    ) throws -> BootImageExamination {
        let environment = try settings.environment(
            logger, staging: settings.staging(beside: nil), interruption: observer.interruption,
            progress: observer.progress)
        switch reference {
        case .file(let path):
            return try examine(path, name: path.string, environment)
        case .package(let id):
            let locator = BootImageLocator(environment: environment)
            let found = try locator.find(id)
            let fetched = try found.fetch()
            return try locator.explainingDamage(of: "boot image \(id)", found, fetched) {
                try examine(
                    fetched.path, name: found.name, packageID: id, version: found.contentID.version, environment)
            }
        }
    }

    private func examine(
        _ path: FilePath, name: String, packageID: PackageID? = nil, version: Int? = nil,
        _ environment: BuildEnvironment
    ) throws -> BootImageExamination {
        let byteCount = try FileIdentity(of: path).byteCount
        let title = "boot image \(packageID?.description ?? name)"
        let image = try BootImage(
            path: path, imageIndex: imageIndex, title: title, interruption: environment.interruption,
            progress: environment.progress)
        let inspection = try image.inspect(interruption: environment.interruption)
        let facts = DriverFacts(inspection.drivers, on: image.targetSystem)
        var warnings = inspection.warnings + facts.warnings(title, needsNetwork: true)
        if let edition = inspection.edition, !ImageProperties.isWindowsPE(edition) {
            warnings.insert("\(title) is not Windows PE: its edition is \(edition)", at: 0)
        }
        let hasDriverStore = inspection.open == nil
        if !hasDriverStore, hardware != nil { warnings.append(image.unansweredHardwareWarning(title)) }
        var coverage =
            hasDriverStore ? hardware.map { HardwareCoverage($0, of: inspection.drivers, on: image.targetSystem) } : nil
        warnings += try coverage?.add(driverPackages, in: environment) ?? []
        return BootImageExamination(
            file: name, packageID: packageID, packageVersion: version, byteCount: byteCount, inspection: inspection,
            driverFacts: facts, hardware: coverage, warnings: warnings)
    }
}
