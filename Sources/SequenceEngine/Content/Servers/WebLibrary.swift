// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import Identifiers
import MediaFormat
import Support
import SystemPackage

/// A distribution point over HTTP or HTTPS, asked as clients ask it (docs/formats/content-library.md).
final class WebLibrary: ContentServer {
    /// Virtual directories that need no token, in the order in which they are tried.
    private static let knownRoots = ["SMS_DP_SMSPKG$", "NOCERT_SMS_DP_SMSPKG$"]
    /// How many small files are asked for in one run of curl.
    private static let batchCount = 200
    private static let listTimeout: Duration = .seconds(180)
    /// Bytes of one list: some 100,000 members.
    private static let listLimit = 32 << 20
    private static let attempts = 5

    let location: String
    /// Seconds before a second try; each further one waits longer.
    var pauseSeconds = 3
    private let origin: String
    private let host: ServedHost
    private let roots: [[String]]
    private var root: [String]?
    private let curl: Curl
    private let session: EngineSession
    private let folder: FilePath

    /// The distribution point at `location`, whose server is not asked yet.
    ///
    /// - Throws: ``EngineError``; `FileError`.
    init(_ location: String, account: String, password: String, _ session: EngineSession) throws {
        func refuse(_ problem: DiagnosticText) -> EngineError {
            EngineError(
                .content, "distribution point '\(location.onOneLine)'", problem,
                nextStep: "name it as http://server or https://server")
        }
        guard Curl.isThere else {
            throw EngineError(
                .server, "program curl", "is not in this environment",
                nextStep: "build the boot image again with 'tsmedia bootimage build'")
        }
        guard let end = location.firstRange(of: "://") else { throw refuse("is no URL") }
        let scheme = location[..<end.lowerBound].lowercased()
        let rest = location[end.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), let (name, port) = ServerAuthority.split(authority) else {
            throw refuse("names no server")
        }
        let path = rest[authority.endIndex...]
        guard !path.contains(where: { "?#\\".contains($0) }) else { throw refuse("has more than a path") }
        let names = path.split(separator: "/").map { PercentEncoding.decoded($0) ?? String($0) }
        guard !names.contains(where: { $0 == "." || $0 == ".." }) else { throw refuse("has dots in its path") }
        self.location = location
        self.session = session
        origin = "\(scheme)://\(ServerAuthority.text(name, port))"
        host = ServedHost(host: name, port: port ?? (scheme == "https" ? 443 : 80))
        roots = names.isEmpty ? Self.knownRoots.map { [$0] } : [names]
        folder = session.workFolder.appending("answers")
        try Folder.create(folder)
        var settings = try WebTrust.settings(session)
        if !account.isEmpty {
            // A password never passes where others can read it.
            settings += [Curl.line("user", "\(account):\(password)"), scheme == "https" ? "anyauth" : "ntlm"]
        }
        curl = Curl(workFolder: session.workFolder, settings: settings, interruption: session.interruption)
    }

    private func url(_ names: [String]) -> String {
        origin + ((root ?? roots[0]) + names).map { "/" + PercentEncoding.encoded($0) }.joined()
    }

    // MARK: Lists

    func package(_ id: PackageID) throws -> LibraryPackage? {
        guard let bytes = try document(["PkgLib", "\(id).INI"]) else { return nil }
        return try LibraryDocument.package(id, bytes)
    }

    /// A small file of the library; nil when there is none.
    ///
    /// The first virtual directory that has one is the one that is asked from then on.
    private func document(_ names: [String]) throws -> [UInt8]? {
        let known = root
        for candidate in known.map({ [$0] }) ?? roots {
            root = candidate
            let url = url(names)
            let found = try answers(to: [url], .get)[0]
            if found.status == 404 {
                root = known
                continue
            }
            guard found.status == 200 else {
                root = known
                throw refusal(found.status, url)
            }
            return found.body
        }
        return nil
    }

    func contentHash(_ id: ContentID) throws -> String? {
        guard let bytes = try document(["DataLib", "\(id).INI"]) else { throw missing("content \(id)") }
        return try LibraryDocument.contentHash(bytes)
    }

    func content(_ id: ContentID) throws -> Content {
        let hash = try contentHash(id)
        let tree = try tree(of: id)
        var records: [LibraryDocument.File?] = []
        for start in stride(from: 0, to: tree.files.count, by: Self.batchCount) {
            let urls = tree.documents[start..<min(start + Self.batchCount, tree.files.count)].map { url($0) }
            for (url, answer) in zip(urls, try answers(to: urls, .get)) {
                guard answer.status == 200 else { throw refusal(answer.status, url) }
                let record = try LibraryDocument.file(answer.body)
                guard record.byteCount != nil else { throw wrongList(url, "names no size") }
                records.append(record)
            }
        }
        let content = try tree.content(hash: hash, warnings: [], records: records, sizes: [:], place: location)
        for warning in content.warnings { session.log.warning(warning) }
        return content
    }

    private func tree(of id: ContentID) throws -> ContentTree {
        var first: EngineError?
        for (isInDataLib, method) in [(true, Curl.Method.list), (true, .get), (false, .list), (false, .get)] {
            do {
                return try tree(of: id, isInDataLib: isInDataLib, method)
            } catch let error as NotListed {
                first = first ?? error.error
            }
        }
        throw first ?? missing("content \(id)")
    }

    /// The first folder cannot be listed in this way; another may do.
    private struct NotListed: Error {
        let error: EngineError
    }

    private func tree(of id: ContentID, isInDataLib: Bool, _ method: Curl.Method) throws -> ContentTree {
        var tree = ContentTree(of: id) { [weak self] place, problem in
            self?.wrongList(place, problem) ?? EngineError(.content, "\(place)", problem, nextStep: "see the server")
        }
        var level: [(path: MediaPath?, names: [String])] = [
            (nil, isInDataLib ? ["DataLib", id.description] : [id.description])
        ]
        while !level.isEmpty {
            var next: [(path: MediaPath?, names: [String])] = []
            for start in stride(from: 0, to: level.count, by: Self.batchCount) {
                let folders = level[start..<min(start + Self.batchCount, level.count)]
                // A folder's URL ends with a slash, else servers send us there.
                let urls = folders.map { url($0.names) + "/" }
                for ((folder, url), answer) in zip(zip(folders, urls), try answers(to: urls, method)) {
                    guard answer.status == (method == .list ? 207 : 200) else {
                        // A folder that its parent lists and that cannot be listed leaves the content incomplete.
                        let error = refusal(answer.status, url)
                        guard folder.path == nil else { throw error }
                        throw NotListed(error: error)
                    }
                    let place = (root ?? roots[0]) + folder.names
                    let listing: FolderListing
                    do throws(FolderListing.Hostile) {
                        listing =
                            method == .list
                            ? try FolderListing(dav: answer.body, folder: place, on: host)
                            : try FolderListing(html: answer.body, folder: place, on: host)
                    } catch {
                        throw wrongList(url, error.problem)
                    }
                    next += try tree.take(listing, of: folder.path, place: url, isInDataLib: isInDataLib)
                        .map { ($0.path, folder.names + [$0.name]) }
                }
            }
            level = next
        }
        return tree
    }

    // MARK: Answers

    private func answers(
        to urls: [String], _ method: Curl.Method
    ) throws -> [(status: Int, body: [UInt8])] {
        let requests = urls.enumerated().map {
            Curl.Request(url: $1, output: folder.appending("\($0)"))
        }
        defer { for request in requests { try? Folder.removeFile(request.output) } }
        var found = [Curl.Answer?](repeating: nil, count: urls.count)
        for attempt in 1... {
            let waiting = found.indices.filter { found[$0] == nil }
            let answers = try curl.ask(waiting.map { requests[$0] }, method, timeout: Self.listTimeout)
            var failed: Curl.Answer?
            for (index, answer) in zip(waiting, answers) {
                if Self.mayPass(answer) { failed = answer } else { found[index] = answer }
            }
            guard let failed else { break }
            try pause(after: failed, attempt, urls[waiting[0]])
        }
        return try zip(requests, found).map { request, answer in
            if let answer, answer.status == 0 { throw unreachable(request.url, answer) }
            guard let answer, answer.status == 200 || answer.status == 207 else { return (answer?.status ?? 0, []) }
            // A body that is empty makes no file.
            return (answer.status, (try? SmallFile.read(request.output, limit: Self.listLimit)) ?? [])
        }
    }

    /// Whether another try may end otherwise.
    private static func mayPass(_ answer: Curl.Answer) -> Bool {
        passingStatuses.contains(answer.status) || answer.code != 0 && !permanentCodes.contains(answer.code)
    }

    private static let passingStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]
    /// The server answered with an error, and it gives no parts of a file (curl(1), EXIT CODES).
    private static let (refusedCode, partsCode): (Int32, Int32) = (22, 33)

    /// Failures that stay: a URL that is none, a name without an address, a certificate that nobody vouches for, an output that
    /// cannot be written (curl(1), EXIT CODES).
    private static let permanentCodes: Set<Int32> = [3, 6, 23, 35, 51, 58, 60, 77, 90, 91]

    private func pause(after answer: Curl.Answer, _ attempt: Int, _ url: String) throws {
        guard attempt < Self.attempts else { throw unreachable(url, answer) }
        session.log.warning("\(url): \(answer.status) \(answer.message); it is asked again")
        session.wait(seconds: pauseSeconds * attempt, saying: "The server does not answer and is asked again.")
        try session.interruption.check()
    }

    private func unreachable(_ url: String, _ answer: Curl.Answer) -> EngineError {
        let said =
            answer.message.isEmpty ? "answers with \(answer.status)" : "cannot be asked: \(answer.message.onOneLine)"
        return EngineError(
            .server, "\(url)", DiagnosticText(said),
            nextStep: [51, 60].contains(answer.code)
                ? "make the media with the authority of the server (its root CA), and check this computer's clock"
                : "check the server and the network of this computer")
    }

    private func refusal(_ status: Int, _ url: String) -> EngineError {
        switch status {
        case 0: EngineError(.server, "\(url)", "was not answered", nextStep: "check the server")
        case 401, 403:
            EngineError(
                .server, "\(url)", "may not be read by whoever asks (\(status))",
                nextStep:
                    "make the media with variables \(MediaVariableName.distributionPointAccount) and \(MediaVariableName.distributionPointPassword)"
            )
        default:
            EngineError(
                .content, "\(url)", "is answered with \(status)", nextStep: "distribute the content again")
        }
    }

    private func missing(_ name: String) -> EngineError {
        EngineError(.content, "\(name)", "is not on \(location)", nextStep: "distribute it again")
    }

    private func wrongList(_ place: String, _ problem: DiagnosticText) -> EngineError {
        EngineError(.content, "\(place)", problem, nextStep: "check that it is a distribution point")
    }

    // MARK: Files

    func fetch(_ files: [ServedFile], of content: ContentID, _ progress: (Int64) -> Void) throws {
        var done: Int64 = 0
        for served in files {
            try fetch(served, content) { progress(done &+ $0) }
            done = done.addingReportingOverflow(served.file.byteCount).partialValue
            progress(done)
        }
    }

    private func fetch(_ served: ServedFile, _ content: ContentID, _ progress: (Int64) -> Void) throws {
        let file = served.file
        if file.byteCount == 0 { return try AtomicFile.create([], at: served.target) }
        let name = file.sha256.upperCase
        let forms = [
            url(["FileLib", String(name.prefix(4)), name]), url([content.description] + file.path.components),
            // The "?" is literal [V].
            url([content.description]) + "/sccm?"
                + file.path.components.map { "/" + PercentEncoding.encoded($0) }.joined(),
        ]
        for (number, url) in forms.enumerated() {
            if try fetch(url, served, isLast: number == forms.count - 1, progress) { return }
        }
        throw missing("file \(file.path) of content \(content)")
    }

    /// Brings a file from `url`; false when there is none.
    private func fetch(
        _ url: String, _ served: ServedFile, isLast: Bool, _ progress: (Int64) -> Void
    ) throws -> Bool {
        let request = Curl.Request(url: url, output: served.target)
        for attempt in 1... {
            let answer = try curl.ask([request], .rest) {
                let count = (try? Stat(served.target).size).map { Int64($0) } ?? 0
                progress(count)
                guard count <= served.file.byteCount else { throw tooLarge(served, url) }
            }[0]
            let count = (try? Stat(served.target).size).map { Int64($0) } ?? 0
            guard count <= served.file.byteCount else { throw tooLarge(served, url) }
            if [200, 206].contains(answer.status), answer.code == 0, count == served.file.byteCount { return true }
            if answer.code == Self.refusedCode, !Self.passingStatuses.contains(answer.status) {
                if isLast, answer.status != 404 { throw refusal(answer.status, url) }
                return false
            }
            if answer.code == Self.partsCode { try Folder.removeFile(served.target) }
            if answer.code == 0, count < served.file.byteCount {
                throw EngineError(
                    .content, "\(url)", "gives \(count) bytes, and its list says \(served.file.byteCount)",
                    nextStep: "distribute the content again")
            }
            guard Self.mayPass(answer) else { throw unreachable(url, answer) }
            try pause(after: answer, attempt, url)
        }
        return false
    }

    private func tooLarge(_ served: ServedFile, _ url: String) -> EngineError {
        EngineError(
            .content, "\(url)", "gives more than the \(served.file.byteCount) bytes that its list says",
            nextStep: "distribute the content again")
    }
}
