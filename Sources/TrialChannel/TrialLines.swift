// SPDX-License-Identifier: GPL-3.0-or-later

/// Makes lines of what comes through a trial's channel in pieces, and keeps no more of it than a line may be long.
public struct TrialLines: Sendable {
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// Nothing came yet.
    public init() {}

    /// Takes what came.
    ///
    /// - Returns: the lines that are whole now without their ends; ``TrialChannelError`` for one that is too long or no UTF-8.
    ///   Empty lines are left out.
    public mutating func append(_ bytes: some Collection<UInt8>) -> [Result<String, TrialChannelError>] {
        var lines: [Result<String, TrialChannelError>] = []
        var rest = bytes[...]
        // Whole lines rather than bytes: files of any size come this way.
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let part = rest[..<(end ?? rest.endIndex)]
            if !isSkipping {
                if part.count > TrialChannel.lineByteLimit - pending.count {
                    lines.append(.failure(.tooLong))
                    isSkipping = true
                    pending = []
                } else {
                    pending += part
                }
            }
            guard let end else { break }
            if !isSkipping, let line = Self.line(pending) { lines.append(line) }
            pending.removeAll(keepingCapacity: true)
            isSkipping = false
            rest = rest[rest.index(after: end)...]
        }
        return lines
    }

    private static func line(_ bytes: [UInt8]) -> Result<String, TrialChannelError>? {
        // A terminal between the two may have added a carriage return.
        let text = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
        if text.isEmpty { return nil }
        guard let line = String(validating: text, as: UTF8.self) else { return .failure(.malformed("is no UTF-8")) }
        return .success(line)
    }
}
