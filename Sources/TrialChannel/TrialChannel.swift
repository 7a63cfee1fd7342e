// SPDX-License-Identifier: GPL-3.0-or-later

/// What the two sides of a trial agree on: the program that runs a task sequence in a virtual machine, and whoever watches it.
///
/// They talk over a serial port of virtio (Virtual I/O Device 1.2, 5.3): lines of UTF-8 that end in a line feed, each a JSON
/// object whose texts, numbers and truth values lie flat in it, and whose member `type` says which message it is. What the
/// machine sends is as hostile as the media in it may be.
public enum TrialChannel {
    /// The name of the port: what `name` in /sys/class/virtio-ports says there.
    public static let portName = "org.tsmedia.try"

    /// The longest line that is read, in bytes without its end.
    public static let lineByteLimit = 1 << 20

    /// The longest text of a report, in bytes of UTF-8.
    ///
    /// A longer one is cut, so that its line stays below ``lineByteLimit`` however much of it has to be escaped. Answers are
    /// never cut; whoever sends one keeps to this.
    public static let textByteLimit = 32 << 10

    /// The file that a machine gives away with the log of its task sequence.
    public static let logFileName = "smsts.log"
    /// The file with the image that was captured of it.
    public static let imageFileName = "capture.wim"

    /// How many bytes of a file one ``EngineReport/piece(name:base64:)`` carries at most.
    public static let pieceByteCount = 64 << 10
}

/// Why a line of a trial's channel is no message.
public enum TrialChannelError: Error, Equatable, CustomStringConvertible {
    /// A type of message that is not known: one of a later version, which may be passed over.
    case unknownType(String)
    /// Not a message at all; what is wrong with it, as the predicate of a sentence.
    case malformed(String)
    /// Longer than ``TrialChannel/lineByteLimit``.
    case tooLong

    /// What is wrong with the line, as the predicate of a sentence.
    public var description: String {
        switch self {
        case .unknownType(let type): "has the type '\(type)', which is not known"
        case .malformed(let problem): problem
        case .tooLong: "is longer than \(TrialChannel.lineByteLimit) bytes"
        }
    }
}

extension TrialChannel {
    private static let volumeQuestionPrefix = "volume-"

    /// The name of the question for volume `number` of a set: whoever watches puts it in, and answers when it is there.
    public static func volumeQuestion(_ number: Int) -> String { volumeQuestionPrefix + String(number) }

    /// The volume that the question `name` asks for; nil for any other question.
    public static func volumeNumber(ofQuestion name: String) -> Int? {
        guard name.hasPrefix(volumeQuestionPrefix) else { return nil }
        let digits = name.dropFirst(volumeQuestionPrefix.count)
        guard let number = Int(digits), number > 0, String(number) == digits else { return nil }
        return number
    }
}
