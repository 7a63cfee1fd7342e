// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Support

/// Words in the place of a command that are none.
enum MisspeltCommand {
    /// What the commands below a command are called elsewhere, by the command's name.
    private static let habits: [String: [String: String]] = [
        "tsmedia": [
            "make": "create", "burn": "create", "write": "create", "new": "create",
            "check": "verify", "validate": "verify", "test": "verify", "info": "inspect", "show": "inspect",
            "new-cmbootablemedia": "create bootable", "new-cmstandalonemedia": "create standalone",
            "new-cmcapturemedia": "create capture", "new-cmprestagemedia": "create prestaged",
            "createmedia.exe": "create", "createmedia": "create", "refresh": "update", "upgrade": "update",
            "unpack": "extract", "copy": "extract", "x": "extract", "drives": "devices", "disks": "devices",
            "usb": "devices",
            "lsblk": "devices", "library": "content", "package": "content", "packages": "content", "cache": "store",
            "ts": "sequence", "task-sequence": "sequence", "tasksequence": "sequence", "boot-image": "bootimage",
        ],
        "create": [
            "boot": "bootable", "full": "standalone", "stand-alone": "standalone", "offline": "standalone",
            "prestage": "prestaged", "oem": "prestaged",
        ],
        "content": [
            "ls": "list", "dir": "list", "rm": "remove", "del": "remove", "delete": "remove", "import": "add",
            "new": "add", "create": "add", "info": "show", "check": "verify", "validate": "verify",
        ],
        "store": ["ls": "show", "list": "show", "info": "show", "clean": "prune", "gc": "prune"],
        "sequence": [
            "check": "lint", "validate": "lint", "ls": "show", "cat": "show", "view": "show", "print": "show",
            "create": "new", "make": "new", "compare": "diff", "fmt": "format", "refs": "references", "doc": "document",
        ],
        "bootimage": ["info": "show", "inspect": "show", "list": "show", "ls": "show"],
    ]

    /// What to say of the word in `words` that should be a command and is none; nil when there is no such word.
    static func answer(in words: [String]) -> String? {
        let path = CommandPath(words.first == "help" ? Array(words.dropFirst()) : words)
        let names = path.subcommands
        guard !names.isEmpty, let word = path.rest.first, !word.hasPrefix("-"), word != "help" else { return nil }
        if let meant = habits[path.command._commandName]?[word.lowercased()]
            ?? Suggestion.nearest(to: word, among: names)
        {
            return "'\(word)' is no command of \(path.name); did you mean \(path.name) \(meant)?"
        }
        return "'\(word)' is no command of \(path.name); use \(listed(names, "or"))"
    }
}

/// `a`, `a or b`, `a, b or c`.
func listed(_ words: [String], _ conjunction: String) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}
