// SPDX-License-Identifier: GPL-3.0-or-later

/// Options that people try because other programs have them.
enum Habits {
    private static let answers: [String: String] = [
        "--password": "passwords are never arguments, where every process reads them: use --password-file FILE",
        "--pass": "passwords are never arguments, where every process reads them: use --password-file FILE",
        "--media-password": "passwords are never arguments, where every process reads them: use --password-file FILE",
        "--iso": "use --output NAME.iso", "--out": "use --output", "--file": "use --output",
        "--device": "use --usb", "--drive": "use --usb", "--yes": "nothing is asked: use --force",
        "--overwrite": "use --force", "--dp": "use --distribution-point", "--mp": "use --management-point",
        "--simulate": "use --dry-run", "--check": "use --dry-run", "--threads": "use --jobs",
        "--capacity": "use --media-size", "--volume-label": "use --label", "--cert": "use --certificate",
        "--pfx": "use --certificate", "--no-progress": "use --progress none",
    ]
    private static let short: [String: String] = [
        "-p": "--password", "-f": "--force", "-n": "--dry-run", "-q": "--quiet", "-v": "--verbose", "-y": "--yes",
        "-l": "--label", "-d": "--distribution-point", "-j": "--jobs",
    ]

    /// What is here for `option`, which the command that `words` name does not have; nil when nobody knows.
    static func answer(to option: String, in words: [String]) -> String? {
        let long = short[option] ?? option
        let own = CommandDescription(of: CommandPath(words).command)?.visible.flatMap(\.spellings) ?? []
        if long != option, own.contains(long) { return "\(option) is no option here; use \(long)" }
        guard let answer = answers[long] else { return nil }
        // The advice must be of use where it is given.
        let named = answer.split(whereSeparator: { " ,;".contains($0) }).filter { $0.hasPrefix("--") }.map(String.init)
        guard named.allSatisfy(own.contains) else {
            return named.lazy.compactMap { ForeignOptions.answer(toOption: $0, in: words) }.first
        }
        return "\(option) is no option here; \(answer)"
    }
}
