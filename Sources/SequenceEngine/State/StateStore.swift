// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The state of a run on a volume of the target: two files in turn, so that there is always one that is whole.
///
/// A file is written over where it lies on the device: once both are there, nothing of the volume but their own bytes changes,
/// and a cut can leave no other harm than the older of two states.
package struct StateStore {
    /// What is in a store.
    package enum Content: Equatable {
        /// No state.
        case nothing
        /// This state.
        case state(RunState)
        /// Files of a state, of which none is whole; why.
        case damaged(String)
    }

    /// The folder of task sequences.
    static let folder = "_SMSTaskSequence"
    /// The two files.
    static let names = ["RunState1.dat", "RunState2.dat"]
    /// What a file gets at first: room for the states of most task sequences.
    private static let roomByteCount = 64 << 10

    private let volume: VolumeFolder
    private let device: FilePath?

    /// The store on the volume in `device` that is mounted at `root`; nil for a folder of another kind.
    package init(_ root: FilePath, on device: FilePath?) {
        volume = VolumeFolder(root)
        self.device = device
    }

    private static func path(_ name: String) throws -> MediaPath { try MediaPath("\(folder)/\(name)") }

    /// The files that are whole, by their places, and whether there is one that is not.
    private func files() throws -> (whole: [Int: StateFile], isAnyDamaged: Bool) {
        var whole: [Int: StateFile] = [:]
        var isAnyDamaged = false
        for (place, name) in Self.names.enumerated() {
            guard let file = try volume.file(try Self.path(name)) else { continue }
            if let bytes = try? FileBlocks.read(file, limit: StateFile.byteCountLimit), let found = StateFile(bytes) {
                whole[place] = found
            } else {
                isAnyDamaged = true
            }
        }
        return (whole, isAnyDamaged)
    }

    /// What is in the store.
    ///
    /// - Throws: `FileError` when the volume cannot be read.
    package func read() throws -> Content {
        let (whole, isAnyDamaged) = try files()
        var problem: String?
        for file in whole.values.sorted(by: { $0.number > $1.number }) {
            do { return .state(try RunState(decoding: file.state)) } catch { problem = problem ?? "\(error)" }
        }
        if let problem { return .damaged(problem) }
        return isAnyDamaged ? .damaged("was not written to its end") : .nothing
    }

    /// Writes `state` in the place of the older one; it is on the disk when this returns.
    ///
    /// - Throws: `FileError`; ``EngineError`` `.state` for more than is kept.
    package func write(_ state: RunState) throws {
        let (whole, _) = try files()
        let last = whole.max { $0.value.number < $1.value.number }
        let number = (last?.value.number ?? 0).addingReportingOverflow(1)
        let file = StateFile(number: number.overflow ? 1 : number.partialValue, state: try state.encoded())
        let bytes = file.bytes
        guard bytes.count <= StateFile.byteCountLimit else {
            throw EngineError(
                .state, "how far the task sequence has come", "takes \(bytes.count) bytes, and is not kept",
                nextStep: "keep the values of variables short")
        }
        let place = last.map { 1 - $0.key } ?? 0
        let path = try Self.path(Self.names[place])
        if let device, let old = try volume.file(path), try FileBlocks(old, on: device).overwrite(bytes) { return }
        try volume.overwrite(bytes, at: path, room: Self.roomByteCount)
    }

    /// Where the file `name` of a run lies, or will.
    func place(ofFile name: String) throws -> FilePath {
        let path = try Self.path(name)
        return try volume.file(path) ?? volume.makeFolder(try MediaPath(Self.folder)).appending(name)
    }

    /// Removes what is in the store.
    ///
    /// - Throws: `FileError`.
    package func remove() throws {
        for name in Self.names + [EngineLog.fileName] {
            if let file = try volume.file(try Self.path(name)) { try Folder.removeFile(file) }
        }
        // The folder goes with them where nothing else needs it.
        if let folder = try volume.find(try MediaPath(Self.folder)), folder.kind == .folder {
            Folder.removeEmpty(folder.path)
        }
    }
}

extension VolumeFolder {
    /// Writes `bytes` over the beginning of the file at `path`, where it lies; they are on the disk when this returns.
    ///
    /// - Parameter room: the bytes that a new file gets.
    /// - Throws: `FileError`.
    func overwrite(_ bytes: [UInt8], at path: MediaPath, room: Int) throws {
        if let place = try file(path) {
            try FileError.wrap("written", place) {
                let descriptor = try FileDescriptor.open(place, .writeOnly, options: [.noFollow, .closeOnExec])
                try descriptor.closeAfter {
                    try descriptor.writeAll(bytes)
                    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
                }
            }
            return
        }
        var whole = bytes
        if whole.count < room { whole += [UInt8](repeating: 0, count: room - whole.count) }
        try make(path) { file, target in
            try FileError.wrap("written", target) {
                try file.writeAll(whole)
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
        }
    }
}
