// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import NetworkTransfer
import Servers
import Support
import Synchronization

/// The bytes of a file on a server, in order, whatever happens on the way: a connection that breaks is made again, and goes
/// on where it broke.
///
/// Unchecked: used by one thread at a time, as streams are.
final class HTTPFileStream: ByteStream, @unchecked Sendable {
    /// A file of a content.
    struct Wanted: Sendable {
        /// What errors call it.
        let noun: String
        let byteCount: Int64
        /// Where it may lie, in the order in which that is tried.
        let urls: [String]
    }

    private let wanted: Wanted
    private let server: WebServer
    private let interruption: Interruption

    private var body: NetworkSession.HTTPBody?
    /// Which of the URLs is read.
    private var form = 0
    private var offset: Int64 = 0
    /// Bytes of ``body`` that were read before.
    private var surplus: Int64 = 0
    private var tries = TransferTries()
    private var avoidsRanges = false
    /// What was said where it was looked for first.
    private var firstRefusal: DistributionPointError?

    init(_ wanted: Wanted, _ server: WebServer, _ interruption: Interruption) {
        self.wanted = wanted
        self.server = server
        self.interruption = interruption
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard buffer.count > 0 else { return 0 }
        while true {
            // An empty file lies in FileLib like others, and a server may say that it is a folder [V].
            guard offset < wanted.byteCount || (body != nil && wanted.byteCount > 0) else { return 0 }
            do {
                guard let body = try opened() else { continue }
                let count = try body.read(into: buffer)
                if count == 0 {
                    self.body = nil
                    if offset >= wanted.byteCount { return 0 }
                    try fault(problem("ended after \(offset) of \(wanted.byteCount) bytes"))
                } else if surplus > 0 {
                    let dropped = min(surplus, Int64(count))
                    surplus -= dropped
                    guard dropped < count else { continue }
                    let rest = UnsafeRawBufferPointer(rebasing: buffer[Int(dropped)..<count])
                    UnsafeMutableRawBufferPointer(rebasing: buffer[..<rest.count]).copyMemory(from: rest)
                    offset += Int64(rest.count)
                    return rest.count
                } else {
                    offset += Int64(count)
                    return count
                }
            } catch let failure as NetworkError {
                body = nil
                let error = DistributionPointError(failure, server.location)
                guard failure.mayPass else { throw error }
                try fault(error, failure.fault)
            }
        }
    }

    func skip(_ byteCount: Int64) -> Bool {
        guard body == nil, offset == 0 else { return false }
        (offset, tries) = (byteCount, TransferTries(at: byteCount))
        return true
    }

    /// The open body, from ``offset`` on; nil when it has to be looked at again.
    private func opened() throws -> NetworkSession.HTTPBody? {
        if let body { return body }
        let url = wanted.urls[form]
        let first = avoidsRanges ? 0 : offset
        let body: NetworkSession.HTTPBody
        switch try server.open(url, from: first, interruption) {
        case .body(let found): body = found
        case .trouble(let error, let pause, let kind):
            try fault(error, kind, asked: pause)
            return nil
        }
        let head = body.head
        if let error = DistributionPointError.status(
            head, body: try beginning(of: body), url, server.location, server.user)
        {
            // 416: what is asked for begins behind the end.
            if head.status == 416 {
                avoidsRanges = true
                try fault(problem("has no bytes from \(first) on"))
                return nil
            }
            try useNextForm(error)
            return nil
        }
        if head.isEncoded {
            try fault(
                problem("comes packed (\(head.field("content-encoding")?.onOneLine ?? "")), which was not asked for"))
            return nil
        }
        surplus = offset
        if head.status == 206 {
            guard let range = head.range, range.first == first, range.total ?? wanted.byteCount == wanted.byteCount
            else {
                avoidsRanges = true
                try fault(problem("comes as another part than was asked for"))
                return nil
            }
            surplus = offset - first
        }
        let left = wanted.byteCount - (offset - surplus)
        if let count = head.byteCount, count != left {
            // Either is wrong, the file or its INI.
            try fault(problem("has \(count) bytes, expected \(left)", .malformedAnswer))
            return nil
        }
        self.body = body
        return body
    }

    /// What there is of a page that explains a refusal.
    private func beginning(of body: NetworkSession.HTTPBody) throws -> [UInt8] {
        guard body.head.status == 403 else { return [] }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = try bytes.withUnsafeMutableBytes { try body.read(into: $0) }
        return Array(bytes[..<count])
    }

    /// Looks for the file where it may lie besides.
    private func useNextForm(_ error: DistributionPointError) throws {
        firstRefusal = firstRefusal ?? error
        let isElsewhere = [.contentMissing, .refused].contains(error.code)
        guard isElsewhere, form + 1 < wanted.urls.count else { throw named(firstRefusal ?? error) }
        form += 1
    }

    private func named(_ error: DistributionPointError) -> DistributionPointError {
        DistributionPointError(
            error.code, error.failureClass, DiagnosticText(wanted.noun),
            "cannot be fetched: \(error.object) \(error.problem)",
            nextStep: error.nextStep)
    }

    private func problem(
        _ text: DiagnosticText, _ code: DistributionPointError.Code = .unreachable
    ) -> DistributionPointError {
        DistributionPointError(code, .unreachable, wanted.urls[form], text)
    }

    /// Takes note of a fault that may pass, and waits; throws when there were too many.
    private func fault(
        _ error: DistributionPointError, _ kind: PassingFault = .other, asked: Double? = nil
    ) throws {
        body = nil
        guard let number = tries.next(after: offset, kind, server.retries.policy) else {
            throw named(error)
        }
        try server.retries.pause(before: number, after: error, kind, asked: asked, interruption)
    }
}
