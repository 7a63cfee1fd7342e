// SPDX-License-Identifier: GPL-3.0-or-later

import DriveImage
import Support
import SystemPackage

/// What runs before this one have left on the disks of the computer.
package struct StateSearch {
    /// Something that a run has left.
    package struct Found: Sendable, Equatable {
        /// What it is.
        package enum Kind: Sendable, Equatable {
            /// A run of this engine that is not over.
            case run(RunState)
            /// A run of this engine that nothing is known of; why.
            case damaged(String)
            /// A task sequence of Configuration Manager's own client.
            case client
        }

        /// The volume.
        package let volume: DiskVolume
        /// What it is.
        package let kind: Kind
    }

    /// The variables of a task sequence that the genuine client runs (docs/formats/task-sequence.md section 5).
    static let clientFile = "TSEnv.dat"

    private let session: EngineSession

    /// A search of the disks that `session` has.
    package init(_ session: EngineSession) { self.session = session }

    /// Everything, in the order of disks and partitions.
    ///
    /// Volumes are only read; one that cannot be read is passed over.
    ///
    /// - Throws: `DeviceError`; `InterruptedError`.
    package func found() throws -> [Found] {
        var all: [Found] = []
        for disk in try session.disks() {
            let volumes: [ExistingVolumes.Found]
            do { volumes = try ExistingVolumes(disk).found } catch { continue }
            for found in volumes where found.condition != nil && found.condition != .encrypted {
                try session.interruption.check()
                do {
                    if let kind = try look(at: found.volume) { all.append(Found(volume: found.volume, kind: kind)) }
                } catch let error as InterruptedError {
                    throw error
                } catch {
                    session.log.note("\(found.volume.title) is not looked at: \(error)")
                }
            }
        }
        return all
    }

    private func look(at volume: DiskVolume) throws -> Found.Kind? {
        let mounted = try MountedVolume(volume, isReadOnly: true, interruption: session.interruption)
        defer { try? mounted.unmount() }
        switch try StateStore(mounted.folder.root, on: volume.node).read() {
        case .state(let state): return .run(state)
        case .damaged(let reason): return .damaged(reason)
        case .nothing:
            let path = try MediaPath("\(StateStore.folder)/\(Self.clientFile)")
            return try mounted.folder.file(path) == nil ? nil : .client
        }
    }

    /// Removes what was found: the words of how far a run is, and nothing that people may want to keep.
    ///
    /// A volume that cannot be written is left to the steps: the disk may be divided anew.
    ///
    /// - Throws: `InterruptedError`.
    package func discard(_ found: [Found]) throws {
        for found in found {
            do {
                let mounted = try MountedVolume(found.volume, interruption: session.interruption)
                try StateStore(mounted.folder.root, on: found.volume.node).remove()
                if let file = try mounted.folder.file(try MediaPath("\(StateStore.folder)/\(Self.clientFile)")) {
                    try Folder.removeFile(file)
                }
                try mounted.unmount()
                session.log.note("what a task sequence had left on \(found.volume.title) is removed")
            } catch let error as InterruptedError {
                throw error
            } catch {
                session.log.warning("what a task sequence had left on \(found.volume.title) stays: \(error)")
            }
        }
    }
}
