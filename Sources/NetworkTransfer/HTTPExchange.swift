// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibcurl
import Support

/// A request and its answer, as libcurl's callbacks see them: used by one thread at a time.
///
/// Bytes go straight into the buffer of whoever reads; what does not fit any more is kept, never more than libcurl hands out
/// at once (16 KiB), and then the server has to wait.
final class HTTPExchange {
    let easy: UnsafeMutableRawPointer
    private(set) var url = ""
    private(set) var head = HTTPHead()
    /// True once the final head is known: bytes have come, or the end.
    private(set) var isAnswered = false
    /// What libcurl says at the end.
    var result: CURLcode?
    /// When the server last said something, in seconds of a clock that never goes back.
    var lastHeard = 0.0

    /// Bytes of a short answer, up to ``limit``.
    private(set) var body: [UInt8] = []
    private var limit: Int?
    private(set) var isTooLarge = false

    // MARK: Reading as a stream

    private var target: UnsafeMutableRawBufferPointer?
    private(set) var filled = 0
    private var rest: [UInt8] = []
    private var restStart = 0
    private(set) var isPaused = false

    private let messages: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private let settings: NetworkSettings
    private let pin: UnsafeMutablePointer<tsm_certificate_pin>?

    init(_ settings: NetworkSettings) {
        _ = CurlLibrary.isReady
        guard let easy = curl_easy_init() else { fatalError("libcurl has no memory for a transfer") }
        self.easy = easy
        self.settings = settings
        messages = .allocate(capacity: Int(CURL_ERROR_SIZE))
        messages.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        pin = settings.serverThumbprint.map { digest in
            let pin = UnsafeMutablePointer<tsm_certificate_pin>.allocate(capacity: 1)
            pin.initialize(to: tsm_certificate_pin())
            pin.pointee.byte_count = UInt32(digest.count)
            withUnsafeMutableBytes(of: &pin.pointee.digest) { $0.copyBytes(from: digest.prefix($0.count)) }
            return pin
        }
        setUp()
    }

    deinit {
        curl_easy_cleanup(easy)
        for list in lists { curl_slist_free_all(list) }
        messages.deallocate()
        pin?.deallocate()
    }

    /// What is the same for all requests.
    private func setUp() {
        tsm_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        tsm_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        // Whoever wants to stop does not wait for the answer of a name server.
        tsm_curl_set_long(easy, CURLOPT_QUICK_EXIT, 1)
        tsm_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        tsm_curl_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        tsm_curl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        tsm_curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        tsm_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int((settings.stallSeconds * 1000).rounded(.up)))
        tsm_curl_set_string(easy, CURLOPT_USERAGENT, settings.userAgent)
        if let proxy = settings.proxy { tsm_curl_set_string(easy, CURLOPT_PROXY, proxy) }
        settings.trustedCertificates.withUnsafeBytes {
            guard $0.count > 0 else { return }
            _ = tsm_curl_set_blob(easy, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count)
        }
        if let pin { tsm_curl_pin(easy, pin) }
        if let certificate = settings.clientCertificate {
            certificate.pfx.withUnsafeBytes {
                _ = tsm_curl_set_blob(easy, CURLOPT_SSLCERT_BLOB, $0.baseAddress, $0.count)
            }
            tsm_curl_set_string(easy, CURLOPT_SSLCERTTYPE, "P12")
            tsm_curl_set_string(easy, CURLOPT_KEYPASSWD, certificate.password)
        }
        tsm_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, messages)
        let own = Unmanaged.passUnretained(self).toOpaque()
        tsm_curl_set_pointer(easy, CURLOPT_WRITEDATA, own)
        tsm_curl_set_pointer(easy, CURLOPT_HEADERDATA, own)
        tsm_curl_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            return Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
                .receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        tsm_curl_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let exchange = Unmanaged<HTTPExchange>.fromOpaque(context).takeUnretainedValue()
            exchange.lastHeard = NetworkClock.seconds
            exchange.head.add(UnsafeRawBufferPointer(start: bytes, count: size * count))
            return size * count
        }
    }

    /// Makes ready for `request`; an answer of at most `limit` bytes is kept in ``body``, nil for a stream.
    func prepare(_ request: HTTPRequest, limit: Int?) {
        (url, head, isAnswered, result) = (request.url, HTTPHead(), false, nil)
        (body, self.limit, isTooLarge) = ([], limit, false)
        (target, filled, rest, restStart, isPaused) = (nil, 0, [], 0, false)
        lastHeard = NetworkClock.seconds
        messages.pointee = 0
        // Many short answers come at once, and each has a buffer.
        tsm_curl_set_long(easy, CURLOPT_BUFFERSIZE, limit == nil ? 512 << 10 : 16 << 10)
        tsm_curl_set_string(easy, CURLOPT_URL, request.url)
        tsm_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
        tsm_curl_set_long(easy, CURLOPT_NOBODY, 0)
        tsm_curl_set_long(easy, CURLOPT_HTTPGET, 1)
        tsm_curl_set_string(easy, CURLOPT_RANGE, request.firstByte > 0 ? "\(request.firstByte)-" : nil)
        // What comes must be what lies there: it has a hash.
        var headers = ["Accept-Encoding: identity"]
        switch request.method {
        case .get: break
        case .head: tsm_curl_set_long(easy, CURLOPT_NOBODY, 1)
        case .list:
            headers += ["Depth: 1", "Content-Type: application/xml"]
            tsm_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, Self.listBody)
            tsm_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, "PROPFIND")
        case .post(let body, let type):
            headers.append("Content-Type: \(type)")
            tsm_curl_set_string(easy, CURLOPT_COPYPOSTFIELDS, body)
        }
        tsm_curl_set_list(easy, CURLOPT_HTTPHEADER, list(of: headers))
        authenticate(by: request.authentication)
    }

    /// RFC 4918 9.1: only whether a member is a folder.
    private static let listBody =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop><resourcetype/></prop></propfind>"

    private func authenticate(by authentication: HTTPAuthentication) {
        var (user, password, token): (String?, String?, String?) = (nil, nil, nil)
        switch authentication {
        case .none: tsm_curl_set_long(easy, CURLOPT_HTTPAUTH, 0)
        case .negotiate:
            // Both empty: the ticket says who it is (CURLOPT_HTTPAUTH(3)).
            (user, password) = ("", "")
            tsm_curl_set_long(easy, CURLOPT_HTTPAUTH, tsm_curl_negotiate)
        case .ntlm(let name, let secret):
            (user, password) = (name, secret)
            tsm_curl_set_long(easy, CURLOPT_HTTPAUTH, tsm_curl_ntlm)
        case .basic(let name, let secret):
            (user, password) = (name, secret)
            tsm_curl_set_long(easy, CURLOPT_HTTPAUTH, tsm_curl_basic)
        case .bearer(let secret):
            token = secret
            tsm_curl_set_long(easy, CURLOPT_HTTPAUTH, tsm_curl_bearer)
        }
        tsm_curl_set_string(easy, CURLOPT_XOAUTH2_BEARER, token)
        tsm_curl_set_string(easy, CURLOPT_USERNAME, user)
        tsm_curl_set_string(easy, CURLOPT_PASSWORD, password)
    }

    private func list(of headers: [String]) -> UnsafeMutablePointer<curl_slist>? {
        // libcurl does not copy lists: those of earlier requests are not used any more.
        for list in lists { curl_slist_free_all(list) }
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { list = curl_slist_append(list, header) ?? list }
        lists = list.map { [$0] } ?? []
        return list
    }

    // MARK: Bytes

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        lastHeard = NetworkClock.seconds
        isAnswered = true
        if let limit {
            guard body.count + bytes.count <= limit else {
                isTooLarge = true
                return 0
            }
            body.append(contentsOf: bytes)
            return bytes.count
        }
        let room = (target?.count ?? 0) - filled
        guard room > 0, let target else {
            isPaused = true
            return tsm_curl_pause
        }
        let count = min(room, bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        filled += count
        if count < bytes.count {
            (rest, restStart) = (Array(bytes[count...]), 0)
        }
        return bytes.count
    }

    /// Has what comes next put into `buffer`, with what was kept first.
    func aim(at buffer: UnsafeMutableRawBufferPointer) {
        (target, filled) = (buffer, 0)
        let count = min(buffer.count, rest.count - restStart)
        guard count > 0 else { return }
        rest.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[restStart..<(restStart + count)]))
        }
        (filled, restStart) = (count, restStart + count)
        if restStart == rest.count { (rest, restStart) = ([], 0) }
    }

    /// Lets go of the buffer.
    func release() { target = nil }

    /// Lets the server go on when there is room; what it has sent is handed over at once.
    func resume() {
        guard isPaused, rest.isEmpty, filled < target?.count ?? 0 else { return }
        isPaused = false
        curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// Why the transfer failed; nil when it did not.
    var failure: NetworkError? {
        if isTooLarge {
            return NetworkError(.tooLarge, url, "sends more than \(limit ?? 0) bytes, which no such answer has")
        }
        guard let result, result != CURLE_OK else { return nil }
        var systemError = 0
        tsm_curl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        return NetworkError(
            result, url, message: String(cString: messages), systemError: systemError,
            proxy: settings.proxy.map { $0.split(separator: "@").last.map(String.init) ?? $0 }, isPinned: pin != nil)
    }
}

/// What libcurl needs once.
enum CurlLibrary {
    /// True: libcurl may be used.
    static let isReady: Bool = {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else {
            fatalError("libcurl cannot be used")
        }
        return true
    }()
}
