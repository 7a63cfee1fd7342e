// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// How many bytes one volume of media may have.
public enum MediaCapacity: Sendable, Equatable {
    /// At most this many bytes.
    case bytes(Int64)
    /// No limit.
    case unlimited

    /// Capacities by the names of `--media-size`, in bytes (docs/formats/media.md section 3; the cmdlets' three sizes are
    /// powers of two, as New-CMStandaloneMedia's -MediaSize counts them).
    private static let named: [(name: String, capacity: MediaCapacity)] = [
        ("cd", .bytes(681_984_000)),
        ("dvd", .bytes(4_700_372_992)),
        ("dvd-dl", .bytes(8_543_666_176)),
        ("bd", .bytes(25_025_314_816)),
        ("bd-dl", .bytes(50_050_629_632)),
        ("650mb", .bytes(650 << 20)),
        ("4gb", .bytes(4 << 30)),
        ("8gb", .bytes(8 << 30)),
        ("unlimited", .unlimited),
        ("none", .unlimited),
    ]

    /// The names that ``init(_:)`` takes besides sizes.
    public static var names: [String] { named.map(\.name) }

    /// The capacity that a name of the wizard or a size stands for; the wizard's 650MB, 4GB and 8GB are its own.
    ///
    /// - Throws: `ByteCountTextError`.
    public init(_ text: String) throws(ByteCountTextError) {
        if let match = Self.named.first(where: { $0.name == text.lowercased() }) {
            self = match.capacity
        } else {
            self = .bytes(try ByteCountText.parse(text))
        }
    }

    /// The limit in bytes, or nil.
    public var byteCount: Int64? {
        if case .bytes(let count) = self { count } else { nil }
    }
}
