// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// A failed system call on a file, folder or device.
public struct FileError: DiagnosticError {
    /// The path the call was about.
    public let path: FilePath
    /// What was being done, in the infinitive: "read", "create".
    public let operation: String
    /// The reason the kernel gave.
    public let errno: Errno
    /// True when what has the path is a folder, a pipe or a device, and only a file will do.
    private let isNotAFile: Bool
    /// The environment variable that named the path; nil when something else did.
    private let variable: String?

    /// Describes the failure of `operation` on `path`.
    ///
    /// - Parameter variable: the environment variable that named the path, which is then what the user can change.
    public init(_ operation: String, _ path: FilePath, _ errno: Errno, variable: String? = nil) {
        self.path = path
        self.operation = operation
        self.errno = errno
        self.variable = variable
        isNotAFile = false
    }

    /// Says that what is at `path` is not a file that can be read at any place.
    init(notAFile path: FilePath, _ errno: Errno) {
        self.path = path
        operation = "opened"
        self.errno = errno
        variable = nil
        isNotAFile = true
    }

    /// A call that a signal ended is "interrupted", a missing file "not found", no room or an existing file is "cannot
    /// create", no permission or somebody else's lock is "refused".
    public var failureClass: FailureClass {
        if isNotAFile || isTooLargeToRead || isFolder { return .malformed }
        if isLockedElsewhere { return .refused }
        return switch errno {
        case .noSuchFileOrDirectory, .notDirectory: .notFound
        case .noSpace, .fileTooLarge, .diskQuotaExceeded, .fileExists, .readOnlyFileSystem: .cannotCreate
        case .permissionDenied, .notPermitted: .refused
        case .interrupted: .interrupted
        default: .io
        }
    }

    /// What says that the user stopped the program, when a call ended for that.
    private var interruption: InterruptedError? { errno == .interrupted ? InterruptedError() : nil }

    /// The path.
    public var object: DiagnosticText {
        if let interruption { return interruption.object }
        let name = ForeignPath(path.string)?.shown ?? path.string
        return variable.map { "\(name), which \($0) names," } ?? "\(name)"
    }

    /// The failed operation with the kernel's reason.
    public var problem: DiagnosticText {
        if let interruption { return interruption.problem }
        if isFolder { return "is a folder" }
        if isNotAFile { return "is a pipe or a device" }
        if isLockedElsewhere { return "is in use by another program, which has locked it" }
        return isTooLargeToRead ? "is larger than such a file can be" : "could not be \(operation): \(errno)"
    }

    /// The kernel never says this of reading: it is a limit of ours (``SmallFile``).
    private var isTooLargeToRead: Bool { operation == "read" && errno == .fileTooLarge }

    /// A folder was named where only a file will do.
    private var isFolder: Bool { errno == .isDirectory && ["opened", "read"].contains(operation) }

    /// Somebody else has the lock: nothing is wrong with the disk.
    private var isLockedElsewhere: Bool { operation == "locked" && errno == .wouldBlock }

    /// The user may have it, and the kernel keeps it from this process.
    private var isKeptAway: Bool {
        [.permissionDenied, .notPermitted].contains(errno) && ProcessLimits.explain(refusalOf: path)
    }

    /// Advice for the reasons that have one.
    public var nextStep: DiagnosticText? {
        if let interruption { return interruption.nextStep }
        if let variable { return "set \(variable) to a folder that can be written" }
        if isNotAFile || isFolder { return "name a file" }
        if isTooLargeToRead { return "check that it is the right file" }
        if isLockedElsewhere { return "wait until it is done, then try again" }
        if isKeptAway {
            return "check its permissions; if they are right, it is the sandbox: \(.noSandbox) leaves it out"
        }
        return switch errno {
        case .noSuchFileOrDirectory, .notDirectory:
            ForeignPath(path.string).map { DiagnosticText($0.nextStep) } ?? "check the path"
        case .noSpace, .diskQuotaExceeded: "free some space or choose another folder"
        case .fileTooLarge: "choose a file system (and a limit) that holds files of this size"
        case .fileExists: "choose another name"
        case .readOnlyFileSystem: "choose a folder that can be written"
        case .permissionDenied, .notPermitted: "check the permissions"
        default: "check the disk and the kernel log, then try again"
        }
    }
}

extension FileError {
    /// Runs `body` and turns an `Errno` it throws into a `FileError` about `path`.
    public static func wrap<Result>(
        _ operation: String, _ path: FilePath, _ body: () throws -> Result
    ) throws(FileError) -> Result {
        do {
            return try body()
        } catch let error as FileError {
            throw error
        } catch let errno as Errno {
            throw FileError(operation, path, errno)
        } catch is InterruptedError {
            throw FileError(operation, path, .interrupted)
        } catch {
            throw FileError(operation, path, .ioError)
        }
    }
}
