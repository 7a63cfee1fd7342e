// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Servers
import Support

extension AdminService {
    /// An answer to a call has a number and few words.
    private static let callAnswerLimit = 1 << 20
    private static let callValueLimit = 1000
    /// What a method returns that did what was asked (docs/formats/site.md section 1).
    private static let success = "0"

    /// Calls `method` with what it takes, once: whoever calls again must look first what came of it.
    ///
    /// - Parameter arguments: in the order of ``SiteMethod/inputs``.
    /// - Throws: ``SiteError``: `.unreachable` where it cannot be told whether the site did it; `InterruptedError`.
    func call(_ method: SiteMethod, _ arguments: [SiteArgument]) throws {
        precondition(arguments.count == method.inputs.count, "each input has a value")
        let url = location.url(of: method)
        let inputs = Dictionary(uniqueKeysWithValues: zip(method.inputs, arguments))
        let body = String(decoding: try JSON.bytes(of: inputs, .line), as: UTF8.self)
        let answer = try callingServer().ask(
            .init(url: url, method: .post(body: body, type: "application/json")), limit: Self.callAnswerLimit,
            interruption)
        if answer.head.status == 403 {
            throw SiteError(
                .refused, .refused, "\(url)",
                "may not be called by this user (403)\(ServiceFailure(answer.body)?.suffix ?? "")",
                nextStep: "ask for the right in the console: Site, Manage OSD Certificate")
        }
        if let error = location.refusal(answer.head, body: answer.body, url, callingUser) { throw error }
        var reader = JSONReader(answer.body)
        guard let node = try? reader.node(limit: Self.callValueLimit), case .number(let number)? = node["ReturnValue"]
        else { throw SiteError.malformed("\(url)", "sends an answer without a ReturnValue") }
        guard number == Self.success else {
            throw SiteError(
                .failed, .malformed, "\(url)", "was not done: it returns \(number.prefix(20))",
                nextStep: "read SMSProv.log on the server")
        }
    }
}
