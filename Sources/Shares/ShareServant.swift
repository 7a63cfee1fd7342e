// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibsmbclient
import Glibc
import Support

/// The process that talks to a server: the program itself, started once more for each connection.
///
/// libsmbclient is used by nothing else: it shares what it keeps without locks, reads the user's files, prints, and may wait
/// for long. A process can be ended at any time, its surroundings are ours, and what it prints goes nowhere.
public enum ShareServant {
    /// What the process is called.
    static let processName = "tsmedia-share"

    /// Serves as such a process, and does not return, when the program was started as one.
    public static func runIfAsked() {
        guard CommandLine.argc == 1, CommandLine.arguments.first == processName else { return }
        var servant = Servant()
        servant.run()
    }
}

/// Nothing of the machine's or the user's smb.conf counts: only SMB 2 and 3, only names that DNS or /etc/hosts knows, and
/// nothing is kept on a disk.
private let configuration = """
    [global]
    client min protocol = SMB2_02
    client max protocol = SMB3_11
    name resolve order = host
    unix charset = UTF-8
    log level = 0
    lock directory = /proc/self/fd
    state directory = /proc/self/fd
    cache directory = /proc/self/fd
    private dir = /proc/self/fd

    """

private struct Servant {
    private var connection: OpaquePointer?
    /// Whether the user is shown by a ticket.
    private var usesKerberos = false
    private let input: Int32 = STDIN_FILENO
    private var block: UnsafeMutableRawBufferPointer = .allocate(
        byteCount: ShareMessage.blockByteCount, alignment: 4_096)

    mutating func run() -> Never {
        guard tsm_smb_stand_alone(input) == 0 else { exit(1) }
        do {
            while true {
                let (kind, body) = try next()
                var fields = ShareFields(body)
                try serve(kind, &fields)
            }
        } catch {
            // The other end is gone, or is not ours.
            exit(0)
        }
    }

    private struct Gone: Error {}

    // MARK: Messages

    private func next() throws -> (ShareMessage.Kind, [UInt8]) {
        guard let head = ShareMessage.parse(head: try receive(ShareMessage.headByteCount)) else { throw Gone() }
        return (head.kind, try receive(head.byteCount))
    }

    private func receive(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let step = read(input, buffer.baseAddress! + filled, count - filled)  // A count above 0 has an address.
                guard step > 0 else {
                    if step < 0, errno == EINTR { continue }
                    throw Gone()
                }
                filled += step
            }
        }
    }

    private func send(_ message: ShareMessage) throws { try message.encoded.withUnsafeBytes { try send($0) } }

    private func send(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let step = write(input, start, rest.count)
            guard step > 0 else {
                if step < 0, errno == EINTR { continue }
                throw Gone()
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[step...])
        }
    }

    /// Ends an answer: 0 or a number of errno.h, and what is told besides.
    private func done(_ status: Int32, _ numbers: Int64...) throws {
        var message = ShareMessage(.done)
        message.append(Int64(status))
        for number in numbers { message.append(number) }
        try send(message)
    }

    // MARK: Requests

    private mutating func serve(_ kind: ShareMessage.Kind, _ fields: inout ShareFields) throws {
        switch kind {
        case .hello: try greet(&fields)
        case .connect:
            let (url, host) = (try fields.text(), try fields.text())
            let nobody = try fields.text()
            guard tsm_smb_is_known(host) else { return try done(0, ShareVerdict.unknownHost.rawValue) }
            let status = -tsm_smb_connect(connection, url)
            var verdict = ShareVerdict.connected
            switch status {
            case 0: break
            case EACCES, EPERM:
                // Who is let in at all may ask for this, though it is nothing that files lie in.
                let other = -tsm_smb_connect(connection, nobody)
                verdict = other == EACCES || other == EPERM ? .refusedUser : .accessDenied
            // What libsmbclient 4.22 calls it when there is no ticket that it could show; 4.17 says EACCES.
            case EINVAL where usesKerberos: verdict = .refusedUser
            case ENOENT, ENODEV: verdict = .noSuchShare
            default: verdict = .failed
            }
            try done(status, verdict.rawValue)
        case .list: try list(try fields.text())
        case .read:
            let limit = Int(clamping: try fields.number())
            while !fields.isAtEnd { try readWhole(try fields.text(), limit: limit) }
        case .stream: try stream(try fields.text(), from: try fields.number(), count: try fields.number())
        case .information:
            var information = tsm_smb_information()
            let status = -tsm_smb_information_of(connection, try fields.text(), &information)
            try done(
                status, Int64(clamping: information.byte_count), information.modified, information.is_folder ? 1 : 0)
        case .space:
            var count: UInt64 = 0
            let status = -tsm_smb_space(connection, try fields.text(), &count)
            try done(status, Int64(clamping: count))
        case .makeFolder: try done(-tsm_smb_make_folder(connection, try fields.text()))
        case .removeFolder: try done(-tsm_smb_remove_folder(connection, try fields.text()))
        case .remove: try done(-tsm_smb_remove(connection, try fields.text()))
        case .rename: try done(-tsm_smb_rename(connection, try fields.text(), try fields.text()))
        case .create: try create(try fields.text())
        case .bytes, .finish, .part, .done: throw Gone()
        }
    }

    private mutating func greet(_ fields: inout ShareFields) throws {
        let (domain, user, password) = (try fields.text(), try fields.text(), try fields.text())
        usesKerberos = try fields.number() != 0
        let timeout = try fields.number()
        if let problem = tsm_smb_load() {
            try send(ShareMessage(.part).appending(String(cString: problem)))
            return try done(ENOENT)
        }
        var path = [CChar](repeating: 0, count: 64)
        guard tsm_smb_configuration(configuration, &path, path.count) == 0 else { return try done(ENOMEM) }
        connection = tsm_smb_create(path, domain, user, password, usesKerberos, Int32(clamping: timeout))
        try done(connection == nil ? ENOMEM : 0)
    }

    private func list(_ url: String) throws {
        var parts = ListParts(servant: self)
        let status = withUnsafeMutablePointer(to: &parts) { pointer in
            -tsm_smb_list(connection, url, pointer) { receiver, name, information in
                guard let receiver, let name, let information else { return false }
                return receiver.assumingMemoryBound(to: ListParts.self).pointee.add(
                    String(cString: name), information.pointee)
            }
        }
        guard parts.flush() else { throw Gone() }
        try done(status)
    }

    private struct ListParts {
        let servant: Servant
        var message = ShareMessage(.part)

        mutating func add(_ name: String, _ information: tsm_smb_information) -> Bool {
            message.append(name)
            message.append(Int64(clamping: information.byte_count))
            message.append(information.is_folder ? 1 : 0)
            return message.body.count < 64 << 10 || flush()
        }

        mutating func flush() -> Bool {
            defer { message = ShareMessage(.part) }
            return message.body.isEmpty || (try? servant.send(message)) != nil
        }
    }

    /// A small file as one part, which is larger than `limit` where the file is.
    private func readWhole(_ url: String, limit: Int) throws {
        var file: OpaquePointer?
        let opened = tsm_smb_open(connection, url, O_RDONLY, &file)
        guard opened == 0 else { return try done(-opened) }
        var bytes: [UInt8] = []
        var status: Int32 = 0
        while bytes.count <= limit {
            let wanted = min(block.count, limit + 1 - bytes.count)
            let count = tsm_smb_read(connection, file, block.baseAddress, wanted)
            if count < 0 { status = Int32(clamping: -count) }
            guard count > 0 else { break }
            bytes += UnsafeRawBufferPointer(rebasing: block[..<Int(count)])
            // A server that has no more gives less than was asked for; the next request would only say so.
            if count < wanted { break }
        }
        _ = tsm_smb_close(connection, file)
        if status == 0 {
            var message = ShareMessage(.part)
            message.append(bytes)
            try send(message)
        }
        try done(status)
    }

    private func stream(_ url: String, from offset: Int64, count: Int64) throws {
        var file: OpaquePointer?
        var status = -tsm_smb_open(connection, url, O_RDONLY, &file)
        guard status == 0 else { return try done(status) }
        if offset > 0 {
            let place = tsm_smb_seek(connection, file, offset)
            if place < 0 { status = Int32(clamping: -place) }
        }
        var left = count
        while status == 0, left > 0 {
            let step = tsm_smb_read(connection, file, block.baseAddress, Int(min(Int64(block.count), left)))
            if step < 0 { status = Int32(clamping: -step) }
            guard step > 0 else { break }
            left -= step
            try ShareMessage.head(.part, Int(step)).withUnsafeBytes { try send($0) }
            try send(UnsafeRawBufferPointer(rebasing: block[..<Int(step)]))
        }
        _ = tsm_smb_close(connection, file)
        try done(status)
    }

    /// Writes a new file with what comes until ``ShareMessage/Kind/finish``; what is wrong is told at the end.
    private func create(_ url: String) throws {
        var file: OpaquePointer?
        var status = -tsm_smb_open(connection, url, O_WRONLY | O_CREAT | O_EXCL, &file)
        try done(status)
        guard status == 0 else { return }
        while true {
            let (kind, body) = try next()
            if kind == .finish { break }
            guard kind == .bytes else { throw Gone() }
            guard status == 0 else { continue }
            body.withUnsafeBytes { bytes in
                var rest = bytes
                while status == 0, !rest.isEmpty {
                    let step = tsm_smb_write(connection, file, rest.baseAddress, rest.count)
                    if step <= 0 {
                        status = Int32(clamping: step == 0 ? Int64(EIO) : -step)
                    } else {
                        rest = UnsafeRawBufferPointer(rebasing: rest[Int(step)...])
                    }
                }
            }
        }
        let closed = -tsm_smb_close(connection, file)
        try done(status == 0 ? closed : status)
    }
}

/// What came of connecting.
enum ShareVerdict: Int64 {
    case connected, failed, unknownHost, refusedUser, accessDenied, noSuchShare
}
