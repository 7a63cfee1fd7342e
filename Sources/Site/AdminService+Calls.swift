// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import NetworkTransfer
import Servers
import Support

extension AdminService {
    /// An answer to a call has a number and few words.
    private static let callAnswerLimit = 1 << 20
    private static let callValueLimit = 1000
    /// Policies of a task sequence have up to some 4 MiB, those of clients a few kilobytes each.
    private static let readAnswerLimit = 64 << 20
    private static let readValueLimit = 20_000
    /// What a method returns that did what was asked (docs/formats/site.md section 1).
    private static let success = "0"

    /// Calls `method` with what it takes, once: whoever calls again must look first what came of it.
    ///
    /// - Parameter arguments: in the order of ``SiteMethod/inputs``.
    /// - Throws: ``SiteError``: `.unreachable` where it cannot be told whether the site did it; `InterruptedError`.
    func call(_ method: SiteMethod, _ arguments: [SiteArgument]) throws {
        let answer = try caller.ask(question(method, arguments), limit: Self.callAnswerLimit, interruption)
        try check(
            answer, of: method, on: caller, orAsk: "ask for the right in the console: Site, Manage OSD Certificate")
        _ = try outcome(answer.body, location.url(of: method), limit: Self.callValueLimit)
    }

    /// Calls `method`, which only reads and may be called again, and returns what it answers; nil where the site does not
    /// have it.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    func read(_ method: SiteMethod, _ arguments: [SiteArgument]) throws -> JSONNode? {
        let answer = try server.ask(question(method, arguments), limit: Self.readAnswerLimit, interruption)
        // 405 is what a service says of a route that it has for something else alone.
        if [404, 405].contains(answer.head.status) { return nil }
        try check(answer, of: method, on: server, orAsk: "ask for the right to create stand-alone media in the console")
        return try outcome(answer.body, location.url(of: method), limit: Self.readValueLimit)
    }

    /// Refuses an answer that is none.
    ///
    /// - Parameter nextStep: what a user does who may not call the method.
    private func check(
        _ answer: HTTPAnswer, of method: SiteMethod, on server: AskedServer<SiteLocation>,
        orAsk nextStep: DiagnosticText
    ) throws(SiteError) {
        let url = location.url(of: method)
        if answer.head.status == 403 {
            throw SiteError(
                .refused, .refused, "\(url)",
                "may not be called by this user (403)\(ServiceFailure(answer.body)?.suffix ?? "")",
                nextStep: nextStep)
        }
        if let error = location.refusal(answer.head, body: answer.body, url, server.user) { throw error }
    }

    private func question(_ method: SiteMethod, _ arguments: [SiteArgument]) throws
        -> AskedServer<SiteLocation>.Question
    {
        precondition(arguments.count == method.inputs.count, "each input has a value")
        let inputs = Dictionary(uniqueKeysWithValues: zip(method.inputs, arguments))
        let body = String(decoding: try JSON.bytes(of: inputs, .line), as: UTF8.self)
        return .init(url: location.url(of: method), method: .post(body: body, type: "application/json"))
    }

    /// What a method answers that did what was asked.
    private func outcome(_ body: [UInt8], _ url: String, limit: Int) throws -> JSONNode {
        var reader = JSONReader(body)
        guard let node = try? reader.node(limit: limit), case .number(let number)? = node["ReturnValue"]
        else { throw SiteError.malformed("\(url)", "sends an answer without a ReturnValue") }
        guard number == Self.success else {
            throw SiteError(
                .failed, .malformed, "\(url)", "was not done: it returns \(number.prefix(20))",
                nextStep: "read SMSProv.log on the server")
        }
        return node
    }
}
