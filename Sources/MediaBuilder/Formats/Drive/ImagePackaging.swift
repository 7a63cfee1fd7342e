// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage

/// What is made of the image of a drive for those who copy it: packed, cut behind what it holds, with a map of its blocks.
public struct ImagePackaging: Sendable, Equatable {
    /// Whether a map of the blocks that matter lies beside it, for bmaptool.
    public var hasMap = false
    /// Whether it ends behind what it holds, wherever the drive ends.
    public var isShrunk = false
    /// Whether it is compressed, as its name says.
    private(set) var isCompressed = false

    /// The image as it is.
    public init() {}

    /// What the names of compressed images end in.
    static let compressedEnding = "img.zst"

    /// Whether `output` is to be compressed.
    static func isCompressed(_ output: FilePath) -> Bool {
        CaseFoldedName(output.lastComponent?.string ?? "").hasSuffix(CaseFoldedName("." + compressedEnding))
    }

    /// What was asked for.
    var fields: [RequestField] { (hasMap ? [.bmap] : []) + (isShrunk ? [.shrink] : []) }

    /// The same for the image `output`; refused for drives.
    func checked(isDrive: Bool, _ output: FilePath) throws(MediaBuilderError) -> ImagePackaging {
        if isDrive, let field = fields.first {
            throw MediaRequest.bad(field, "is for the image of a drive in a file, not for a drive", "leave it out")
        }
        var packaging = self
        packaging.isCompressed = !isDrive && Self.isCompressed(output)
        return packaging
    }

    /// Where the map of the image `output` lies: where bmaptool looks for it, also when the image was unpacked.
    func map(of output: FilePath) -> FilePath? { hasMap ? Self.place(ofMapFor: output) : nil }

    /// A map that lies beside the image `output` and is not `own`, which is written with it.
    static func staleMap(of output: FilePath, except own: FilePath?) -> FilePath? {
        let map = place(ofMapFor: output)
        return map != own && (try? Stat(map)) != nil ? map : nil
    }

    private static func place(ofMapFor output: FilePath) -> FilePath {
        let name = output.lastComponent?.string ?? ""
        let plain = isCompressed(output) ? String(name.dropLast(".zst".count)) : name
        return output.removingLastComponent().appending(plain + ".bmap")
    }

    /// What the user should know of images that end before the drive does.
    func notes(_ volumes: [VolumePlan]) -> [DiagnosticText] {
        guard isShrunk, let disk = volumes.first?.disk else { return [] }
        var notes: [DiagnosticText] = [
            "the image ends after \(disk.endOfContents) of \(disk.deviceByteCount) bytes: copy it to a drive of at least"
                + " these, and verify that"
        ]
        if disk.partitionTable.scheme == .gpt {
            notes.append(
                "the copy of its GUID partition table, at the end of a drive, is not in it: sgdisk -e"
                    + " makes it on the drive, and Windows does so by itself")
        }
        return notes
    }
}

/// A format of drives, whose images can be packed.
public protocol PackagedFormat: VolumeFormat {
    /// What is made of an image beside its bytes.
    var packaging: ImagePackaging { get set }
}

extension PackagedFormat {
    /// The map of the image's blocks.
    public func companions(of output: FilePath) -> [FilePath] { [packaging.map(of: output)].compactMap { $0 } }

    /// The image packed so.
    public func packaged(
        _ packaging: ImagePackaging, output: FilePath
    ) throws(MediaBuilderError) -> any VolumeFormat {
        var format = self
        format.packaging = try packaging.checked(isDrive: !devices.isEmpty, output)
        return format
    }
}
