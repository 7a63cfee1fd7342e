// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibburn
import Glibc
import Support
import SystemPackage

/// How an image is burnt.
public struct BurnSettings: Sendable {
    /// How fast.
    public var speed = BurnSpeed.fastest
    /// Whether everything is done but switching the laser on.
    public var simulates = false

    /// As fast as can be, and in earnest.
    public init() {}
}

extension DiscDrive {
    /// Milliseconds between two looks at a drive that works.
    private static let patience: UInt32 = 50
    /// Blocks behind an image on a CD, without which old drives do not read its last ones: they stumble over what a
    /// track that was written at once ends with.
    private static let cdTailBlockCount: Int64 = 150
    private static let blockByteCount: Int64 = 2048

    /// The bytes that an image of `byteCount` bytes takes on `medium`; far more than any disc has, for one of nearly 2^63.
    public static func neededByteCount(_ byteCount: Int64, on medium: DiscMedium) -> Int64 {
        guard byteCount < Int64.max / 2 else { return .max }
        return (byteCount + blockByteCount - 1) / blockByteCount * blockByteCount + tailByteCount(on: medium)
    }

    private static func tailByteCount(on medium: DiscMedium) -> Int64 {
        medium.family == .cd ? cdTailBlockCount * blockByteCount : 0
    }

    /// Makes a disc blank that can be blanked; the drive cannot be stopped before it is done.
    ///
    /// - Throws: ``DiscBurningError`` `.notBurnt`; `InterruptedError` when it is blank and the user wants no more.
    public func blank(_ interruption: Interruption, _ progress: any ProgressObserver) throws {
        _ = BurnLibrary.takeMessage()
        let watch = WorkerWatch()
        burn_disc_erase(drive, 1)
        let meter = ProgressMeter(phase: "blanking", totalByteCount: nil, observer: progress)
        wait(meter, watch, cancelsOn: nil)
        meter.finish()
        guard burn_drive_wrote_well(drive) == 1 else { throw failed("could not be blanked", discTitle) }
        try interruption.check()
        try reopen()
    }

    /// Burns an image to the disc, which is blank or overwritten, and closes the disc.
    ///
    /// - Parameters:
    ///   - image: the open image; `path` is what it is called.
    ///   - medium: the disc in the drive.
    /// - Returns: the SHA-256 of what was burnt.
    /// - Throws: ``DiscBurningError`` `.unsupported`, `.notBurnt`; `FileError` when the image cannot be read;
    ///   `InterruptedError` when the drive was stopped and is idle.
    public func burn(
        _ image: FileDescriptor, _ path: FilePath, byteCount: Int64, on medium: DiscMedium, _ settings: BurnSettings,
        _ interruption: Interruption, _ progress: any ProgressObserver
    ) throws -> SHA256Digest {
        let watch = WorkerWatch()
        let source = ImageSource(image, path, byteCount: byteCount, watch)
        let job = try BurnJob(drive, source, tailByteCount: Self.tailByteCount(on: medium), object: title)
        defer { job.free() }
        _ = BurnLibrary.takeMessage()
        if settings.simulates {
            guard canSimulate, burn_write_opts_set_simulate(job.options, 1) != 0 else {
                throw DiscBurningError(
                    .unsupported, title, "cannot simulate with \(medium.name.isEmpty ? "such a disc" : medium.name)",
                    nextStep: "leave \(.simulate) out")
            }
        }
        var reasons = [CChar](repeating: 0, count: Int(BURN_REASONS_LEN))
        guard burn_write_opts_auto_write_type(job.options, job.disc, &reasons, 0) != BURN_WRITE_NONE,
            burn_precheck_write(job.options, job.disc, &reasons, 0) > 0
        else {
            let text = String(decoding: reasons.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let reason = text.trimmingTrailing { $0 == " " || $0 == "," || $0 == ":" }
            throw DiscBurningError(
                .unsupported, title, "cannot write this disc: \(reason.isEmpty ? medium.name : reason)",
                nextStep: "use another kind of disc")
        }
        burn_drive_set_speed(drive, 0, settings.speed.kilobytesPerSecond(medium.family))
        try interruption.check()
        let meter = ProgressMeter(
            phase: settings.simulates ? "simulating" : "burning", totalByteCount: byteCount, observer: progress)
        burn_disc_write(job.options, job.disc)
        let (wasStopped, told) = wait(meter, watch, byteCount: byteCount, cancelsOn: interruption)
        let digest = source.digest
        // The drive is idle before it has told of its last blocks.
        if !wasStopped, digest != nil { meter.advance(by: Int(clamping: byteCount - told)) }
        meter.finish()
        if let failure = source.failure { throw failure }
        if wasStopped { throw InterruptedError() }
        guard burn_drive_wrote_well(drive) == 1, let digest else {
            throw failed("could not be burnt", discTitle)
        }
        return digest
    }

    /// Whether drive and disc can do all but burn.
    private var canSimulate: Bool {
        var capabilities: UnsafeMutablePointer<burn_multi_caps>?
        defer { burn_disc_free_multi_caps(&capabilities) }
        return burn_disc_get_multi_caps(drive, BURN_WRITE_NONE, &capabilities, 0) > 0
            && capabilities?.pointee.might_simulate != 0
    }

    /// Waits until the drive is idle and nothing works on it; when `interruption` is requested it is told to stop, and waited
    /// for all the same.
    ///
    /// - Returns: whether it was told to stop, and the bytes that `meter` was told of.
    @discardableResult
    private func wait(
        _ meter: ProgressMeter, _ watch: WorkerWatch, byteCount: Int64 = .max, cancelsOn interruption: Interruption?
    ) -> (wasStopped: Bool, told: Int64) {
        var progress = burn_progress()
        var done: Int64 = 0
        var isCancelled = false
        while burn_drive_get_status(drive, &progress) != BURN_DRIVE_IDLE {
            if let interruption, interruption.isRequested {
                isCancelled = true
                burn_drive_cancel(drive)
            }
            let now = min(
                Int64(progress.sector) * Self.blockByteCount, Int64(max(progress.sectors, 0)) * Self.blockByteCount,
                byteCount)
            if interruption != nil, now > done {
                meter.advance(by: Int(now - done))
                done = now
            }
            usleep(Self.patience * 1000)
        }
        watch.waitForEnd()
        return (isCancelled, done)
    }

    private func failed(_ problem: DiagnosticText, _ object: DiagnosticText) -> DiscBurningError {
        let reason = BurnLibrary.takeMessage().map { ": \($0)" } ?? ""
        return DiscBurningError(
            .notBurnt, object, problem + DiagnosticText(reason),
            nextStep: address.isPseudo
                ? "look at the file and what it lies on" : "try another disc, or a lower \(.speed)")
    }
}

/// What libburn needs for one track.
private struct BurnJob {
    let disc: OpaquePointer
    let options: OpaquePointer
    private let session: OpaquePointer
    private let track: OpaquePointer
    private let source: UnsafeMutablePointer<burn_source>

    /// One session with one data track, after which the disc is closed.
    ///
    /// libburn's own reading ahead is left out: it ends its thread by cancelling it, wherever that is. Drives hold out when
    /// nothing comes for a moment: all but the oldest can, and DVDs and Blu-rays do not mind.
    init(
        _ drive: OpaquePointer, _ image: ImageSource, tailByteCount: Int64, object: DiagnosticText
    ) throws(DiscBurningError) {
        guard let disc = burn_disc_create(), let session = burn_session_create(), let track = burn_track_create(),
            let options = burn_write_opts_new(drive), let source = image.make()
        else {
            throw DiscBurningError(
                .notBurnt, object, "cannot be used: there is too little memory", nextStep: "end other programs")
        }
        (self.disc, self.session, self.track, self.options) = (disc, session, track, options)
        self.source = source
        burn_disc_add_session(disc, session, UInt32(BURN_POS_END))
        burn_track_define_data(track, 0, Int32(tailByteCount), 1, BURN_MODE1)
        _ = burn_track_set_source(track, source)
        burn_session_add_track(session, track, UInt32(BURN_POS_END))
        burn_write_opts_set_multi(options, 0)
        burn_write_opts_set_perform_opc(options, 0)
        _ = burn_write_opts_set_underrun_proof(options, 1)
    }

    /// Gives everything back; nothing is burnt with it any more.
    func free() {
        burn_write_opts_free(options)
        burn_track_free(track)
        burn_session_free(session)
        burn_disc_free(disc)
        burn_source_free(source)
    }
}
