// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support

/// Divides contents among volumes: one when everything fits, else a set (ours.md section 2).
struct VolumeSetPlanner {
    /// The volumes, the contents with the volumes that hold them, and how they were divided.
    struct Result {
        let volumes: [VolumePlan]
        let contents: [PlannedContent]
        let packing: PackingSummary?
        /// What was split, a line each.
        var notes: [DiagnosticText] = []
    }

    let composer: VolumeComposer
    let environment: BuildEnvironment
    let method: PackingMethod

    /// The volumes for what `content` holds.
    ///
    /// - Throws: ``MediaBuilderError`` `.tooLarge`, naming what does not fit.
    func plan(_ content: PlanAssembly) throws -> Result {
        let items = content.contents.indices.map { number in
            VolumeItem(
                content: number, files: content.files[content.fileRanges[number]],
                folders: content.folders[content.folderRanges[number]])
        }
        guard let rule = composer.request.format.largeFiles else { return try one(items, content.contents) }
        let large = try LargeFiles(format: rule, rule: composer.splitRule, environment: environment)
            .split(items, content.contents)
        var result = try divide(large.items, large.contents)
        result.notes = large.notes + result.notes
        return result
    }

    private func divide(_ items: [VolumeItem], _ contents: [PlannedContent]) throws -> Result {
        guard let capacity = composer.capacity, composer.request.format.hasSets else {
            return try one(items, contents)
        }
        let sizes = bounds(of: items)
        if let volume = try single(items, sizes, contents, capacity) {
            let summary = PackingSummary(method: method, orderedVolumeCount: 1, denseVolumeCount: 1, lowerBound: 1)
            return Result(volumes: [volume], contents: contents, packing: summary)
        }
        return try set(items, sizes, contents, capacity)
    }

    private func one(_ items: [VolumeItem], _ contents: [PlannedContent]) throws -> Result {
        let volume = try composer.volume(1, of: 1, items: items, contents: contents)
        return Result(volumes: [volume], contents: contents, packing: nil)
    }

    private func bounds(of items: [VolumeItem]) -> [PackingItem] {
        var counted: Set<SHA256Digest> = []
        return items.map { composer.bounds(of: $0, counted: &counted) }
    }

    /// The one volume that holds everything; nil when that is too much.
    private func single(
        _ items: [VolumeItem], _ sizes: [PackingItem], _ contents: [PlannedContent], _ capacity: Int64
    ) throws -> VolumePlan? {
        guard sizes.reduce(0, { $0 + $1.least }) <= capacity else { return nil }
        let volume = try composer.volume(1, of: 1, items: items, contents: contents)
        return volume.byteCount <= capacity ? volume : nil
    }

    // MARK: A set

    private func set(
        _ whole: [VolumeItem], _ wholeSizes: [PackingItem], _ contents: [PlannedContent], _ capacity: Int64
    ) throws -> Result {
        let (items, torn, notes) = try ContentTearing(
            composer: composer, environment: environment,
            room: try bases(Self.withPlaceholders(contents, whole), capacity).room
        ).tear(whole, wholeSizes, contents)
        let packed = Self.withPlaceholders(torn, items)
        let bases = try bases(packed, capacity)
        let sizes = items.count == whole.count ? wholeSizes : bounds(of: items)
        let ordered = try OrderedPacking.pack(sizes, into: bases.room) { range, volume in
            try environment.interruption.check()
            let byteCount = try composer.byteCount(isFirst: volume == 0, items: Array(items[range]), contents: packed)
            return byteCount - (volume == 0 ? bases.first : bases.other)
        }
        guard let ordered else { throw unpackable(capacity) }
        let dense = DensePacking.pack(sizes, into: bases.room)
        let chosen = method == .dense && dense.count < ordered.count ? dense : ordered
        guard chosen.count < MediaManifest.volumeLimit else {
            throw tooLarge("the media", "takes \(chosen.count) volumes", capacity, "choose a larger \(.mediaSize)")
        }
        let summary = PackingSummary(
            method: method, orderedVolumeCount: ordered.count, denseVolumeCount: min(dense.count, ordered.count),
            lowerBound: PackingBound.volumes(for: sizes, room: bases.room))
        let placed = Self.place(torn, items, chosen)
        let volumes = try chosen.enumerated().map { index, numbers in
            try environment.interruption.check()
            return try composer.volume(
                index + 1, of: chosen.count, items: numbers.map { items[$0] }, contents: placed)
        }
        guard volumes.allSatisfy({ $0.byteCount <= capacity }) else { throw unpackable(capacity) }
        return Result(volumes: volumes, contents: placed, packing: summary, notes: notes)
    }

    /// Volumes without contents.
    private struct Bases {
        /// Their sizes in bytes.
        let first: Int64
        let other: Int64
        /// What they have left.
        let room: PackingRoom
    }

    private func bases(_ contents: [PlannedContent], _ capacity: Int64) throws -> Bases {
        let first = try composer.byteCount(isFirst: true, items: [], contents: contents)
        let other = try composer.byteCount(isFirst: false, items: [], contents: contents)
        guard max(first, other) <= capacity else {
            throw tooLarge(
                "volume 1, which holds all that boots,", "takes \(first) bytes without any content", capacity,
                "choose a larger \(.mediaSize)")
        }
        return Bases(
            first: first, other: other, room: PackingRoom(first: capacity - first, other: capacity - other))
    }

    /// The contents with a large number for each volume that could hold a part of them.
    private static func withPlaceholders(_ contents: [PlannedContent], _ items: [VolumeItem]) -> [PlannedContent] {
        var contents = contents
        for index in contents.indices { contents[index].volumes = [] }
        for item in items { contents[item.content].volumes.append(MediaManifest.volumeLimit) }
        return contents
    }

    /// The contents with the volumes that hold them.
    private static func place(
        _ contents: [PlannedContent], _ items: [VolumeItem], _ packing: Packing
    ) -> [PlannedContent] {
        var contents = contents
        for index in contents.indices { contents[index].volumes = [] }
        for (volume, numbers) in packing.enumerated() {
            for content in numbers.map({ items[$0].content }) where contents[content].volumes.last != volume + 1 {
                contents[content].volumes.append(volume + 1)
            }
        }
        return contents
    }

    // MARK: Errors

    private func tooLarge(
        _ object: DiagnosticText, _ problem: DiagnosticText, _ capacity: Int64, _ nextStep: DiagnosticText
    ) -> MediaBuilderError {
        MediaBuilderError(
            .tooLarge, object, "\(problem), and \(.mediaSize) allows \(capacity)", nextStep: nextStep)
    }

    /// Says what can only be a wrong bound of ours: nothing is written rather than a volume that is too large.
    private func unpackable(_ capacity: Int64) -> MediaBuilderError {
        tooLarge("the media", "could not be divided among volumes", capacity, "choose a slightly larger \(.mediaSize)")
    }
}
