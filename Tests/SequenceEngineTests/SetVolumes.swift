// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import MediaFormat
import Support
import SystemPackage
import TSMediaTestSupport

@testable import SequenceEngine

/// The volumes of a set as folders.
struct SetVolumes {
    /// A content: its files on the volumes that hold some.
    struct Content {
        let id: String
        let files: [Int: [(name: String, bytes: [UInt8])]]
    }

    let folder: TestFolder
    let manifests: [MediaManifest]

    init(
        _ count: Int, _ contents: [Content], guid: String = "{11111111-2222-3333-4444-555555555555}",
        label: String = "Set", folder: TestFolder? = nil
    ) throws {
        let folder = try folder ?? TestFolder()
        self.folder = folder
        let listed = try contents.map { content in
            MediaManifest.Content(
                id: content.id, version: 1, contentHash: nil, folder: try MediaPath("SMS/PKG/\(content.id)"),
                fileCount: content.files.values.reduce(0) { $0 + $1.count }, volumes: content.files.keys.sorted())
        }
        manifests = try (1...count).map { number in
            var files: [MediaManifest.File] = []
            for content in contents {
                for file in content.files[number] ?? [] {
                    let path = try MediaPath("SMS/PKG/\(content.id)/\(file.name)")
                    try TestFolder.write(file.bytes, to: folder.path.appending("\(number)/\(path)"))
                    files.append(
                        .init(path: path, size: Int64(file.bytes.count), sha256: SHA256.digest(of: file.bytes)))
                }
            }
            let manifest = MediaManifest(
                schemaVersion: 1, mediaType: .standalone, mediaGuid: guid, volume: number, volumeCount: count,
                label: "\(label) #\(number)", taskSequence: .init(id: "ABC00001", name: "Windows"),
                bootImage: .init(id: "ABC00005", version: 1, architecture: "x64"), contents: listed,
                files: files.sorted { $0.path < $1.path })
            try TestFolder.write(try manifest.encoded(), to: folder.path.appending("\(number)/\(MediaManifest.path)"))
            try TestFolder.write([], to: folder.path.appending("\(number)/SMS/data/TsmBootstrap.ini"))
            return manifest
        }
    }

    /// Where volume `number` is.
    func root(_ number: Int) -> FilePath { folder.path.appending("\(number)") }
}

/// A drive whose disc is another one each time that it has given one out.
final class ScriptedDrives: VolumeDrives {
    private var current: FilePath?
    private var next: [FilePath]
    private var changes = 0
    private var looks = 0
    private let interruption: Interruption
    static let drive: FilePath = "/dev/sr0"
    /// The last component of each volume that was mounted.
    private(set) var opened: [String] = []

    init(_ current: FilePath, then next: [FilePath], interruption: Interruption) {
        self.current = current
        self.next = next
        self.interruption = interruption
    }

    func present() -> [PresentMedium] {
        if current == nil { looks += 1 }
        // Nobody puts another one in.
        if looks > 3 { interruption.request() }
        return current.map { [PresentMedium(drive: Self.drive, isDisc: true, devices: [$0], key: "\(changes)")] } ?? []
    }

    func open(_ device: FilePath) -> FilePath? {
        opened.append(device.lastComponent?.string ?? "")
        return Folder.exists(device) ? device : nil
    }

    func close() {}

    func eject(_ drive: FilePath) {
        current = next.isEmpty ? nil : next.removeFirst()
        changes += 1
    }
}
