// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import ContentTransfer

@Suite("A source that changes")
struct ChangingSourceTests {
    let folder: TestFolder
    let source: FilePath
    private let bytes = [UInt8](repeating: 7, count: 6 << 20)

    init() throws {
        folder = try TestFolder()
        source = try folder.write(bytes, to: "source")
        // Long ago, so that no change falls into the same tick of the clock.
        try Program.succeed("touch", ["-d", "2020-01-01", source.string])
    }

    /// What may happen to a file; none of it changes its size.
    enum Change: String, CaseIterable {
        case lastByte, touched
    }

    private func change(_ change: Change) -> @Sendable () -> Void {
        let path = source
        return {
            switch change {
            case .lastByte:
                guard let file = try? FileDescriptor.open(path, .readWrite) else { return }
                _ = try? file.closeAfter { try file.writeAll(toAbsoluteOffset: (6 << 20) - 1, [8]) }
            case .touched: _ = try? Program.run("touch", ["-d", "2021-01-01", path.string])
            }
        }
    }

    @Test("while it is hashed is an error, and no hash of what never was together", arguments: Change.allCases)
    func hashed(change: Change) throws {
        let hasher = FileHasher(interruption: Interruption(), progress: ChangingObserver(self.change(change)))
        let error = #expect(throws: TransferError.self) { _ = try hasher.hash(source) }
        #expect(error?.code == .changed)
    }

    @Test("while it is copied is an error", arguments: Change.allCases, [1, 4])
    func copied(change: Change, workers: Int) throws {
        let transfer = Transfer(
            name: "content", source: .file(source),
            target: .newFile(folder.appending("target"), modified: Timestamp(unixSeconds: 1)),
            byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes))
        let meter = ProgressMeter(
            phase: "test", totalByteCount: nil, observer: ChangingObserver(self.change(change)))
        let error = #expect(throws: TransferError.self) {
            try ContentCopier(workerCount: workers, interruption: Interruption()).run([transfer], progress: meter)
        }
        #expect(change == .lastByte ? [.changed, .wrongHash].contains(error?.code) : error?.code == .changed)
    }

    @Test(
        "after it was verified and before it is copied is an error, though the bytes may be the same",
        arguments: Change.allCases)
    func verifiedBefore(change: Change) throws {
        let identity = try FileIdentity(of: source)
        self.change(change)()
        let transfer = Transfer(
            name: "content", source: .verifiedFile(source, identity),
            target: .newFile(folder.appending("target"), modified: Timestamp(unixSeconds: 1)),
            byteCount: Int64(bytes.count), sha256: SHA256.digest(of: bytes))
        let error = #expect(throws: TransferError.self) {
            try ContentCopier(workerCount: 1, interruption: Interruption()).run(
                [transfer], progress: ProgressMeter(phase: "test", totalByteCount: nil, observer: SilentProgress()))
        }
        #expect(error?.code == .changed)
    }
}
