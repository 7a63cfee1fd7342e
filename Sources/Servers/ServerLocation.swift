// SPDX-License-Identifier: GPL-3.0-or-later

import NetworkTransfer
import Support

/// Where a server is, as whoever asks it knows: it says what a failure of the server is called there.
package protocol ServerLocation: Sendable {
    /// What whoever asks throws.
    associatedtype Failure: DiagnosticError

    /// The name or the address of the server, in lower case and without brackets.
    var host: String { get }
    /// Whether nobody else can read what passes.
    var isEncrypted: Bool { get }

    /// What the network says.
    func failure(_ failure: NetworkError) -> Failure
    /// A status that may pass and did not; `body` is what came with it.
    func failure(_ url: String, answers status: Int, body: [UInt8]) -> Failure
    /// A server without TLS that wants a password, which may not pass in the clear.
    func failure(wantsPasswordInTheClear url: String) -> Failure
}
