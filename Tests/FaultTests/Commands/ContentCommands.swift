// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage
import TSMediaTestSupport

/// A command that changes a content library.
struct LibraryCommand: WritingCommand {
    /// What is done.
    enum Change: String, CaseIterable, Sendable {
        case add, replace, remove
        /// Content of another library.
        case fetch = "fetch, into a library"
    }

    var change: Change
    var name: String { "content \(change.rawValue)" }
    let units: [String] = []
    /// A content that is gone is not there a second time.
    var whenDone: Set<Int32> { change == .remove ? [0, 66] : [0] }

    var sources: [String] {
        switch change {
        case .add: ["first"]
        case .replace: ["second"]
        case .remove, .fetch: []
        }
    }
    let takesSourcesAsTheyAre = true

    private static let folderCount = 4
    private func library(_ stage: Stage) -> FilePath { stage.session.work.appending("lib") }

    private func add(_ stage: Stage, _ source: String, _ id: String) -> [String] {
        [
            "content", "add", "--create", stage.session.work.appending(source).string, "--package-id", id, "--version",
            "1", "--force", "--library", library(stage).string,
        ]
    }

    func prepare(_ stage: Stage) throws {
        for source in ["first", "second"] {
            for number in 0..<12 {
                // Half of the files are the same in both.
                let text = number.isMultiple(of: 2) ? "both \(number)" : "\(source) \(number)"
                let path = "\(source)/folder\(number % Self.folderCount)/\(number).txt"
                try stage.session.work.write(text.utf8, to: path)
            }
        }
        // One that shares files and stays, and the one that is changed.
        for id in ["ABC00001", "ABC00002"] where id == "ABC00001" || change == .replace || change == .remove {
            let result = try stage.run(add(stage, "first", id))
            guard result.status == 0 else { throw StageFailure(result.errorText) }
        }
    }

    func arguments(_ stage: Stage) throws -> [String] {
        switch change {
        case .remove: ["content", "remove", "ABC00002", "--library", library(stage).string]
        case .add: add(stage, "first", "ABC00002")
        case .replace: add(stage, "second", "ABC00002")
        case .fetch:
            [
                "content", "fetch", DemoSite.toolsPackage, "--distribution-point", stage.session.library.string,
                "--store", stage.session.store.string, "--to", library(stage).string,
            ]
        }
    }

    /// The library is judged by what readers see of it, and nothing else is below its root but what is listed.
    func isOwn(_ path: String) -> Bool { path == "lib" || path.hasPrefix("lib/") || SharedPlaces.holds(path) }

    func problems(in stage: Stage) throws -> [String] {
        let result = try stage.run(["content", "verify", "--library", library(stage).string])
        return result.status == 0 ? [] : ["the library: \(result.errorText)"]
    }

    func states(in stage: Stage) throws -> [String: String] {
        var packages: [String: [String]] = ["ABC00001": [], "ABC00002": [], DemoSite.toolsPackage: []]
        for (key, hash) in try IndependentLibraryReader.read(library(stage)) {
            packages[String(key.prefix { $0 != " " }), default: []].append("\(key) \(hash)")
        }
        return packages.mapValues { $0.sorted().joined(separator: "\n") }
    }
}

/// Content that comes from a server to the store.
struct FetchCommand: WritingCommand {
    let name = "content fetch"
    let units: [String] = []

    func prepare(_ stage: Stage) throws {
        stage.held.append(try DistributionPointServer(library: stage.session.library, in: stage.apartFolder))
    }

    func arguments(_ stage: Stage) throws -> [String] {
        guard let server = stage.held.lazy.compactMap({ $0 as? DistributionPointServer }).first else {
            throw StageFailure("no server")
        }
        return [
            "content", "fetch", DemoSite.toolsPackage, DemoSite.operatingSystemImage, "--distribution-point",
            server.location, "--store", stage.session.store.string,
        ]
    }

    func isOwn(_ path: String) -> Bool { SharedPlaces.holds(path) }
    func problems(in stage: Stage) throws -> [String] { try storeProblems(stage) }
    var sources: [String] { [SharedPlaces.library] }
    /// Verified files stay, and so does what has come of the others.
    func states(in stage: Stage) throws -> [String: String] { try StoredFiles.states(stage) }
    var alsoAllowed: Set<String> { [StoredFiles.unfinished] }
}

/// The files of a store, each by itself.
enum StoredFiles {
    /// What a file is called that has not come to its end.
    static let unfinished = "unfinished"

    /// Those of the store of the stage, by their names.
    static func states(_ stage: Stage) throws -> [String: String] {
        let store = stage.session.store.appending("files").string
        let lines = try Program.run("find", [store, "-type", "f", "-printf", "%f %s\\n"]).output.split(separator: "\n")
        var states: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: " ").map(String.init)
            guard parts.count == 2, parts[0].utf8.count >= 64 else { continue }
            states[parts[0]] = parts[0].hasSuffix(".part") ? unfinished : "\(parts[1]) bytes"
        }
        return states
    }
}
