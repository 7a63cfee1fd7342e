// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Identifiers
import MediaFormat
import SequenceTools
import Support

/// Values of fields as people write them, whatever they write them in.
///
/// What is wrong with one is told with its field: ``MediaBuilderError`` `.badRequest`.
public enum FieldValue {
    /// More than any disk has, and far below the limits of numbers.
    private static let largestDiskByteCount: Int64 = 1 << 50
    /// More threads only wait for each other.
    private static let threadCounts = 1...256

    /// A package ID.
    public static func packageID(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> PackageID {
        guard let id = PackageID(text) else {
            throw MediaRequest.bad(field, "'\(text)' is not a package ID", "write it as ABC00001")
        }
        return id
    }

    /// Applications: package IDs and model names, or names that are looked up in a catalog.
    public static func applications(_ texts: [String], hasCatalog: Bool) throws(MediaBuilderError) -> [String] {
        // A package ID says all; a model name may be in the export.
        if !hasCatalog, let name = texts.first(where: { PackageID($0) == nil && !$0.contains("/") }) {
            throw MediaRequest.bad(
                .application, "'\(name)' is a name, which is looked up in a catalog",
                "add \(.catalog), or give its package ID")
        }
        return texts
    }

    /// A boot image.
    public static func bootImage(_ text: String) throws(MediaBuilderError) -> BootImageReference {
        guard let reference = BootImageReference(text) else {
            throw wrong(.bootImage, "'\(text)' is neither a package ID nor the path of a WIM file")
        }
        return reference
    }

    /// A variable, as NAME=VALUE.
    public static func variable(_ text: String) throws(MediaBuilderError) -> (name: String, value: String) {
        guard let separator = text.firstIndex(of: "="), separator > text.startIndex else {
            throw wrong(.variable, "takes NAME=VALUE")
        }
        return (String(text[..<separator]), String(text[text.index(after: separator)...]))
    }

    /// A size, as sizes are written everywhere.
    public static func byteCount(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Int64 {
        do throws(ByteCountTextError) { return try ByteCountText.parse(text) } catch {
            throw wrong(field, "'\(text)' \(error.problem)")
        }
    }

    /// The size of a disk.
    public static func diskByteCount(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> Int64 {
        let bytes = try byteCount(text, field)
        guard bytes <= largestDiskByteCount else {
            throw MediaRequest.bad(
                field, "'\(text)' is more than any disk has", DiagnosticText(ByteCountText.form))
        }
        return bytes
    }

    /// How much one volume holds.
    public static func capacity(_ text: String, _ field: RequestField) throws(MediaBuilderError) -> MediaCapacity {
        do throws(ByteCountTextError) { return try MediaCapacity(text) } catch {
            let names = MediaCapacity.names.joined(separator: ", ")
            throw wrong(field, "'\(text)' \(error.problem), or use \(names)")
        }
    }

    /// The record of unknown computers of one architecture, as x64=GUID.
    public static func unknownMachine(
        _ text: String
    ) throws(MediaBuilderError) -> (architecture: Architecture, guid: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let architecture = Architecture(rawValue: parts[0].lowercased()) else {
            throw wrong(
                .unknownMachineGUID,
                "takes ARCHITECTURE=GUID, with \(Architecture.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return (architecture, String(parts[1]))
    }

    /// A number of threads.
    public static func threadCount(_ count: Int) throws(MediaBuilderError) -> Int {
        guard threadCounts.contains(count) else {
            throw wrong(.jobs, "takes a number from \(threadCounts.lowerBound) to \(threadCounts.upperBound)")
        }
        return count
    }

    /// Names that are left out where an output cannot hold them.
    public static func skippedNames(_ names: [String]) throws(MediaBuilderError) -> SkippedNames {
        guard let skipped = SkippedNames(names) else {
            throw MediaRequest.bad(
                .skip, "names no file or folder of content",
                "name it, alone or with the folders that it is in, as source/aux.c or ABC00012/source/aux.c")
        }
        return skipped
    }

    /// What an update lets go of.
    public static func droppedFeature(_ name: String) throws(MediaBuilderError) -> MediaFeature {
        guard let feature = MediaFeature(named: name) else {
            throw MediaRequest.bad(
                .drop, "'\(name)' is nothing that media has",
                "it takes \(MediaFeature.names.joined(separator: ", "))")
        }
        return feature
    }

    /// A password: the first line of the file that holds `bytes`.
    public static func password(_ bytes: [UInt8], _ field: RequestField) throws(MediaBuilderError) -> String {
        guard let text = Text.decode(bytes, fallback: .utf8) else {
            throw MediaRequest.bad(field, "holds no text", "save it as UTF-8")
        }
        let line = String(text.prefix { !$0.isNewline })
        guard !line.isEmpty else {
            throw MediaRequest.bad(field, "has an empty first line", "write it there")
        }
        guard line.onOneLine == line else {
            throw MediaRequest.bad(
                field, "has control characters in its first line, which nobody can type", "save it anew")
        }
        return line
    }

    /// A value whose problem says also what to write instead.
    private static func wrong(_ field: RequestField, _ problem: DiagnosticText) -> MediaBuilderError {
        MediaBuilderError(.badRequest, DiagnosticText(field), problem, nextStep: nil)
    }
}
