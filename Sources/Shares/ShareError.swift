// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// Why a share could not be used, or has not what was asked for.
public struct ShareError: DiagnosticError {
    /// The kind of failure.
    public struct Code: Sendable, Hashable {
        private let name: String
        private init(_ name: String) { self.name = name }

        /// Nothing listens there.
        public static let connectionRefused = Code("connectionRefused")
        /// The name of the server is not known.
        public static let unknownHost = Code("unknownHost")
        /// The connection could not be made, or broke.
        public static let broken = Code("broken")
        /// The server said nothing for too long.
        public static let stalled = Code("stalled")
        /// The server does not take the user.
        public static let refusedUser = Code("refusedUser")
        /// The server takes the user, and does not let it have this.
        public static let accessDenied = Code("accessDenied")
        /// The server has no such share.
        public static let noSuchShare = Code("noSuchShare")
        /// The share has no such file or folder.
        public static let notFound = Code("notFound")
        /// There is something of that name.
        public static let exists = Code("exists")
        /// The server lists more than there may be.
        public static let tooLong = Code("tooLong")
        /// There is no room left.
        public static let full = Code("full")
        /// libsmbclient cannot be had.
        public static let unavailable = Code("unavailable")
    }

    /// The kind of failure.
    public let code: Code
    /// The place it is about.
    public let object: DiagnosticText
    /// What is wrong with it.
    public let problem: DiagnosticText

    init(_ code: Code, _ object: String, _ problem: DiagnosticText) {
        self.code = code
        self.object = DiagnosticText(object)
        self.problem = problem
    }

    /// What to do next.
    public var nextStep: DiagnosticText? {
        switch code {
        case .unknownHost: "check its name"
        case .refusedUser: "correct the user and the password"
        case .accessDenied: "ask for the right to use it, or use another account"
        case .noSuchShare, .notFound: "check the name"
        case .exists: "name another"
        case .tooLong: "check that it is the server that is meant"
        case .full: "make room on the server"
        case .unavailable: "install the package libsmbclient"
        default: "check that it runs and can be reached"
        }
    }

    /// The class that decides the exit code.
    public var failureClass: FailureClass {
        switch code {
        case .refusedUser, .accessDenied: .refused
        case .noSuchShare, .notFound: .notFound
        case .exists, .full: .cannotCreate
        case .tooLong: .malformed
        case .unavailable: .io
        default: .unreachable
        }
    }

    /// Whether the next attempt may succeed.
    public var mayPass: Bool { [.broken, .stalled, .connectionRefused].contains(code) }

    /// Whether the connection can be used for something else.
    var leavesConnection: Bool { [.accessDenied, .noSuchShare, .notFound, .exists, .full].contains(code) }

    /// What a call of libsmbclient says: `number` is one of errno.h.
    static func call(_ number: Int32, _ object: String) -> ShareError {
        switch number {
        case ENOENT, ENOTDIR: ShareError(.notFound, object, "does not exist")
        case EACCES, EPERM, EROFS: ShareError(.accessDenied, object, "is not open to us")
        case EEXIST, ENOTEMPTY: ShareError(.exists, object, "is there already")
        case EISDIR: ShareError(.exists, object, "is a folder")
        case ENOSPC, EDQUOT: ShareError(.full, object, "has no room left")
        case ECONNREFUSED: ShareError(.connectionRefused, object, "refuses the connection")
        case ETIMEDOUT: ShareError(.stalled, object, "said nothing for too long")
        default: ShareError(.broken, object, "could not be used: \(words(number))")
        }
    }

    /// What the system calls an error.
    static func words(_ number: Int32) -> String { Errno(rawValue: number).description.lowercased() }

    static func stalled(_ object: String, seconds: Double) -> ShareError {
        let rounded = (seconds * 10).rounded() / 10
        let text = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
        return ShareError(.stalled, object, "said nothing for \(text) seconds")
    }
}
