// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DriverPackages
import MediaBuilder
import Support

/// A boot image in words: names in a column, and lines that fit a terminal of 80 columns.
extension BootImageReport {
    private static let columnWidth = 16
    private static let lineWidth = 80

    /// The lines.
    var lines: [String] {
        let place = inspection.imageCount > 1 ? ", image \(inspection.imageIndex) of \(inspection.imageCount)" : ""
        let name = inspection.name.isEmpty ? "a boot image" : inspection.name
        let package = examination.packageID.map { "boot image \($0), \(examination.file)" } ?? examination.file
        var lines = ["\(package): \(name)\(place)"]
        lines += facts("Windows PE", [system])
        lines += facts("size", [Amounts.bytes(examination.byteCount)])
        if let open = inspection.open {
            lines += facts("made of", OpenBootImageReport.lines(of: open))
            lines += facts("starts", inspection.startSets.map(text))
            lines += facts("loaders", inspection.loaders.flatMap(text))
            return lines + facts("warning", examination.warnings.map(\.withOptions))
        }
        lines += facts("scratch space", [inspection.scratchSpaceByteCount.map { Amounts.bytes($0) } ?? "not set"])
        lines += facts("components", [list(inspection.components.map(\.name))])
        if !inspection.updates.isEmpty {
            lines += facts("updates", inspection.updates.map { "\($0.name) \($0.version)" })
        }
        lines += facts("starts", inspection.startSets.map(text))
        lines += facts("loaders", inspection.loaders.flatMap(text))
        lines += facts("ConfigMgr", client)
        lines += facts("at the start", inspection.startHooks.flatMap(text))
        lines += facts("drivers", drivers)
        lines += facts("added drivers", addedDrivers)
        lines += hardware
        lines += facts("warning", examination.warnings.map(\.withOptions))
        return lines
    }

    // MARK: Facts

    private var system: String {
        if let open = inspection.open { return "none: Linux \(open.kernel), \(inspection.architecture.rawValue)" }
        return windowsPE
    }

    private var windowsPE: String {
        [
            inspection.windowsVersion ?? "version not known", inspection.architecture.rawValue, inspection.language,
            inspection.edition.flatMap { $0.lowercased() == "windowspe" ? nil : "edition \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
    }

    private func text(_ set: BootImageInspection.StartSet) -> String {
        let name =
            (set.firmware == .bios ? "BIOS" : "UEFI") + (set.generation.map { ", loaders of \($0.rawValue)" } ?? "")
        return set.missing.isEmpty ? "\(name): yes" : "\(name): no, without \(list(set.missing))"
    }

    private func text(_ loader: LoaderInspection) -> [String] {
        let signature = loader.certificates.signatureText
        return [loader.path, "  \(loader.architecture?.rawValue ?? "no program"), \(signature)"]
            + loader.facts.map { "  \($0)" }
    }

    private var client: [String] {
        guard let client = inspection.client else { return ["none: a boot image as the Windows ADK has it"] }
        let folders = Set(client.files.map { $0.path.split(separator: "/").dropLast().joined(separator: "/") })
        let version = client.version.map { "version \($0)" } ?? "version not known"
        return ["\(version), \(Amounts.files(client.files.count)) in \(list(folders.sorted()))"]
    }

    private func text(_ hook: BootImageInspection.StartHook) -> [String] {
        [hook.path] + (hook.commands.isEmpty ? ["  no command"] : hook.commands.map { "  \($0)" })
    }

    // MARK: Drivers

    private static let roles: [(role: DriverClass.Role, title: String)] = [
        (.network, "network adapters"), (.storage, "disk controllers"), (.other, "other devices"),
    ]

    private var drivers: [String] {
        let all = inspection.drivers.drivers
        guard !all.isEmpty else { return ["none: the image has no INF file in a driver store"] }
        let byRole = Self.roles.map { role, title in
            let facts = examination.driverFacts
            let nvme = role == .storage && facts.servesNVMe ? "; NVMe is served" : ""
            let added = facts.addedCount(role)
            return "\(title): \(facts.count(role) - added) of Windows' own, \(added) added\(nvme)"
        }
        let classes = Dictionary(grouping: all) { $0.file.driverClass.name ?? "no class" }
        let byClass = classes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.count)" }
        return byRole + ["classes: \(list(byClass))"]
    }

    private var addedDrivers: [String] {
        inspection.drivers.drivers.filter { $0.origin == .added }.map(title)
    }

    private func title(_ driver: BootImageDriver) -> String {
        let file = driver.file
        let published = driver.publishedName.flatMap { $0 == driver.name ? nil : " (\($0))" } ?? ""
        let facts = [
            file.driverClass.name ?? "no class", file.provider, file.version, file.date,
            Self.ids(file.models.reduce(0) { $0 + $1.hardwareIDs.count }),
        ].compactMap { $0 }
        return "\(driver.name)\(published): \(facts.joined(separator: ", "))"
    }

    /// A driver with its IDs by section, as a paragraph of its own.
    func lines(of driver: BootImageDriver) -> [String] {
        var lines = ["", title(driver), "  \(driver.path)"]
        for models in driver.file.models where models.hardwareIDs.count > 0 {
            lines.append("  \(models.target.text.isEmpty ? "for x86" : models.target.text)")
            lines += models.hardwareIDs.map { "    \($0)" }
        }
        return lines
    }

    private static func ids(_ count: Int) -> String { count == 1 ? "1 hardware ID" : "\(count) hardware IDs" }

    // MARK: Hardware

    /// A table: what has a driver last, because it needs nobody.
    private var hardware: [String] {
        guard let coverage = examination.hardware else { return [] }
        let other = coverage.list.otherDeviceCount
        var lines = facts(
            "hardware",
            [
                "\(coverage.list.name): \(coverage.devices.count) PCI and USB devices"
                    + (other > 0 ? "; \(other) on other buses are passed over" : "")
            ])
        for status in DeviceStatus.allCases.reversed() {
            let devices = coverage.devices.filter { DeviceStatus($0) == status }
            guard !devices.isEmpty else { continue }
            let heading =
                switch status {
                case .unserved: "no driver"
                case .packageOnly: "packages only"
                case .served: "served"
                }
            lines += facts(heading, devices.flatMap(text))
        }
        return lines
    }

    private func text(_ device: HardwareCoverage.Device) -> [String] {
        let role = device.isNeededByWindowsPE ? " (\(device.device.role?.rawValue ?? ""))" : ""
        let name = device.device.name.map { "\($0)\(role)" }
        let id = (device.device.ids.first ?? "") + (name == nil ? role : "")
        let packages = device.packageDrivers.map { "\($0.path) in package \($0.packageID?.description ?? "")" }
        let drivers =
            (device.bootImageDriver.map { [$0.path.split(separator: "/").last.map(String.init) ?? $0.path] } ?? [])
            + (device.bootImageDriver == nil ? packages : [])
        return [name, name == nil ? id : "  \(id)"].compactMap { $0 } + drivers.map { "  by \($0)" }
    }

    // MARK: Lines

    private func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }

    /// Lines with `name` before the first; those that are too long go on below, at their words.
    private func facts(_ name: String, _ values: [String]) -> [String] {
        values.flatMap { Self.wrapped($0, width: Self.lineWidth - Self.columnWidth - 2) }.enumerated()
            .map { index, value in
                let head = index == 0 ? name : ""
                return "  " + head + String(repeating: " ", count: Self.columnWidth - head.count) + value
            }
    }

    /// `text` in lines of at most `width` characters where its words allow it; all but the first are set two further in.
    private static func wrapped(_ text: String, width: Int) -> [String] {
        let text = text.onOneLine
        let indent = String(text.prefix { $0 == " " })
        var lines: [String] = []
        var line = indent
        var isStart = true
        for word in text.split(separator: " ") {
            if !isStart, line.count + 1 + word.count > width {
                lines.append(line)
                line = indent + "  "
                isStart = true
            }
            line += (isStart ? "" : " ") + word
            isStart = false
        }
        return lines + [line]
    }
}
