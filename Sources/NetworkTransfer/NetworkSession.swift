// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Synchronization

/// Asks servers over HTTP and HTTPS: many short requests at once, or one long answer as a stream.
///
/// Connections are kept and used again. Whoever asks moves the bytes on its own thread; there are no others. Safe to use
/// from several threads.
public final class NetworkSession: Sendable {
    /// Requests that are on their way at once: some 100 ms of latency cost a list of 10,000 files half a minute.
    public static let requestLimit = 32

    let settings: NetworkSettings
    private let idle = Mutex<[Connections]>([])

    /// A session with `settings`.
    public init(_ settings: NetworkSettings) { self.settings = settings }

    private func takeConnections() -> Connections {
        idle.withLock { $0.popLast() } ?? Connections(settings, connectionLimit: Self.requestLimit)
    }

    fileprivate func giveBack(_ connections: Connections) { idle.withLock { $0.append(connections) } }

    /// Sends all `requests`, many at once, and hands over each answer, in whatever order they come.
    ///
    /// - Parameters:
    ///   - limit: more bytes than this make an answer too large.
    ///   - receive: gets the number of the request and its answer; what it throws ends all.
    /// - Throws: `InterruptedError`; what `receive` throws.
    public func ask(
        _ requests: [HTTPRequest], limit: Int, interruption: Interruption,
        _ receive: (_ number: Int, _ result: Result<HTTPAnswer, NetworkError>) throws -> Void
    ) throws {
        let connections = takeConnections()
        var numbers: [ObjectIdentifier: Int] = [:]
        var flying: [HTTPExchange] = []
        defer {
            for exchange in flying { connections.end(exchange) }
            giveBack(connections)
        }
        var next = 0
        func finish(_ exchange: HTTPExchange, _ failure: NetworkError?) throws {
            let answer = HTTPAnswer(head: exchange.head, body: exchange.body)
            let number = numbers[ObjectIdentifier(exchange)] ?? 0
            flying.removeAll { $0 === exchange }
            connections.end(exchange)
            try receive(number, failure.map { .failure($0) } ?? .success(answer))
        }
        while next < requests.count || !flying.isEmpty {
            try interruption.check()
            while next < requests.count, flying.count < Self.requestLimit {
                let exchange = connections.begin(requests[next], limit: limit)
                numbers[ObjectIdentifier(exchange)] = next
                flying.append(exchange)
                next += 1
            }
            for exchange in connections.step() { try finish(exchange, exchange.failure) }
            let now = NetworkClock.seconds
            for exchange in flying where now - exchange.lastHeard > settings.stallSeconds {
                try finish(exchange, .stalled(exchange.url, seconds: settings.stallSeconds))
            }
        }
    }

    /// Sends `request` and waits for the head of its answer.
    ///
    /// - Throws: ``NetworkError``; `InterruptedError`.
    public func open(_ request: HTTPRequest, interruption: Interruption) throws -> HTTPBody {
        let body = HTTPBody(request, self, takeConnections(), interruption)
        try body.waitForHead()
        return body
    }

    /// The answer of a server as a stream; letting go of it ends it.
    ///
    /// Unchecked: used by one thread at a time, as streams are.
    public final class HTTPBody: @unchecked Sendable {
        private let session: NetworkSession
        private let connections: Connections
        private let exchange: HTTPExchange
        private let interruption: Interruption

        fileprivate init(
            _ request: HTTPRequest, _ session: NetworkSession, _ connections: Connections, _ interruption: Interruption
        ) {
            self.session = session
            self.connections = connections
            self.interruption = interruption
            exchange = connections.begin(request, limit: nil)
        }

        deinit {
            connections.end(exchange)
            session.giveBack(connections)
        }

        /// What the server says before the bytes.
        public var head: HTTPHead { exchange.head }

        fileprivate func waitForHead() throws {
            while exchange.result == nil, !exchange.isPaused { try step(since: exchange.lastHeard) }
            if let failure = exchange.failure { throw failure }
        }

        /// Waits for bytes and puts them into `buffer`; returns how many they are, 0 only at the end.
        ///
        /// - Throws: ``NetworkError``; `InterruptedError`.
        public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            guard buffer.count > 0 else { return 0 }
            exchange.aim(at: buffer)
            defer { exchange.release() }
            exchange.resume()
            // Who writes to a slow drive meanwhile must not take the server for silent.
            let began = NetworkClock.seconds
            while exchange.filled == 0, exchange.result == nil { try step(since: max(began, exchange.lastHeard)) }
            if exchange.filled > 0 { return exchange.filled }
            if let failure = exchange.failure { throw failure }
            return 0
        }

        private func step(since lastHeard: Double) throws {
            try interruption.check()
            _ = connections.step { exchange.filled == 0 && !exchange.isPaused }
            guard exchange.result == nil, NetworkClock.seconds - lastHeard > session.settings.stallSeconds else {
                return
            }
            throw NetworkError.stalled(exchange.url, seconds: session.settings.stallSeconds)
        }
    }
}
