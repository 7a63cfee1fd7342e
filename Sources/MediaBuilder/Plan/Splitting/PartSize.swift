// SPDX-License-Identifier: GPL-3.0-or-later

/// Chooses how large the parts of a split image are.
enum PartSize {
    /// A part with less would be more name than content.
    private static let smallest: Int64 = 1 << 20

    /// The size in bytes with which the parts take the fewest volumes; nil when a resource is larger than a volume.
    ///
    /// All parts have one size. Parts as large as a volume are few, but waste what remains of the volume before them; so
    /// parts that fill this remainder, and fractions of both, are considered as well.
    ///
    /// - Parameters:
    ///   - imageByteCount: bytes of the image.
    ///   - largestResource: bytes of its largest resource, which is never cut.
    ///   - remaining: bytes that a part may have on the volume that is being filled.
    ///   - whole: bytes that a part may have on an empty volume.
    static func choose(
        imageByteCount: Int64, largestResource: Int64, remaining: Int64, whole: Int64
    ) -> Int64? {
        // Every part has a header, a table and a description of its own besides its resources.
        let least = largestResource + smallest / 4
        guard whole >= least else { return nil }
        let fractions: [Int64] = [1, 2, 3, 4, 6, 8]
        let candidates = ([whole] + fractions.map { remaining / $0 } + fractions.dropFirst().map { whole / $0 })
            .filter { $0 >= least && $0 >= smallest && $0 <= whole }
        return candidates.min { first, second in
            let (one, other) = (
                cost(first, imageByteCount, largestResource, remaining, whole),
                cost(second, imageByteCount, largestResource, remaining, whole)
            )
            return one < other
        } ?? whole
    }

    /// The further volumes that parts of a size take, and how many parts there are.
    private static func cost(
        _ size: Int64, _ imageByteCount: Int64, _ largestResource: Int64, _ remaining: Int64, _ whole: Int64
    ) -> (volumes: Int64, parts: Int64) {
        // Resources that do not fit any more leave some of a part empty: half of the largest in the worst ordinary case.
        let filled = max(1, size - min(size / 4, largestResource / 2))
        let parts = (imageByteCount + filled - 1) / filled
        let here = min(parts, remaining / size)
        let each = max(1, whole / size)
        return ((parts - here + each - 1) / each, parts)
    }
}
