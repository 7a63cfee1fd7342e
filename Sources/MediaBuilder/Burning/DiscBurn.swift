// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DiscBurning
import Support
import SystemPackage

/// What became of an image.
public struct BurntDisc: Sendable {
    /// The image.
    public let image: FilePath
    /// The number of its volume, and of how many; nil for an image of somebody else's.
    public let volume: (number: Int, count: Int)?
    /// Its bytes.
    public let byteCount: Int64
    /// The SHA-256 of what was burnt.
    public let sha256: SHA256Digest
    /// What kind of disc it is: "DVD+R".
    public let medium: String
    /// Whether the disc was blanked before.
    public let wasBlanked: Bool
    /// Whether it was read again, and holds the image.
    public let isVerified: Bool
    /// Whether nothing was burnt in earnest.
    public let isSimulated: Bool
}

/// Burns images to one disc each, one after the other, in one drive.
public struct DiscBurn {
    /// Who is asked, and told what happens.
    public struct Conversation {
        /// Asks for something to be done at the drive; false when nobody answers.
        let ask: (DiagnosticText) throws -> Bool
        /// Takes note of a failure after which is asked once more.
        let fail: (any DiagnosticError) -> Void
        /// Takes note of what was done.
        let tell: (DiagnosticText) -> Void

        /// A conversation.
        public init(
            ask: @escaping (DiagnosticText) throws -> Bool, fail: @escaping (any DiagnosticError) -> Void,
            tell: @escaping (DiagnosticText) -> Void
        ) {
            self.ask = ask
            self.fail = fail
            self.tell = tell
        }
    }

    private let images: [BurnImage]
    private let target: BurnTarget
    private let drive: String
    private let settings: BurnSettings
    private let access: DriveAccess
    private let interruption: Interruption
    private let progress: any ProgressObserver
    private let conversation: Conversation

    /// Looks at the images before anything is done.
    ///
    /// - Parameters:
    ///   - images: the images; the volumes of a set are put in order.
    ///   - drive: the drive, as somebody named it.
    ///   - settings: how they are burnt.
    ///   - access: what may be done to drives; whether discs that are not blank may be written, and whether they are read again.
    ///   - log: the log of the run, which is not written over.
    /// - Throws: what is wrong with an image.
    public init(
        _ images: [FilePath], drive: String, _ settings: BurnSettings, access: DriveAccess, log: FilePath?,
        interruption: Interruption, progress: any ProgressObserver, conversation: Conversation
    ) throws {
        self.images = BurnImage.ordered(try images.map { try BurnImage($0) })
        self.drive = drive
        self.settings = settings
        self.access = access
        self.interruption = interruption
        self.progress = progress
        self.conversation = conversation
        target = BurnTarget(drive, access, protecting: images + [log].compactMap { $0 })
    }

    /// Burns all of them.
    ///
    /// - Throws: `DiscBurningError`, `DeviceError`, `FileError`, ``MediaBuilderError``; `InterruptedError`, when the drive is
    ///   idle again.
    public func run() throws -> [BurntDisc] {
        var done: [BurntDisc] = []
        var starts: [[UInt8]] = []
        for (index, image) in images.enumerated() {
            let title = image.title(index + 1, of: images.count)
            var isAsked = index > 0
            while done.count == index {
                if isAsked { try ask(for: title, left: images[index...]) }
                isAsked = true
                do {
                    let start = try Self.start(of: image)
                    done.append(try burn(image, title, isLast: index == images.count - 1, after: starts))
                    starts.append(start)
                } catch let error as DiscBurningError where index > 0 && Self.isOfDisc(error) {
                    conversation.fail(error)
                }
            }
        }
        return done
    }

    /// Failures that another disc mends, and that burnt nothing.
    private static func isOfDisc(_ error: DiscBurningError) -> Bool {
        [.noMedium, .notBlank, .tooSmall].contains(error.code)
    }

    private func ask(for title: String, left: ArraySlice<BurnImage>) throws {
        let names = left.map(\.path.string).joined(separator: " ")
        let consequence = "what was burnt before is whole; go on with \(names)"
        let isAnswered = try Interruption.explaining(consequence) {
            try conversation.ask("put a blank disc for \(title) into \(drive), then press Enter")
        }
        guard isAnswered else {
            throw MediaBuilderError(
                .unsafeOutput, DiagnosticText(title), "waits for its disc, and nobody answers",
                nextStep: DiagnosticText("go on with \(names)"))
        }
    }

    /// What tells the disc of an image from others.
    private static func start(of image: BurnImage) throws -> [UInt8] {
        let descriptor = try InputFile.open(image.path)
        return try descriptor.closeAfter {
            let count = min(image.byteCount, Int64(DiscDrive.startByteCount))
            return try FileSource(descriptor, path: image.path).bytes(at: 0, length: Int(count)) ?? []
        }
    }

    // MARK: One disc

    private func burn(_ image: BurnImage, _ title: String, isLast: Bool, after starts: [[UInt8]]) throws -> BurntDisc {
        try interruption.check()
        let claimed = try target.claim(for: image)
        defer { withExtendedLifetime(claimed) {} }
        let address = claimed.address
        let descriptor = try InputFile.open(image.path)
        return try descriptor.closeAfter {
            guard try FileError.wrap("read", image.path, { FileIdentity(try Stat(descriptor)) }) == image.identity
            else {
                throw MediaBuilderError(
                    .badContent, "\(image.path)", "was changed since it was looked at", nextStep: "run it again")
            }
            let drive = try DiscDrive(address)
            defer { drive.close() }
            var medium = drive.medium()
            try check(medium, image, address, after: starts)
            let blanks = medium.holdsData && !medium.isOverwritable
            if blanks, !settings.simulates {
                conversation.tell("blanking the disc in \(address)")
                try drive.blank(interruption, progress)
                medium = drive.medium()
                try requireRoom(for: image, on: medium, address)
            }
            let digest = try Interruption.explaining(Self.consequence(address, settings)) {
                try drive.burn(
                    descriptor, image.path, byteCount: image.byteCount, on: medium, settings, interruption, progress)
            }
            let verifies = access.verifies && !settings.simulates
            if verifies {
                try Interruption.explaining("\(title) is burnt to \(address), and not verified") {
                    try drive.verify(
                        descriptor, byteCount: image.byteCount, digest: digest, interruption, progress)
                }
            }
            drive.ejects = !isLast && !address.isPseudo
            let deed =
                settings.simulates ? "was tried: nothing is burnt" : verifies ? "is burnt and verified" : "is burnt"
            conversation.tell("\(title) \(deed)")
            return BurntDisc(
                image: image.path, volume: image.manifest.map { ($0.volume, $0.volumeCount) },
                byteCount: image.byteCount,
                sha256: digest, medium: medium.name, wasBlanked: blanks && !settings.simulates, isVerified: verifies,
                isSimulated: settings.simulates)
        }
    }

    private static func consequence(_ address: DriveAddress, _ settings: BurnSettings) -> String {
        if settings.simulates { return "nothing was burnt; run it again" }
        return address.isPseudo
            ? "\(address.path) holds a part of the image; run it again"
            : "the disc in \(address) holds a part of the image and may be of no more use; run it again with another one"
    }

    /// Makes sure that `medium` may be written and has room.
    private func check(
        _ medium: DiscMedium, _ image: BurnImage, _ address: DriveAddress, after starts: [[UInt8]]
    ) throws(DiscBurningError) {
        let disc: DiagnosticText = "the disc in \(address)"
        switch medium.status {
        case .none:
            throw DiscBurningError(
                .noMedium, "drive \(address)", "holds no disc", nextStep: "put a blank disc into it")
        case .unusable:
            throw DiscBurningError(
                .noMedium, disc, "cannot be written in this drive", nextStep: "put a blank disc into it")
        case .blank, .appendable, .full: break
        }
        if starts.contains(where: { !$0.isEmpty && medium.start.starts(with: $0) }) {
            throw DiscBurningError(
                .notBlank, disc, "is one that this run has burnt", nextStep: "put another disc into the drive")
        }
        if medium.holdsData {
            guard medium.isOverwritable || medium.isErasable else {
                throw DiscBurningError(
                    .notBlank, disc, "is not blank, and a \(medium.name) is written once",
                    nextStep: "put a blank disc into the drive")
            }
            guard access.overwrites else {
                throw DiscBurningError(
                    .notBlank, disc, "is not blank", nextStep: "if nothing on it is needed any more, add \(.force)")
            }
            // What is free on it is told when it is blank.
            if !medium.isOverwritable { return }
        }
        try requireRoom(for: image, on: medium, address)
    }

    private func requireRoom(
        for image: BurnImage, on medium: DiscMedium, _ address: DriveAddress
    ) throws(DiscBurningError) {
        let needed = DiscDrive.neededByteCount(image.byteCount, on: medium)
        guard needed > medium.freeByteCount else { return }
        throw DiscBurningError(
            .tooSmall, "the disc in \(address)",
            "has room for \(medium.freeByteCount) bytes, and \(image.path) takes \(needed)",
            nextStep: "use a larger disc, or make a set of smaller volumes with \(.mediaSize)")
    }
}
