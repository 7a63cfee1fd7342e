// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Support
import SystemPackage

/// The program curl, which asks servers over HTTP and HTTPS (curl(1)).
///
/// What is asked, and by whom, passes in a file that only we can read: other programs see arguments.
struct Curl {
    /// What is asked of a server.
    struct Request {
        let url: String
        /// Where the answer's body goes.
        let output: FilePath
    }

    /// How the bodies come.
    enum Method {
        /// The body of a resource.
        case get
        /// The members of a folder: PROPFIND of RFC 4918 9.1 with Depth 1.
        case list
        /// The rest of a body of which a part is in the output already.
        case rest
    }

    /// An answer; its body is in the request's output.
    struct Answer {
        /// The status of HTTP; 0 when there was none.
        let status: Int
        /// curl's exit code for this one: 0 when all of the body came.
        let code: Int32
        /// What curl says of a failure.
        let message: String
    }

    private static let program: FilePath = "/bin/curl"
    private static let mark = "tsmedia-answer"
    /// Seconds until a server has to take a connection, and for which it may say nothing.
    private static let (connectSeconds, silenceSeconds) = (20, 60)
    private static let connectionCount = 4
    private static let logLimit = 4 << 20

    let workFolder: FilePath
    /// Lines for each run: who asks, and what of the server is believed.
    let settings: [String]
    let interruption: Interruption

    /// Whether the environment has the program.
    static var isThere: Bool { access(program.string, X_OK) == 0 }

    /// A line of curl's configuration, whose value may hold anything but the end of a line.
    static func line(_ name: String, _ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\" + String(scalar)
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\(name) = \"\(escaped)\""
    }

    /// Asks all of `requests`, several at once.
    ///
    /// - Parameters:
    ///   - timeout: for all of them; nil for as long as bytes come.
    ///   - look: called now and then; what it throws ends the program.
    /// - Returns: an answer for each, in their order.
    /// - Throws: ``EngineError`` `.server` when curl cannot be run; `FileError`; `InterruptedError`; what `look` throws.
    func ask(
        _ requests: [Request], _ method: Method = .get, timeout: Duration? = nil, look: () throws -> Void = {}
    ) throws -> [Answer] {
        guard !requests.isEmpty else { return [] }
        let configuration = workFolder.appending("curl-\(getpid()).conf")
        let log = workFolder.appending("curl-\(getpid()).log")
        defer { for path in [configuration, log] { unlink(path.string) } }
        var lines =
            [
                "silent", "show-error", "globoff", "path-as-is", "parallel",
                "parallel-max = \(requests.count == 1 ? 1 : Self.connectionCount)",
                "connect-timeout = \(Self.connectSeconds)", "speed-limit = 1", "speed-time = \(Self.silenceSeconds)",
                Self.line("noproxy", "*"), Self.line("user-agent", "tsengine"),
                Self.line("write-out", "\n\(Self.mark) %{urlnum} %{http_code} %{exitcode} %{errormsg}\n"),
            ] + settings
        switch method {
        case .get: break
        case .list: lines += [Self.line("request", "PROPFIND"), Self.line("header", "Depth: 1")]
        // What a server says of a refusal is no part of the body.
        case .rest: lines += ["continue-at = \"-\"", "fail"]
        }
        for request in requests {
            lines += [Self.line("url", request.url), Self.line("output", request.output.string)]
        }
        try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: configuration)
        let status = try OtherProgram.run(
            Self.program, ["-q", "-K", configuration.string],
            environment: ["PATH=/bin", "LC_ALL=C.UTF-8", "HOME=/nonexistent"], log: log, timeout: timeout,
            interruption: interruption, look: look)
        let text = String(decoding: try SmallFile.read(log, limit: Self.logLimit), as: UTF8.self)
        var answers = [Answer?](repeating: nil, count: requests.count)
        for line in text.split(separator: "\n") where line.hasPrefix(Self.mark) {
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count >= 4, let number = Int(words[1]), answers.indices.contains(number),
                let status = Int(words[2]), let code = Int32(words[3])
            else { continue }
            answers[number] = Answer(status: status, code: code, message: words.count > 4 ? String(words[4]) : "")
        }
        guard answers.contains(where: { $0 != nil }) else {
            throw EngineError(
                .server, "program curl",
                status.map { "ended with \($0): \(String(text.prefix(300)).onOneLine)" } ?? "took too long",
                nextStep: "check the network of this computer")
        }
        return answers.map { $0 ?? Answer(status: 0, code: -1, message: "nobody answered") }
    }
}
