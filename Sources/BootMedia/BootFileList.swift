// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import JSON
import Support
import WindowsImaging

/// The list by which a boot image that is not Windows PE says which of its files go where on media
/// (docs/formats/open-boot-image.md).
///
/// Media takes the files of such an image by this list instead of the places that Windows PE has them in.
public struct BootFileList: Sendable, Equatable, Encodable {
    /// Where an image has its list.
    public static let path = "tsmedia/boot-files.json"
    /// The form of the list that is written and read.
    public static let currentFormat = 1

    /// A file of the image and its place on media.
    public struct File: Sendable, Equatable, Encodable {
        /// The place on media: `bootmgr`, or below `boot` or `EFI`.
        public let target: MediaPath
        /// The place in the image.
        public let source: MediaPath
        /// The firmware that needs it.
        public let firmware: [Firmware]

        /// A file.
        public init(target: MediaPath, source: MediaPath, firmware: [Firmware]) {
            self.target = target
            self.source = source
            self.firmware = firmware
        }
    }

    /// The form, ``currentFormat``.
    public let format: Int
    /// The files.
    public let files: [File]

    /// A list of `files`.
    public init(_ files: [File]) {
        format = Self.currentFormat
        self.files = files
    }

    /// More than any list of ``BootImage/fileCountLimit`` files has.
    static let byteCountLimit = 1 << 20
    /// The folders of media in which an image may place files: whatever else is on media is not its own.
    private static let folders: [CaseFoldedName] = ["boot", "EFI"]

    /// The list that `bytes` are.
    ///
    /// - Throws: ``Fault`` when they are no such list, or one of another form.
    init(_ bytes: [UInt8]) throws(Fault) {
        guard let node = JSONNode(document: bytes), let format = node.count("format") else {
            throw Fault("is not a list of boot files")
        }
        guard format == Self.currentFormat else { throw Fault("has the form \(format), which is not known") }
        guard case .list(let nodes)? = node["files"], nodes.count <= BootImage.fileCountLimit else {
            throw Fault("has no list of at most \(BootImage.fileCountLimit) files")
        }
        var files: [File] = []
        var targets: Set<CaseFoldedName> = []
        for node in nodes {
            guard let target = node.text("target").flatMap({ try? MediaPath($0) }),
                let source = node.text("source").flatMap({ try? MediaPath($0) }), !source.description.contains("*"),
                case .list(let names)? = node["firmware"]
            else { throw Fault("has an entry without target, source or firmware") }
            guard Self.isOwn(target), targets.insert(target.caseFolded).inserted else {
                throw Fault("places a file at '\(target)', where none of its own may lie")
            }
            let firmware = names.compactMap { name in
                if case .text(let name) = name { Firmware(rawValue: name) } else { nil }
            }
            guard firmware.count == names.count else { throw Fault("names a firmware that is not known") }
            files.append(File(target: target, source: source, firmware: firmware))
        }
        self.init(files)
    }

    /// Why bytes are no list, as the predicate of a sentence.
    struct Fault: Error {
        let problem: String

        init(_ problem: String) { self.problem = problem }
    }

    private static func isOwn(_ target: MediaPath) -> Bool {
        if target.caseFolded == "bootmgr" { return true }
        let components = target.components
        return components.count > 1 && folders.contains(CaseFoldedName(components[0]))
    }
}

extension BootFileTable {
    /// The rules that `list` of an image of `architecture` gives: each file in its one place.
    ///
    /// What a firmware starts with is wanted whether or not the list has it, so that what it lacks is told.
    static func rules(_ list: BootFileList, for architecture: Architecture) -> [BootFileRule] {
        let listed = list.files.map { file in
            BootFileRule(
                target: file.target.description, bios: file.firmware.contains(.bios) ? .required : .unused,
                uefi: file.firmware.contains(.uefi) ? .required : .unused,
                candidates: [.any(file.source.description)],
                isUEFIProgram: isUEFIProgram(file.target))
        }
        let targets = Set(list.files.map(\.target.caseFolded))
        return listed
            + rules(for: architecture).filter { rule in
                startTargets(architecture).contains(rule.target) && !targets.contains(CaseFoldedName(rule.target))
            }
    }

    private static func startTargets(_ architecture: Architecture) -> [String] {
        ["bootmgr", biosBootImage, architecture.uefiLoaderPath, uefiBootImage]
    }

    private static func isUEFIProgram(_ target: MediaPath) -> Bool {
        let name = target.caseFolded
        return name.hasPrefix("EFI/Boot/") && name.hasSuffix(".efi")
    }
}

extension BootImage {
    /// The list of an image that has one; nil for Windows PE.
    ///
    /// - Throws: ``BootMediaError``: `.damagedList`, `.unreadableImage`.
    public func bootFileList() throws(BootMediaError) -> BootFileList? {
        guard let bytes = try openFile(BootFileList.path, limit: BootFileList.byteCountLimit) else { return nil }
        do throws(BootFileList.Fault) {
            return try BootFileList(bytes)
        } catch {
            throw BootMediaError(
                .damagedList, "\(BootFileList.path) in \(title)", DiagnosticText(error.problem),
                nextStep: "make the boot image anew")
        }
    }

    /// The bytes of a file that only images of ours have; nil when there is none.
    func openFile(_ path: String, limit: Int) throws(BootMediaError) -> [UInt8]? {
        guard let place = try? MediaPath(path) else { return nil }
        return try BootMediaError.reading { () throws(WindowsImagingError) -> [UInt8]? in
            guard try image.entry(place, inImage: imageIndex)?.isPlainFile == true else { return nil }
            return try image.contents(of: place, inImage: imageIndex, limit: limit)
        }
    }

    /// The rules by which media takes files of this image.
    func bootFileRules() throws(BootMediaError) -> [BootFileRule] {
        guard let list = try bootFileList() else { return BootFileTable.rules(for: architecture) }
        return BootFileTable.rules(list, for: architecture)
    }
}
