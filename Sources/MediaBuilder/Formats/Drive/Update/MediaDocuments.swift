// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import MediaVariables
import Support

/// The documents of media that say what it is, opened as far as a password does that.
struct MediaDocuments {
    /// TsmBootstrap.ini; nil when it cannot be read.
    let bootstrap: Bootstrap?
    /// Variables.dat; nil when it cannot be read.
    let variables: MediaVariableList?
    /// The plaintext of Policy.xml; nil when there is none, or when it cannot be read.
    let policy: [UInt8]?

    /// The documents of media with `mediaGUID`, whose files `file` reads.
    init(mediaGUID: String, password: MediaPassword?, file: (String) -> [UInt8]?) {
        let bootstrap = file(MediaDataFile.bootstrap).flatMap { try? Bootstrap($0) }
        func open(_ path: String, orElse usual: MediaPassword) -> [UInt8]? {
            guard let sealed = file(path) else { return nil }
            // What asks for a password is opened with that alone; where that is not known, both are tried.
            let passwords = bootstrap?.passwordRequired == true ? [password] : [usual, password]
            for case .some(let password) in passwords {
                if let plain = try? EncryptedContainer.open(sealed, password: password) { return plain }
            }
            return nil
        }
        let variables = open(MediaDataFile.variables, orElse: .none).flatMap { try? MediaVariableList(xml: $0) }
        policy = open(MediaDataFile.policy, orElse: .mediaGUID(variables?["_SMSMediaGuid"] ?? mediaGUID))
        self.bootstrap = bootstrap
        self.variables = variables
    }

    /// The policies in Policy.xml when a site handed them over.
    var policiesOfSite: MediaPolicies? {
        policy.flatMap { try? MediaPolicies(document: String(decoding: $0, as: UTF8.self), source: "Policy.xml") }
            .flatMap { $0.areOurs ? nil : $0 }
    }
}
