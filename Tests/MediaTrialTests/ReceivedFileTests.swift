// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing
import TrialChannel

@testable import MediaTrial

@Suite("A file out of the machine")
struct ReceivedFileTests {
    let work: TestFolder
    private let bytes = [UInt8]((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })

    init() throws { work = try TestFolder() }

    private func file() throws -> ReceivedFile {
        try ReceivedFile(.init(name: "smsts.log", path: work.appending("out.log")), replacesExisting: false)
    }

    private var announcement: EngineReport {
        .file(name: "smsts.log", byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes).description)
    }

    private func piece(_ range: Range<Int>, of bytes: [UInt8]? = nil) -> EngineReport {
        .piece(name: "smsts.log", base64: Base64.encode((bytes ?? self.bytes)[range]))
    }

    @Test("it appears when all of it is there")
    func whole() throws {
        let file = try file()
        #expect(try file.take(announcement) == nil)
        #expect(try file.take(.piece(name: "other", base64: "AAAA")) == nil)
        #expect(try file.take(piece(0..<65_536)) == nil)
        #expect(throws: Errno.self) { try Stat(work.appending("out.log")) }
        let whole = try file.take(piece(65_536..<200_000))
        #expect(whole?.byteCount == 200_000)
        #expect(try SmallFile.read(work.appending("out.log")) == bytes)
    }

    @Test("an empty file is one too")
    func empty() throws {
        let digest = SHA256.digest(of: []).description
        #expect(try file().take(.file(name: "smsts.log", byteCount: 0, sha256: digest))?.byteCount == 0)
        #expect(try Stat(work.appending("out.log")).size == 0)
    }

    @Test("more than was said, another hash, no Base64 and no announcement: nothing appears")
    func broken() throws {
        var other = bytes
        other[7] ^= 1
        let attempts: [[EngineReport]] = [
            [announcement, piece(0..<200_000, of: other)],
            [announcement, piece(0..<150_000), piece(100_000..<200_000)],
            [announcement, .piece(name: "smsts.log", base64: "!")], [piece(0..<10)],
            [.file(name: "smsts.log", byteCount: 1, sha256: "00")], [announcement, announcement],
            [.unavailable(name: "smsts.log", reason: "gone\u{1B}")],
        ]
        for reports in attempts {
            let file = try file()
            #expect(throws: MediaTrialError.self) { for report in reports { _ = try file.take(report) } }
        }
        #expect(throws: Errno.self) { try Stat(work.appending("out.log")) }
    }
}
