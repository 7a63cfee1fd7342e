// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Site

/// A list of what a site has, as a table and as a report.
protocol SiteListing: Encodable {
    /// The key of the list in a report.
    static var key: String { get }
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

    /// Those of `all` that were asked for.
    func chosen<Element: SiteListing>(_ all: [Element]) -> [Element] {
        guard let like = like?.lowercased() else { return all }
        return all.filter { $0.names.contains { $0.lowercased().contains(like) } }
    }
}

/// A command that lists what a site has.
protocol SiteListCommand: ConfinedCommand {
    associatedtype Element: SiteListing

    /// What is said when there is nothing.
    static var none: String { get }
    var options: SiteListOptions { get }
    var program: ProgramOptions { get }
    /// All that the site has.
    func elements(_ service: AdminService) throws -> [Element]
}

extension SiteListCommand {
    /// Prints what was asked for, as a report or as a table.
    func run() throws {
        _ = try program.start("site \(Self.configuration.commandName ?? Element.key)")
        let chosen = options.chosen(try elements(try options.asked.service()))
        if program.json {
            try StandardOutput.printJSON([Element.key: chosen])
        } else if chosen.isEmpty {
            Console.shared.note("\(Self.none)\(options.like == nil ? "" : " of such a name")")
        } else {
            try TextTable(header: Element.header, numeric: Element.numeric, rows: chosen.map(\.cells)).print()
        }
    }
}
