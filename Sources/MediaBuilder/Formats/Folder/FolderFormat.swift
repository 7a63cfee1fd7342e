// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// A folder with the files of the media.
public struct FolderFormat: VolumeFormat {
    /// What a temporary name is longer than the output's own, and more.
    private static let temporaryByteCount = 64

    /// Files have any size; another rule only to try out what happens then.
    public internal(set) var largeFiles: LargeFileRule? = .unlimited

    /// A folder.
    public init() {}

    /// A folder.
    public var outputKind: PendingOutput.Kind { .folder }

    /// Those of the file system that it will be on.
    public func pathLimits(at output: FilePath) -> PathLimits {
        PathLimits(
            holder: "the file system of \(output)", nameByteCount: Self.nameByteCount(at: output),
            pathByteCount: Int(PATH_MAX) - 1 - output.string.utf8.count - Self.temporaryByteCount)
    }

    /// The limit of the file system that `output` will be on; where nobody says, what nearly all have.
    private static func nameByteCount(at output: FilePath) -> Int {
        var folder = output
        while folder.removeLastComponent() {
            let limit = pathconf(folder.isEmpty ? "." : folder.string, Int32(_PC_NAME_MAX))
            if limit > 0 { return limit }
        }
        return Int(NAME_MAX)
    }

    /// Nothing to lay out.
    public func planner(_ frame: VolumeFrame) -> any VolumePlanner { FolderPlanner() }
}

private struct FolderPlanner: VolumePlanner {
    func layout(_ contents: inout VolumeContents) throws -> any VolumeLayout {
        FolderVolume(byteCount: try byteCount(of: contents))
    }
}
