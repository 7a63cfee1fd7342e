// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// A command that writes: what it needs, what it makes, and what may be seen of it when it ends too early.
protocol WritingCommand: Sendable, CustomTestStringConvertible {
    /// What it is called in messages.
    var name: String { get }
    /// Whether it changes the library, which is a copy then.
    var changesLibrary: Bool { get }
    /// Makes what is there before.
    func prepare(_ stage: Stage) throws
    /// The program; nil for `tsmedia`.
    var program: FilePath? { get }
    /// How it is called.
    func arguments(_ stage: Stage) throws -> [String]
    /// The paths, from the root of the stage, that it changes each as a whole: as before, or as after.
    var units: [String] { get }
    /// True for a path that only it and its like know, and that is judged by ``problems(in:)``: stores, work folders.
    func isOwn(_ path: String) -> Bool
    /// What is wrong with what is its own, after a fault and after the next run.
    func problems(in stage: Stage) throws -> [String]
    /// What is its own as others see it: each part is as before or as after, or one of ``alsoAllowed``.
    func states(in stage: Stage) throws -> [String: String]
    /// Files and folders, from the root of the stage, that it reads and that somebody else may change meanwhile.
    var sources: [String] { get }
    /// Whether nobody has said before what the sources hold, so that what is read is what comes out.
    var takesSourcesAsTheyAre: Bool { get }
    /// Whether all that is there and that comes has room on a disk of 64 MiB.
    var fitsSmallDisk: Bool { get }
    /// Whether it goes on where a call was interrupted: libntfs-3g does not, and Linux interrupts none on a file of this computer.
    var goesOnWhenInterrupted: Bool { get }
    /// States that only a run which did not come to its end may leave.
    var alsoAllowed: Set<String> { get }
    /// Where it writes besides the stage, such as a device.
    func places(_ stage: Stage) throws -> [String]
    /// What must be done before each run once the files are put back, and is let go of behind it.
    func begin(_ stage: Stage) throws -> AnyObject?
    /// How the next run ends when the one before had done its work.
    var whenDone: Set<Int32> { get }
}

extension WritingCommand {
    var changesLibrary: Bool { false }
    var program: FilePath? { nil }
    func isOwn(_ path: String) -> Bool { false }
    func problems(in stage: Stage) throws -> [String] { [] }
    func states(in stage: Stage) throws -> [String: String] { [:] }
    var alsoAllowed: Set<String> { [] }
    func places(_ stage: Stage) throws -> [String] { [] }
    var sources: [String] { [] }
    var takesSourcesAsTheyAre: Bool { false }
    var fitsSmallDisk: Bool { true }
    var goesOnWhenInterrupted: Bool { true }
    func begin(_ stage: Stage) throws -> AnyObject? { nil }
    var whenDone: Set<Int32> { [0] }
    var testDescription: String { name }

    /// What the store beside the outputs says of itself.
    func storeProblems(_ stage: Stage) throws -> [String] {
        let result = try stage.run(["store", "verify", "--store", stage.session.store.string])
        // 66: there is none yet.
        return [0, 66].contains(result.status) ? [] : ["the store: \(result.errorText)"]
    }
}

/// What lies in the places that all commands share.
enum SharedPlaces {
    /// The files of the library of the demo, where it is a copy.
    static let library = "SCCMContentLib/FileLib"

    /// The store and what is kept beside it, the cache and the home folder.
    static func holds(_ path: String) -> Bool {
        path.hasPrefix("store") || ["cache", "home"].contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// What a writer that is at work, or was killed, has beside its output or in the folder for what is staged.
    static func isUnfinished(_ path: String) -> Bool {
        path.split(separator: "/").contains { component in
            component.hasPrefix(".") && component.hasSuffix(".tsmedia-partial")
                || component.hasPrefix("tsmedia-work-")
        }
    }
}
