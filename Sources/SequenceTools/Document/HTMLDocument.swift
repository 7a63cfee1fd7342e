// SPDX-License-Identifier: GPL-3.0-or-later

import TaskSequence

/// One self-contained HTML page (HTML Living Standard): a tree that folds without scripts, the content it needs, the
/// variables it uses.
///
/// The page's own policy forbids scripts and every other resource, should something slip through the escaping.
public enum HTMLDocument {
    /// The page as UTF-8.
    public static func page(of outlines: [SequenceOutline]) -> [UInt8] {
        var writer = HTMLDocumentWriter()
        writer.page(outlines)
        return writer.html.bytes
    }
}

private struct HTMLDocumentWriter {
    var html = HTMLText()
    /// Which task sequence of the page is being written; part of every anchor.
    private var part = 1
    /// Indentation ends at this depth, so that a deep tree does not leave a phone's screen.
    private static let deepest = 8

    mutating func page(_ outlines: [SequenceOutline]) {
        html.markup(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="generator" content="tsmedia">
            <title>
            """)
        html.text(outlines.first?.package.name ?? "Task sequence")
        html.markup("</title>\n<style>\n")
        html.markup(PageStyle.css)
        html.markup("</style>\n</head>\n<body>\n")
        if outlines.count > 1 { contents(outlines) }
        let places = OutlinePlaces(outlines)
        for (index, outline) in outlines.enumerated() {
            part = index + 1
            section(outline, places)
        }
        html.markup("<footer>Made by tsmedia. Passwords, keys and tokens are hidden ")
        html.markup("as far as they could be told from other text.</footer>\n</body>\n</html>\n")
    }

    private mutating func contents(_ outlines: [SequenceOutline]) {
        html.markup("<nav aria-label=\"Task sequences\"><ul>\n")
        for (index, outline) in outlines.enumerated() {
            html.element("<li><a href=\"#ts", String(index + 1), "\">")
            html.text(outline.package.name)
            html.markup("</a></li>\n")
        }
        html.markup("</ul></nav>\n")
    }

    private mutating func section(_ outline: SequenceOutline, _ places: OutlinePlaces) {
        html.element("<main id=\"ts", String(part), "\">\n<header>\n")
        html.element("<h1>", outline.package.name, "</h1>\n")
        if !outline.package.description.isEmpty {
            html.element("<p class=\"description\">", outline.package.description.withLineFeeds, "</p>\n")
        }
        html.markup("<dl class=\"facts\">\n")
        fact("Package ID", outline.package.packageID)
        let bootImage = outline.package.bootImageID
        fact("Boot image", bootImage.map { id in id + (outline.contentNames[id.uppercased()].map { ", \($0)" } ?? "") })
        switch outline.package.type {
        case .generic: fact("Purpose", "generic")
        case .operatingSystemDeployment: fact("Purpose", "operating system deployment")
        case nil: break
        }
        fact("Contains", outline.countsInWords)
        html.markup("</dl>\n</header>\n")
        html.markup("<section>\n<h2>Steps</h2>\n")
        items(outline.items, depth: 0)
        html.markup("</section>\n")
        content(ContentTable(outline, places))
        variables(VariableTable(outline))
        html.markup("</main>\n")
    }

    private mutating func fact(_ name: String, _ value: String?) {
        guard let value else { return }
        html.element("<div><dt>", name, "</dt>")
        html.element("<dd>", value, "</dd></div>\n")
    }

    // MARK: Tree

    private mutating func items(_ items: [SequenceOutline.Item], depth: Int) {
        guard !items.isEmpty else { return html.markup("<p class=\"none\">nothing in here</p>\n") }
        html.markup(depth < Self.deepest ? "<ol class=\"tree\">\n" : "<ol class=\"tree flat\">\n")
        for item in items {
            let isOff = item.isDisabled || item.isInDisabledGroup
            html.markup(isOff ? "<li class=\"off\">" : "<li>")
            html.markup(item.kind == .group ? "<details class=\"group\" open" : "<details")
            anchor(" id=\"", item.number, "\"><summary>")
            summary(of: item)
            html.markup("</summary>\n<div class=\"body\">\n")
            if item.kind == .group {
                description(of: item)
                self.items(item.items, depth: depth + 1)
            } else {
                details(of: item)
            }
            html.markup("</div></details></li>\n")
        }
        html.markup("</ol>\n")
    }

    private mutating func anchor(_ open: StaticString, _ number: String, _ close: StaticString) {
        html.element(open, "s\(part)-\(number)", close)
    }

    /// Everything that decides whether and how the item runs is seen without unfolding it.
    private mutating func summary(of item: SequenceOutline.Item) {
        html.element("<span class=\"number\">", item.number, "</span> ")
        html.element("<span class=\"name\">", item.name, "</span>")
        if item.kind != .group {
            let type = item.kind == .unknown ? "not known" : item.typeName ?? "no type"
            if type != item.name { html.element(" <span class=\"type\">", type, "</span>") }
        }
        for mark in item.marks {
            // The kinds are ours; the texts may hold what the file says.
            html.markup(mark.kind == "disabled" ? " <span class=\"mark disabled\">" : " <span class=\"mark\">")
            html.text(mark.text)
            html.markup("</span>")
        }
        if let condition = item.condition {
            html.markup("<span class=\"condition\"><b>if</b> ")
            inline(condition)
            html.markup("</span>")
        }
    }

    private mutating func description(of item: SequenceOutline.Item) {
        if let condition = item.condition, !Self.isShort(condition) {
            html.markup("<div class=\"conditions\">")
            list(condition)
            html.markup("</div>\n")
        }
        if !item.description.isEmpty {
            html.element("<p class=\"description\">", item.description.withLineFeeds, "</p>\n")
        }
    }

    private mutating func details(of item: SequenceOutline.Item) {
        description(of: item)
        if let action = item.action, !action.isEmpty {
            html.element("<p class=\"label\">Command</p><pre><code>", action, "</code></pre>\n")
        }
        if !item.references.isEmpty {
            html.markup("<p class=\"label\">Needs</p><ul>\n")
            for reference in item.references {
                html.element("<li>", reference.typeInWords, " ")
                html.element("<code>", reference.id, "</code>")
                if let name = reference.name { html.text(" \(name)") }
                html.markup("</li>\n")
            }
            html.markup("</ul>\n")
        }
        let properties = item.properties.filter { !$0.value.isEmpty }
        for property in properties where property.isBlock {
            html.element("<p class=\"label\">", property.name, "</p>")
            html.element("<pre><code>", property.value, "</code></pre>\n")
        }
        if properties.contains(where: { !$0.isBlock }) {
            html.markup("<dl class=\"properties\">\n")
            for property in properties where !property.isBlock {
                html.element("<div><dt>", property.name, "</dt>")
                html.markup(property.isRedacted ? "<dd class=\"redacted\">" : "<dd>")
                html.text(property.value)
                html.markup("</dd></div>\n")
            }
            html.markup("</dl>\n")
        }
    }

    // MARK: Conditions

    private static func isShort(_ condition: ConditionPhrase) -> Bool { condition.statementCount <= 4 }

    private mutating func inline(_ condition: ConditionPhrase) {
        guard Self.isShort(condition) else {
            let word =
                switch condition {
                case .statement, .all: "all of"
                case .any: "any of"
                case .none: "none of"
                }
            return html.text("\(word) \(condition.statementCount) statements (below)")
        }
        inline(condition, isNested: false)
    }

    private mutating func inline(_ condition: ConditionPhrase, isNested: Bool) {
        switch condition {
        case .statement(let spans): self.spans(spans)
        case .all(let phrases): joined(phrases, " <b>and</b> ", isNested)
        case .any(let phrases): joined(phrases, " <b>or</b> ", isNested)
        case .none(let phrases):
            html.markup(phrases.count == 1 ? "<b>not</b> (" : "<b>none of</b> (")
            joined(phrases, "; ", false)
            html.markup(")")
        }
    }

    private mutating func joined(_ phrases: [ConditionPhrase], _ separator: StaticString, _ isNested: Bool) {
        let needsParentheses = isNested && phrases.count > 1
        if needsParentheses { html.markup("(") }
        for (index, phrase) in phrases.enumerated() {
            if index > 0 { html.markup(separator) }
            inline(phrase, isNested: true)
        }
        if phrases.isEmpty { html.markup("nothing is asked") }
        if needsParentheses { html.markup(")") }
    }

    private mutating func list(_ condition: ConditionPhrase) {
        switch condition {
        case .statement(let spans): self.spans(spans)
        case .all(let phrases): list("<b>all of these hold</b>", phrases)
        case .any(let phrases): list("<b>any of these holds</b>", phrases)
        case .none(let phrases): list("<b>none of these holds</b>", phrases)
        }
    }

    private mutating func list(_ head: StaticString, _ phrases: [ConditionPhrase]) {
        html.markup(head)
        html.markup("<ul>")
        for phrase in phrases {
            html.markup("<li>")
            list(phrase)
            html.markup("</li>\n")
        }
        html.markup("</ul>")
    }

    private mutating func spans(_ spans: [ConditionPhrase.Span]) {
        for (index, span) in spans.enumerated() {
            switch span {
            case .words(let words):
                if index > 0, !words.hasPrefix(",") { html.markup(" ") }
                html.text(words)
            case .code(let name):
                if index > 0 { html.markup(" ") }
                html.element("<code>", name, "</code>")
            case .value(let value):
                if index > 0 { html.markup(" ") }
                html.element("<q>", value, "</q>")
            }
        }
    }

    // MARK: Tables

    private mutating func content(_ table: ContentTable) {
        html.markup("<section>\n<h2>Content</h2>\n")
        guard !table.rows.isEmpty else { return html.markup("<p class=\"none\">It needs none.</p>\n</section>\n") }
        html.markup(
            "<table class=\"content\">\n<thead><tr><th>Kind</th><th>ID</th><th>Name</th><th>Used by</th></tr></thead>\n<tbody>\n"
        )
        for row in table.rows {
            html.element("<tr><td data-label=\"Kind\">", row.kind, "</td>")
            html.element("<td data-label=\"ID\"><code>", row.id, "</code></td><td data-label=\"Name\">")
            html.text(row.name ?? (row.note == nil ? "not told by the file" : ""))
            if let note = row.note { html.element(" <em>", note, "</em>") }
            html.markup("</td><td data-label=\"Used by\"><ul>")
            for use in row.uses {
                html.markup("<li>")
                if let place = use.place {
                    html.element("<a href=\"#", "s\(place.part)-\(place.number)", "\">")
                    html.text(place.number)
                    html.markup("</a> ")
                }
                html.text(use.path)
                html.element(" <span class=\"type\">", use.property, "</span></li>")
            }
            html.markup("</ul></td></tr>\n")
        }
        html.markup("</tbody>\n</table>\n</section>\n")
    }

    private mutating func variables(_ table: VariableTable) {
        html.markup("<section>\n<h2>Variables</h2>\n")
        guard !table.rows.isEmpty else { return html.markup("<p class=\"none\">It uses none.</p>\n</section>\n") }
        html.markup(
            "<table class=\"variables\">\n<thead><tr><th>Name</th><th>Set by</th><th>Read by</th></tr></thead>\n<tbody>\n"
        )
        for row in table.rows {
            html.element("<tr><td data-label=\"Name\"><code>", row.name, "</code></td><td data-label=\"Set by\"><ul>")
            for setting in row.set {
                html.markup("<li>")
                place(setting.number)
                html.element(" <q>", setting.value, "</q></li>")
            }
            html.markup("</ul></td><td data-label=\"Read by\">")
            for (index, number) in row.read.enumerated() {
                if index > 0 { html.markup(", ") }
                place(number)
            }
            html.markup("</td></tr>\n")
        }
        html.markup("</tbody>\n</table>\n</section>\n")
    }

    /// A link to a step; "global" is none.
    private mutating func place(_ number: String) {
        guard number.first?.isNumber == true else { return html.text(number) }
        anchor("<a href=\"#", number, "\">")
        html.text(number)
        html.markup("</a>")
    }
}
