// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TrialChannel

/// What became of media that was tried.
public struct TrialResult: Sendable {
    /// How it ended.
    public enum Outcome: String, Sendable, CaseIterable {
        /// The task sequence ran to its end.
        case succeeded
        /// The computer restarts into the system that was applied.
        case restarting
        /// A step failed.
        case failed
        /// It was refused before anything was written.
        case refused
        /// Nothing in the machine reports, and the text that was waited for has come.
        case textCame
        /// The machine stopped or ended before it had come to an end.
        case stopped
        /// The time was over.
        case timedOut
    }

    /// A step that began.
    public struct Step: Sendable, Equatable {
        /// Its number from 1.
        public let number: Int
        /// Its name.
        public let name: String
        /// The groups that it stands in.
        public let group: String
        /// When it began, in seconds since the machine was started.
        public let start: Double
    }

    /// Something that was wrong.
    public struct Problem: Sendable, Equatable {
        /// Whether it ended the run.
        public let isError: Bool
        /// The step.
        public let step: String?
        /// What it is.
        public let text: String
        /// What to do about it.
        public let nextStep: String?
    }

    /// A file that was copied out.
    public struct File: Sendable, Equatable {
        /// Its name in the channel.
        public let name: String
        /// Where it is.
        public let path: FilePath
        /// Its size.
        public let byteCount: Int64
        /// Its SHA-256.
        public let sha256: SHA256Digest
    }

    /// How it ended.
    public var outcome = Outcome.stopped
    /// What was said of the end.
    public var text = ""
    /// Why it was no success; nil when it was one.
    public var failure: MediaTrialError?
    /// What executed the machine's instructions.
    public var acceleration = Acceleration.none
    /// The version of the program that reported, and what it says that started it; nil when none did.
    public var engine: (version: String, firmware: String)?
    /// The name of the task sequence.
    public var taskSequence: String?
    /// How many steps it has.
    public var stepCount: Int?
    /// The steps that began.
    public var steps: [Step] = []
    /// What was wrong.
    public var problems: [Problem] = []
    /// The end of the program's log.
    public var log: [String] = []
    /// The end of what the machine said on its serial port.
    public var serial: [String] = []
    /// Whether the text that was waited for has come.
    public var hasText = false
    /// The files that were copied out.
    public var files: [File] = []
    /// Where the picture is.
    public var screenshot: FilePath?
    /// Where the first disk is.
    public var kept: FilePath?
    /// How long it took.
    public var seconds = 0.0

    /// Nothing has happened yet.
    init() {}
}
