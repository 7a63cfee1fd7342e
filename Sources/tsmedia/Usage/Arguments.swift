// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Support

/// The words of the command line as the kernel has them.
enum Arguments {
    /// Refuses command lines that the parser would take and that cannot be meant, and answers habits that it would not
    /// understand: `words` are the command line without the program's name.
    ///
    /// - Throws: `ValidationError`, which names the first word that is wrong.
    static func check(_ words: [String]) throws {
        try requireText()
        try requireValues(words)
        if let answer = MisspeltCommand.answer(in: words) ?? CmdletParameters.answer(in: words) {
            throw ValidationError(answer)
        }
        try requireOnce(words)
    }

    /// Options whose value nobody may lose unheard; of others the last counts, so that scripts can put theirs behind usual ones.
    private static let outputOptions = [["--output", "-o"], ["--disk-image"]]

    /// Refuses two outputs where one is written: the parser would take the last, and say nothing.
    private static func requireOnce(_ words: [String]) throws {
        let names = words.prefix { $0 != "--" }.map { String($0.prefix { $0 != "=" }) }
        for spellings in outputOptions where names.count(where: spellings.contains) > 1 {
            throw ValidationError("\(spellings[0]) is given twice, and a run writes one output; give it once")
        }
    }

    /// Refuses arguments that are not UTF-8: as text they would silently become others, and so would the files they name.
    private static func requireText() throws {
        for number in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[number], String(validatingCString: argument) == nil else {
                continue
            }
            throw ValidationError(
                "argument \(number) '\(String(cString: argument).onOneLine)' is not UTF-8 text; rename the file, or reach"
                    + " it through a link with another name")
        }
    }

    /// Options whose text may be empty; any other value names something.
    private static let textOptions = ["--comment", "--created-by", "--version", "--description", "--image-description"]

    /// Refuses empty arguments, which as paths would stand for the folder one happens to be in.
    private static func requireValues(_ words: [String]) throws {
        for (index, word) in words.enumerated() {
            let option = word.isEmpty ? (index > 0 ? words[index - 1] : "") : String(word.dropLast())
            guard word.isEmpty || (word.hasPrefix("--") && word.last == "="), !textOptions.contains(option)
            else { continue }
            throw ValidationError(
                option.hasPrefix("--")
                    ? "\(option) has an empty value; give it one, or leave it out"
                    : "an argument is empty; name a file, or leave it out")
        }
    }
}

extension ForeignPath {
    /// Refuses media on shares, which is read as a whole and at random places.
    ///
    /// - Throws: `ValidationError`.
    static func refuseShares(_ media: [String]) throws {
        for path in media where path.hasPrefix("\\\\") || path.lowercased().hasPrefix("smb://") {
            guard let foreign = ForeignPath(path) else { continue }
            throw ValidationError("\(foreign.shown) \(foreign.problem); \(foreign.nextStep)")
        }
    }

    /// Refuses a path of Windows as the value of `option`.
    ///
    /// - Throws: `ValidationError`.
    static func refuse(_ path: String?, _ option: String) throws {
        guard let path, let foreign = ForeignPath(path) else { return }
        throw ValidationError("\(option) \(foreign.shown) \(foreign.problem); \(foreign.nextStep)")
    }
}
