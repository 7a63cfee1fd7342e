// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import Provenance
import Support

extension FuzzTarget {
    private static let statement = """
        {"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"m.iso","digest":{"sha256":\
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}}],"predicateType":\
        "https://slsa.dev/provenance/v1","predicate":{"buildDefinition":{},"runDetails":{}}}
        """

    /// What says where media comes from, and with which keys that is checked.
    static let provenance = [
        FuzzTarget(
            "signed-envelope",
            words: ["\"payloadType\"", "\"payload\"", "\"signatures\"", "\"keyid\"", "\"sig\"", "=="],
            texts: """
                {"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"a","sig":"AAAA"}]}
                """
        ) { input in _ = SignedEnvelope(input) },
        FuzzTarget(
            "statement", words: ["\"subject\"", "\"digest\"", "\"sha256\"", "\"predicateType\""], texts: statement
        ) {
            input in _ = StatementSubjects(input)
        },
        FuzzTarget(
            "keys",
            seeds: { folder in
                let (key, open) = (folder.appending("k"), folder.appending("o"))
                try Program.succeed("openssl", ["genpkey", "-algorithm", "ed25519", "-out", key.string])
                try Program.succeed("openssl", ["pkey", "-in", key.string, "-pubout", "-out", open.string])
                return [try SmallFile.read(key), try SmallFile.read(open)]
            },
            read: { input in
                _ = try? SigningKey(pem: input, name: "input")
                _ = try? VerificationKey(der: input, name: "input")
                _ = try VerificationKey(pem: input, name: "input")
            }),
    ]
}
