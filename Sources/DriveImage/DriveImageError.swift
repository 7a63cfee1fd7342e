// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// Why a drive could not be laid out, written or read.
public struct DriveImageError: DiagnosticError {
    /// The kinds of failure.
    public struct Code: Sendable, Hashable {
        private let name: String

        /// A name that FAT cannot carry.
        public static let unsuitableName = Code(name: "unsuitableName")
        /// Two files whose names differ in nothing but case.
        public static let duplicateName = Code(name: "duplicateName")
        /// A file that is too large for FAT32.
        public static let fileTooLarge = Code(name: "fileTooLarge")
        /// A folder with more records than FAT allows.
        public static let folderTooLarge = Code(name: "folderTooLarge")
        /// The drive cannot hold the files, or is too small for FAT32 at all.
        public static let tooSmall = Code(name: "tooSmall")
        /// A drive whose sectors do not have 512 bytes.
        public static let unsupportedSectorSize = Code(name: "unsupportedSectorSize")
        /// A BIOS boot sector was asked for that this build of the program does not have.
        public static let noBootSectors = Code(name: "noBootSectors")
        /// The program that formats data partitions is not there.
        public static let noFormatter = Code(name: "noFormatter")
        /// The program that formats data partitions failed.
        public static let notFormatted = Code(name: "notFormatted")
        /// A file lies in pieces that no stream can have one behind the other.
        public static let scattered = Code(name: "scattered")
        /// A structure of the drive is damaged.
        public static let damaged = Code(name: "damaged")
    }

    /// What kind of failure it is.
    public let code: Code
    /// The file, folder or drive concerned.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText
    /// What to do next.
    public let nextStep: DiagnosticText?

    /// Describes a failure.
    public init(_ code: Code, _ object: DiagnosticText, _ problem: DiagnosticText, nextStep: DiagnosticText? = nil) {
        self.code = code
        self.object = object
        self.problem = problem
        self.nextStep = nextStep
    }

    /// The same of `object`, which whoever asked knows better.
    public func about(_ object: DiagnosticText) -> DriveImageError {
        DriveImageError(code, object, problem, nextStep: nextStep)
    }

    /// Names and damaged structures are malformed input; all else is an output that cannot be created.
    public var failureClass: FailureClass {
        switch code {
        case .unsuitableName, .duplicateName, .damaged: .malformed
        default: .cannotCreate
        }
    }
}
