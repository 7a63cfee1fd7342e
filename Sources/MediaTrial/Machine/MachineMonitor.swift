// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import JSON
import Support
import SystemPackage

/// The emulator's monitor: tells what happens to the machine, and changes it (QEMU Machine Protocol Specification).
final class MachineMonitor {
    /// Something that happened.
    struct Event: Equatable {
        let name: String
        /// Whether the machine itself did it; nil where that is not said.
        let isByMachine: Bool?
    }

    /// The value of an argument.
    enum Argument {
        case text(String)
        case number(Int64)
        case truth(Bool)
        case object([(String, Argument)])
    }

    /// What the emulator refused.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// How long an answer may take: a machine that is emulated by a busy computer is slow.
    private static let patience: Duration = .seconds(30)
    private static let bufferLimit = 8 << 20
    private static let valueLimit = 100_000

    private let socket: SocketEnd
    private let interruption: Interruption
    private var pending: [UInt8] = []
    private var events: [Event] = []
    private var answers: [JSONNode] = []
    private var nextNumber = 0

    init(_ socket: SocketEnd, interruption: Interruption) {
        self.socket = socket
        self.interruption = interruption
    }

    /// What has happened since it was asked before.
    func takeEvents() throws -> [Event] {
        try receive()
        defer { events = [] }
        return events
    }

    /// Begins the conversation.
    func open() throws { try execute("qmp_capabilities") }

    /// Has the emulator do something, and waits until it has.
    ///
    /// - Throws: ``Refusal``; ``MediaTrialError`` `.machineFailed` when no answer comes; `InterruptedError`.
    @discardableResult
    func execute(_ command: String, _ arguments: [(String, Argument)] = []) throws -> JSONNode {
        nextNumber += 1
        let number = nextNumber
        var bytes: [UInt8] = []
        Self.append(
            .object([("execute", .text(command)), ("arguments", .object(arguments)), ("id", .number(Int64(number)))]),
            to: &bytes)
        try socket.send(bytes + [UInt8(ascii: "\n")])
        let end = ContinuousClock.now + Self.patience
        while true {
            if let answer = answers.first(where: { $0["id"] == .number("\(number)") }) {
                answers = []
                if let error = answer["error"] {
                    var reason = "no reason is given"
                    if case .text(let text)? = error["desc"] { reason = text }
                    throw Refusal(description: "\(command): \(reason)".onOneLine)
                }
                return answer["return"] ?? .null
            }
            try interruption.check()
            guard ContinuousClock.now < end, !socket.isClosed else {
                throw MediaTrialError(
                    .machineFailed, "the virtual machine", "does not answer", nextStep: "try again")
            }
            socket.wait(milliseconds: 50)
            try receive()
        }
    }

    private func receive() throws {
        pending += socket.receive()
        guard pending.count <= Self.bufferLimit else {
            throw MediaTrialError(
                .machineFailed, "the virtual machine", "says more than it should", nextStep: "try again")
        }
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
            let line = Array(pending[..<end])
            pending.removeSubrange(...end)
            var reader = JSONReader(line)
            guard let node = try? reader.node(limit: Self.valueLimit) else { continue }
            if case .text(let name)? = node["event"] {
                var isByMachine: Bool?
                if case .truth(let truth)? = node["data"]?["guest"] { isByMachine = truth }
                events.append(Event(name: name, isByMachine: isByMachine))
            } else if node["id"] != nil {
                answers.append(node)
            }
        }
    }

    private static func append(_ argument: Argument, to bytes: inout [UInt8]) {
        switch argument {
        case .text(let text): JSONText.append(text, to: &bytes)
        case .number(let number): JSONText.append(number, to: &bytes)
        case .truth(let truth): bytes += (truth ? "true" : "false").utf8
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (number, member) in members.enumerated() {
                if number > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.append(member.0, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.1, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}
