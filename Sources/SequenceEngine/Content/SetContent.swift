// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage

/// The content of a set of volumes, of which one is in the computer at a time.
///
/// A volume is asked for when the first of its contents is used. What is used again after that, while it is out, is staged on
/// the target before it is let go, so that each is asked for once where the target has a place for it.
package final class SetContent: ContentSource {
    private let reference: MediaManifest
    private let key: ManifestKey?
    private let makeDrives: (EngineSession) -> any VolumeDrives
    /// The volume that is in.
    private var current: ContentFiles
    private var volume: Int
    /// The contents of the volume that is in whose files were checked.
    private var checked: Set<CaseFoldedName> = []
    /// The contents in the order in which steps use them, and how far the run is in it.
    private var plan: [CaseFoldedName] = []
    private var position = 0
    private weak var session: EngineSession?
    private var staging: ContentStaging?
    private var exchange: VolumeExchange?

    package var observer: ((_ name: String, _ share: Double) -> Void)?

    /// The content of the set whose volume `manifest` is mounted at `root`.
    ///
    /// - Parameters:
    ///   - key: by which volumes must be signed; nil for anybody's.
    ///   - drives: those that volumes are put into.
    package init(
        root: FilePath, manifest: MediaManifest, key: ManifestKey? = nil,
        drives: @escaping (EngineSession) -> any VolumeDrives = {
            ComputerDrives(point: $0.mediaRoot, isOpen: true)
        }
    ) {
        reference = manifest
        self.key = key
        current = ContentFiles(root: root, manifest: manifest)
        volume = manifest.volume
        makeDrives = drives
    }

    package func join(_ session: EngineSession) {
        self.session = session
        staging = ContentStaging(session)
    }

    // MARK: What there is

    private func content(_ id: String) throws(EngineError) -> MediaManifest.Content {
        guard let content = ContentFiles(root: current.root, manifest: reference).content(id), !content.volumes.isEmpty
        else {
            throw EngineError(
                .content, "content \(id.onOneLine)", "is on no volume of this set",
                nextStep: "make the media again from a task sequence whose references are whole")
        }
        return content
    }

    package func isAtHand(_ id: String) -> Bool {
        staging?.folder(of: id) != nil || (try? content(id).volumes) == [volume]
    }

    @discardableResult
    package func requireFolder(_ id: String) throws -> FilePath {
        let content = try content(id)
        if let folder = staging?.folder(of: id) { return folder }
        let folder = current.location(content.folder)
        guard content.volumes == [volume], Folder.exists(folder) else {
            throw EngineError(
                .content, "content \(id.onOneLine)", "is not on the volume that is in",
                nextStep: "verify all volumes of the set")
        }
        return folder
    }

    /// What is on other volumes is known by name alone; the files of this one are read.
    package func preflight(_ id: String, interruption: Interruption) throws -> [PreflightFinding] {
        do {
            let content = try content(id)
            plan.append(id.caseFolded)
            let others = content.volumes.filter { $0 != volume }
            if !others.isEmpty {
                let numbers = others.map { "#\($0)" }.joined(separator: ", ")
                session?.log.note("content \(id) is on media \(numbers), and is checked when that is in")
            }
            if content.volumes.contains(volume) { try check(content, interruption, observer) }
            return []
        } catch let error as InterruptedError {
            throw error
        } catch {
            return [PreflightFinding(step: nil, error)]
        }
    }

    // MARK: Use

    package func folder(
        of id: String, exceptions: (MediaPath) -> Bool, interruption: Interruption
    ) throws -> FilePath {
        let content = try content(id)
        if let next = plan[position...].firstIndex(of: id.caseFolded) { position = next + 1 }
        if let folder = staging?.folder(of: id) { return folder }
        guard content.volumes.count == 1 else { return try gather(content, interruption) }
        // Images are read here too: a disc that is damaged is told before anything of it is applied, and another is asked for.
        try use(content.volumes[0], interruption) { try check(content, interruption, progress("checking")) }
        return current.location(content.folder)
    }

    /// Has volume `number` in while `body` reads it; asks for it again when it is damaged.
    private func use(_ number: Int, _ interruption: Interruption, _ body: () throws -> Void) throws {
        var problem: String?
        while true {
            try bring(number, problem, interruption)
            do {
                return try body()
            } catch {
                guard let damage = Self.damage(error) else { throw error }
                session?.log.warning("media #\(number) is damaged: \(error)")
                problem = damage
            }
        }
    }

    /// What to tell of an error that is the volume's own; nil for any other.
    private static func damage(_ error: any Error) -> String? {
        if let error = error as? EngineError, error.code == .content {
            return "This volume is damaged: \(error.object.description) is not what it was."
        }
        if let error = error as? VolumeReadingError {
            return "This volume is damaged: \(error.cause.object.description) could not be read."
        }
        return nil
    }

    /// Files of `content` on the volume that is in.
    private func check(
        _ content: MediaManifest.Content, _ interruption: Interruption,
        _ observer: ((_ name: String, _ share: Double) -> Void)?
    ) throws {
        guard !checked.contains(content.id.caseFolded) else { return }
        for file in current.files(of: content.id) { try read(file, interruption, observer) }
        checked.insert(content.id.caseFolded)
    }

    private func read(
        _ file: MediaManifest.File, _ interruption: Interruption,
        _ observer: ((_ name: String, _ share: Double) -> Void)?, _ body: (ArraySlice<UInt8>) throws -> Void = { _ in }
    ) throws {
        var failure: (any Error)?
        do {
            try current.check(file, interruption: interruption, observer: observer) { bytes in
                do { try body(bytes) } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            // What kept the bytes from being written is no matter of the volume.
            if failure == nil, let cause = error as? FileError { throw VolumeReadingError(cause: cause) }
            throw error
        }
    }

    private func progress(_ verb: String) -> ((_ name: String, _ share: Double) -> Void)? {
        guard let session else { return nil }
        return { name, share in session.presenter.progress(share: share, text: "\(verb) \(name)") }
    }

    // MARK: Exchange

    /// Has volume `number` in.
    ///
    /// - Parameter problem: what is wrong with the one of this number that is in.
    private func bring(_ number: Int, _ problem: String?, _ interruption: Interruption) throws {
        guard number != volume || problem != nil else { return }
        guard let session else { preconditionFailure("a session has joined before steps run") }
        if number != volume { try leave(interruption) }
        let exchange =
            exchange
            ?? VolumeExchange(
                makeDrives(session), drive: session.mediaDrives.first, reference: reference, key: key,
                sequence: session.variables["_SMSTSPackageName"] ?? reference.taskSequence?.name ?? "",
                presenter: session.presenter, log: session.log, interruption: session.interruption)
        self.exchange = exchange
        let found = try exchange.volume(number, problem: problem)
        current = ContentFiles(root: found.root, manifest: found.manifest)
        volume = number
        checked = []
    }

    /// Stages what steps to come use of the volume that is in.
    private func leave(_ interruption: Interruption) throws {
        guard let session, let staging else { return }
        var seen: Set<CaseFoldedName> = []
        for id in plan[position...] where seen.insert(id).inserted {
            guard let content = reference.contents.first(where: { $0.id.caseFolded == id }),
                content.volumes == [volume], staging.folder(of: content.id) == nil
            else { continue }
            let files = current.files(of: content.id)
            guard staging.hasPlace(for: files) else {
                session.log.note("media #\(volume) will be asked for again: there is no place for \(content.id) yet")
                continue
            }
            do {
                try stage(content, files, interruption)
                try staging.finish(content.id)
            } catch {
                guard Self.damage(error) != nil else { throw error }
                session.log.warning("content \(content.id) could not be staged: \(error)")
            }
        }
    }

    /// Copies the parts of a content from all volumes that hold some to the target.
    private func gather(_ content: MediaManifest.Content, _ interruption: Interruption) throws -> FilePath {
        guard let staging else { preconditionFailure("a session has joined before steps run") }
        var done: Set<MediaPath> = []
        let order = content.volumes.sorted { ($0 != volume ? 1 : 0, $0) < ($1 != volume ? 1 : 0, $1) }
        for number in order {
            try use(number, interruption) {
                let files = current.files(of: content.id).filter { !done.contains($0.path) }
                try stage(content, files, interruption) { done.insert($0.path) }
            }
        }
        guard content.fileCount ?? done.count == done.count else {
            throw EngineError(
                .media, "content \(content.id.onOneLine)",
                "has \(done.count) files on the volumes that hold it, and should have"
                    + " \(content.fileCount ?? 0)", nextStep: "verify all volumes of the set")
        }
        return try staging.finish(content.id)
    }

    private func stage(
        _ content: MediaManifest.Content, _ files: [MediaManifest.File], _ interruption: Interruption,
        _ isDone: (MediaManifest.File) -> Void = { _ in }
    ) throws {
        guard let staging else { return }
        try staging.begin(content.id, files)
        for file in files {
            guard let path = file.path.relative(to: content.folder) else { continue }
            try staging.write(content.id, path) { write in
                try read(file, interruption, progress("copying"), write)
            }
            isDone(file)
        }
    }

    package func release(_ id: String) {
        guard !plan[position...].contains(id.caseFolded) else { return }
        staging?.remove(id)
    }
}

/// A volume could not be read.
private struct VolumeReadingError: DiagnosticError {
    let cause: FileError

    var failureClass: FailureClass { cause.failureClass }
    var object: DiagnosticText { cause.object }
    var problem: DiagnosticText { cause.problem }
    var nextStep: DiagnosticText? { cause.nextStep }
}
