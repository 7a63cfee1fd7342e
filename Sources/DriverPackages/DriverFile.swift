// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The devices that one Models section of a driver names.
public struct DriverModels: Sendable, Equatable {
    /// The section's name without its decoration, in small letters.
    let manufacturer: String
    /// For which systems it is.
    public let target: TargetDecoration
    /// Hardware and compatible IDs of all entries, in order.
    public let hardwareIDs: HardwareIDList
}

/// What the INF file of a driver says: "INF Version Section", "INF Manufacturer Section" and "INF Models Section"
/// (learn.microsoft.com/windows-hardware/drivers/install).
public struct DriverFile: Sendable, Equatable {
    /// Larger files are not read; the largest of Microsoft's and of vendors' have about 2 MiB.
    public static let byteCountLimit = 8 << 20
    /// More IDs of one file are not kept; those of display drivers have a few thousand.
    static let hardwareIDLimit = 50_000
    /// Manufacturers and decorations of one file.
    private static let modelsLimit = 2_000

    /// The device setup class.
    public let driverClass: DriverClass
    /// Who provides the driver.
    public let provider: String?
    /// The date of the driver, YYYY-MM-DD.
    public let date: String?
    /// The version of the driver, as `12.19.2.45`.
    public let version: String?
    /// The Models sections, in the order in which the Manufacturer section names them.
    public let models: [DriverModels]
    /// True when the file has more than is kept of one.
    public let isCut: Bool

    /// Reads the file `bytes`; nil when it is no INF file of Windows.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.byteCountLimit else { return nil }
        let document = INFDocument(bytes)
        guard let signature = document.value("signature", in: "version")?.lowercased(),
            ["$windows nt$", "$chicago$", "$windows 95$"].contains(signature)
        else { return nil }
        driverClass = DriverClass(
            name: document.value("class", in: "version"), guid: document.value("classguid", in: "version"))
        provider = document.value("provider", in: "version")
        (date, version) = Self.dateAndVersion(document)
        var reader = ModelsReader(document: document)
        models = reader.read()
        isCut = document.isCut || reader.isCut
    }

    /// The sections that Windows chooses on `system`: of each manufacturer the closest one.
    ///
    /// Where the version of the system is not known, all that may be chosen on one of its architecture.
    public func models(for system: TargetSystem) -> [DriverModels] {
        let serving = models.filter { $0.target.serves(system) }
        guard system.version != nil else { return serving }
        var chosen: [(name: String, models: DriverModels)] = []
        for models in serving {
            if let place = chosen.firstIndex(where: { $0.name == models.manufacturer }) {
                if models.target.isCloser(than: chosen[place].models.target) { chosen[place].models = models }
            } else {
                chosen.append((models.manufacturer, models))
            }
        }
        return chosen.map(\.models)
    }

    /// `DriverVer=mm/dd/yyyy[,w.x.y.z]` ("INF DriverVer Directive").
    private static func dateAndVersion(_ document: INFDocument) -> (date: String?, version: String?) {
        var fields: [String] = []
        document.forEachLine(in: "version") { line in
            guard line.key?.lowerCasedText == "driverver" else { return true }
            fields = line.fields.prefix(2).map { INFText.string(document.resolve($0)) }
            return false
        }
        let parts = (fields.first ?? "").split { $0 == "/" || $0 == "-" }.map { Int($0) }
        var date: String?
        if parts.count == 3, let month = parts[0], let day = parts[1], let year = parts[2],
            (1...12).contains(month), (1...31).contains(day), (1980...9999).contains(year)
        {
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            date = "\(year)-\(two(month))-\(two(day))"
        }
        return (date, fields.count > 1 && !fields[1].isEmpty ? fields[1] : nil)
    }

    /// Reads the Models sections that the Manufacturer section names.
    private struct ModelsReader {
        let document: INFDocument
        var isCut = false
        private var models: [DriverModels] = []
        private var seen: Set<String> = []
        private var idCount = 0

        init(document: INFDocument) { self.document = document }

        mutating func read() -> [DriverModels] {
            var entries: [(name: String, decorations: [String])] = []
            var isCut = false
            var count = 0
            document.forEachLine(in: "manufacturer") { line in
                // %strkey%=models-section-name[,TargetOSVersion]...; a name alone is that of its section as well.
                let fields = line.fields.map { INFText.string(document.resolve($0)) }
                guard let name = fields.first, !name.isEmpty else { return true }
                let decorations = line.key == nil ? [] : Array(fields.dropFirst())
                count += 1 + decorations.count
                guard count <= DriverFile.modelsLimit else {
                    isCut = true
                    return false
                }
                entries.append((name.lowercased(), decorations))
                return true
            }
            self.isCut = isCut
            for entry in entries {
                for decoration in [""] + entry.decorations { add(entry.name, decoration) }
            }
            return models
        }

        private mutating func add(_ name: String, _ decoration: String) {
            let section = decoration.isEmpty ? name : "\(name).\(decoration.lowercased())"
            guard let target = TargetDecoration(decoration), seen.insert(section).inserted else { return }
            // A section that is named and not there is empty, and Windows chooses it all the same.
            guard !decoration.isEmpty || document.has(section) else { return }
            var ids = HardwareIDList()
            var isCut = false
            var idCount = idCount
            document.forEachLine(in: section) { line in
                if line.isCut { isCut = true }
                // device-description=install-section-name,[hw-id][,compatible-id...]
                for field in line.fields.dropFirst() where !field.isEmpty {
                    guard idCount < DriverFile.hardwareIDLimit else {
                        isCut = true
                        return false
                    }
                    if ids.append(document.resolve(field)) { idCount += 1 }
                }
                return true
            }
            self.idCount = idCount
            self.isCut = self.isCut || isCut
            models.append(DriverModels(manufacturer: name, target: target, hardwareIDs: ids))
        }
    }
}
