// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import Support
import SystemPackage
import VolumeCapture

/// Where an image goes.
protocol CaptureDestination {
    /// What messages call it.
    var title: String { get }
    /// The numbers of the disks that it lies on, which are not captured.
    var disks: Set<Int> { get }
    /// Makes the folder for the image usable, and asks before anything is lost.
    ///
    /// - Throws: ``CaptureError`` `.badDestination`, `DiskError`, ``EngineError``; `InterruptedError`.
    func open(_ session: EngineSession) throws -> OpenedDestination
}

/// A destination that can be written to.
struct OpenedDestination {
    /// The folder for the image.
    let folder: FilePath
    /// The bytes of the largest file that it takes; nil without a limit worth speaking of.
    var largestFileByteCount: Int64?
    /// Whether nobody but this computer can write there.
    var isAlone = false

    /// The bytes that are free there.
    ///
    /// - Throws: `FileError`.
    var freeByteCount: Int64 {
        get throws(FileError) { try Folder.freeByteCount(of: folder) }
    }
}

/// A share of a network.
struct ShareDestination: CaptureDestination {
    let folder: NetworkFolder
    let account: String
    let password: String

    var title: String { ([folder.source] + folder.folders).joined(separator: "/") }
    var disks: Set<Int> { [] }

    func open(_ session: EngineSession) throws -> OpenedDestination {
        try session.shares.connect(folder, account: account, password: password, letter: "", session)
        let path = "\\\\\(folder.server)\\\(folder.share)\\\(folder.folders.joined(separator: "\\"))"
        guard let place = session.shares.location(path) else {
            throw CaptureError(
                .badDestination, "share \(title.onOneLine)", "is not connected", nextStep: "check its name")
        }
        try checkWriting(place)
        return OpenedDestination(folder: place)
    }
}

extension ShareDestination {
    /// Makes sure that files can be made there, before anything else is asked: servers tell by trying alone.
    private func checkWriting(_ place: FilePath) throws {
        do throws(FileError) { _ = try TemporaryFolder(in: place) } catch {
            throw CaptureError(
                .badDestination, "share \(title.onOneLine)",
                "takes no files from \(account.isEmpty ? "guests" : account.onOneLine): \(error.problem)",
                nextStep: "name an account that may write there, or another destination")
        }
    }
}

/// A folder that is mounted already, by its path with a drive letter.
struct FolderDestination: CaptureDestination {
    let title: String
    let folder: FilePath
    let disk: Int

    var disks: Set<Int> { disk >= 0 ? [disk] : [] }

    func open(_ session: EngineSession) throws -> OpenedDestination {
        guard Folder.exists(folder) else {
            throw CaptureError(
                .badDestination, "folder \(title.onOneLine)", "does not exist", nextStep: "make it, or name another one"
            )
        }
        return OpenedDestination(folder: folder, isAlone: disk >= 0)
    }
}
