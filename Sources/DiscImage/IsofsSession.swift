// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibisofs
import Support
import Synchronization

/// One image in libisofs, from an empty tree to its metadata.
struct IsofsSession {
    /// What libisofs decided.
    struct Result {
        /// Bytes of the whole image, with what is before the first block.
        let imageByteCount: Int64
        /// What libisofs wrote from the first block up to the first content.
        let metadata: [UInt8]
        let frame: Frame
    }

    /// What is around the image of libisofs, and between its directories and its content.
    struct Frame {
        /// Where the image begins; all addresses in it count from the start of the disc.
        var firstBlock: UInt32 = 0
        /// So many blocks between its directories and its content are nothing's.
        var frontBlockCount: Int64 = 0
        /// So many blocks at its end are nothing's.
        var tailBlockCount: Int64 = 0
        /// A block of padding is before the first content.
        var padsFirstContent = false
    }

    /// libisofs keeps its messages in one place for the whole process: one session at a time.
    private static let library = Mutex<Bool>(false)

    /// Lays the files of `description` out, which `tree` and `order` hold, and reads the metadata back.
    static func layOut(
        _ description: DiscDescription, tree: DiscTree, order: ContentOrder, frame: Frame
    ) throws(DiscImageError) -> Result {
        let outcome = library.withLock { isInitialized -> Swift.Result<Result, DiscImageError> in
            do throws(DiscImageError) {
                if !isInitialized {
                    try check(iso_init(), "start libisofs")
                    // Names are UTF-8 whatever the locale says, and libisofs does not talk to the terminal itself.
                    var charset = Array("UTF-8".utf8CString)
                    try check(iso_set_local_charset(&charset, 0), "set the character set")
                    var never = Array("NEVER".utf8CString)
                    var alsoNever = never
                    var noPrefix: [CChar] = [0]
                    try check(iso_set_msgs_severities(&never, &alsoNever, &noPrefix), "silence libisofs")
                    isInitialized = true
                }
                let session = try IsofsSession(description, frame)
                defer { iso_image_unref(session.image) }
                try session.addTree(description, tree, order)
                return .success(try session.readMetadata(description))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// A million blocks hold the directories of more files than any media has.
    private static let blockLimit = 1 << 20

    private let image: OpaquePointer
    private let frame: Frame

    private init(_ description: DiscDescription, _ frame: Frame) throws(DiscImageError) {
        self.frame = frame
        var image: OpaquePointer?
        try check(iso_image_new(description.label, &image), "create an image")
        guard let image else { throw DiscImageError(.layoutFailed, "the disc", "could not be laid out") }
        self.image = image
        iso_image_set_application_id(image, "tsmedia")
    }

    // MARK: The tree

    private func addTree(
        _ description: DiscDescription, _ tree: DiscTree, _ order: ContentOrder
    ) throws(DiscImageError) {
        var nodes = IsofsTree(
            root: iso_image_get_root(image), created: time_t(description.created.unixSeconds))
        // The order on the disc is the order of falling weights; the boot catalog comes before all content.
        var weight = Int32.max - 1
        if frame.frontBlockCount > 0 {
            try nodes.addPadding(weight: weight, blockCount: frame.frontBlockCount)
            weight -= 1
        }
        if frame.padsFirstContent { try nodes.addPadding(weight: weight) }
        var weights: [Int32] = []
        weights.reserveCapacity(order.contents.count)
        for content in order.contents {
            weight -= 1
            weights.append(weight)
            if content.isFollowedByPadding {
                weight -= 1
                try nodes.addPadding(weight: weight)
            }
        }
        if frame.tailBlockCount > 0 { try nodes.addPadding(weight: weight - 1, blockCount: frame.tailBlockCount) }
        try nodes.add(tree, files: description.files, contents: order.numbers, weights: weights)
        try addBootEntries(description)
    }

    private func addBootEntries(_ description: DiscDescription) throws(DiscImageError) {
        for (index, entry) in description.bootEntries.enumerated() {
            guard description.files.contains(where: { $0.path == entry.imagePath }) else {
                throw DiscImageError(
                    .bootImageMissing, "boot image \(entry.imagePath)", "is not among the disc's files")
            }
            let path = "/\(entry.imagePath)"
            var boot: OpaquePointer?
            if index == 0 {
                try check(
                    iso_image_set_boot_image(image, path, ELTORITO_NO_EMUL, "/.boot-catalog", &boot),
                    "add boot image \(entry.imagePath)")
            } else {
                try check(
                    iso_image_add_boot_image(image, path, ELTORITO_NO_EMUL, 0, &boot),
                    "add boot image \(entry.imagePath)")
            }
            guard let boot else { throw DiscImageError(.layoutFailed, "\(path)", "could not be made bootable") }
            try check(el_torito_set_boot_platform_id(boot, entry.firmware.platformID), "set the platform")
            el_torito_set_load_size(boot, Int16(bitPattern: entry.loadSectorCount))
        }
        if !description.bootEntries.isEmpty {
            try check(iso_image_set_boot_catalog_weight(image, Int32.max), "place the boot catalog")
            let hidden = Int32(LIBISO_HIDE_ON_RR.rawValue | LIBISO_HIDE_ON_JOLIET.rawValue)
            try check(iso_image_set_boot_catalog_hidden(image, hidden), "hide the boot catalog")
        }
    }

    // MARK: The metadata

    /// Options of the image: ISO 9660 level 3 and Joliet, names as boot sectors expect them, times from the description.
    private func options(_ description: DiscDescription) throws(DiscImageError) -> OpaquePointer {
        var options: OpaquePointer?
        try check(iso_write_opts_new(&options, 0), "prepare the options")
        guard let options else { throw DiscImageError(.layoutFailed, "the disc", "could not be laid out") }
        // 0 would mean "now" to libisofs.
        let created = time_t(max(1, description.created.unixSeconds))
        var noIdentifier: [CChar] = [0]
        for (code, what) in [
            (iso_write_opts_set_iso_level(options, 3), "set level 3"),
            (iso_write_opts_set_joliet(options, 1), "add Joliet"),
            (iso_write_opts_set_joliet_long_names(options, 1), "allow long names"),
            (iso_write_opts_set_joliet_longer_paths(options, 1), "allow long paths"),
            (iso_write_opts_set_joliet_utf16(options, 1), "allow all characters"),
            (iso_write_opts_set_allow_deep_paths(options, 1), "allow deep folders"),
            (iso_write_opts_set_allow_longer_paths(options, 1), "allow long paths"),
            // 1 omits the version in the ISO tree; Joliet never gets one unless 2 or 3 is asked for.
            (iso_write_opts_set_omit_version_numbers(options, 1), "omit version numbers"),
            // etfsboot.com looks for BOOTMGR, not for "BOOTMGR." (disc-metadata.md).
            (iso_write_opts_set_no_force_dots(options, 3), "omit dots"),
            (iso_write_opts_set_relaxed_vol_atts(options, 1), "allow any label"),
            (iso_write_opts_set_sort_files(options, 1), "order the content"),
            // Bit 0: ISO 9660, bit 1: Joliet.
            (iso_write_opts_set_dir_rec_mtime(options, 3), "record file times"),
            (iso_write_opts_set_replace_timestamps(options, 0), "record file times"),
            (iso_write_opts_set_always_gmt(options, 1), "record times in UTC"),
            (iso_write_opts_set_pvd_times(options, created, created, 0, 0, &noIdentifier), "set the volume's times"),
            (iso_write_opts_set_ms_block(options, frame.firstBlock), "leave room in front"),
            // In blocks; the smallest buffer there is, because little is read.
            (iso_write_opts_set_fifo_size(options, 32), "set the buffer size"),
            (iso_write_opts_set_output_charset(options, "UTF-8"), "set the character set"),
        ] {
            do throws(DiscImageError) {
                try check(code, what)
            } catch {
                iso_write_opts_free(options)
                throw error
            }
        }
        return options
    }

    private func readMetadata(_ description: DiscDescription) throws(DiscImageError) -> Result {
        let options = try options(description)
        defer { iso_write_opts_free(options) }
        var source: UnsafeMutablePointer<burn_source>?
        try check(iso_image_create_burn_source(image, options, &source), "lay out the disc")
        guard let source else { throw DiscImageError(.layoutFailed, "the disc", "could not be laid out") }
        defer {
            // Cancelling makes the writer thread of libisofs end at its next block.
            _ = source.pointee.cancel?(source)
            source.pointee.free_data?(source)
            free(source)
        }
        let byteCount = Int64(source.pointee.get_size(source))
        var dataStart: UInt32 = 0
        try check(iso_write_opts_get_data_start(options, &dataStart, 0), "find the content")
        let first = Int(frame.firstBlock)
        let directoriesEnd = Int(dataStart) - first
        var metadata: [UInt8] = []
        // Some more for the boot catalog and what is before it; growing would need twice the room.
        metadata.reserveCapacity(min(max(0, directoriesEnd) + 64, Self.blockLimit) * DiscGeometry.blockByteCount)
        try Self.read(source, upTo: directoriesEnd, of: byteCount, into: &metadata)
        // The boot catalog counts as content, and only libisofs has its bytes.
        if let catalog = try VolumeDescriptors(MemorySource(metadata), name: "the layout").bootCatalogBlock {
            try Self.read(source, upTo: Int(catalog) - first + 1, of: byteCount, into: &metadata)
        }
        if description.jolietLabel != description.label {
            try VolumeDescriptors.setJolietLabel(description.jolietLabel, in: &metadata)
        }
        return Result(
            imageByteCount: Int64(first * DiscGeometry.blockByteCount) + byteCount, metadata: metadata, frame: frame)
    }

    /// Reads on until `metadata` holds `blockCount` blocks of the image.
    private static func read(
        _ source: UnsafeMutablePointer<burn_source>, upTo blockCount: Int, of imageByteCount: Int64,
        into metadata: inout [UInt8]
    ) throws(DiscImageError) {
        let size = DiscGeometry.blockByteCount
        guard blockCount <= blockLimit, Int64(blockCount * size) <= imageByteCount else {
            throw DiscImageError(.layoutFailed, "the disc", "has directories of impossible size")
        }
        var block = [UInt8](repeating: 0, count: size)
        while metadata.count < blockCount * size {
            guard source.pointee.read_xt(source, &block, Int32(size)) == Int32(size) else {
                throw DiscImageError(.layoutFailed, "the disc", "has incomplete directories")
            }
            metadata += block
        }
    }
}

/// Turns a code of libisofs into an error with libisofs' own message.
func check(_ code: Int32, _ operation: String) throws(DiscImageError) {
    guard code < 0 else { return }
    let reason = iso_error_to_msg(code).map { String(cString: $0) } ?? "error \(code)"
    throw DiscImageError(.layoutFailed, "the disc", "could not be laid out: \(operation): \(reason)")
}
