// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TrialChannel

/// What a trial is to be.
public struct TrialRequest: Sendable {
    /// What a person would type.
    public struct Answer: Sendable, Equatable {
        /// The name of the question.
        public let name: String
        /// What is typed.
        public let value: String

        /// The answer `value` to the question `name`.
        ///
        /// - Throws: ``MediaTrialError`` `.badRequest` for a question without a name, and for more than anybody types.
        public init(name: String, value: String) throws(MediaTrialError) {
            guard !name.isEmpty, value.utf8.count <= TrialChannel.textByteLimit else {
                throw MediaTrialError(
                    .badRequest, "\(.answer)", "has no name, or is longer than anybody types",
                    nextStep: "write it as NAME=VALUE")
            }
            self.name = name
            self.value = value
        }
    }

    /// A file of the machine that is wanted.
    public struct Copy: Sendable, Equatable {
        /// Its name in the channel.
        public let name: String
        /// Where it goes.
        public let path: FilePath

        /// The file `name`, which goes to `path`.
        ///
        /// - Throws: ``MediaTrialError`` `.badRequest` for a name that no file has.
        public init(name: String, path: FilePath) throws(MediaTrialError) {
            guard fileNames.contains(where: { $0.isExactly(name) }) else {
                throw MediaTrialError(
                    .badRequest, "\(.copyOut)", "'\(name.onOneLine)' is no file of the machine that can be had",
                    nextStep: "name one of \(fileNames.joined(separator: ", "))")
            }
            self.name = name
            self.path = path
        }
    }

    /// The file that the trial itself has: all that the machine said on its serial port.
    public static let serialLogName = "serial.log"
    /// The files that can be had.
    public static let fileNames = [TrialChannel.logFileName, TrialChannel.imageFileName, serialLogName]
    /// How long a trial may take: with a processor that is emulated, Windows is applied in half of it.
    public static let usualTimeout: Duration = .seconds(7200)
    /// How long media is looked at that reports nothing, when nobody said for what.
    public static let silentTimeout: Duration = .seconds(300)

    /// The image of the media; of a set, all its volumes.
    public var media: [FilePath]
    /// The firmware.
    public var firmware = TrialFirmware.uefi
    /// The disks; an empty one when there are none.
    public var disks: [TrialDisk] = []
    /// Sticks in its USB ports, besides the media.
    public var sticks: [TrialDisk] = []
    /// Where the first disk ends up.
    public var keep: FilePath?
    /// Whether files that exist are replaced.
    public var replacesExisting = false
    /// Answers, in the order in which those to one question are given.
    public var answers: [Answer] = []
    /// Files that are wanted.
    public var copies: [Copy] = []
    /// Where a picture of the screen goes.
    public var screenshot: FilePath?
    /// A text of the serial port that has to come.
    public var awaitedText: String?
    /// Whether the machine has a network: through this computer, which it reaches as 10.0.2.2.
    public var hasNetwork = false
    /// Whether a window shows the machine.
    public var hasWindow = false
    /// When the trial is given up; nil for what is usual.
    public var timeout: Duration?

    /// When the power of the machine is cut, one after the other: for tests.
    package var powerCuts: [PowerCut] = []

    /// A trial of `media` as it is usual.
    public init(media: [FilePath]) { self.media = media }

    /// Files that answers have put in where a volume is asked for.
    var insertions: [FilePath] {
        answers.filter { TrialChannel.volumeNumber(ofQuestion: $0.name) != nil }.map { FilePath($0.value) }
    }

    /// Every file that is written.
    public var outputs: [FilePath] { [keep, screenshot].compactMap(\.self) + copies.map(\.path) }
}
