// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import ContentTransfer
import Cryptography
import Identifiers
import Support
import Synchronization
import SystemPackage

@testable import DistributionPoints

/// A distribution point of another kind than any that the program has: it holds one package in memory, whose bytes come
/// as a stream in small pieces.
///
/// All that it takes stands in this file.
final class MemoryDistributionPoint: DistributionPoint {
    /// What is wrong with its streams.
    enum Fault: Sendable {
        case none, flippedBit, short, long, endless
        /// Half of the bytes come; then nobody says anything, until the user has enough.
        case silence
    }

    static let packageID = PackageID("ABC00001")
    /// Not a multiple of anything that is read at once.
    static let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }

    let location: String
    private let fault: Fault
    private let opened = Atomic<Int>(0)
    /// Bytes that were asked for beyond the end of an endless stream.
    let surplus = Atomic<Int>(0)

    /// Bytes that were passed over.
    let skipped = Atomic<Int>(0)
    let isKept: Bool

    init(_ fault: Fault = .none, location: String = "memory://here", isKept: Bool = false) {
        self.fault = fault
        self.location = location
        self.isKept = isKept
    }

    /// How often a stream was opened.
    var openCount: Int { opened.load(ordering: .relaxed) }

    func package(
        _ id: PackageID, interruption: Interruption, progress: any ProgressObserver
    ) throws -> LibraryPackage? {
        guard id == Self.packageID else { return nil }
        return LibraryPackage(id: id, version: 1, listed: [ContentID(package: id, version: 1)])
    }

    func content(_ id: ContentID, interruption: Interruption, progress: any ProgressObserver) throws -> Content {
        let file = ContentFile(
            MediaFile(
                path: try MediaPath("setup.exe"), byteCount: Int64(Self.bytes.count),
                sha256: SHA256.digest(of: Self.bytes),
                modified: Timestamp(unixSeconds: 1_700_000_000)))
        return Content(id: id, contentHash: nil, files: [file], folders: [])
    }

    func supply(of file: MediaFile, in content: ContentID) throws -> ContentSupply {
        .stream { interruption in
            self.opened.add(1, ordering: .relaxed)
            return Stream(self, interruption)
        }
    }

    private final class Stream: ByteStream {
        let point: MemoryDistributionPoint
        let interruption: Interruption
        let bytes: [UInt8]
        let offset = Mutex(0)

        init(_ point: MemoryDistributionPoint, _ interruption: Interruption) {
            self.point = point
            self.interruption = interruption
            var bytes = MemoryDistributionPoint.bytes
            switch point.fault {
            case .none, .endless: break
            case .flippedBit: bytes[1_234_567] ^= 1
            case .short: bytes.removeLast()
            case .long: bytes.append(0)
            case .silence: bytes.removeLast(bytes.count / 2)
            }
            self.bytes = bytes
        }

        func skip(_ byteCount: Int64) -> Bool {
            offset.withLock { $0 = Int(byteCount) }
            point.skipped.add(Int(byteCount), ordering: .relaxed)
            return true
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            try offset.withLock { offset in
                let part = bytes[offset...].prefix(min(buffer.count, 10_007))
                if part.isEmpty {
                    if case .silence = point.fault { try wait() }
                    if case .endless = point.fault {
                        buffer.initializeMemory(as: UInt8.self, repeating: 0)
                        point.surplus.add(buffer.count, ordering: .relaxed)
                        return buffer.count
                    }
                }
                buffer.copyBytes(from: part)
                offset += part.count
                return part.count
            }
        }

        /// As a socket that is asked again and again: who waits sees the interruption, which comes meanwhile.
        private func wait() throws {
            interruption.request()
            try interruption.check()
        }
    }
}

/// What opens it, by a location of its own form.
struct MemoryTransport: DistributionPointTransport {
    let point: MemoryDistributionPoint

    func takes(_ location: String) -> Bool { location.hasPrefix("memory://") }

    func open(
        _ locations: [String], store: ContentStore, interruption: Interruption, progress: any ProgressObserver
    ) throws -> [any DistributionPoint] {
        locations.map { $0 == point.location ? point : MemoryDistributionPoint(location: $0) }
    }
}
