// SPDX-License-Identifier: GPL-3.0-or-later

import DriverPackages
import Registry
import Support
import WindowsImaging

extension BootImage {
    /// Looks into the image.
    ///
    /// What of it cannot be read is a warning: it is a fact about the image.
    ///
    /// - Throws: `InterruptedError` when `interruption` is requested; ``BootMediaError`` when its lists cannot be read.
    public func inspect(interruption: Interruption = .ofProcess) throws -> BootImageInspection {
        var warnings = try startWarnings()
        let registry = registryFacts(&warnings)
        let packages = servicingPackages(&warnings)
        let hooks = startHooks(&warnings)
        try interruption.check()
        let drivers = try driverStore(interruption: interruption)
        warnings += drivers.warnings
        return BootImageInspection(
            imageIndex: imageIndex, imageCount: image.imageCount, name: name, edition: properties.edition,
            architecture: architecture, windowsVersion: Self.newer(version, registry.version),
            language: properties.defaultLanguage, scratchSpaceByteCount: registry.scratchSpaceByteCount,
            components: packages.components, updates: packages.updates, startSets: try startSets(),
            loaders: try loaders(), client: clientFiles(&warnings), startHooks: hooks, drivers: drivers,
            open: try openFacts(), warnings: warnings)
    }

    /// The text of a small file of the image; nil when there is none, with a warning when it cannot be read.
    func text(of path: String, _ warnings: inout [DiagnosticText]) -> String? {
        guard let bytes = bytes(of: path, limit: Self.textByteCountLimit, &warnings) else { return nil }
        return Text.decode(bytes, fallback: .singleByte)
    }

    /// The bytes of a file of the image; nil when there is none, with a warning when it cannot be read.
    func bytes(of path: String, limit: Int, _ warnings: inout [DiagnosticText]) -> [UInt8]? {
        do {
            guard let entry = try entry(at: path) else { return nil }
            return try image.contents(of: entry.path, inImage: imageIndex, limit: limit)
        } catch {
            warnings.append(DiagnosticText(error))
            return nil
        }
    }

    /// The plain file at `path`, whose names are separated by `/`; nil when there is none.
    func entry(at path: String) throws -> WindowsImageEntry? {
        guard let entry = try image.entry(try MediaPath(path), inImage: imageIndex), entry.isPlainFile else {
            return nil
        }
        return entry
    }

    /// Files with settings have some hundred bytes.
    private static let textByteCountLimit = 1 << 20

    // MARK: Starting

    private func startSets() throws -> [BootImageInspection.StartSet] {
        let rules = try bootFileRules()
        let isListed = try bootFileList() != nil
        var sets: [BootImageInspection.StartSet] = []
        for firmware in architecture.firmware {
            // The one loader of a listed image counts for both sets.
            for generation in firmware == .bios || isListed
                ? [.windows2011] : [LoaderGeneration.windows2011, .windows2023]
            {
                let selection = try BootFileSelection(
                    rules, in: self, firmware: firmware, generation: generation, promptsForKey: true)
                let missing = selection.missing.filter {
                    $0.need(of: firmware) == .required || (generation == .windows2023 && $0.completes2023Set)
                }
                sets.append(
                    BootImageInspection.StartSet(
                        firmware: firmware, generation: firmware == .bios || isListed ? nil : generation,
                        missing: missing.map(\.target)))
            }
        }
        return sets
    }

    private func startWarnings() throws -> [DiagnosticText] {
        do throws(BootMediaError) { return try bootFiles().warnings } catch {
            if error.failureClass == .interrupted { throw error }
            // What is missing is told with the sets.
            if error.code == .noUsableLoader {
                return ["no media can be made from \(title): no firmware would start it"]
            }
            return [DiagnosticText(error)]
        }
    }

    /// Where the loaders of both sets lie (``BootFileTable``).
    private static let loaderPaths = [
        "Windows/Boot/EFI/bootmgfw.efi", "Windows/Boot/EFI/bootmgr.efi", "Windows/Boot/EFI_EX/bootmgfw_EX.efi",
        "Windows/Boot/EFI_EX/bootmgr_EX.efi",
    ]

    private func loaders() throws -> [LoaderInspection] {
        var programs: [(path: String, evidence: LoaderEvidence?)] = []
        let listed = try bootFileList()?.files.filter { $0.target.caseFolded.hasPrefix("EFI/Boot/") } ?? []
        for path in Self.loaderPaths + listed.map(\.source.description) {
            var unread: [DiagnosticText] = []
            guard let program = bytes(of: path, limit: Self.fileByteCountLimit, &unread) else { continue }
            programs.append((path, LoaderEvidence(program)))
        }
        return LoaderInspection.all(programs)
    }

    // MARK: Registry

    private struct RegistryFacts {
        var version: String?
        var scratchSpaceByteCount: Int64?
    }

    private func registryFacts(_ warnings: inout [DiagnosticText]) -> RegistryFacts {
        var facts = RegistryFacts()
        // Set by DISM /Set-ScratchSpace; in mebibytes [V: published notes on Windows PE].
        read(hive: "Windows/System32/config/SYSTEM", &warnings) { hive in
            guard
                case .number(let size)? = hive.value(
                    "WinPECacheThreshold", of: ["ControlSet001", "Services", "FBWF"]), size <= 1 << 32
            else { return }
            facts.scratchSpaceByteCount = Int64(size) << 20
        }
        read(hive: "Windows/System32/config/SOFTWARE", &warnings) { hive in
            let key = ["Microsoft", "Windows NT", "CurrentVersion"]
            guard case .number(let major)? = hive.value("CurrentMajorVersionNumber", of: key),
                case .number(let minor)? = hive.value("CurrentMinorVersionNumber", of: key),
                case .text(let build)? = hive.value("CurrentBuildNumber", of: key)
            else { return }
            facts.version = "\(major).\(minor).\(build)"
            if case .number(let revision)? = hive.value("UBR", of: key) { facts.version? += ".\(revision)" }
        }
        return facts
    }

    /// The version in the registry where it is of the same build as the archive's, which updates do not always change.
    private static func newer(_ archive: String?, _ registry: String?) -> String? {
        guard let registry, let installed = WindowsVersion(registry) else { return archive }
        guard let archive else { return registry }
        return WindowsVersion(archive) == installed ? registry : archive
    }

    private func read(hive path: String, _ warnings: inout [DiagnosticText], _ body: (RegistryHive) -> Void) {
        do {
            guard let entry = try entry(at: path) else { return }
            try image.withExtractedFile(
                entry.path, fromImage: imageIndex, limit: Int(RegistryHive.byteCountLimit)
            ) { body(try RegistryHive(path: $0, name: "\(entry.path) in \(title)")) }
        } catch {
            warnings.append(DiagnosticText(error))
        }
    }
}
