// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import WindowsImaging

extension BootImage {
    /// The files that media made from this image needs to start, chosen by ``BootFileTable``.
    ///
    /// An image that has the loaders of one firmware only gives media for that one, with a warning.
    ///
    /// - Throws: ``BootMediaError``: `.noUsableLoader` when no firmware could start, `.incomplete2023Set` when that set
    ///   was asked for, `.noPromptlessImage` when no prompt was asked for, `.architectureMismatch`, `.notAnExecutable`,
    ///   `.unreadableImage`.
    public func bootFiles(_ options: BootFileOptions = BootFileOptions()) throws(BootMediaError) -> BootFileSet {
        let isListed = try bootFileList() != nil
        let rules = try bootFileRules()
        var generation = isListed ? options.generation : try chooseGeneration(rules, options)
        var selections: [BootFileSelection] = []
        for firmware in architecture.firmware {
            selections.append(
                try BootFileSelection(
                    rules, in: self, firmware: firmware, generation: generation, promptsForKey: options.promptsForKey))
        }
        if !options.promptsForKey { try requirePromptless(rules, options, generation, selections) }
        let usable = selections.filter(\.isUsable)
        guard !usable.isEmpty else { throw noUsableLoader(selections, options) }
        let files = try read(usable.flatMap(\.choices))
        let startsUEFI = usable.contains { $0.firmware == .uefi }
        if isListed, startsUEFI { generation = try listedGeneration(files, options) }
        // No boot manager looks into an image whose files are listed.
        let warnings =
            (isListed ? [] : archiveWarnings) + missingWarnings(selections, options)
            + (isListed ? [] : bootIndexWarnings)
            + (startsUEFI ? signatureWarnings(files, options, generation, isListed: isListed) : [])
        return BootFileSet(
            architecture: architecture, files: files,
            biosBootImagePath: files.first { $0.path.description == BootFileTable.biosBootImage }?.path,
            uefiBootImagePath: files.first { $0.path.description == BootFileTable.uefiBootImage }?.path,
            generation: startsUEFI ? generation : nil, isOpen: isListed, warnings: warnings)
    }
}

// MARK: Choosing

extension BootImage {
    private func chooseGeneration(
        _ rules: [BootFileRule], _ options: BootFileOptions
    ) throws(BootMediaError) -> LoaderGeneration {
        guard options.generation != .windows2011 else { return .windows2011 }
        let selection = try BootFileSelection(
            rules, in: self, firmware: .uefi, generation: .windows2023, promptsForKey: options.promptsForKey)
        let missing = selection.missing.filter(\.completes2023Set)
        if missing.isEmpty { return .windows2023 }
        guard options.generation == .windows2023 else { return .windows2011 }
        throw BootMediaError(
            .incomplete2023Set, "\(title)", "lacks part of the 2023 set of loaders: \(missing.wanted(options))",
            nextStep: "update the boot image, or use \(.bootLoaderCertificate, "2011")")
    }

    /// The set that the loader of a listed image counts as: 2023 when its signatures have it, else 2011.
    private func listedGeneration(
        _ files: [BootFile], _ options: BootFileOptions
    ) throws(BootMediaError) -> LoaderGeneration {
        guard let loader = files.first(where: { $0.path.description == architecture.uefiLoaderPath }) else {
            return .windows2011
        }
        let authorities = try loaderSignatures(of: loader.contents).map(\.certificateAuthority)
        let signed = LoaderGeneration.allCases.filter { generation in
            authorities.contains { LoaderSignature.authorities(of: generation).contains($0) }
        }
        guard options.generation != .automatic else {
            return signed.contains(.windows2023) ? .windows2023 : .windows2011
        }
        guard signed.contains(options.generation) else {
            throw BootMediaError(
                .incomplete2023Set, "\(title)",
                "has a loader that is not signed under the authority of \(options.generation.rawValue)",
                nextStep: "make the boot image anew, or leave out \(.bootLoaderCertificate)")
        }
        return options.generation
    }

    /// Throws when UEFI could start but for an El Torito image without a prompt.
    private func requirePromptless(
        _ rules: [BootFileRule], _ options: BootFileOptions, _ generation: LoaderGeneration,
        _ selections: [BootFileSelection]
    ) throws(BootMediaError) {
        guard let uefi = selections.first(where: { $0.firmware == .uefi }),
            uefi.missing(.required).map(\.target) == [BootFileTable.uefiBootImage]
        else { return }
        let prompting = try BootFileSelection(
            rules, in: self, firmware: .uefi, generation: generation, promptsForKey: true)
        guard prompting.isUsable else { return }
        throw BootMediaError(
            .noPromptlessImage, "\(title)",
            "has no El Torito image that starts without a key press (looked for \(uefi.missing(.required).wanted(options)))",
            nextStep: "leave out \(.noPrompt) or use another boot image")
    }

    private func noUsableLoader(_ selections: [BootFileSelection], _ options: BootFileOptions) -> BootMediaError {
        let lists = selections.map { "for \($0.firmware.title) \($0.missing(.required).wanted(options))" }
        return BootMediaError(
            .noUsableLoader, "\(title)",
            "has no usable loader for \(architecture.rawValue); looked for: \(lists.joined(separator: "; "))",
            nextStep: "use a Windows PE boot image, with its Windows\\Boot folder")
    }
}

// MARK: Reading

extension BootImage {
    /// Reads the chosen files, each source once, and checks the UEFI programs among them.
    private func read(_ chosen: [BootFileSelection.Choice]) throws(BootMediaError) -> [BootFile] {
        // Both firmwares choose what they share.
        var choices: [MediaPath: BootFileSelection.Choice] = [:]
        for choice in chosen { choices[choice.target] = choice }
        let sources = Set(choices.values.map(\.entry.path)).sorted()
        let read = try BootMediaError.reading { () throws(WindowsImagingError) in
            try image.contents(
                of: sources, inImage: imageIndex, limit: Self.fileByteCountLimit, totalLimit: Self.totalByteCountLimit)
        }
        let contents = Dictionary(read.map { ($0.entry.path, $0.contents) }) { first, _ in first }
        var files: [BootFile] = []
        for choice in choices.values.sorted(by: { $0.target < $1.target }) {
            let bytes = contents[choice.entry.path] ?? []
            if choice.rule.isUEFIProgram { try checkArchitecture(of: bytes, choice.entry) }
            files.append(
                BootFile(
                    path: choice.target, contents: bytes, origin: choice.entry.path.description,
                    modified: choice.entry.modified))
        }
        return files
    }

    private func checkArchitecture(of program: [UInt8], _ entry: WindowsImageEntry) throws(BootMediaError) {
        let object = "\(entry.path) in \(title)"
        guard let executable = PortableExecutable(program) else {
            throw BootMediaError(
                .notAnExecutable, "\(object)", "is not a UEFI program", nextStep: "get a fresh copy of the boot image")
        }
        guard executable.architecture == architecture else {
            let machine = executable.architecture?.rawValue ?? "machine type 0x\(String(executable.machine, radix: 16))"
            throw BootMediaError(
                .architectureMismatch, "\(object)", "is for \(machine), but the image is for \(architecture.rawValue)",
                nextStep: "get a boot image whose loaders are its own")
        }
    }
}

// MARK: Warnings

extension BootImage {
    private func missingWarnings(_ selections: [BootFileSelection], _ options: BootFileOptions) -> [DiagnosticText] {
        let usable = selections.filter(\.isUsable).map(\.firmware.title).joined(separator: " and ")
        return selections.flatMap { selection -> [DiagnosticText] in
            if !selection.isUsable {
                let wanted = selection.missing(.required).wanted(options)
                return [
                    "\(title) cannot start \(selection.firmware.title) machines (looked for \(wanted)); the media starts"
                        + " \(usable) machines only"
                ]
            }
            return selection.missing(.expected).map { rule in
                "\(title) has no \(rule.target) for \(selection.firmware.title) (looked for \([rule].wanted(options)));"
                    + " the loader starts, but not Windows PE"
            }
        }
    }

    private var archiveWarnings: [DiagnosticText] {
        let byteCount = (try? FileIdentity(of: path).byteCount) ?? 0
        return [BootImageFormat(image.header).warning(title), Self.sizeWarning(byteCount, title)]
            .compactMap { $0.map { DiagnosticText($0) } }
    }

    private var bootIndexWarnings: [DiagnosticText] {
        image.bootIndex == imageIndex
            ? []
            : ["\(title) does not mark image \(imageIndex) for booting; Windows Boot Manager starts the marked one"]
    }

    /// What firmware with Secure Boot may think of the UEFI loader.
    private func signatureWarnings(
        _ files: [BootFile], _ options: BootFileOptions, _ generation: LoaderGeneration, isListed: Bool
    ) -> [DiagnosticText] {
        guard let loader = files.first(where: { $0.path.description == architecture.uefiLoaderPath }) else { return [] }
        let signatures: [LoaderSignature]
        do throws(BootMediaError) { signatures = try loaderSignatures(of: loader.contents) } catch {
            return ["\(loader.origin) in \(title) \(error.problem); firmware with Secure Boot will refuse it"]
        }
        guard signatures.isEmpty || signatures.contains(where: \.status.holds) else {
            return [
                "\(loader.origin) in \(title) was changed after it was signed; firmware with Secure Boot will refuse it"
            ]
        }
        if isListed {
            let isTrusted = signatures.contains { signature in
                LoaderGeneration.allCases.contains {
                    LoaderSignature.authorities(of: $0).contains(signature.certificateAuthority)
                }
            }
            return isTrusted
                ? []
                : ["\(loader.origin) in \(title) is not signed by Microsoft; firmware with Secure Boot will refuse it"]
        }
        // A later update may put loaders of the new authority in the plain folder.
        guard options.generation == .automatic, generation == .windows2011,
            !signatures.contains(where: { $0.certificateAuthority == LoaderSignature.authorityOf2023 })
        else { return [] }
        return [
            "\(title) does not have the whole 2023 set of loaders, so the 2011 set is used, whose certificates expired"
                + " during 2026; update the boot image"
        ]
    }
}

extension [BootFileRule] {
    /// Where the files were looked for, in one line.
    fileprivate func wanted(_ options: BootFileOptions) -> String {
        map { rule in
            rule.candidates.filter { candidate in
                let generation = options.generation == .automatic ? candidate.generation : options.generation
                return candidate.serves(generation ?? .windows2011, promptsForKey: options.promptsForKey)
            }
            .map(\.path).joined(separator: " or ")
        }
        .joined(separator: ", ")
    }
}
