// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import MediaFormat
import Support
import SystemPackage

/// The cache of prestaged media on a volume of this computer.
///
/// It is read where it lies, also while an image of it is applied to its own volume.
final class ContentCache {
    /// Where contents lie that were fetched, below the root of the volume.
    static let fetchedFolder = "_SMSTaskSequence/TSMedia"

    /// The volume.
    let volume: DiskVolume
    private let point: FilePath
    private var view: ReadOnlyVolume?

    private init(_ volume: DiskVolume, point: FilePath, view: ReadOnlyVolume) {
        self.volume = volume
        self.point = point
        self.view = view
    }

    /// The cache of media with `manifest`: that on its own disk before those on others.
    ///
    /// - Parameter drive: the drive that the media was started from.
    /// - Returns: nil when no volume has one.
    /// - Throws: `DeviceError`; `FileError`; `InterruptedError`.
    static func find(
        _ manifest: MediaManifest, on drive: FilePath, _ session: EngineSession
    ) throws -> ContentCache? {
        let disks = try session.disks()
        let own = disks.filter { $0.device.node == drive } + disks.filter { $0.device.node != drive }
        for disk in own {
            let volumes = try ExistingVolumes(disk).found.map(\.volume)
            let image = disk.device.node == drive ? manifest.operatingSystemImage?.partition : nil
            for volume in volumes.filter({ $0.partition == image }) + volumes.filter({ $0.partition != image }) {
                try session.interruption.check()
                guard let cache = mount(volume, session) else { continue }
                if holds(manifest, volume.partition == image, cache.point) { return cache }
                cache.end()
            }
        }
        return nil
    }

    /// Mounts `volume`; nil for one that cannot be read.
    private static func mount(_ volume: DiskVolume, _ session: EngineSession) -> ContentCache? {
        guard let fileSystem = volume.fileSystem else { return nil }
        let point = session.workFolder.appending("cache")
        do {
            let view = try ReadOnlyVolume(
                volume.node, called: volume.title, fileSystem, on: point, interruption: session.interruption)
            return ContentCache(volume, point: point, view: view)
        } catch {
            session.log.warning("\(volume.title) is not looked at for content: \(error)")
            return nil
        }
    }

    private static func holds(_ manifest: MediaManifest, _ hasImage: Bool, _ root: FilePath) -> Bool {
        if hasImage { return true }
        let files = VolumeFolder(root)
        return manifest.contents.contains { content in
            ((try? files.find(content.folder)) ?? nil)?.kind == .folder
        }
    }

    /// Where the volume can be read now: where it is mounted to be written to, or else by itself.
    ///
    /// - Throws: ``DiskError``; `FileError`; `InterruptedError`.
    func root(_ session: EngineSession) throws -> FilePath {
        if let mounted = session.volumes.volumes.first(where: { $0.disk?.node == volume.node })?.mountPoint {
            return mounted
        }
        // What was written since it was mounted is seen by a new mount only; one in use has what its user opened.
        if session.hasWritten { end() }
        if view == nil, let fileSystem = volume.fileSystem {
            view = try ReadOnlyVolume(
                volume.node, called: volume.title, fileSystem, on: point, interruption: session.interruption)
        }
        return point
    }

    /// The bytes that are free on the volume; nil when it does not say.
    func freeByteCount(_ session: EngineSession) throws -> Int64? {
        let root = try root(session)
        return try? Folder.freeByteCount(of: root)
    }

    /// Lets go of the volume, unless something of it is open.
    func end() {
        guard let view, (try? view.unmount()) != nil else { return }
        self.view = nil
    }
}
