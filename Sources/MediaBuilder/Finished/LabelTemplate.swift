// SPDX-License-Identifier: GPL-3.0-or-later

import BlockDevices
import DriveImage
import Support

/// A label for each of many drives: a text with `{number}` and `{serial}` in it.
public struct LabelTemplate: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case number
        case serial
    }

    private let pieces: [Piece]

    /// Characters that must be left for a number, and for a serial number.
    private static let (numberRoom, serialRoom) = (3, 4)

    /// The template `text`.
    ///
    /// - Throws: ``MediaBuilderError`` `.badRequest` for what FAT cannot keep, what is too long, and unknown fields.
    public init(_ text: String) throws(MediaBuilderError) {
        func bad(_ problem: DiagnosticText, _ nextStep: DiagnosticText) -> MediaBuilderError {
            MediaRequest.bad("\(.labelTemplate, text)", problem, nextStep)
        }
        var pieces: [Piece] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "{") {
            guard let end = rest[start...].firstIndex(of: "}") else {
                throw bad("has a { without a }", "write {number} or {serial}")
            }
            pieces.append(.text(String(rest[..<start])))
            switch rest[rest.index(after: start)..<end] {
            case "number": pieces.append(.number)
            case "serial": pieces.append(.serial)
            case let other: throw bad("has the unknown field {\(String(other))}", "write {number} or {serial}")
            }
            rest = rest[rest.index(after: end)...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
        guard pieces.contains(.number) || pieces.contains(.serial) else {
            throw bad(
                "has neither {number} nor {serial}, so that all labels would be the same", "use \(.label) for that")
        }
        let literal = pieces.reduce("") { if case .text(let text) = $1 { $0 + text } else { $0 } }
        guard (try? FATLabel("A" + literal.prefix(FATLabel.maximumLength - 1))) != nil else {
            throw bad("has characters that the label of a FAT volume cannot have", "use letters and digits of ASCII")
        }
        let fields = pieces.count { $0 == .number } * Self.numberRoom + pieces.count { $0 == .serial } * Self.serialRoom
        guard literal.utf8.count + fields <= FATLabel.maximumLength else {
            throw bad(
                "is too long: FAT keeps \(FATLabel.maximumLength) characters, of which a number takes \(Self.numberRoom) and"
                    + " a serial number \(Self.serialRoom) at least", "shorten it")
        }
    }

    /// The label of drive `number` of a run.
    ///
    /// Of a serial number as many characters are taken as fit, from its end: there drives of one model differ.
    func label(_ number: Int, _ drive: BlockDevice) -> FATLabel {
        let serial = (drive.serial ?? drive.name).uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let fixed = pieces.reduce(0) { sum, piece in
            switch piece {
            case .text(let text): sum + text.utf8.count
            case .number: sum + String(number).utf8.count
            case .serial: sum
            }
        }
        let count = max(1, pieces.count { $0 == .serial })
        let room = max(0, FATLabel.maximumLength - fixed) / count
        let text = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .number: String(number)
            case .serial: String(serial.suffix(room))
            }
        }.joined()
        return FATLabel(fitting: text)
    }
}
