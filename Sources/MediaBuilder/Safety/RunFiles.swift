// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage

/// Every file that a run reads and every name that it will write, known before the first byte.
///
/// Nothing is written over what is read, into a folder that is read, or twice. Whoever writes asks here before.
public struct RunFiles: Sendable {
    /// Something that is read.
    private struct Input {
        let place: FilePlace
        /// Whether nothing may be written below it.
        let isClosed: Bool
    }

    /// A name that will be written.
    private struct Output {
        let place: FilePlace
        /// What has the name when it is written; nil for what is changed where it is.
        let kind: PendingOutput.Kind?
        /// The number of files; those from the second on have a number at the end of their name.
        let partLimit: Int
        /// Who asks for it, in words.
        let owner: String?

        var title: DiagnosticText { "output \(place.path)" }
    }

    /// What inputs are for, as the end of a sentence.
    private let purpose: String
    private var inputs: [Input] = []
    private var outputs: [Output] = []
    /// The log that the run appends to.
    public var log: FilePath?

    /// No files yet; `purpose` says in errors what is read.
    public init(purpose: String = "which this run reads") { self.purpose = purpose }

    /// What a command reads that makes no media.
    public init(reading paths: [String]) {
        self.init()
        read(paths.map { FilePath($0) })
    }

    /// For making media.
    public static var ofMedia: RunFiles { RunFiles(purpose: "from which this media is made") }

    // MARK: Collecting

    /// Adds what is read: files, and folders with everything below them.
    public mutating func read(_ paths: [FilePath]) {
        inputs += paths.map { Input(place: FilePlace($0), isClosed: true) }
    }

    /// Adds folders that others may write to as well.
    public mutating func use(_ folders: [FilePath]) {
        inputs += folders.map { Input(place: FilePlace($0), isClosed: false) }
    }

    /// Adds what the run changes where it is.
    public mutating func change(_ path: FilePath) { add(path, kind: nil) }

    /// Adds a file or folder that appears whole.
    public mutating func write(_ path: FilePath, kind: PendingOutput.Kind = .file, for owner: String? = nil) {
        add(path, kind: kind, owner: owner)
    }

    /// Adds a file that becomes up to `limit` files, of which all but the first have a number at the end of their names.
    mutating func write(partsOf path: FilePath, limit: Int, for owner: String? = nil) {
        add(path, kind: .file, partLimit: limit, owner: owner)
    }

    /// Adds the output of `request`, drives left out, and what it reads.
    public mutating func add(_ request: MediaRequest, for owner: String? = nil) {
        read(request.sources)
        for path in request.provenance?.files ?? [] { add(path, kind: .file, owner: owner) }
        let isChanged = outputs.contains { $0.kind == nil && $0.place.path == request.output }
        guard request.format.devices.isEmpty, !isChanged else { return }
        add(request.output, kind: request.format.outputKind, owner: owner)
        for path in request.format.companions(of: request.output) { add(path, kind: .file, owner: owner) }
    }

    /// Takes the names of the volumes and parts of `plans` for the outputs that were known so far.
    public mutating func replaceOutputs(
        by plans: [(request: MediaRequest, plan: MediaPlan, owner: String?)]
    ) {
        outputs = []
        for (request, plan, owner) in plans {
            for path in request.provenance?.files ?? [] { add(path, kind: .file, owner: owner) }
            if plan.drives.isEmpty { add(plan, of: request, owner: owner) }
        }
    }

    /// Takes the names of the volumes and parts of `plan` for the output of `request`, which `owner` asked for.
    mutating func replaceOutput(of request: MediaRequest, by plan: MediaPlan, for owner: String?) {
        removeOutput(of: request, for: owner)
        add(plan, of: request, owner: owner)
    }

    /// Adds the volumes of `plan`, their parts, and what lies beside them.
    private mutating func add(_ plan: MediaPlan, of request: MediaRequest, owner: String?) {
        for volume in plan.volumes {
            add(volume.output, kind: request.format.outputKind, partLimit: volume.layout.partLimit, owner: owner)
            if let map = volume.report.map { add(map, kind: .file, owner: owner) }
        }
    }

    /// Takes the names `paths`, which are there already, for the output of `request`, which `owner` asked for.
    mutating func replaceOutput(of request: MediaRequest, by paths: [FilePath], for owner: String?) {
        removeOutput(of: request, for: owner)
        for path in paths { add(path, kind: request.format.outputKind, owner: owner) }
    }

    private mutating func removeOutput(of request: MediaRequest, for owner: String?) {
        let names = [request.output] + request.format.companions(of: request.output)
        outputs.removeAll { names.contains($0.place.path) && $0.owner == owner }
    }

    private mutating func add(
        _ path: FilePath, kind: PendingOutput.Kind?, partLimit: Int = 1, owner: String? = nil
    ) {
        outputs.append(Output(place: FilePlace(path), kind: kind, partLimit: partLimit, owner: owner))
    }

    /// Everything that is read, and the log: what must not lie on a drive that is written.
    public var protectedPaths: [FilePath] { inputs.map(\.place.path) + (log.map { [$0] } ?? []) }

    // MARK: Checking

    /// Refuses outputs that cannot be created, and whatever ``check()`` refuses.
    ///
    /// - Throws: `OutputError`; `FileError` where this user may not write; ``MediaBuilderError``.
    public func check(replacesExisting: Bool) throws {
        for output in outputs {
            guard let kind = output.kind else { continue }
            let path = try PendingOutput.check(output.place.path, kind: kind, replacesExisting: replacesExisting)
            try WriteAccess.requireFolder(of: path)
        }
        try check()
    }

    /// Refuses outputs that are something that is read, hold it or lie in it, or that have one name.
    ///
    /// - Parameter owner: whose outputs alone are looked at; nil for all.
    /// - Throws: ``MediaBuilderError`` `.unsafeOutput`; `.badContent` for two outputs of one name.
    public func check(for owner: String? = nil) throws(MediaBuilderError) {
        let index = InputIndex(inputs)
        for output in outputs where owner == nil || output.owner == owner { try check(output, index) }
        let closed = InputIndex(inputs.filter(\.isClosed))
        for input in inputs where !input.isClosed {
            guard let folder = closed.same(as: input.place) ?? closed.folder(around: input.place) else { continue }
            throw refusal(
                "folder \(input.place.path) for temporary files", "is \(folder), \(purpose), or lies inside it")
        }
        try checkInputsAgainstParts(of: owner)
        try checkNames(of: owner)
        if let log { try checkLog(FilePlace(log), index) }
    }

    /// Where inputs are, for many questions.
    private struct InputIndex {
        var nodes: [FilePlace.Node: FilePath] = [:]
        var slots: [FilePlace.Slot: FilePath] = [:]
        var closed: [FilePlace.Node: FilePath] = [:]
        /// The folders that inputs lie in, at any depth.
        var holders: [FilePlace.Node: FilePath] = [:]

        init(_ inputs: [Input]) {
            for input in inputs {
                let path = input.place.path
                if let node = input.place.node {
                    nodes[node] = path
                    if input.isClosed, input.place.isFolder { closed[node] = path }
                } else if let slot = input.place.slot {
                    slots[slot] = path
                }
                for folder in input.place.folders { holders[folder] = path }
            }
        }

        /// The input that `place` is.
        func same(as place: FilePlace) -> FilePath? {
            if let node = place.node { return nodes[node] }
            return place.slot.flatMap { slots[$0] }
        }

        /// The input folder that `place` lies in.
        func folder(around place: FilePlace) -> FilePath? { place.folders.lazy.compactMap { closed[$0] }.first }
    }

    private func check(_ output: Output, _ index: InputIndex) throws(MediaBuilderError) {
        let held = output.place.isFolder ? output.place.node.flatMap { index.holders[$0] } : nil
        if let input = index.same(as: output.place) ?? held {
            throw refusal(output.title, "is \(input), \(purpose), or holds it")
        }
        if let folder = index.folder(around: output.place) {
            throw refusal(output.title, "lies inside \(folder), \(purpose)")
        }
    }

    private func refusal(_ object: DiagnosticText, _ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(.unsafeOutput, object, problem, nextStep: "write somewhere else")
    }

    // MARK: Names

    /// The outputs that have parts, by the names of these.
    private var partSeries: [NumberedNames: Output] {
        var series: [NumberedNames: Output] = [:]
        for output in outputs where output.partLimit > 1 {
            if let names = NumberedNames(output.place) { series[names] = output }
        }
        return series
    }

    /// Refuses parts that would have the name of something that is read.
    private func checkInputsAgainstParts(of owner: String?) throws(MediaBuilderError) {
        let series = partSeries
        guard !series.isEmpty else { return }
        for input in inputs {
            if let output = Self.owner(of: input.place, in: series), owner == nil || output.owner == owner {
                throw refusal(output.title, "may have \(input.place.path), \(purpose), as one of its parts")
            }
        }
    }

    /// The output of which `place` may be a part.
    private static func owner(of place: FilePlace, in series: [NumberedNames: Output]) -> Output? {
        for (names, digits) in NumberedNames.series(of: place) {
            guard let output = series[names], let number = Int(digits) else { continue }
            if (2...output.partLimit).contains(number) { return output }
        }
        return nil
    }

    private func checkNames(of owner: String?) throws(MediaBuilderError) {
        var taken: [FilePlace.Slot: Output] = [:]
        for output in outputs {
            guard let slot = output.place.slot, let other = taken.updateValue(output, forKey: slot),
                owner == nil || [output.owner, other.owner].contains(owner)
            else { continue }
            throw conflict(output, "names the file \(output.place.name?.string ?? ""), as \(Self.name(other)) does")
        }
        try checkFolders(of: owner)
        let series = partSeries
        for output in outputs {
            for (names, digits) in NumberedNames.series(of: output.place) {
                guard let other = series[names], owner == nil || [output.owner, other.owner].contains(owner) else {
                    continue
                }
                // Parts of this one have more digits behind these; the least of them is 2.
                let own = Int(digits).map { (2...other.partLimit).contains($0) } ?? false
                let parts = output.partLimit > 1 && (Int(digits + "2").map { $0 <= other.partLimit } ?? false)
                guard own || parts else { continue }
                let part = other.place.path.lastComponent?.stem ?? ""
                throw conflict(
                    output,
                    "names the file \(output.place.name?.string ?? ""), and a part of \(Self.name(other)) may be called"
                        + " \(part)\(own ? digits : digits + "2")\(output.place.name?.extension.map { ".\($0)" } ?? "")"
                )
            }
        }
    }

    /// Refuses outputs that would lie in a folder that is one too.
    private func checkFolders(of owner: String?) throws(MediaBuilderError) {
        var folders: [FilePath: Output] = [:]
        for output in outputs where output.kind == .folder {
            if let path = output.place.path.absolute?.lexicallyNormalized() { folders[path] = output }
        }
        guard !folders.isEmpty else { return }
        for output in outputs {
            guard var folder = output.place.path.absolute?.lexicallyNormalized() else { continue }
            while folder.lastComponent != nil {
                folder.removeLastComponent()
                guard let other = folders[folder], owner == nil || [output.owner, other.owner].contains(owner) else {
                    continue
                }
                throw conflict(
                    output, "would lie in the folder \(other.place.path), which \(Self.name(other)) makes")
            }
        }
    }

    private static func name(_ output: Output) -> DiagnosticText {
        output.owner.map { DiagnosticText($0) } ?? output.title
    }

    private func conflict(_ output: Output, _ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(
            .badContent, Self.name(output), problem, nextStep: "give each a name or an output of its own")
    }

    // MARK: The log

    /// Refuses a log that is something else: what is read or written, or any file that is no log.
    ///
    /// - Throws: ``MediaBuilderError`` `.unsafeOutput`; `FileError` when what is there cannot be read.
    public func checkLog() throws {
        guard let log else { return }
        let place = FilePlace(log)
        try checkLog(place, InputIndex(inputs))
        try LogFile.check(log)
    }

    private func checkLog(_ place: FilePlace, _ index: InputIndex) throws(MediaBuilderError) {
        let title: DiagnosticText = "log \(place.path)"
        if let input = index.same(as: place) { throw refusal(title, "is \(input), \(purpose)") }
        if let folder = index.folder(around: place) { throw refusal(title, "lies inside \(folder), \(purpose)") }
        let series = partSeries
        for output in outputs {
            let isSame = output.place.node != nil && output.place.node == place.node
            if isSame || (output.place.slot != nil && output.place.slot == place.slot) {
                throw refusal(title, "is what this run writes")
            }
            if output.place.isFolder, let node = output.place.node, place.folders.contains(node) {
                throw refusal(title, "lies inside \(output.place.path), which this run writes")
            }
        }
        if Self.owner(of: place, in: series) != nil { throw refusal(title, "may be a part of what this run writes") }
    }
}
