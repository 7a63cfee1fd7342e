// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// One of several media that could not be looked into at all.
public struct MediaFailure: Sendable {
    /// What it is called.
    public let media: String
    /// Why.
    public let error: any DiagnosticError
}

extension MediaFailure {
    /// Does `look` to each of `names`, and goes on after one that cannot be opened.
    ///
    /// - Throws: `InterruptedError`.
    static func collect<Name, Found>(
        _ names: [Name], called: (Name) -> String, _ look: (Name) throws -> Found
    ) throws -> (found: [Found], failures: [MediaFailure]) {
        var (found, failures) = ([Found](), [MediaFailure]())
        for name in names {
            do {
                found.append(try look(name))
            } catch let error as InterruptedError {
                throw error
            } catch let error as any DiagnosticError {
                failures.append(MediaFailure(media: called(name), error: error))
            }
        }
        return (found, failures)
    }
}
