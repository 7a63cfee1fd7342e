// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import Testing
import TrialChannel

@Suite("Reports of the engine")
struct EngineReportTests {
    static let reports: [EngineReport] = [
        .started(version: "1.0", firmware: "secure"),
        .media(type: "FullMedia", label: "Windows 11 #1", taskSequence: "ABC00010"),
        .media(type: "BootMedia", label: "", taskSequence: nil),
        .sequence(name: "Windows 11 \u{202E}und \"Größe\" 中文 \u{1F600}", stepCount: 19),
        .step(number: 1, count: 1, name: "a\nb\u{1B}[31m\u{0}", group: "Install \\ Disk"),
        .progress(percent: 0, text: "begins"), .progress(percent: 100, text: "ends"), .progress(percent: nil, text: ""),
        .log(line: #"<![LOG[line\n]LOG]!><time="00:00:00.000+000">"#),
        .question(name: "password", text: "Password", isSecret: true),
        .problem(isError: true, step: nil, text: "a", nextStep: nil),
        .problem(isError: false, step: "Apply", text: "disk 0 has 1 GiB", nextStep: "use a larger one"),
        .file(name: "smsts.log", byteCount: .max, sha256: String(repeating: "0", count: 64)),
        .piece(name: "smsts.log", base64: "QUJD"), .unavailable(name: "x", reason: "is not there"),
        .ended(outcome: .succeeded, text: ""), .ended(outcome: .restarting, text: ""),
        .ended(outcome: .failed, text: "x"), .ended(outcome: .refused, text: "x"), .restart(text: "again"),
    ]
    static let orders: [TrialOrder] = [
        .answer(name: "password", value: "pä\"ss\\\u{7F}\t"), .noAnswer(name: "account"), .copyOut(name: "smsts.log"),
        .finish,
    ]

    @Test("each report comes out of its line as it went in", arguments: reports)
    func report(_ report: EngineReport) throws { #expect(try EngineReport(line: report.line) == report) }

    @Test("each order comes out of its line as it went in", arguments: orders)
    func order(_ order: TrialOrder) throws { #expect(try TrialOrder(line: order.line) == order) }

    @Test("each message is one line of printable text, an object for Python too, with a type and flat members")
    func otherReader() throws {
        let lines = Self.reports.map(\.line) + Self.orders.map(\.line)
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } })
        let script = """
            import json, sys
            for line in sys.stdin.buffer.read().decode().split("\\n")[:-1]:
                o = json.loads(line)
                assert next(iter(o)) == "type"
                assert all(v is None or isinstance(v, (str, int, bool)) for v in o.values()), o
                print(o["type"], ascii(o.get("name", "")), len(o))
            """
        let output = try Program.succeed(
            "python3", ["-c", script], input: Array((lines.joined(separator: "\n") + "\n").utf8)
        ).output
        #expect(output.split(separator: "\n").count == lines.count)
        #expect(output.contains("answer 'password' 3\n"))
        #expect(output.contains("finish '' 1\n"))
    }

    @Test(
        "what is no report is told apart from what a later version may say",
        arguments: [
            (#"{"type":"later","x":1}"#, TrialChannelError.unknownType("later")),
            ("[]", .malformed("is no JSON object")),
            (#"{"kind":"log"}"#, .malformed("has no type")), (#"{"type":1}"#, .malformed("has no type")),
            (#"{"type":"log"}"#, .malformed("has no line")),
            (#"{"type":"log","line":1}"#, .malformed("has a line that is no text")),
            (#"{"type":"step","number":0,"count":1,"name":"","group":""}"#, .malformed("counts steps as nobody does")),
            (#"{"type":"step","number":3,"count":2,"name":"","group":""}"#, .malformed("counts steps as nobody does")),
            (
                #"{"type":"step","number":99999999999999999999,"count":2,"name":"","group":""}"#,
                .malformed("has a number that cannot be")
            ), (#"{"type":"progress","percent":101,"text":""}"#, .malformed("has a percent that cannot be")),
            (#"{"type":"progress","percent":-1,"text":""}"#, .malformed("has a percent that cannot be")),
            (#"{"type":"progress","percent":1.5,"text":""}"#, .malformed("has a percent that cannot be")),
            (
                #"{"type":"file","name":"a","byteCount":-1,"sha256":""}"#, .malformed("has a byteCount that cannot be")
            ), (#"{"type":"ended","outcome":"well","text":""}"#, .malformed("has the outcome 'well', which is none")),
        ])
    func noReport(_ line: String, _ expected: TrialChannelError) {
        #expect(throws: expected) { try EngineReport(line: line) }
    }

    @Test("bytes at random, and reports with any byte changed, are refused or read, and nothing else")
    func damage() throws {
        var generator = SeededGenerator(seed: 20)
        for report in Self.reports {
            let bytes = Array(report.line.utf8)
            for _ in 0..<200 {
                var changed = bytes
                changed[Int.random(in: changed.indices, using: &generator)] = .random(
                    in: .min ... .max, using: &generator)
                _ = try? EngineReport(line: String(decoding: changed, as: UTF8.self))
            }
            for length in bytes.indices {
                #expect(throws: TrialChannelError.self) {
                    try EngineReport(line: String(decoding: bytes[..<length], as: UTF8.self))
                }
            }
        }
    }

    @Test("texts that are too long are cut at a whole character, so that the line can be read")
    func longTexts() throws {
        let long = "x" + String(repeating: "\u{202E}\u{1F600}", count: 20_000)
        let line = EngineReport.problem(isError: true, step: long, text: long, nextStep: long).line
        #expect(line.utf8.count <= TrialChannel.lineByteLimit)
        guard case .problem(_, _, let text, _) = try EngineReport(line: line) else { throw TrialChannelError.tooLong }
        #expect(long.hasPrefix(text))
        #expect((TrialChannel.textByteLimit - 4...TrialChannel.textByteLimit).contains(text.utf8.count))
        let controls = String(repeating: "\u{1}", count: 100_000)
        #expect(
            EngineReport.problem(isError: true, step: controls, text: controls, nextStep: controls).line.utf8.count
                <= TrialChannel.lineByteLimit)
    }
}
