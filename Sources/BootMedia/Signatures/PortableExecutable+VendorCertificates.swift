// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Support

extension PortableExecutable {
    /// No shim has more.
    private static let vendorCertificateLimit = 16

    /// The certificates by which a shim proves what it starts, from its section `.vendor_cert`; empty for other programs.
    ///
    /// The section begins with four little-endian numbers of 32 bits: bytes of what is trusted, bytes of what is not, and
    /// where each begins (github.com/rhboot/shim, cert.S). What is trusted is a certificate, or signature lists.
    var vendorCertificates: [Certificate] {
        guard let section = section(".vendor_cert").map({ ByteReader($0) }),
            let length = section.littleEndian(UInt32.self, at: 0),
            let offset = section.littleEndian(UInt32.self, at: 8),
            let trusted = section.slice(at: Int(offset), length: Int(length)), !trusted.isEmpty
        else { return [] }
        if let one = Certificate(der: Array(trusted)) { return [one] }
        guard let lists = SignatureList.read(trusted) else { return [] }
        return lists.filter { $0.kind == .certificate }.flatMap(\.entries).prefix(Self.vendorCertificateLimit)
            .compactMap { Certificate(der: Array($0)) }
    }
}
