// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Cryptography
import Identifiers
import Servers
import Support
import SystemPackage
import TSMediaTestSupport

@testable import DistributionPoints

/// A content library with one package, and what reads it through a server.
struct ServedLibrary {
    static let id = "ABC00001"
    let folder: TestFolder
    let library: FilePath
    /// The files of the package, by path.
    let files: [String: [UInt8]]

    init(_ name: String = "library", versions: Int = 1, folder: TestFolder) throws {
        self.folder = folder
        library = folder.appending(name)
        // Not a multiple of anything that is read at once.
        var generator = SeededGenerator(seed: 16)
        var noise: [UInt8] = []
        for _ in 0..<50_001 { withUnsafeBytes(of: generator.next()) { noise.append(contentsOf: $0) } }
        var files = [
            "setup.exe": Array(noise.prefix(400_003)),
            "Sub/with space & more.txt": Array("text".utf8), "Sub/Deep/ünïcode 100%.dat": [1, 2, 3], "empty": [],
        ]
        for version in 1...versions {
            files["version.txt"] = Array("\(version)".utf8)
            let source = "\(name)-source\(version)"
            for (path, bytes) in files {
                try TestFolder.write(bytes, to: folder.appending(source).pushing(FilePath(path)))
            }
            try TestFolder.makeFolder(folder.appending(source).appending("Nothing"))
            guard let id = PackageID(Self.id) else { continue }
            try ContentLibraryWriter(path: library).add(source: folder.appending(source), packageID: id)
        }
        self.files = files
    }

    /// Servers are waited for in hundredths of the usual time.
    static func access() -> ServerAccess {
        var access = ServerAccess()
        access.retries = RetryPolicy(tryCount: 6, firstPause: 0.005, longestPause: 0.02)
        access.stallSeconds = 0.4
        return access
    }

    func server(_ arguments: [String] = [], faults: [String] = [], scheme: String = "http") throws
        -> DistributionPointServer
    {
        try DistributionPointServer(
            library: library, arguments + faults.flatMap { ["--fault", $0] }, scheme: scheme, in: folder)
    }

    func open(
        _ locations: [String], _ access: ServerAccess = ServedLibrary.access(), store: String = "store",
        prefersOrder: Bool = false, interruption: Interruption = Interruption()
    ) throws -> DistributionPointGroup {
        try DistributionPoints([LocalTransport(), HTTPTransport(access)], prefersOrder: prefersOrder).open(
            locations: locations, store: ContentStore(folder: folder.appending(store)), interruption: interruption)
    }

    /// The package's only content.
    func find(_ group: DistributionPointGroup) throws -> FoundContent {
        guard let id = PackageID(Self.id) else { throw Missing() }
        let found = try group.package(id)
        return try found.content(found.package.contentIDs[0])
    }

    struct Missing: Error {}

    /// The bytes of every file, by path, as they are copied.
    func read(_ found: FoundContent, interruption: Interruption = Interruption()) throws -> [String: [UInt8]] {
        let target = folder.appending("copy-\(UInt64.random(in: .min ... .max))")
        try TestFolder.makeFolder(target)
        var names: [(String, FilePath)] = []
        let transfers = try found.content.files.enumerated().map { number, file in
            let path = target.appending("\(number)")
            names.append((file.path.description, path))
            return Transfer(
                name: "file \(file.path)", source: try found.point.source(of: file.file, in: found.content.id),
                target: .newFile(path, modified: file.modified), byteCount: file.byteCount, sha256: file.sha256)
        }
        try ContentCopier(workerCount: 2, interruption: interruption).run(
            transfers, progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
        var bytes: [String: [UInt8]] = [:]
        for (name, path) in names { bytes[name] = try SmallFile.read(path) }
        return bytes
    }
}
