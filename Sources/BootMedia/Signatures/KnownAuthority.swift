// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography

/// A certificate authority for loaders that is known by its certificate, whatever others call themselves.
struct KnownAuthority {
    /// The common name in its certificate.
    let name: String
    /// The SHA-256 of its certificate.
    let fingerprint: String

    /// The authorities of Microsoft and of Debian.
    ///
    /// The SHA-1 of Microsoft's are in "Windows Secure Boot Key Creation and Management Guidance" (learn.microsoft.com,
    /// 1.3 and 1.4); these are the SHA-256 of the same certificates, as the package virt-firmware (PyPI) and Debian's
    /// OVMF, shim and virt-firmware carry them.
    static let all = [
        KnownAuthority(
            name: "Microsoft Windows Production PCA 2011",
            fingerprint: "e8e95f0733a55e8bad7be0a1413ee23c51fcea64b3c8fa6a786935fddcc71961"),
        KnownAuthority(
            name: "Microsoft Corporation UEFI CA 2011",
            fingerprint: "48e99b991f57fc52f76149599bff0a58c47154229b9f8d603ac40d3500248507"),
        KnownAuthority(
            name: "Windows UEFI CA 2023",
            fingerprint: "076f1fea90ac29155ebf77c17682f75f1fdd1be196da302dc8461e350a9ae330"),
        KnownAuthority(
            name: "Microsoft UEFI CA 2023",
            fingerprint: "f6124e34125bee3fe6d79a574eaa7b91c0e7bd9d929c1a321178efd611dad901"),
        KnownAuthority(
            name: "Microsoft Option ROM UEFI CA 2023",
            fingerprint: "e5be3e64c6e66a281457ecdece0d6d0787577aad2a3a0144262c10c14ba8d8f1"),
        KnownAuthority(
            name: "Debian Secure Boot CA",
            fingerprint: "079646974bce09b1f04da67bd722d1fb0947ae4c4010bccdbba52d5b23cbf1a2"),
    ]

    /// Whether `certificate` is one of them.
    static func contains(_ certificate: Certificate) -> Bool {
        let fingerprint = certificate.fingerprint.description
        return all.contains { $0.fingerprint == fingerprint }
    }
}
