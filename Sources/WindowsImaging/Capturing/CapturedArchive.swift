// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Markup
import Support
import SystemPackage

/// A new archive that volumes are captured into, an image each, in their order.
///
/// A volume of NTFS is listed when it is added, and its files are read while the archive is written: it must stay as it is meanwhile.
/// Images of other volumes are added empty; ``ImageFilling`` fills them once the archive is written.
public final class CapturedArchive {
    /// How it is compressed.
    public let compression: WindowsImageCompression
    /// How many images it has so far.
    public private(set) var imageCount = 0
    private let handle: OpaquePointer

    /// An archive without images, compressed in any way but the solid one.
    ///
    /// - Throws: ``WindowsImagingError``.
    public init(compression: WindowsImageCompression) throws(WindowsImagingError) {
        precondition(compression != .solid, "what is filled afterwards is not solid")
        try Libwim.check(Libwim.initialization, "libwim", "could not be set up")
        ParserMessages.silence()
        var made: OpaquePointer?
        try Libwim.check(
            wimlib_create_new_wim(compression.type ?? WIMLIB_COMPRESSION_TYPE_NONE, &made), "an image",
            "could not be begun")
        guard let made else { fatalError("libwim sets the handle whenever it returns 0") }
        handle = made
        self.compression = compression
    }

    deinit { wimlib_free(handle) }

    /// Adds the image `name` of a volume of NTFS, which libwim opens by itself and nobody may write to.
    ///
    /// Everything that NTFS keeps is captured: security descriptors, further streams, links, short names, sparse files, reparse
    /// points as they are, times.
    ///
    /// - Parameters:
    ///   - volume: the node of a partition, or a file with a volume.
    ///   - exclusions: a file that says what is left out, in the form of wimlib's capture configurations.
    ///   - observe: told how many files and folders were found so far.
    /// - Returns: what is worth knowing of what was found.
    /// - Throws: ``WindowsImagingError``: `.io` when the volume cannot be read, `.damaged`, `.interrupted`.
    public func add(
        ntfs volume: FilePath, name: String, exclusions: FilePath, interruption: Interruption,
        observe: @escaping (_ entryCount: Int) -> Void = { _ in }
    ) throws(WindowsImagingError) -> CapturedFacts {
        let scan = LibwimScan(interruption: interruption, observe: observe)
        try scan.whileObserving(handle) { () throws(WindowsImagingError) in
            let flags =
                WIMLIB_ADD_FLAG_NTFS | WIMLIB_ADD_FLAG_NORPFIX | WIMLIB_ADD_FLAG_VERBOSE
                | WIMLIB_ADD_FLAG_FILE_PATHS_UNNEEDED
            try Libwim.check(
                wimlib_add_image(handle, volume.string, name, exclusions.string, flags), volume.string,
                "could not be captured")
        }
        imageCount += 1
        var facts = CapturedFacts()
        facts.unsupportedPaths = scan.unsupportedPaths
        facts.unsupportedCount = scan.unsupportedCount
        try facts.look(into: handle, image: imageCount, volume: volume.string)
        return facts
    }

    /// Adds the image `name` that has no files yet.
    ///
    /// - Throws: ``WindowsImagingError``.
    public func addEmpty(name: String) throws(WindowsImagingError) {
        try Libwim.check(wimlib_add_empty_image(handle, name, nil), "an image", "could not be begun")
        imageCount += 1
    }

    /// Sets an element of the XML of image `index`.
    ///
    /// - Throws: ``WindowsImagingError``.
    public func set(_ property: WindowsImageDescription.Property, ofImage index: Int) throws(WindowsImagingError) {
        try Libwim.check(
            wimlib_set_image_property(handle, Int32(index), property.path, property.value),
            "property \(property.path) of image \(index)", "could not be set")
    }

    /// Writes the archive to `path`, reading everything that was listed; flushing it to the disk is the caller's.
    ///
    /// - Throws: ``WindowsImagingError``: `.noSpace`, `.io`, `.interrupted`.
    public func write(
        to path: FilePath, threadCount: Int, interruption: Interruption,
        progress: any ProgressObserver = SilentProgress()
    ) throws(WindowsImagingError) {
        let observation = LibwimObservation(interruption: interruption, progress: progress)
        defer { observation.finish() }
        try observation.whileObserving(handle) { () throws(WindowsImagingError) in
            try Libwim.check(
                wimlib_write(handle, path.string, WIMLIB_ALL_IMAGES, 0, UInt32(clamping: max(1, threadCount))),
                path.string, "could not be written")
        }
    }
}
