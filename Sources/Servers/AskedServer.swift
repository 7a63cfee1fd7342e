// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Support
import Synchronization

/// A server that is asked over HTTP: by the user that it wants to see, again where it may pass, and never on another host.
package final class AskedServer<Location: ServerLocation>: Sendable {
    /// Where it is.
    package let location: Location
    /// How it is asked.
    package let access: ServerAccess
    /// How often what may pass is tried, and how often it was.
    package let retries: ServerRetries
    private let session: NetworkSession
    private let authentication: Mutex<HTTPAuthentication>

    /// Requests of one round that fail before the rest is not sent: the server is gone.
    private static var failureLimit: Int { 32 }

    /// The server at `location`, of which nothing is known yet.
    package init(_ location: Location, _ access: ServerAccess) {
        self.location = location
        self.access = access
        retries = ServerRetries(access)
        session = NetworkSession(access.network)
        authentication = Mutex(location.isEncrypted ? access.bearerToken.map { .bearer(token: $0) } ?? .none : .none)
    }

    // MARK: Short answers

    /// What is asked for.
    package struct Question: Sendable {
        /// The URL, percent-encoded.
        package let url: String
        /// What is done.
        package let method: HTTPRequest.Method

        /// A question.
        package init(url: String, method: HTTPRequest.Method = .get) {
            self.url = url
            self.method = method
        }
    }

    /// Why a question has to be asked again.
    private struct Trouble {
        let error: Location.Failure
        var askedPause: Double?
        var fault = PassingFault.other
    }

    /// Ends a round early.
    private struct EnoughFailures: Error {}

    /// Asks all `questions`, many at once, and hands over each answer that is final: nothing in the way of 408, 429 and 5xx,
    /// and no 401 that a user would change.
    ///
    /// - Throws: the location's failure when a question has no answer; `InterruptedError`; what `receive` throws.
    package func ask(
        _ questions: [Question], limit: Int, _ interruption: Interruption,
        _ receive: (_ number: Int, _ answer: HTTPAnswer) throws -> Void
    ) throws {
        var open = Array(questions.indices)
        var round = 1
        while !open.isEmpty {
            let user = authentication.withLock { $0 }
            let asked = open
            var trouble: [Int: Trouble] = [:]
            var finished: Set<Int> = []
            do {
                try session.ask(
                    asked.map { HTTPRequest(questions[$0].url, questions[$0].method, authentication: user) },
                    limit: limit, interruption: interruption
                ) { index, result in
                    let number = asked[index]
                    if case .success(let answer) = result {
                        if answer.head.status == 401, try changeUser(from: user, answer.head, questions[number].url) {
                            return
                        }
                        guard let found = self.trouble(answer.head, answer.body, questions[number].url) else {
                            finished.insert(number)
                            try receive(number, answer)
                            return
                        }
                        trouble[number] = found
                    } else if case .failure(let failure) = result {
                        guard failure.mayPass else { throw location.failure(failure) }
                        trouble[number] = Trouble(
                            error: location.failure(failure),
                            fault: failure.fault)
                    }
                    if trouble.count >= Self.failureLimit, finished.isEmpty { throw EnoughFailures() }
                }
            } catch is EnoughFailures {}
            open = asked.filter { !finished.contains($0) }
            // Nothing but a change of users: at once.
            guard let first = trouble.min(by: { $0.key < $1.key })?.value else { continue }
            // What goes forward is not given up.
            round = finished.isEmpty ? round + 1 : 2
            guard round <= retries.policy.tryCount(after: first.fault) else { throw first.error }
            try retries.pause(
                before: round, after: first.error, first.fault,
                asked: trouble.values.lazy.compactMap(\.askedPause).max(), faults: trouble.count,
                interruption)
        }
    }

    /// The answer to one question.
    package func ask(_ question: Question, limit: Int, _ interruption: Interruption) throws -> HTTPAnswer {
        var found: HTTPAnswer?
        try ask([question], limit: limit, interruption) { found = $1 }
        guard let found else { fatalError("every question has an answer or an error") }
        return found
    }

    /// Why an answer with this head is none; nil when it is.
    private func trouble(_ head: HTTPHead, _ body: [UInt8], _ url: String) -> Trouble? {
        switch head.status {
        case 408, 429, 500, 502...599:
            Trouble(
                error: location.failure(url, answers: head.status, body: body),
                askedPause: head.retryAfter)
        default: nil
        }
    }

    // MARK: Streams

    /// What came of opening a stream.
    package enum Opened {
        /// The stream.
        case body(NetworkSession.HTTPBody)
        /// It may pass.
        case trouble(Location.Failure, askedPause: Double?, fault: PassingFault)
    }

    /// Opens the answer to a request of `url` from byte `first` on, once.
    ///
    /// - Throws: the location's failure for what does not pass, 404 and refusals apart, which are heads as others are;
    ///   `InterruptedError`.
    package func open(_ url: String, from first: Int64, _ interruption: Interruption) throws -> Opened {
        while true {
            let user = authentication.withLock { $0 }
            let body: NetworkSession.HTTPBody
            do {
                body = try session.open(
                    HTTPRequest(url, firstByte: first, authentication: user), interruption: interruption)
            } catch let failure as NetworkError {
                let error = location.failure(failure)
                guard failure.mayPass else { throw error }
                return .trouble(error, askedPause: nil, fault: failure.fault)
            }
            if body.head.status == 401, try changeUser(from: user, body.head, url) { continue }
            if let trouble = trouble(body.head, [], url) {
                return .trouble(trouble.error, askedPause: trouble.askedPause, fault: .other)
            }
            return .body(body)
        }
    }

    // MARK: Users

    /// Chooses by what the server is to see who asks, when it does not answer to `user`.
    ///
    /// - Returns: whether there is somebody else now; the question is to be asked again.
    /// - Throws: the location's failure when a password would have to pass in the clear.
    private func changeUser(from user: HTTPAuthentication, _ head: HTTPHead, _ url: String) throws -> Bool {
        try authentication.withLock { current in
            // Somebody else has chosen meanwhile.
            guard current == user else { return true }
            guard user == .none, let next = try choice(among: head.schemes, url) else { return false }
            current = next
            return true
        }
    }

    /// NTLM where there is a password: of several libcurl would take Negotiate, which needs a ticket.
    private func choice(among schemes: [String], _ url: String) throws(Location.Failure) -> HTTPAuthentication? {
        guard let entry = access.credentials.entry(for: location.host) else {
            return schemes.contains("negotiate") ? .negotiate : nil
        }
        if schemes.contains("ntlm") { return .ntlm(user: entry.user, password: entry.password) }
        if schemes.contains("basic") {
            guard location.isEncrypted || access.allowsBasicOverHTTP else {
                throw location.failure(wantsPasswordInTheClear: url)
            }
            return .basic(user: entry.user, password: entry.password)
        }
        return schemes.contains("negotiate") ? .negotiate : nil
    }

    /// By what the server sees who asks.
    package var user: HTTPAuthentication { authentication.withLock { $0 } }
}

extension HTTPHead {
    /// How long the server wants to be left alone, in seconds (RFC 9110 10.2.3), or until when: then by its own clock where it
    /// tells that, so that a clock that is wrong, here or there, does not count.
    package var retryAfter: Double? {
        guard let text = field("retry-after") else { return nil }
        if let seconds = Double(text) { return seconds.isFinite && seconds >= 0 ? seconds : nil }
        guard let until = HTTPDate.unixSeconds(text) else { return nil }
        let now = field("date").flatMap { HTTPDate.unixSeconds($0) } ?? FileIdentity.Instant.now.seconds
        return Double(max(0, until - now))
    }

    /// The ways to show who asks that the server offers, in lower case (RFC 9110 11.6.1).
    ///
    /// IIS has a field for each.
    package var schemes: [String] {
        all("www-authenticate").compactMap { $0.split(whereSeparator: { " ,".contains($0) }).first?.lowercased() }
    }

    /// Whether the bytes are others than those of the file, packed for instance (RFC 9110 8.4).
    package var isEncoded: Bool { field("content-encoding").map { $0.lowercased() != "identity" } ?? false }
}
