// SPDX-License-Identifier: GPL-3.0-or-later

/// The authorities that vouch for servers, as Debian's package ca-certificates has them.
enum Authorities {
    private static let folder = "share/ca-certificates/"
    private static let ending = ".crt"
    /// Where curl of Debian looks for them in one file.
    static let path = "etc/ssl/certs/ca-certificates.crt"

    /// Whether `path` of a package is the certificate of one.
    static func isWanted(_ path: String) -> Bool { path.hasPrefix(folder) && path.hasSuffix(ending) }

    /// Puts all of them into one file, in the order of their paths.
    ///
    /// - Throws: ``OpenBootImageError`` `.missingPackage` when there are none.
    static func add(_ tree: PackageTree, to system: inout InitialFileSystem) throws(OpenBootImageError) {
        var bytes: [UInt8] = []
        for path in tree.paths where isWanted(path) {
            guard let file = tree.file(path) else { continue }
            bytes += file.bytes
            if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        }
        guard !bytes.isEmpty else {
            throw OpenBootImageError(
                .missingPackage, "the authorities of \(PackageChoice.authorities)", "are in none of the packages",
                nextStep: "fetch the packages anew")
        }
        system.add(Self.path, .file(bytes, permissions: 0o644))
    }
}
