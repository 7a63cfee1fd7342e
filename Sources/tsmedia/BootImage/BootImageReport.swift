// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import Identifiers
import JSON
import MediaBuilder
import SequenceTools
import Support

/// What a boot image holds, as `bootimage show` reports it: JSON here, words in BootImageReport+Text.swift.
struct BootImageReport {
    let examination: BootImageExamination
    let inspection: BootImageInspection

    /// A report, whose commands `secrecy` may hide passwords in.
    init(_ examination: BootImageExamination, secrecy: SequenceSecrecy) {
        self.examination = examination
        inspection = examination.inspection.replacingCommands { secrecy.text($0) }
    }

    /// The report for programs.
    var frame: Frame { Frame(examination, inspection) }

    /// The keys of docs/schema/bootimage-show.schema.json.
    struct Frame: Encodable {
        let file: String
        let id: PackageID?
        let version: Int?
        let imageIndex: Int
        let imageCount: Int
        let name: String
        let edition: String?
        let architecture: Architecture
        let windowsVersion: String?
        let language: String?
        let size: Int64
        let scratchSpaceSize: Int64?
        let components: [BootImageInspection.Component]
        let updates: [BootImageInspection.Component]
        let startSets: [BootImageInspection.StartSet]
        let loaders: [LoaderInspection]
        let client: BootImageInspection.Client?
        let openBootImage: OpenBootImageFacts?
        let startHooks: [BootImageInspection.StartHook]
        let drivers: Drivers
        let hardware: Hardware?
        let warnings: [DiagnosticText]

        init(_ examination: BootImageExamination, _ inspection: BootImageInspection) {
            file = examination.file
            (id, version) = (examination.packageID, examination.packageVersion)
            (imageIndex, imageCount) = (inspection.imageIndex, inspection.imageCount)
            (name, edition) = (inspection.name, inspection.edition)
            architecture = inspection.architecture
            (windowsVersion, language) = (inspection.windowsVersion, inspection.language)
            (size, scratchSpaceSize) = (examination.byteCount, inspection.scratchSpaceByteCount)
            (components, updates) = (inspection.components, inspection.updates)
            (startSets, loaders) = (inspection.startSets, inspection.loaders)
            openBootImage = inspection.open
            (client, startHooks) = (inspection.client, inspection.startHooks)
            drivers = Drivers(drivers: inspection.drivers.drivers)
            hardware = examination.hardware.map(Hardware.init)
            warnings = examination.warnings
        }
    }

    /// Very many, with very many IDs, so that each is put into words only when it is written.
    struct Drivers: Encodable {
        let drivers: [BootImageDriver]

        func encode(to encoder: any Encoder) throws { try JSONList(drivers.lazy.map(Driver.init)).encode(to: encoder) }
    }

    /// A driver.
    struct Driver: Encodable {
        let path: String
        let publishedName: String?
        let origin: BootImageDriver.Origin
        let role: DriverClass.Role
        let `class`: String?
        let classGuid: String?
        let provider: String?
        let version: String?
        let date: String?
        let models: [Models]

        init(_ driver: BootImageDriver) {
            (path, publishedName, origin) = (driver.path, driver.publishedName, driver.origin)
            let file = driver.file
            role = file.driverClass.role
            (`class`, classGuid) = (file.driverClass.name, file.driverClass.guid)
            (provider, version, date) = (file.provider, file.version, file.date)
            models = file.models.map(Models.init)
        }
    }

    /// The hardware IDs of a section.
    struct Models: Encodable {
        let target: String
        let architecture: Architecture?
        let hardwareIds: [String]

        init(_ models: DriverModels) {
            (target, architecture) = (models.target.text, models.target.architecture)
            hardwareIds = Array(models.hardwareIDs)
        }
    }

    /// The devices that were asked for.
    struct Hardware: Encodable {
        let file: String
        let devices: [Device]
        let otherDeviceCount: Int

        init(_ coverage: HardwareCoverage) {
            file = coverage.list.name
            devices = coverage.devices.map(Device.init)
            otherDeviceCount = coverage.list.otherDeviceCount
        }
    }

    /// A device that was asked for.
    struct Device: Encodable {
        /// A driver that serves it.
        struct Driver: Encodable {
            let packageId: PackageID?
            let path: String
            let hardwareId: String

            init(_ driver: HardwareCoverage.Driver) {
                (packageId, path, hardwareId) = (driver.packageID, driver.path, driver.hardwareID)
            }
        }

        let name: String?
        let role: DriverClass.Role?
        let hardwareIds: [String]
        let status: DeviceStatus
        let bootImageDriver: Driver?
        let packageDrivers: [Driver]

        init(_ device: HardwareCoverage.Device) {
            (name, role, hardwareIds) = (device.device.name, device.device.role, device.device.ids)
            status = DeviceStatus(device)
            bootImageDriver = device.bootImageDriver.map(Driver.init)
            packageDrivers = device.packageDrivers.map(Driver.init)
        }
    }
}

/// How a device fares.
enum DeviceStatus: String, Encodable, CaseIterable {
    /// The boot image has a driver.
    case served
    /// A driver package has one, and the boot image none.
    case packageOnly = "package-only"
    /// Nobody has one.
    case unserved

    init(_ device: HardwareCoverage.Device) {
        self =
            device.bootImageDriver != nil ? .served : device.packageDrivers.isEmpty ? .unserved : .packageOnly
    }
}
