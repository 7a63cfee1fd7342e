// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcurl
import Glibc
import Support

/// The time that stalls are measured by.
enum NetworkClock {
    /// Seconds of a clock that never goes back.
    static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Connections to servers, and the requests that are on their way through them: used by one thread at a time, which moves
/// the bytes itself.
///
/// Nothing here waits for longer than 50 ms before it looks at the interruption again, whatever the network does.
///
/// Unchecked: ``NetworkSession`` hands each to one thread.
final class Connections: @unchecked Sendable {
    private static let pollMilliseconds: Int32 = 50

    private let multi: UnsafeMutableRawPointer
    private let settings: NetworkSettings
    private var active: [UnsafeMutableRawPointer: HTTPExchange] = [:]
    private var idle: [HTTPExchange] = []

    init(_ settings: NetworkSettings, connectionLimit: Int) {
        _ = CurlLibrary.isReady
        guard let multi = curl_multi_init() else { fatalError("libcurl has no memory for connections") }
        self.multi = multi
        self.settings = settings
        tsm_curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connectionLimit)
        tsm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionLimit)
    }

    deinit {
        for exchange in active.values { curl_multi_remove_handle(multi, exchange.easy) }
        curl_multi_cleanup(multi)
    }

    /// Sends `request`.
    func begin(_ request: HTTPRequest, limit: Int?) -> HTTPExchange {
        let exchange = idle.popLast() ?? HTTPExchange(settings)
        exchange.prepare(request, limit: limit)
        active[exchange.easy] = exchange
        curl_multi_add_handle(multi, exchange.easy)
        return exchange
    }

    /// Forgets `exchange`, whether it has ended or not; the connection of one that has not is closed.
    func end(_ exchange: HTTPExchange) {
        guard active.removeValue(forKey: exchange.easy) != nil else { return }
        curl_multi_remove_handle(multi, exchange.easy)
        exchange.release()
        idle.append(exchange)
    }

    /// Moves what can be moved, and waits for more if nothing was, a little while.
    ///
    /// - Parameter waits: false where more than enough has come already.
    /// - Returns: the exchanges that have ended.
    func step(waits: () -> Bool = { true }) -> [HTTPExchange] {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var ended: [HTTPExchange] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let exchange = active[easy]
            else { continue }
            exchange.result = tsm_curl_result(message)
            ended.append(exchange)
        }
        if ended.isEmpty, running > 0, waits() { curl_multi_poll(multi, nil, 0, Self.pollMilliseconds, nil) }
        return ended
    }
}
