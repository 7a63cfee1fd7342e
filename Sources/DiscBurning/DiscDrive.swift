// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibburn
import Support
import SystemPackage

/// A drive that this process holds alone, through libburn.
///
/// One at a time: opening waits until another one is closed. Used by one thread.
public final class DiscDrive {
    /// The drive.
    public let address: DriveAddress
    private var handle: Handle

    /// What libburn gives for a drive that is held.
    private struct Handle {
        let infos: UnsafeMutablePointer<burn_drive_info>
        var drive: OpaquePointer { infos.pointee.drive }
    }

    private var isOpen = true
    /// Whether the drive opens when it is closed here, so that the disc can be taken.
    public var ejects = false

    /// Takes the drive at `address` and looks at the disc in it; nothing is written.
    ///
    /// - Throws: ``DiscBurningError`` `.noDrive`, `.noLibrary`.
    public init(_ address: DriveAddress) throws(DiscBurningError) {
        guard address.description.utf8.count < DriveAddress.byteLimit else {
            throw DiscBurningError(
                .noDrive, "drive \(address)", "has too long a path", nextStep: "name it by a shorter one")
        }
        try BurnLibrary.begin()
        do throws(DiscBurningError) {
            handle = try Self.grab(address)
        } catch {
            BurnLibrary.end()
            throw error
        }
        self.address = address
    }

    deinit { close() }

    /// Lets go of the drive.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        Self.release(handle, ejects: ejects)
        BurnLibrary.end()
    }

    private static func grab(_ address: DriveAddress) throws(DiscBurningError) -> Handle {
        var infos: UnsafeMutablePointer<burn_drive_info>?
        let result = BurnLibrary.withWord(address.description) { burn_drive_scan_and_grab(&infos, $0, 1) }
        guard result == 1, let infos else {
            let reason = BurnLibrary.takeMessage().map { ": \($0)" } ?? ""
            throw DiscBurningError(
                .noDrive, "drive \(address)", "could not be opened\(reason)",
                nextStep: address.isPseudo
                    ? "check the path, and that it may be written"
                    : "check with \(.list) which drives there are, and that no other program uses this one")
        }
        return Handle(infos: infos)
    }

    private static func release(_ handle: Handle, ejects: Bool) {
        burn_drive_release(handle.drive, ejects ? 1 : 0)
        burn_drive_info_free(handle.infos)
    }

    /// Lets go of the drive and takes it again, which makes it look at the disc anew: before that it may not know what was
    /// written (libburn.h, burn_disc_write).
    ///
    /// - Throws: ``DiscBurningError`` `.noDrive`, after which the drive is closed.
    func reopen() throws(DiscBurningError) {
        Self.release(handle, ejects: false)
        do throws(DiscBurningError) {
            handle = try Self.grab(address)
        } catch {
            isOpen = false
            BurnLibrary.end()
            throw error
        }
    }

    /// The drive for calls of libburn.
    var drive: OpaquePointer { handle.drive }

    /// The drive in messages.
    var title: DiagnosticText { "drive \(address)" }
    /// The disc in messages.
    var discTitle: DiagnosticText { "the disc in \(address)" }

    // MARK: The disc

    /// Bytes at the start of a disc that tell what is on it: those before and with the first volume descriptors.
    public static let startByteCount = 64 << 10

    /// The disc that is in the drive now.
    public func medium() -> DiscMedium {
        var profile: Int32 = 0
        var name = [CChar](repeating: 0, count: 80)
        _ = burn_disc_get_profile(drive, &profile, &name)
        let isOverwritable = DiscMedium.overwritableProfiles.contains(profile)
        let status = status
        let start = status == .none || status == .unusable ? [] : start()
        let isWritten =
            isOverwritable ? start.map { $0.contains { $0 != 0 } } ?? true : [.appendable, .full].contains(status)
        return DiscMedium(
            name: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self),
            family: DiscMedium.Family(profile: profile), status: status, isOverwritable: isOverwritable,
            isErasable: burn_disc_erasable(drive) != 0,
            freeByteCount: Int64(burn_disc_available_space(drive, nil)) + (file?.sizeAllocated ?? 0),
            holdsData: isWritten || (file?.size ?? 0) > 0,
            start: start ?? [])
    }

    private var status: DiscMedium.Status {
        switch burn_disc_get_status(drive) {
        case BURN_DISC_BLANK: .blank
        case BURN_DISC_EMPTY: .none
        case BURN_DISC_APPENDABLE: .appendable
        case BURN_DISC_FULL: .full
        default: .unusable
        }
    }

    /// The first bytes, of a blank disc none; nil when there are some that cannot be read.
    private func start() -> [UInt8]? {
        var blockCount: Int32 = 0
        guard burn_get_read_capacity(drive, &blockCount, 0) > 0 else {
            _ = BurnLibrary.takeMessage()
            return []
        }
        let byteCount = min(Int64(Self.startByteCount), Int64(max(0, blockCount)) * 2048)
        guard byteCount > 0 else { return [] }
        var isRead = false
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(byteCount)) { buffer, count in
            isRead = read(
                at: 0,
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<Int(byteCount)]))
            count = isRead ? Int(byteCount) : 0
        }
        return isRead ? bytes : nil
    }

    /// Fills `buffer` with bytes of the disc; false when they cannot all be read.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        var done: off_t = 0
        // Bit 1: no message, for there is nobody to read it.
        let result = buffer.withMemoryRebound(to: CChar.self) {
            burn_read_data(drive, off_t(offset), $0.baseAddress, off_t($0.count), &done, 1 << 1)
        }
        return result > 0 && done == buffer.count
    }

    /// The file that stands for a disc, when there is one: what it takes is written over, while libburn counts only what is
    /// free beside it.
    private var file: Stat? {
        guard address.isPseudo, let status = try? Stat(address.path), status.type == .regular else { return nil }
        return status
    }
}
