// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// A list of what a site has, as a table and as a report.
protocol SiteListing: Encodable {
    /// The names of the columns.
    static var header: [String] { get }
    /// The columns that are set to the right.
    static var numeric: Set<Int> { get }
    /// The cells of a row.
    var cells: [String] { get }
    /// The texts in which `--like` looks.
    var names: [String] { get }
}

extension SiteListing {
    static var numeric: Set<Int> { [] }
}

/// The options of commands that list what a site has.
struct SiteListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only those with this in their ID or name, in either case.", valueName: "text"))
    var like: String?

    @OptionGroup var asked: AskedSite

    /// Prints the elements of `all` that were asked for, as a report or as a table.
    func print<Element: SiteListing>(
        _ all: [Element], none: String, _ program: ProgramOptions, _ report: ([Element]) -> some Encodable
    ) throws {
        let chosen = chosen(all)
        if program.json {
            try StandardOutput.printJSON(report(chosen))
        } else if chosen.isEmpty {
            Console.shared.note("\(none)\(like == nil ? "" : " of such a name")")
        } else {
            try TextTable(header: Element.header, numeric: Element.numeric, rows: chosen.map(\.cells)).print()
        }
    }

    private func chosen<Element: SiteListing>(_ all: [Element]) -> [Element] {
        guard let like = like?.lowercased() else { return all }
        return all.filter { $0.names.contains { $0.lowercased().contains(like) } }
    }
}
