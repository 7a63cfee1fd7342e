// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaFormat
import Support
import SystemPackage

/// The content of prestaged media: the cache on a disk of the computer, and for what is missing there, or is not what the
/// site has now, a distribution point.
///
/// What is current is decided by the rule that `verify` has for it before the disk leaves the house (`HeldContent`).
package final class CachedContent: ContentSource {
    /// What becomes of a content.
    private enum Decision {
        /// That of the cache is used.
        case held
        /// It is fetched.
        case awaited(AwaitedContent)
        /// It was fetched.
        case fetched
        /// It cannot be had.
        case refused(PreflightFinding)
    }

    private let manifest: MediaManifest
    private let drive: FilePath
    private let held: MediaContent
    private var cache: ContentCache?
    private var servers: ContentServers?
    private let openServer: ((_ location: String) throws -> any ContentServer)?
    private weak var session: EngineSession?
    private var decisions: [CaseFoldedName: Decision] = [:]
    private var applied: [CaseFoldedName: AppliedImage?] = [:]
    package var observer: ((_ name: String, _ share: Double) -> Void)? {
        get { held.observer }
        set { held.observer = newValue }
    }

    /// The content of media with `manifest` that was started from `drive`.
    ///
    /// - Parameter openServer: for tests: what opens a distribution point.
    init(
        _ manifest: MediaManifest, drive: FilePath,
        openServer: ((_ location: String) throws -> any ContentServer)? = nil
    ) {
        self.openServer = openServer
        self.manifest = manifest
        self.drive = drive
        held = MediaContent(root: "/", type: manifest.mediaType, manifest: manifest)
    }

    package var heldDisk: FilePath? { cache == nil ? nil : drive }

    package func begin(_ session: EngineSession) throws {
        self.session = session
        servers = ContentServers(session, open: openServer)
        session.presenter.say("Looking for the content that was laid on this computer.")
        cache = try ContentCache.find(manifest, on: drive, session)
        guard let cache else {
            session.log.warning("no volume of this computer holds content of this media")
            return
        }
        session.log.note("content of this media lies on \(cache.volume.title)")
        try session.findVolumes()
        let letter = session.volumes.volumes.first { $0.disk?.node == cache.volume.node }?.letter
        session.variables.set("_SMSTSClientCache", to: "\(letter.map { "\($0):" } ?? "")\\_SMSTaskSequence")
    }

    package func end() { cache?.end() }

    // MARK: Decisions

    private func decision(_ id: String, _ session: EngineSession) throws -> Decision {
        if let known = decisions[id.caseFolded] { return known }
        let decision = try decide(id, session)
        decisions[id.caseFolded] = decision
        return decision
    }

    private func decide(_ id: String, _ session: EngineSession) throws -> Decision {
        let content = manifest.contents.first { $0.id.caseFolded == id.caseFolded }
        let isHere = content != nil && cache != nil
        let mine = content.map { HeldContent($0, manifest) }
        do {
            guard let server = try servers?.server(isNeeded: !isHere) else {
                return isHere ? .held : .refused(Self.unknownServer(id))
            }
            let offer = try server.offer(mine?.packageID ?? PackageID(id))
            let standing = try mine?.standing(to: offer)
            let name = "content \(id.onOneLine)"
            switch standing?.status {
            case .current? where isHere:
                session.log.note("\(name) is current")
                return .held
            case .missing? where isHere:
                session.log.warning("\(name): \(standing?.reason ?? ""); that of this computer is used")
                return .held
            default: break
            }
            guard let offer, let wanted = standing?.available ?? offer.contentID(id) else {
                return .refused(
                    PreflightFinding(
                        "needs \(name), which is neither on this computer nor on \(server.location.onOneLine)",
                        remedy: "distribute it"))
            }
            session.log.note(
                "\(name) is fetched from \(server.location): \(standing?.reason ?? "this computer does not have it")")
            return .awaited(try AwaitedContent(id, offer.content(wanted), of: server))
        } catch let error as InterruptedError {
            throw error
        } catch let error as any DiagnosticError where isHere && error.failureClass == .unreachable {
            session.log.warning("content \(id.onOneLine) is taken as this computer has it: \(error.description)")
            return .held
        } catch {
            return .refused(PreflightFinding(step: nil, error))
        }
    }

    private static func unknownServer(_ id: String) -> PreflightFinding {
        PreflightFinding(
            "needs content \(id.onOneLine), which is not on this computer, and no distribution point is known",
            remedy: "make the media with variable \(MediaVariableName.distributionPoint), or with this content")
    }

    // MARK: ContentSource

    package func preflight(_ id: String, interruption: Interruption) throws -> [PreflightFinding] {
        guard let session else { return [] }
        switch try decision(id, session) {
        case .fetched: return []
        case .refused(let finding): return [finding]
        case .awaited: return try roomFinding(session).map { [$0] } ?? []
        case .held:
            try findHeld(session)
            let findings = try held.preflight(id, interruption: interruption)
            guard !findings.isEmpty, let server = try findServer() else { return findings }
            // What is damaged here is whole there.
            session.log.warning("content \(id.onOneLine) is fetched anew: \(findings[0].problem.description)")
            do {
                guard let content = manifest.contents.first(where: { $0.id.caseFolded == id.caseFolded }),
                    let offer = try server.offer(HeldContent(content, manifest).packageID),
                    let wanted = offer.contentID(id)
                else { return findings }
                decisions[id.caseFolded] = .awaited(try AwaitedContent(id, offer.content(wanted), of: server))
                return []
            } catch let error as InterruptedError {
                throw error
            } catch {
                session.log.warning("\(error)")
                return findings
            }
        }
    }

    /// A server for what is damaged here; nil where there is none that could be asked.
    private func findServer() throws -> (any ContentServer)? {
        do {
            return try servers?.server(isNeeded: true)
        } catch let error as InterruptedError {
            throw error
        } catch {
            session?.log.warning("\(error)")
            return nil
        }
    }

    private func findHeld(_ session: EngineSession) throws {
        if let cache { held.root = try cache.root(session) }
    }

    /// What is wrong when there is no room for all that is awaited.
    private func roomFinding(_ session: EngineSession) throws -> PreflightFinding? {
        var needed: Int64 = 0
        for case .awaited(let content) in decisions.values {
            needed = needed.addingReportingOverflow(content.byteCount).partialValue
        }
        guard let cache else {
            return PreflightFinding(
                "needs content that is fetched, and this computer has no volume of this media to keep it on",
                remedy: "lay the media on the disk anew")
        }
        guard cache.volume.fileSystem == .ntfs else {
            return PreflightFinding(
                "needs content that is fetched, and \(cache.volume.title) is not formatted with NTFS",
                remedy: "make the media with its content on a partition with NTFS")
        }
        guard let free = try cache.freeByteCount(session), free < needed else { return nil }
        return PreflightFinding(
            "needs content of \(needed) bytes that is fetched, and \(cache.volume.title) has \(free) bytes free",
            remedy: "make the media with the content of today, or use a larger disk")
    }

    package func requireFolder(_ id: String) throws -> FilePath {
        guard let session else { return try held.requireFolder(id) }
        if case .fetched = try decision(id, session), let cache {
            return try AwaitedContent.folder(of: id, below: try cache.root(session))
        }
        try findHeld(session)
        return try held.requireFolder(id)
    }

    package func folder(
        of id: String, exceptions: (MediaPath) -> Bool, interruption: Interruption
    ) throws -> FilePath {
        guard let session else { return try held.folder(of: id, exceptions: exceptions, interruption: interruption) }
        // Every byte was checked when it came.
        if case .fetched = try decision(id, session) { return try requireFolder(id) }
        try findHeld(session)
        return try held.folder(of: id, exceptions: exceptions, interruption: interruption)
    }

    package func isAtHand(_ id: String) -> Bool {
        if case .awaited? = decisions[id.caseFolded] { return false }
        return true
    }

    package func fetch() throws -> Bool {
        let awaited = decisions.compactMap { key, decision in
            if case .awaited(let content) = decision { (key, content) } else { nil }
        }.sorted { $0.0.description < $1.0.description }
        guard let session, let cache, !awaited.isEmpty else { return false }
        guard let index = session.volumes.volumes.firstIndex(where: { $0.disk?.node == cache.volume.node }) else {
            throw DiskError(
                .notFound, "\(cache.volume.title)", "is not there any more", nextStep: "check the disk")
        }
        session.hasWritten = true
        try session.mount(index)
        guard let root = session.volumes.volumes[index].mountPoint else {
            throw DiskError(
                .refused, "\(cache.volume.title)", "has no drive letter, so that nothing can be fetched to it",
                nextStep: "make the media with its content on another partition")
        }
        for (key, content) in awaited {
            try content.fetch(to: VolumeFolder(root), session)
            decisions[key] = .fetched
        }
        // Written to the disk, and seen by whoever reads it as it lies there.
        try session.unmount { $0.disk?.node == cache.volume.node }
        return true
    }

    // MARK: An image that lies extracted

    package func appliedImage(_ id: String) throws -> AppliedImage? {
        guard let session, let image = manifest.operatingSystemImage, image.id.caseFolded == id.caseFolded,
            session.variables["OSDUseAlreadyDeployedImage"]?.lowercased() != "false"
        else { return nil }
        if let known = applied[id.caseFolded] { return known }
        let found = try ExtractedImage(image, drive: drive, cache: cache, session).find { [servers] in
            guard let server = try servers?.server(isNeeded: false) else { return nil }
            return try HeldContent(image).standing(to: try server.offer(HeldContent(image).packageID))
        }
        applied[id.caseFolded] = .some(found)
        return found
    }
}
