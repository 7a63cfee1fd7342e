// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// What a process needs of the computer for what it was asked to do; everything else may be taken from it.
///
/// Each place counts with everything below it. Places that are not there are passed over: whoever looks for them is told
/// so as if nothing had been taken away.
public struct ProcessNeeds: Sendable, Equatable {
    /// A file, or a folder with everything below it, and what is done there.
    struct Place: Sendable, Equatable {
        let path: FilePath
        let access: PlaceAccess
    }

    /// Where, in the order in which it was said.
    private(set) var places: [Place] = []
    /// Whom it may ask over a network.
    public private(set) var network = NetworkNeeds()
    /// Whether it starts programs.
    public private(set) var startsPrograms = false
    /// Whether it looks at drives and at who uses them: no process may do that which Landlock holds to anything, because
    /// it cannot see what others have open, and would take a drive in use for one that is free.
    public private(set) var examinesDrives = false
    /// Whether it unmounts file systems.
    public private(set) var unmounts = false

    /// Nothing.
    public init() {}

    // MARK: Places

    /// Adds what is read: a file, a device, or a folder with everything below it.
    public mutating func read(_ path: FilePath) { add(path, .readAny) }

    /// Adds a folder whose names are read, and those of the folders below it, but no file.
    public mutating func list(_ folder: FilePath) { add(folder, .list) }

    /// Adds a folder in which files are made, replaced and removed.
    public mutating func change(_ folder: FilePath) { add(folder, .change) }

    /// Adds a file that is written where it is, or a device.
    public mutating func writeInPlace(_ path: FilePath) { add(path, .writeInPlace) }

    /// Adds what appears at `path` whole: it is made beside its place, in the same folder.
    public mutating func write(_ path: FilePath) { change(AtomicFile.parent(of: path)) }

    /// Adds a file that grows: itself where it is there, and else the folder that it is made in.
    public mutating func append(_ path: FilePath) {
        let isThere = (try? Stat(path)) != nil
        add(isThere ? path : AtomicFile.parent(of: path), isThere ? .writeInPlace : .make)
    }

    /// Adds a folder that is made now if it is not there, for its owner alone: nothing above it is then needed.
    public mutating func makeAndChange(_ folder: FilePath) {
        // Where that fails, whoever needs it says so.
        _ = try? Folder.create(folder, permissions: .ownerReadWriteExecute)
        change(folder)
    }

    /// Adds a folder that is made later, if it is not there: then the nearest one above that is.
    public mutating func changeOrMake(_ folder: FilePath) {
        var place = folder
        while !Folder.exists(place), AtomicFile.parent(of: place) != place { place = AtomicFile.parent(of: place) }
        change(place)
    }

    private mutating func add(_ path: FilePath, _ access: PlaceAccess) {
        guard !path.isEmpty else { return }
        let place = Place(path: path, access: access)
        if !places.contains(place) { places.append(place) }
    }

    // MARK: Others

    /// Adds a port of TCP to which it connects, and what it takes to find servers by their names.
    public mutating func connect(toPort port: UInt16) { network.add(port) }

    /// Adds connections to ports that are known only when a server has named them.
    public mutating func connectAnywhere() { network.openAll() }

    /// Adds programs: those of the system, and `folders`.
    public mutating func start(programsIn folders: [FilePath] = []) {
        startsPrograms = true
        for folder in folders { add(folder, .run) }
    }

    /// Adds looking at the drives of this computer, and at who uses them.
    public mutating func examineDrives() { examinesDrives = true }

    /// Adds unmounting drives.
    public mutating func unmount() { (examinesDrives, unmounts) = (true, true) }
}

/// Whom a process may ask over a network.
public struct NetworkNeeds: Sendable, Equatable {
    /// Ports of TCP that it connects to.
    public private(set) var ports: Set<UInt16> = []

    /// Whether it connects to ports that nobody knows yet.
    public private(set) var isOpen = false

    /// Nobody.
    public init() {}

    /// Whether there is somebody.
    public var isNeeded: Bool { isOpen || !ports.isEmpty }

    mutating func openAll() { isOpen = true }

    mutating func add(_ port: UInt16) { ports.insert(port) }
}
