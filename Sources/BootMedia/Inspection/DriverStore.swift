// SPDX-License-Identifier: GPL-3.0-or-later

import DriverPackages
import Support
import WindowsImaging

/// A driver in a boot image.
public struct BootImageDriver: Sendable, Equatable {
    /// Where it comes from.
    public enum Origin: String, Sendable, Encodable {
        /// Windows PE brings it.
        case windows
        /// Somebody added it to the image.
        case added
    }

    /// Where its INF file lies in the image.
    public let path: String
    /// Its name in `Windows\INF`, as `oem3.inf`; nil when it is not there.
    public let publishedName: String?
    /// Where it comes from.
    public let origin: Origin
    /// What its INF file says.
    public let file: DriverFile

    /// The name by which people know it: that of its INF file.
    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// The drivers of a boot image.
public struct DriverStore: Sendable {
    /// Every driver, by path.
    public let drivers: [BootImageDriver]
    /// What could not be read, a line each.
    public let warnings: [DiagnosticText]
}

extension BootImage {
    /// More drivers than any image has.
    private static let driverLimit = 20_000
    /// More bytes than all INF files of any image have.
    private static let driverByteLimit = 1 << 30
    /// IDs of all drivers together, which are held in memory.
    private static let driverIDLimit = 1_000_000
    /// Warnings about single files; more are counted.
    private static let driverWarningLimit = 10

    /// Reads the INF files of the driver store, `Windows\System32\DriverStore\FileRepository\*\*.inf`, and those in
    /// `Windows\INF` that were added as oem*.inf and are not in the store.
    ///
    /// Each file is read once. A driver was added when `Windows\INF` has it as oem*.inf, the name that Windows gives to
    /// drivers that are not its own; files that are not there are told by their provider [I].
    ///
    /// - Throws: ``BootMediaError`` when the list of files cannot be read; `InterruptedError`.
    public func driverStore(interruption: Interruption = .ofProcess) throws -> DriverStore {
        let store = try infFiles(below: "Windows/System32/DriverStore/FileRepository", depth: 2)
        let published = try infFiles(below: "Windows/INF", depth: 1)
        // The archive holds equal files once, so that the published copy lies where the store's file does.
        var names: [WindowsImageStorage: String] = [:]
        for entry in published.entries {
            if let storage = entry.storage, names[storage] == nil || entry.path.name.isOEMName {
                names[storage] = entry.path.name
            }
        }
        let inStore = Set(store.entries.compactMap(\.storage))
        let others = published.entries.filter { entry in
            entry.path.name.isOEMName && entry.storage.map { !inStore.contains($0) } ?? false
        }
        var reading = DriverReading(title: title, warningLimit: Self.driverWarningLimit)
        for error in store.refused.errors + published.refused.errors {
            reading.warn("\(title) has a file whose \(error.object) \(error.problem)")
        }
        let reader = WindowsImageReader(image)
        for entry in store.entries + others {
            try interruption.check()
            guard reading.drivers.count < Self.driverLimit, reading.byteCount < Self.driverByteLimit,
                reading.idCount < Self.driverIDLimit
            else {
                reading.isCut = true
                break
            }
            let bytes: [UInt8]
            do { bytes = try reader.contents(of: entry, limit: DriverFile.byteCountLimit) } catch {
                reading.warn("driver \(DiagnosticText(error))")
                continue
            }
            reading.add(bytes, entry.path, publishedName: entry.storage.flatMap { names[$0] })
        }
        return reading.result
    }

    private func infFiles(
        below folder: String, depth: Int
    ) throws -> (entries: [WindowsImageEntry], refused: RefusedNames) {
        let path = try MediaPath(folder)
        let found = try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.entriesAndRefusedNames(below: path, inImage: imageIndex)
        }
        let suffix: CaseFoldedName = ".inf"
        let entries = found.entries.filter { entry in
            entry.isPlainFile && entry.path.description.caseFolded.hasSuffix(suffix)
                && entry.path.components.count == path.components.count + depth
        }
        return (entries.sorted { $0.path < $1.path }, found.refused)
    }
}

/// Drivers while they are read.
private struct DriverReading {
    let title: String
    let warningLimit: Int
    var drivers: [BootImageDriver] = []
    var byteCount = 0
    var idCount = 0
    var isCut = false
    private var warnings: [DiagnosticText] = []
    private var unlistedWarningCount = 0

    init(title: String, warningLimit: Int) {
        self.title = title
        self.warningLimit = warningLimit
    }

    mutating func warn(_ warning: DiagnosticText) {
        if warnings.count < warningLimit { warnings.append(warning) } else { unlistedWarningCount += 1 }
    }

    mutating func add(_ bytes: [UInt8], _ path: MediaPath, publishedName: String?) {
        byteCount += bytes.count
        guard let file = DriverFile(bytes) else {
            return warn("driver \(path) in \(title) is no INF file of Windows, and is left out")
        }
        if file.isCut { warn("driver \(path) in \(title) is larger than any; the rest of it is not looked at") }
        idCount += file.models.reduce(0) { $0 + $1.hardwareIDs.count }
        let isMicrosofts = file.provider.map { $0.lowercased().hasPrefix("microsoft") } ?? false
        let isAdded = publishedName.map(\.isOEMName) ?? !isMicrosofts
        drivers.append(
            BootImageDriver(
                path: path.description, publishedName: publishedName, origin: isAdded ? .added : .windows, file: file))
    }

    var result: DriverStore {
        var all = warnings
        if unlistedWarningCount > 0 { all.append("\(unlistedWarningCount) further drivers of \(title) cannot be read") }
        if isCut { all.append("\(title) has more drivers than any; the rest of them is not looked at") }
        return DriverStore(drivers: drivers.sorted { $0.path < $1.path }, warnings: all)
    }
}

extension String {
    /// True for the name that Windows gives to a driver that is not its own: oem12.inf.
    fileprivate var isOEMName: Bool {
        let name = lowercased()
        guard name.hasPrefix("oem"), name.hasSuffix(".inf") else { return false }
        let number = name.dropFirst(3).dropLast(4)
        return !number.isEmpty && number.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
