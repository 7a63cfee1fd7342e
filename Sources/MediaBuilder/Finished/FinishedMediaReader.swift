// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import Cryptography
import Identifiers
import MediaFormat
import Support
import Synchronization
import SystemPackage

/// Reads media that is finished, ours or not, as far as drives need it.
struct FinishedMediaReader {
    let environment: BuildEnvironment
    /// What becomes of files that are too large for FAT32.
    let largeFiles: LargeFileRule
    /// Whether images of upgrade packages are split for Windows Setup.
    let splitsUpgradeImages: Bool

    /// What a manifest is signed with that is not that of the media; nil for nothing.
    var signer: SigningKey?

    /// A file of the media, with the path by which it goes to drives.
    private struct Found {
        let entry: MediaEntry
        let path: MediaPath
        let volume: Int
        var sha256: SHA256Digest?
    }

    /// The media at `paths`: one, or all volumes of a set.
    ///
    /// - Throws: `MediaFormatError`, ``MediaBuilderError``; errors of reading and splitting; `InterruptedError`.
    func read(_ paths: [FilePath]) throws -> FinishedMedia {
        let volumes = try Self.ordered(try paths.map { try FinishedVolume($0) })
        let first = volumes[0]
        var warnings = Self.warnings(volumes)
        var found: [Found] = []
        for (number, volume) in volumes.enumerated() {
            found += try files(of: volume, number, &warnings)
        }
        found = Self.withoutRepetitions(try hashed(found, volumes))
        let created = Self.created(found, volumes)
        let planned = found.map { file in
            let volume = volumes[file.volume]
            guard let sha256 = file.sha256 else { fatalError("every file was hashed") }
            return PlannedFile(
                MediaFile(
                    path: file.path, byteCount: file.entry.byteCount, sha256: sha256,
                    modified: file.entry.modified ?? created),
                source: .finished(FinishedFile(file.entry, of: volume.media, named: volume.name)), place: volume.name)
        }
        let guid =
            first.manifest?.manifest.mediaGuid
            ?? MediaGUID.derive(
                from: ["finished media", first.mediaType.rawValue],
                and: planned.lazy.map { "\($0.path) \($0.sha256)" })
        var (files, folders, notes) = try divided(planned, volumes, created)
        notes += try Self.startingNotes(files, first)
        let label = first.manifest.map { Self.label($0.manifest) } ?? first.label ?? MediaRequest.defaultLabel
        return FinishedMedia(
            names: volumes.map(\.name), mediaType: first.mediaType, label: label, mediaGUID: guid,
            hasManifest: first.manifest != nil, files: files, folders: folders, created: created, warnings: warnings,
            notes: notes)
    }

    // MARK: Volumes

    /// The volumes in their order, after checking that they are the whole of one media.
    private static func ordered(_ volumes: [FinishedVolume]) throws -> [FinishedVolume] {
        let manifests = volumes.compactMap { volume in
            volume.manifest.map { (media: volume.name, manifest: $0.manifest) }
        }
        guard volumes.count > 1 else {
            guard let manifest = manifests.first?.manifest, manifest.volumeCount > 1 else { return volumes }
            throw MediaBuilderError(
                .missing, "\(volumes[0].name)",
                "is volume \(manifest.volume) of \(manifest.volumeCount), and a drive holds the whole set",
                nextStep: "name all volumes")
        }
        guard manifests.count == volumes.count else {
            let other = volumes.first { $0.manifest == nil }?.name ?? ""
            throw MediaBuilderError(
                .badContent, "\(other)",
                "has no manifest that says which volume of a set it is; how others join volumes is not known",
                nextStep: "name one media")
        }
        guard manifests.allSatisfy({ $0.manifest.volumeCount > 1 }) else {
            throw MediaBuilderError(
                .badContent, "\(volumes[1].name)",
                "is not of one set with \(volumes[0].name), and a run writes one media",
                nextStep: "name one media, or all volumes of one set")
        }
        let set = MediaSetMembership(manifests)
        if let foreign = set.foreign.first {
            throw MediaBuilderError(
                .badContent, "\(foreign.media)", DiagnosticText(foreign.reason),
                nextStep: "name all volumes of one set")
        }
        guard set.isComplete else {
            let gaps = set.missing.isEmpty ? set.incomplete.joined(separator: ", ") : "\(set.missing)"
            throw MediaBuilderError(
                .missing, "the set", "is not whole: of its \(set.volumeCount) volumes something is missing (\(gaps))",
                nextStep: "name all volumes")
        }
        return volumes.sorted { ($0.manifest?.manifest.volume ?? 0) < ($1.manifest?.manifest.volume ?? 0) }
    }

    /// The label of the media without the number of its volume.
    private static func label(_ manifest: MediaManifest) -> String {
        let ending = VolumeLabel("", volume: manifest.volume, of: manifest.volumeCount).whole
        guard !ending.isEmpty, manifest.label.hasSuffix(ending) else { return manifest.label }
        return String(manifest.label.dropLast(ending.count))
    }

    private static func warnings(_ volumes: [FinishedVolume]) -> [DiagnosticText] {
        let first = volumes[0]
        var warnings: [DiagnosticText] = []
        if first.mediaType.isForFactory {
            warnings.append(
                "\(first.name) is prestaged media, which is for the disk of a computer: that a client takes its cache from"
                    + " another drive has not been tried")
        }
        for volume in volumes {
            for name in volume.media.refusedNames where !MediaVerifier.isOfWindows(name.name) {
                warnings.append("left out: \(name.object) on \(volume.name) \(name.problem)")
            }
        }
        return warnings
    }

    /// That firmware of one kind finds nothing to start.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` when none does.
    private static func startingNotes(
        _ files: [PlannedFile], _ volume: FinishedVolume
    ) throws -> [DiagnosticText] {
        let paths = Set(files.lazy.map(\.path.caseFolded))
        let hasBIOS = paths.contains("bootmgr")
        let hasUEFI = ["x64", "ia32", "aa64"].contains { paths.contains(CaseFoldedName("EFI/Boot/boot\($0).efi")) }
        guard hasBIOS || hasUEFI else {
            throw MediaBuilderError(
                .badContent, "\(volume.name)",
                "holds nothing that firmware starts from a drive: neither bootmgr nor EFI\\Boot",
                nextStep: "name the media itself, or of a set of another program its first volume")
        }
        if !hasBIOS { return ["no BIOS starts it: the media has no bootmgr"] }
        return hasUEFI ? [] : ["no UEFI starts it: the media has no EFI\\Boot\\boot*.efi"]
    }

    // MARK: Files

    /// The files of `volume` in the order in which they are read.
    private func files(
        of volume: FinishedVolume, _ number: Int, _ warnings: inout [DiagnosticText]
    ) throws -> [Found] {
        let files: [Found]
        if let (listed, foreign) = try volume.listedFiles() {
            let others = foreign.filter { !MediaVerifier.isOfWindows($0.description) }
            if let other = others.first {
                warnings.append(
                    "left out: \(other)\(others.count > 1 ? " and \(others.count - 1) more files" : "") on \(volume.name),"
                        + " which its manifest does not list")
            }
            files = listed.map { Found(entry: $0.entry, path: $0.entry.path, volume: number, sha256: $0.sha256) }
        } else {
            files = volume.media.files.filter { !MediaVerifier.isOfWindows($0.path.description) }
                .map { Found(entry: $0, path: $0.path, volume: number) }
        }
        var names: [CaseFoldedName: MediaPath] = [:]
        for file in files {
            guard let other = names.updateValue(file.path, forKey: file.path.caseFolded) else { continue }
            throw MediaBuilderError(
                .badContent, "\(volume.name)",
                "holds '\(other)' and '\(file.path)', whose names differ in case alone, and a drive keeps one of them",
                nextStep: "rename one of them, or leave it out")
        }
        guard !volume.media.prefersOrder else {
            let places = Dictionary(zip(volume.media.files.lazy.map(\.path), 0...)) { first, _ in first }
            return files.sorted { (places[$0.path] ?? 0) < (places[$1.path] ?? 0) }
        }
        let places = files.map { volume.media.place(of: $0.entry) ?? -1 }
        return files.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { files[$0] }
    }

    /// The files with the SHA-256 of those of which no manifest tells it.
    private func hashed(_ files: [Found], _ volumes: [FinishedVolume]) throws -> [Found] {
        let open = files.indices.filter { files[$0].sha256 == nil }
        guard !open.isEmpty else { return files }
        let meter = ProgressMeter(
            phase: "reading", totalByteCount: open.reduce(0) { $0 + files[$1].entry.byteCount },
            observer: environment.progress)
        defer { meter.finish() }
        let interruption = environment.interruption
        let media = volumes.map(\.media)
        // What is read fastest in its order is decompressed by one thread after the other.
        let threads = media.contains(where: \.prefersOrder) ? 1 : environment.workerCount
        let digests: [SHA256Digest] = try WorkerThreads.map(count: open.count, threadCount: threads) { number in
            let file = files[open[number]]
            let hash = SHA256()
            var byteCount: Int64 = 0
            try media[file.volume].read(file.entry) { bytes in
                try interruption.check()
                hash.update(bytes)
                byteCount += Int64(bytes.count)
                meter.advance(by: bytes.count)
            }
            guard byteCount == file.entry.byteCount else {
                throw MediaFormatError(
                    .verificationFailed, "file \(file.path)",
                    "is cut short: the media ends after \(byteCount) of its \(file.entry.byteCount) bytes",
                    nextStep: "copy the media again")
            }
            return hash.finalize()
        }
        var files = files
        for (index, digest) in zip(open, digests) { files[index].sha256 = digest }
        return files
    }

    /// The files without those that a volume before has too: each volume of a set has TsmBootstrap.ini.
    private static func withoutRepetitions(_ files: [Found]) -> [Found] {
        var seen: Set<CaseFoldedName> = []
        return files.filter { seen.insert($0.path.caseFolded).inserted }
    }

    /// The time of folders: that of the manifest, which is that of all that was made for the media, or of the latest file.
    private static func created(_ files: [Found], _ volumes: [FinishedVolume]) -> Timestamp {
        let times = volumes[0].manifest.map { [$0.entry.modified] } ?? files.map(\.entry.modified)
        return times.compactMap { $0 }.max()
            ?? Timestamp(unixSeconds: CivilTime.unixSeconds(year: 1980, month: 1, day: 1))
    }

    // MARK: What goes to drives

    /// The files with large images split and the manifest that says so, and the folders that nothing is in.
    private func divided(
        _ planned: [PlannedFile], _ volumes: [FinishedVolume], _ created: Timestamp
    ) throws -> (files: [PlannedFile], folders: [MediaPath], notes: [DiagnosticText]) {
        let manifests = volumes.compactMap { $0.manifest?.manifest }
        let contents = FinishedContents(planned, manifests.first, volumes[0].mediaType)
        try contents.requireRoom(largeFiles)
        let large = try LargeFiles(
            format: largeFiles, rule: ImageSplitRule(splitsUpgradeImages: splitsUpgradeImages), environment: environment
        ).split(contents.items, contents.contents)
        var files = contents.fixed + large.items.flatMap(\.files)
        var notes = large.notes
        if let first = volumes[0].manifest {
            let isSame = volumes.count == 1 && large.contents == contents.contents
            let bytes =
                try isSame
                ? first.bytes
                : first.manifest.rewritten(files: files, contents: large.contents, label: Self.label(first.manifest))
                    .encoded()
            if let signature = try volumes[0].signature(of: bytes, isSame && volumes[0].isSigned ? nil : signer) {
                files.append(
                    PlannedFile(
                        generated: signature, at: try MediaPath(ManifestSignature.path), modified: created,
                        origin: isSame ? volumes[0].name : "generated"))
            } else if volumes[0].isSigned {
                notes.append(
                    "the manifest of \(volumes[0].name) is signed, and that of the drive is another one, without a"
                        + " signature: computers with an open boot image refuse it")
            }
            files.append(
                PlannedFile(
                    generated: bytes, at: try MediaPath(MediaManifest.path), modified: created,
                    origin: isSame ? volumes[0].name : "generated"))
        }
        let used = Set(files.lazy.flatMap { Self.parents(of: $0.path) })
        let folders = volumes.flatMap(\.media.folders).map(\.path).filter {
            !used.contains($0.caseFolded) && !MediaVerifier.isOfWindows($0.description)
        }
        return (files, folders, notes)
    }

    private static func parents(of path: MediaPath) -> [CaseFoldedName] {
        Array(sequence(first: path, next: \.parent).dropFirst().map(\.caseFolded))
    }
}
