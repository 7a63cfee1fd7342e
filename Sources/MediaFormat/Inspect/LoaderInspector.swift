// SPDX-License-Identifier: GPL-3.0-or-later

import BootMedia
import DiscImage
import DriveImage
import Identifiers
import Support

/// Finds the UEFI loaders of media, those inside El Torito images included, and who signed them.
package struct LoaderInspector {
    package let media: any OpenedMedia
    /// Lists of what firmware refuses; nil when none was given.
    package let revocations: RevocationList?

    package init(media: any OpenedMedia, revocations: RevocationList? = nil) {
        (self.media, self.revocations) = (media, revocations)
    }

    /// More than any genuine loader or boot image for optical media has.
    private static let byteLimit = 64 << 20
    /// More than any media has, loose and in boot images; files of a hostile image can share their bytes and so be many
    /// without costing it.
    private static let countLimit = 32

    /// Every loader: loose files by path, then those inside boot images as `image:path`.
    ///
    /// - Throws: errors of reading, when one cannot be read.
    package func loaders() throws -> [LoaderInspection] {
        let (loaders, failures) = readableLoaders()
        for case .unreadable(_, let error) in failures { throw error }
        return loaders
    }

    /// Why something that may be a loader was not looked at.
    package enum Failure {
        /// What cannot be read.
        case unreadable(path: String, error: any Error)
        /// More than any media has.
        case tooMany(count: Int)
    }

    /// Every loader that can be read, and what was not looked at.
    package func readableLoaders() -> (loaders: [LoaderInspection], failures: [Failure]) {
        var found: [(path: String, evidence: LoaderEvidence?)] = []
        var failures: [Failure] = []
        func add(_ path: String, _ read: () throws -> [UInt8]) {
            do { found.append((path, LoaderEvidence(try read()))) } catch {
                failures.append(.unreadable(path: path, error: error))
            }
        }
        let loose = media.files.filter { Self.isLoader($0.path) }
        let looked = loose.sorted { Self.isBefore($0.path, $1.path) }.prefix(Self.countLimit)
        for file in looked.sorted(by: { $0.path < $1.path }) {
            add(file.path.description) { try media.contents(of: file, limit: Self.byteLimit) }
        }
        var innerCount = 0
        for entry in media.firmwareEntries() where entry.firmware == DiscFirmware.uefi.rawValue {
            let image = entry.loader?.description ?? Self.hiddenImage
            do {
                guard let volume = try volume(of: entry) else { continue }
                for inner in try volume.entries(.bootImage)
                where !inner.isFolder && inner.shortPath.hasPrefix("EFI/BOOT/") && inner.shortPath.hasSuffix(".EFI") {
                    innerCount += 1
                    guard innerCount <= Self.countLimit else { continue }
                    add("\(image):\(inner.shortPath)") { try volume.contents(of: inner) ?? [] }
                }
            } catch {
                failures.append(.unreadable(path: image, error: error))
            }
        }
        let others = loose.count - looked.count + max(0, innerCount - Self.countLimit)
        if others > 0 { failures.append(.tooMany(count: others)) }
        return (LoaderInspection.all(found, revocations: revocations), failures)
    }

    /// Those first that UEFI starts by their names (UEFI 2.10, 3.5.1.1), so that no number of others hides them.
    private static func isBefore(_ left: MediaPath, _ right: MediaPath) -> Bool {
        let starts = Set(Architecture.allCases.map(\.uefiLoaderPath.caseFolded))
        let (leftStarts, rightStarts) = (starts.contains(left.caseFolded), starts.contains(right.caseFolded))
        return leftStarts != rightStarts ? leftStarts : left < right
    }

    /// What the image of a boot entry is called that is no file: those of genuine media often are none.
    static let hiddenImage = "El Torito image"

    private func volume(of entry: FirmwareEntry) throws -> FATVolume? {
        guard let loader = entry.loader else { return try media.bootVolume(entry) }
        guard let file = media.file(loader.description), !Self.isLoader(file.path) else { return nil }
        return try FATVolume(MemorySource(try media.contents(of: file, limit: Self.byteLimit)))
    }

    private static func isLoader(_ path: MediaPath) -> Bool {
        let folded = path.caseFolded
        return folded == "bootmgr.efi" || (folded.hasPrefix("EFI/Boot/") && folded.hasSuffix(".efi"))
    }
}
