// SPDX-License-Identifier: GPL-3.0-or-later

/// What an Authenticode signature says of its program: SpcIndirectDataContent ("Windows Authenticode Portable Executable
/// Signature Format", 2008, "SpcIndirectDataContent").
struct SignedProgramDigest {
    /// The type of that content: SPC_INDIRECT_DATA_OBJID.
    static let objectIdentifier = "1.3.6.1.4.1.311.2.1.4"

    let algorithm: HashAlgorithm
    let digest: [UInt8]

    /// Reads the elements inside the SEQUENCE; nil for anything else, and for a hash that is not known.
    init?(content: ArraySlice<UInt8>) {
        var fields = DERReader(content)
        // What kind of file was signed is in the first; programs are all that is asked of.
        guard fields.next(DERElement.Tag.sequence) != nil,
            let information = fields.next(DERElement.Tag.sequence)
        else { return nil }
        var parts = DERReader(information.content)  // DigestInfo (RFC 8017 9.2)
        guard let identifier = parts.next(DERElement.Tag.sequence),
            let digest = parts.next(DERElement.Tag.octetString)
        else { return nil }
        var names = DERReader(identifier.content)
        guard let name = names.next(DERElement.Tag.objectIdentifier),
            let algorithm = HashAlgorithm(objectIdentifier: name.content), digest.content.count == algorithm.byteCount
        else { return nil }
        self.algorithm = algorithm
        self.digest = Array(digest.content)
    }
}
