// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import Testing

@Suite("Texts with fields")
struct DiagnosticTextTests {
    /// An error about a field.
    private struct Failure: DiagnosticError {
        var failureClass: FailureClass { .usage }
        let object: DiagnosticText
        let problem: DiagnosticText
        var nextStep: DiagnosticText?
    }

    private static let size = RequestField("media-size")
    private static let mode = RequestField("media-mode")

    /// The names of a command.
    private static func option(_ field: RequestField, _ value: String?) -> String {
        "--" + field.name + (value.map { " " + $0 } ?? "")
    }

    /// The names of a form.
    private static func label(_ field: RequestField, _ value: String?) -> String {
        "\"" + field.words + "\"" + (value.map { ": " + $0 } ?? "")
    }

    @Test("each front end calls fields and their values as it likes")
    func naming() {
        let text: DiagnosticText = "choose a larger \(Self.size), or \(Self.mode, "dynamic")"
        #expect(text.text(naming: Self.option) == "choose a larger --media-size, or --media-mode dynamic")
        #expect(text.text(naming: Self.label) == "choose a larger \"media size\", or \"media mode\": dynamic")
        #expect(text.description == "choose a larger media size, or media mode dynamic")
    }

    @Test("what is interpolated keeps its fields: texts, and errors of a type that is known or not")
    func nesting() {
        let error = Failure(object: "\(Self.size)", problem: "is 7", nextStep: "use \(Self.mode, "dynamic")")
        let expected = "x: --media-size is 7; use --media-mode dynamic."
        let texts: [DiagnosticText] = [
            "x: \(error).", "x: \(error as any DiagnosticError).", "x: \(error as any Error).", "x: \(error.text).",
            "x: " + DiagnosticText(error) + ".", ["x: ", error.text, "."].joined(),
        ]
        for text in texts { #expect(text.text(naming: Self.option) == expected) }
        #expect(Set(texts).count == 1)
    }

    @Test("a text says the same however it was put together")
    func equality() {
        let (a, b) = ("a", 1)
        #expect("\(a) \(b)" as DiagnosticText == "a 1")
        #expect(DiagnosticText("a") + " " + "1" == "a 1")
        #expect("\(Self.size)" as DiagnosticText == DiagnosticText(Self.size))
        #expect("\(Self.size)" as DiagnosticText != "media size")
        #expect("" as DiagnosticText == DiagnosticText("") && ([] as [DiagnosticText]).joined() == "")
        #expect((["a", "\(Self.size)"] as [DiagnosticText]).joined(separator: ", ") == "a, \(Self.size)")
    }

    @Test("an error is about the first field that its object names")
    func field() {
        #expect(Failure(object: "\(Self.size)", problem: "is 7").field == Self.size)
        #expect(Failure(object: "\(Self.size, "7") and \(Self.mode)", problem: "differ").field == Self.size)
        #expect(Failure(object: "models.csv:3: \(Self.size)", problem: "is 7").field == Self.size)
        #expect(Failure(object: "file x", problem: "goes with \(Self.mode)").field == nil)
    }

    @Test("an error is one line in anybody's words")
    func oneLine() {
        let error = Failure(object: "\(Self.mode, "a\nb")", problem: "is\u{1B} odd")
        for line in [error.description, error.text(naming: Self.option)] {
            #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(line)")
        }
        #expect(error.text(naming: Self.option).hasPrefix("--media-mode a"))
    }
}
