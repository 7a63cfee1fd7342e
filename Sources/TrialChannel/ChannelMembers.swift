// SPDX-License-Identifier: GPL-3.0-or-later

internal import JSON

/// A message that was read: what its members hold, each looked at before it is believed.
struct ChannelMembers {
    /// More values than any message has.
    private static let valueLimit = 64
    /// More than anything that is counted here: what is shown stays readable.
    private static let countLimit: Int64 = 1_000_000

    /// Which message it is.
    let type: String
    private let object: JSONNode

    init(line: String) throws(TrialChannelError) {
        guard line.utf8.count <= TrialChannel.lineByteLimit else { throw .tooLong }
        do {
            var reader = JSONReader(Array(line.utf8))
            object = try reader.node(limit: Self.valueLimit)
            try reader.end()
        } catch {
            throw .malformed("is no JSON: it \(error)")
        }
        guard case .object = object else { throw .malformed("is no JSON object") }
        guard case .text(let type)? = object["type"] else { throw .malformed("has no type") }
        self.type = type
    }

    func text(_ name: String) throws(TrialChannelError) -> String {
        guard let text = try optionalText(name) else { throw .malformed("has no \(name)") }
        return text
    }

    func optionalText(_ name: String) throws(TrialChannelError) -> String? {
        switch object[name] {
        case .text(let text)?: return text
        case .null?, nil: return nil
        default: throw .malformed("has a \(name) that is no text")
        }
    }

    func truth(_ name: String) throws(TrialChannelError) -> Bool {
        guard case .truth(let truth)? = object[name] else { throw .malformed("has no \(name)") }
        return truth
    }

    func number(_ name: String, in range: ClosedRange<Int64>) throws(TrialChannelError) -> Int64 {
        guard let number = try optionalNumber(name, in: range) else { throw .malformed("has no \(name)") }
        return number
    }

    func optionalNumber(_ name: String, in range: ClosedRange<Int64>) throws(TrialChannelError) -> Int64? {
        switch object[name] {
        case .number(let digits)?:
            guard let number = Int64(digits), range.contains(number) else {
                throw .malformed("has a \(name) that cannot be")
            }
            return number
        case .null?, nil: return nil
        default: throw .malformed("has a \(name) that is no number")
        }
    }

    func count(_ name: String) throws(TrialChannelError) -> Int {
        Int(try number(name, in: 0...Self.countLimit))
    }
}
