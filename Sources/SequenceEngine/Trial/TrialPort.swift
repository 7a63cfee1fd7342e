// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Glibc
import Support
import SystemPackage
import TrialChannel

/// The engine's end of the channel to whoever tries media in a virtual machine; on a real computer there is none.
package final class TrialPort {
    /// After so many bytes of a file that is hashed, a whole number of pieces, it is told that this goes on.
    private static let signByteCount: Int64 = 16 << 20

    private let descriptor: FileDescriptor
    private var lines = TrialLines()
    private var orders: [TrialOrder] = []
    /// Answers that came before their questions.
    private var answers: [String: [String]] = [:]
    private var isBroken = false

    /// The port below `root`; nil where there is none.
    package init?(root: FilePath = "/") {
        let folder = root.appending("sys/class/virtio-ports")
        guard let entries = try? FolderEntry.entries(of: folder) else { return nil }
        for entry in entries {
            guard let name = entry.name,
                let bytes = try? SmallFile.read(folder.appending(name).appending("name"), limit: 4096),
                String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self) == TrialChannel.portName,
                let descriptor = try? FileDescriptor.open(
                    root.appending("dev").appending(name), .readWrite, options: [.nonBlocking, .closeOnExec])
            else { continue }
            self.descriptor = descriptor
            return
        }
        return nil
    }

    deinit { try? descriptor.close() }

    /// The descriptor, to wait on.
    package var rawDescriptor: Int32 { descriptor.rawValue }

    /// Tells `report`.
    package func tell(_ report: EngineReport) {
        guard !isBroken else { return }
        var bytes = Array((report.line + "\n").utf8)[...]
        var patience = 1000
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor.rawValue, $0.baseAddress, $0.count) }
            if written > 0 {
                bytes = bytes.dropFirst(written)
                patience = 1000
                continue
            }
            guard written < 0, errno == EAGAIN || errno == EINTR, patience > 0 else {
                // Whoever watched is gone; the run goes on.
                isBroken = true
                return
            }
            var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLOUT), revents: 0)
            _ = poll(&wait, 1, 10)
            patience -= 1
        }
    }

    /// Takes what has come.
    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !isBroken {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor.rawValue, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            for line in lines.append(buffer[..<count]) {
                guard case .success(let text) = line, let order = try? TrialOrder(line: text) else { continue }
                if case .answer(let name, let value) = order {
                    answers[name, default: []].append(value)
                } else {
                    orders.append(order)
                }
            }
        }
    }

    /// What came as an answer to the question `name`.
    package enum Reply: Equatable {
        case answer(String)
        /// Nobody will answer.
        case nobody
    }

    /// The next answer to the question `name`; nil while none has come.
    package func reply(to name: String) -> Reply? {
        receive()
        if let answer = answers[name]?.first {
            answers[name]?.removeFirst()
            return .answer(answer)
        }
        guard let index = orders.firstIndex(of: .noAnswer(name: name)) else { return nil }
        orders.remove(at: index)
        return .nobody
    }

    /// Hands files out until whoever watches has all that they want, or `seconds` have passed.
    package func serve(files: (String) -> FilePath?, seconds: Int) {
        let start = ContinuousClock.now
        while !isBroken, ContinuousClock.now - start < .seconds(seconds) {
            receive()
            guard !orders.isEmpty else {
                var wait = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
                _ = poll(&wait, 1, 100)
                continue
            }
            switch orders.removeFirst() {
            case .finish: return
            case .copyOut(let name): send(name, files(name))
            case .answer, .noAnswer: break
            }
        }
    }

    private func send(_ name: String, _ path: FilePath?) {
        guard let path else {
            return tell(.unavailable(name: name, reason: "this run has made no such file"))
        }
        do {
            let descriptor = try FileError.wrap("opened", path) {
                try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            }
            try descriptor.closeAfter {
                let hash = SHA256()
                var buffer = [UInt8](repeating: 0, count: TrialChannel.pieceByteCount)
                var byteCount: Int64 = 0
                func forEachPiece(_ body: (ArraySlice<UInt8>) -> Void) throws {
                    try descriptor.seek(offset: 0, from: .start)
                    while true {
                        let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                        if count == 0 { return }
                        body(buffer[..<count])
                    }
                }
                try forEachPiece {
                    hash.update($0)
                    byteCount += Int64($0.count)
                    // A sign of life: a machine without acceleration hashes slowly.
                    if byteCount.isMultiple(of: Self.signByteCount) {
                        tell(.progress(percent: nil, text: "hashing \(name)"))
                    }
                }
                tell(.file(name: name, byteCount: byteCount, sha256: hash.finalize().description))
                try forEachPiece { tell(.piece(name: name, base64: Base64.encode($0))) }
            }
        } catch {
            tell(.unavailable(name: name, reason: "\(error)"))
        }
    }
}
