// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibwim
import Glibc
import Identifiers
import Markup
import Support
import SystemPackage

/// A WIM archive opened for reading through libwim.
///
/// One archive holds several images, numbered from 1. An archive is used by one thread at a time. libwim checks the
/// SHA-1 of every resource that it reads.
public final class WindowsImage {
    /// Where the archive is.
    public let path: FilePath
    /// The number of images.
    public let imageCount: Int
    /// The number of the image that a boot loader starts, or 0 when none is marked.
    public let bootIndex: Int
    /// What the header of the file says, or of the first part.
    public let header: WindowsImageHeader
    /// Whether the archive can be checked without reading its files one by one: ``verifyIntegrity(interruption:progress:)``.
    public let hasIntegrityTable: Bool
    /// The files of the archive, by part number.
    let partPaths: [Int: FilePath]
    let handle: OpaquePointer

    /// Opens the archive at `path`.
    ///
    /// - Throws: ``WindowsImagingError``: `.notAnImage` when the file is not a WIM, `.incomplete` for a part of a split
    ///   WIM, `.damaged` when its header, XML or tables are not sound, `.tooLarge` when it claims a list of files that none has,
    ///   `.io` with a `FileError` when it cannot be read.
    public convenience init(path: FilePath) throws(WindowsImagingError) {
        try self.init(path, flags: WIMLIB_OPEN_FLAG_ERROR_IF_SPLIT)
    }

    /// Opens the archive at `path`, or the split one whose first part it is: NAME.swm beside NAME2.swm and so on.
    ///
    /// - Throws: as ``init(path:)``; `.incomplete` when it is another part, or when a part is missing.
    public convenience init(joiningPartsOf path: FilePath) throws(WindowsImagingError) {
        try self.init(path, flags: 0)
        try join(partPaths.filter { $0.key > 1 }.sorted { $0.key < $1.key }.map(\.value))
    }

    /// Opens the split archive whose first part is at `path`, with the other `parts` wherever they are.
    ///
    /// - Throws: as ``init(joiningPartsOf:)``.
    public convenience init(path: FilePath, parts: [FilePath]) throws(WindowsImagingError) {
        try self.init(path, flags: parts.isEmpty ? WIMLIB_OPEN_FLAG_ERROR_IF_SPLIT : 0)
        try join(parts)
    }

    /// Has the archive find content in the other parts of a split one.
    private func join(_ others: [FilePath]) throws(WindowsImagingError) {
        for part in others {
            guard (try? Stat(part)) != nil else {
                throw WindowsImagingError(
                    .incomplete, "\(path)", "is split, and its part \(part) is not there",
                    nextStep: "put all parts in one folder")
            }
            // libwim makes room for the images that each part claims.
            let claimed = try Self.header(of: part).imageCount
            guard claimed <= imageCount else {
                throw WindowsImagingError(
                    .damaged, "\(part)", "claims \(claimed) images, and the first part \(imageCount)",
                    nextStep: "get a fresh copy of it")
            }
        }
        let names = others.map { strdup($0.string) }
        defer { names.forEach { free($0) } }
        let pointers = names.map { UnsafePointer($0) }
        guard !pointers.isEmpty else { return }
        try Libwim.check(
            wimlib_reference_resource_files(handle, pointers, UInt32(pointers.count), 0, 0), path.string,
            "could not be joined with its parts")
    }

    private init(_ path: FilePath, flags: Int32) throws(WindowsImagingError) {
        let header = try Self.header(of: path)
        guard header.part <= 1 else {
            throw WindowsImagingError(
                .incomplete, "\(path)", "is part \(header.part) of a split WIM", nextStep: "name its first part")
        }
        try Libwim.check(Libwim.initialization, "libwim", "could not be set up")
        ParserMessages.silence()
        var opened: OpaquePointer?
        try Libwim.check(wimlib_open_wim(path.string, flags, &opened), path.string, "could not be opened")
        guard let opened else { fatalError("libwim sets the handle whenever it returns 0") }
        var information = wimlib_wim_info()
        let result = wimlib_get_wim_info(opened, &information)
        self.path = path
        partPaths = Dictionary(
            uniqueKeysWithValues: (1...max(1, Int(information.total_parts))).map { ($0, path.part($0)) })
        handle = opened
        self.header = header
        imageCount = Int(information.image_count)
        bootIndex = Int(information.boot_index)
        hasIntegrityTable = information.has_integrity_table != 0
        try Libwim.check(result, path.string, "could not be opened")
        try checkLists()
    }

    deinit { wimlib_free(handle) }

    /// What the XML data says about image `index`.
    ///
    /// - Throws: ``WindowsImagingError`` `.imageNotFound`, or `.unsupportedArchitecture` (32-bit Arm, Itanium).
    public func properties(ofImage index: Int) throws(WindowsImagingError) -> ImageProperties {
        try checkIndex(index)
        return ImageProperties(
            index: index,
            name: text("NAME", index) ?? "",
            description: text("DESCRIPTION", index) ?? "",
            architecture: try architecture(ofImage: index),
            version: version(ofImage: index),
            edition: text("WINDOWS/EDITIONID", index),
            defaultLanguage: text("WINDOWS/LANGUAGES/DEFAULT", index),
            totalByteCount: number("TOTALBYTES", index),
            hardLinkByteCount: number("HARDLINKBYTES", index),
            fileCount: number("FILECOUNT", index),
            folderCount: number("DIRCOUNT", index))
    }

    /// The element at `path` of the XML of image `index`, as "DESCRIPTION"; nil when it is absent or empty.
    ///
    /// - Throws: ``WindowsImagingError`` `.imageNotFound`.
    public func property(_ path: String, ofImage index: Int) throws(WindowsImagingError) -> String? {
        try checkIndex(index)
        return text(path, index)
    }

    /// The text that errors use for image `index`.
    func describe(_ index: Int) -> String { "image \(index) of \(path)" }

    /// Throws unless there is an image of this number: 0 and -1 have meanings of their own in libwim.
    func checkIndex(_ index: Int) throws(WindowsImagingError) {
        guard index >= 1, index <= imageCount else {
            throw WindowsImagingError(
                .imageNotFound, DiagnosticText(describe(index)), "does not exist",
                nextStep: imageCount == 1 ? "use image 1" : "use one of the images 1 to \(imageCount)")
        }
    }
}

extension WindowsImage {
    /// The header of the file at `path`, which nothing but a plain file gets past, and so never to libwim.
    static func header(of path: FilePath) throws(WindowsImagingError) -> WindowsImageHeader {
        let notAnImage = WindowsImagingError(
            .notAnImage, "\(path)", "is not a WIM", nextStep: "name a .wim or .esd file")
        do {
            let descriptor = try FileError.wrap("opened", path) {
                try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
            }
            return try descriptor.closeAfter {
                guard try FileError.wrap("opened", path, { try Stat(descriptor).type }) == .regular else {
                    throw WindowsImagingError(
                        .notAnImage, "\(path)", "is not a file", nextStep: "name a .wim or .esd file")
                }
                let source = try FileSource(descriptor, path: path)
                guard let header = try WindowsImageHeader.check(source, name: path.string) else { throw notAnImage }
                return header
            }
        } catch let error as WindowsImagingError {
            throw error
        } catch {
            throw WindowsImagingError(error as? FileError ?? FileError("opened", path, error as? Errno ?? .ioError))
        }
    }

    private func architecture(ofImage index: Int) throws(WindowsImagingError) -> Architecture? {
        guard let value = text("WINDOWS/ARCH", index) else { return nil }
        guard let number = Int(value), let architecture = Architecture(windowsValue: number) else {
            throw WindowsImagingError(
                .unsupportedArchitecture, DiagnosticText(describe(index)),
                "is for the unsupported processor architecture \(value == "5" ? "5 (32-bit Arm)" : value)",
                nextStep: "use an x86, x64 or arm64 image")
        }
        return architecture
    }

    private func version(ofImage index: Int) -> String? {
        let names = ["MAJOR", "MINOR", "BUILD"].compactMap { text("WINDOWS/VERSION/\($0)", index) }
        guard names.count == 3 else { return nil }
        return (names + [text("WINDOWS/VERSION/SPBUILD", index)].compactMap { $0 }).joined(separator: ".")
    }

    private func number<Value: FixedWidthInteger>(_ property: String, _ index: Int) -> Value? {
        text(property, index).flatMap { Value($0) }
    }

    /// The XML element `property` of image `index`; an empty element counts as absent.
    private func text(_ property: String, _ index: Int) -> String? {
        guard let value = wimlib_get_image_property(handle, Int32(index), property) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}

extension FilePath {
    /// The path of part `number` of a split archive whose first part this is, as DISM and wimlib call them: NAME.swm,
    /// NAME2.swm, NAME3.swm and so on.
    public func part(_ number: Int) -> FilePath {
        guard number > 1, let name = lastComponent else { return self }
        return removingLastComponent().appending("\(name.stem)\(number)\(name.extension.map { ".\($0)" } ?? "")")
    }
}
