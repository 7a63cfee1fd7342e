// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import DistributionPoints
import Glibc
import Servers
import Shares
import Support
import SystemPackage

/// An output on a share of a server: made in a folder on this computer, sent under temporary names, read again, and given
/// its names when all of it is there.
///
/// All that is written at random places (discs, drives, archives) is made as everywhere else; nothing but this knows that
/// the output goes elsewhere.
public final class ShareOutput: Sendable {
    /// The output as the user named it.
    public let text: String
    /// Where it is made until then.
    public let localPath: FilePath
    /// Where what is needed meanwhile is staged.
    public var stagingFolder: FilePath { folder.path }
    private let folder: TemporaryFolder
    /// Holds what is made and nothing else.
    private let made: FilePath
    private let shares: ShareSession
    /// The folder on the share.
    private let target: SharePlace
    private let name: String
    private let replacesExisting: Bool
    private let verifies: Bool

    private static let suffix = ".tsmedia-partial"

    /// Whether `output` is on a share.
    public static func takes(_ output: String) -> Bool { ShareLocation.takes(output) }

    /// The output `text`.
    ///
    /// - Parameters:
    ///   - staging: the folder below which it is made; nil for where large temporary files go.
    ///   - verifies: whether what was sent is read again.
    /// - Throws: ``ShareOutputError`` `.badLocation` for what names no file on a share; `FileError`.
    public init(
        _ text: String, access: ServerAccess, staging: FilePath?, replacesExisting: Bool, verifies: Bool
    ) throws {
        let location: ShareLocation
        do throws(ShareLocation.Malformed) { location = try ShareLocation(text) } catch {
            throw ShareOutputError(
                .badLocation, "output \(error.object)", error.problem,
                nextStep: "name it as smb://host/share/file, and the user with \(.credentials)")
        }
        guard let share = location.share, let name = location.names.last else {
            throw ShareOutputError(
                .badLocation, "output '\(text)'", "names no file on a share",
                nextStep: "name it as smb://host/share/file")
        }
        self.text = text
        self.name = name
        self.replacesExisting = replacesExisting
        self.verifies = verifies
        target = SharePlace(share, location.names.dropLast())
        shares = access.shares(location)
        folder = try TemporaryFolder(in: staging ?? TemporaryFolder.defaultParent(else: "/var/tmp"))
        made = folder.appending("made")
        try Folder.create(made)
        localPath = made.appending(name)
    }

    /// The name on the share of what is made at `path`.
    public func name(of path: FilePath) -> String {
        path.lastComponent.map { shares.server.text(target.appending($0.string)) } ?? text
    }

    // MARK: Checks

    /// Makes sure that the folder is there and that nothing has the names of `paths`, unless it may be replaced.
    func check(_ paths: [FilePath], _ interruption: Interruption) throws {
        guard try wrapped({ try shares.find(target, interruption) })?.isFolder == true else {
            throw ShareOutputError(
                .noFolder, DiagnosticText(text), "lies in \(shares.server.text(target)), which is not a folder",
                nextStep: "create it first")
        }
        for path in paths {
            guard let component = path.lastComponent else { continue }
            let place = target.appending(component.string)
            guard let existing = try wrapped({ try shares.find(place, interruption) }) else { continue }
            try refuseFolder(existing, place)
            guard replacesExisting else {
                throw ShareOutputError(
                    .exists, DiagnosticText(shares.server.text(place)), "exists",
                    nextStep: "choose another name, or replace it with \(.force)")
            }
        }
    }

    /// Nobody can tell from here what else is in a folder.
    private func refuseFolder(_ existing: ShareSession.Member, _ place: SharePlace) throws(ShareOutputError) {
        guard existing.isFolder else { return }
        throw ShareOutputError(
            .exists, DiagnosticText(shares.server.text(place)), "is a folder, and folders on shares are not replaced",
            nextStep: "choose another name")
    }

    /// Makes sure that nothing is written into the distribution points at `locations`.
    func check(against locations: [String]) throws(ShareOutputError) {
        for text in locations where ShareLocation.takes(text) {
            guard let location = try? ShareLocation(text), location.server == shares.server,
                location.share?.caseFolded == target.share.caseFolded,
                zip(location.names, target.names + [name]).allSatisfy({ $0.caseFolded == $1.caseFolded }),
                location.names.count <= target.names.count
            else { continue }
            throw ShareOutputError(
                .refused, DiagnosticText(self.text), "lies in the distribution point \(text)",
                nextStep: "choose another folder")
        }
    }

    /// Makes sure that `byteCount` bytes fit on the share.
    func requireSpace(_ byteCount: Int64, _ interruption: Interruption) throws {
        let free = try wrapped { try shares.freeByteCount(target, interruption) }
        guard free >= byteCount else {
            throw ShareOutputError(
                .noSpace, DiagnosticText(text),
                "needs \(byteCount) bytes, and \(shares.server.text(target)) has \(free) free",
                nextStep: "free some space or choose another folder")
        }
    }

    /// Makes sure that files can be made in the folder, by making one.
    func requireRightToWrite(_ interruption: Interruption) throws {
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        let place = target.appending(".\(name).\(random)\(Self.suffix)")
        do {
            try wrapped {
                try shares.create(place, interruption) { _ in }
                try shares.remove(place, interruption)
            }
        } catch let error as ShareError where error.failureClass == .refused {
            throw ShareOutputError(
                .refused, DiagnosticText(shares.server.text(target)), "may not be written to by this user",
                nextStep: "name another folder, or another user with \(.credentials)")
        }
    }

    /// Errors of the server as errors of the output.
    private func wrapped<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as ShareError where error.code == .refusedUser {
            throw ShareOutputError(
                .refused, error.object, error.problem, nextStep: "correct \(.credentials), or get a ticket with kinit")
        }
    }

    // MARK: Sending

    /// Something that was sent and has no name yet.
    private struct Sent: Sendable {
        let name: String
        let temporary: SharePlace
        let isFolder: Bool
    }

    /// Sends all that was made, and gives it its names: all of it or nothing.
    ///
    /// - Throws: ``Shares/ShareError``; ``ShareOutputError``; `FileError`; `InterruptedError`.
    func publish(_ interruption: Interruption, _ progress: any ProgressObserver) throws {
        let entries = try FolderEntry.entries(of: made).compactMap { entry in
            entry.name.map { ($0, entry.kind == .folder) }
        }.sorted { $0.0 < $1.0 }
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        let sent = entries.map { name, isFolder in
            Sent(name: name, temporary: target.appending(".\(name).\(random)\(Self.suffix)"), isFolder: isFolder)
        }
        var named: [(sent: Sent, replaced: SharePlace?)] = []
        do {
            try send(sent, interruption, progress)
            for item in sent { named.append((item, try takeName(item, random, interruption))) }
        } catch {
            let done = named
            Self.within(error is InterruptedError ? Self.shortPatience : Self.longPatience) { [self] patience in
                for (item, replaced) in done.reversed() {
                    try? shares.rename(target.appending(item.name), to: item.temporary, patience)
                    if let replaced { try? shares.rename(replaced, to: target.appending(item.name), patience) }
                }
                for item in sent { try? remove(item.temporary, isFolder: item.isFolder, patience) }
            }
            throw error
        }
        for (item, replaced) in named {
            if let replaced { try? remove(replaced, isFolder: item.isFolder, interruption) }
        }
    }

    /// How long what was sent may take to be removed, in seconds: the server may be gone.
    private static let (shortPatience, longPatience) = (0.7, 10.0)

    /// Calls `body`, whose interruption is requested after so many seconds.
    private static func within(_ seconds: Double, _ body: @escaping @Sendable (Interruption) -> Void) {
        let patience = Interruption()
        let isDone = Interruption()
        WorkerThreads.run(count: 2) { number in
            if number == 0 {
                body(patience)
                isDone.request()
            } else {
                var left = seconds
                while left > 0, !isDone.isRequested {
                    usleep(20_000)
                    left -= 0.02
                }
                patience.request()
            }
        }
    }

    /// - Returns: where what had the name is now; nil when nothing had it.
    private func takeName(
        _ item: Sent, _ random: String, _ interruption: Interruption
    ) throws -> SharePlace? {
        let place = target.appending(item.name)
        var replaced: SharePlace?
        if let existing = try shares.find(place, interruption) {
            try refuseFolder(existing, place)
            guard replacesExisting, !item.isFolder else {
                throw ShareOutputError(
                    .exists, DiagnosticText(shares.server.text(place)),
                    "exists",
                    nextStep: replacesExisting
                        ? "choose another name" : "choose another name, or replace it with \(.force)")
            }
            let aside = target.appending(".\(item.name).\(random).old\(Self.suffix)")
            try shares.rename(place, to: aside, interruption)
            replaced = aside
        }
        do { try shares.rename(item.temporary, to: place, interruption) } catch {
            if let replaced { try? shares.rename(replaced, to: place, Interruption()) }
            throw error
        }
        return replaced
    }

    private func send(_ items: [Sent], _ interruption: Interruption, _ progress: any ProgressObserver) throws {
        var files: [(path: FilePath, place: SharePlace, byteCount: Int64)] = []
        func add(_ path: FilePath, _ place: SharePlace, isFolder: Bool) throws {
            guard isFolder else {
                return files.append((path, place, try FileIdentity(of: path).byteCount))
            }
            try shares.makeFolder(place, interruption)
            for entry in try FolderEntry.entries(of: path) {
                guard let name = entry.name else { continue }
                try add(path.appending(name), place.appending(name), isFolder: entry.kind == .folder)
            }
        }
        for item in items { try add(made.appending(item.name), item.temporary, isFolder: item.isFolder) }
        let total = ByteTotal.clampedSum(files.lazy.map(\.byteCount))
        let meter = ProgressMeter(phase: "sending", totalByteCount: total, observer: progress)
        var digests: [SHA256Digest] = []
        for file in files {
            digests.append(try send(file.path, to: file.place, interruption, meter))
        }
        meter.finish()
        guard verifies else { return }
        let verifying = ProgressMeter(phase: "verifying", totalByteCount: total, observer: progress)
        for (file, digest) in zip(files, digests) {
            try verify(file.place, file.byteCount, digest, interruption, verifying)
        }
        verifying.finish()
    }

    private static let blockByteCount = 1 << 20

    private func send(
        _ path: FilePath, to place: SharePlace, _ interruption: Interruption, _ meter: ProgressMeter
    ) throws -> SHA256Digest {
        let hash = SHA256()
        let file = try FileError.wrap("opened", path) {
            try FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec])
        }
        defer { try? file.close() }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 4_096)
        defer { block.deallocate() }
        try shares.create(place, interruption) { write in
            while true {
                let count = try FileError.wrap("read", path) { try file.read(into: block) }
                if count == 0 { break }
                let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
                hash.update(bytes)
                try write(bytes)
                meter.advance(by: count)
            }
        }
        return hash.finalize()
    }

    /// Reads what was sent again.
    private func verify(
        _ place: SharePlace, _ byteCount: Int64, _ digest: SHA256Digest, _ interruption: Interruption,
        _ meter: ProgressMeter
    ) throws {
        let hash = SHA256()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 4_096)
        defer { block.deallocate() }
        // One byte more than there should be.
        let stream = try shares.open(place, from: 0, count: byteCount + 1, interruption)
        while true {
            let count = try stream.read(into: block)
            if count == 0 { break }
            hash.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
            meter.advance(by: count)
        }
        guard hash.finalize() == digest else {
            throw ShareOutputError(
                .differs, DiagnosticText(shares.server.text(place)),
                "has other bytes than were sent", nextStep: "write it again, or look for what damages it on the server")
        }
    }

    private func remove(_ place: SharePlace, isFolder: Bool, _ interruption: Interruption) throws {
        guard isFolder else { return try shares.remove(place, interruption) }
        for member in try shares.list(place, interruption) {
            try remove(place.appending(member.name), isFolder: member.isFolder, interruption)
        }
        try shares.removeFolder(place, interruption)
    }
}
