// SPDX-License-Identifier: GPL-3.0-or-later

import TSMediaTestSupport
import Testing

@testable import MediaBuilder

/// Thousands of random contents, packed; the same seeds in every run.
@Suite("Packing")
struct PackingTests {
    /// Contents of one kind of media: their sizes and the room for them.
    private struct Case {
        let items: [PackingItem]
        let room: PackingRoom

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            let other = Int64.random(in: 50...5_000, using: &generator)
            room = PackingRoom(first: .random(in: 0...other, using: &generator), other: other)
            let largest = [other, other / 2, other / 10, 3].randomElement(using: &generator) ?? other
            items = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                PackingItem(exactly: .random(in: 0...max(1, largest), using: &generator))
            }
        }
    }

    private func sizes(_ packing: Packing, _ items: [PackingItem]) -> [Int64] {
        packing.map { $0.reduce(0) { $0 + items[$1].most } }
    }

    /// The fewest volumes of any packing that keeps the order, by dynamic programming over where volumes end.
    private func fewestKeepingOrder(_ items: [PackingItem], _ room: PackingRoom) -> Int {
        // best[n] is the fewest volumes for the first n items.
        var best = [Int](repeating: .max, count: items.count + 1)
        best[0] = 1
        for end in 0...items.count {
            var sum: Int64 = 0
            for start in stride(from: end, through: 0, by: -1) {
                if start < end { sum += items[start].most }
                if start == 0, sum <= room.first { best[end] = 1 }
                if start < end, sum <= room.other, best[start] < .max { best[end] = min(best[end], best[start] + 1) }
            }
        }
        return best[items.count]
    }

    @Test("nothing is lost, nothing is twice, no volume is over its room, and the order is kept")
    func ordered() throws {
        for seed in 0..<UInt64(Rounds.of(1_000)) {
            let sample = Case(seed: seed)
            let packing = try #require(OrderedPacking.pack(sample.items, into: sample.room) { _, _ in .max })
            #expect(packing.flatMap { $0 } == Array(sample.items.indices), "seed \(seed)")
            for (volume, size) in sizes(packing, sample.items).enumerated() {
                #expect(size <= sample.room.onVolume(volume), "seed \(seed)")
            }
            #expect(packing.count == fewestKeepingOrder(sample.items, sample.room), "seed \(seed)")
        }
    }

    @Test("dense packing loses nothing, keeps to the room, and is near the lower bound")
    func dense() {
        for seed in 0..<UInt64(Rounds.of(1_000)) {
            let sample = Case(seed: seed)
            let packing = DensePacking.pack(sample.items, into: sample.room)
            #expect(packing.flatMap { $0 }.sorted() == Array(sample.items.indices), "seed \(seed)")
            for (volume, size) in sizes(packing, sample.items).enumerated() {
                #expect(size <= sample.room.onVolume(volume), "seed \(seed)")
            }
            let bound = PackingBound.volumes(for: sample.items, room: sample.room)
            #expect(bound <= packing.count, "seed \(seed)")
            #expect(
                Double(packing.count) <= Double(bound) * 11 / 9 + 1, "seed \(seed): \(packing.count), bound \(bound)")
            // Every volume is asked for after the one before it.
            #expect(packing.dropFirst().compactMap(\.first) == packing.dropFirst().compactMap(\.first).sorted())
        }
    }

    @Test("no packing beats the lower bound: small cases are packed in every way")
    func bound() {
        for seed in 0..<UInt64(Rounds.of(400)) {
            var generator = SeededGenerator(seed: seed)
            let room = PackingRoom(first: .random(in: 0...20, using: &generator), other: 20)
            let items = (0..<Int.random(in: 1...7, using: &generator)).map { _ in
                PackingItem(exactly: .random(in: 1...20, using: &generator))
            }
            let bound = PackingBound.volumes(for: items, room: room)
            #expect(bound <= fewest(items[...], [room.first], room), "seed \(seed)")
        }
    }

    /// The fewest volumes for `items`, all ways tried; `rests` is what volumes that are begun have left.
    private func fewest(_ items: ArraySlice<PackingItem>, _ rests: [Int64], _ room: PackingRoom) -> Int {
        guard let item = items.first else { return rests.count }
        var best = fewest(items.dropFirst(), rests + [room.other - item.most], room)
        for volume in rests.indices where rests[volume] >= item.most {
            var rests = rests
            rests[volume] -= item.most
            best = min(best, fewest(items.dropFirst(), rests, room))
        }
        return best
    }

    @Test("sizes of which two, three or four fill a volume need as many volumes as the bound says")
    func knownBounds() {
        func bound(_ sizes: [Int64], _ capacity: Int64 = 100) -> Int {
            PackingBound.volumes(
                for: sizes.map { PackingItem(exactly: $0) }, room: PackingRoom(first: capacity, other: capacity))
        }
        #expect(bound(Array(repeating: 51, count: 10)) == 10)
        #expect(bound(Array(repeating: 34, count: 10)) == 5)
        #expect(bound(Array(repeating: 26, count: 9)) == 3)
        #expect(bound([60, 60, 40, 40]) == 2)
        #expect(bound([]) == 1)
    }

    @Test("the layout is asked only where bounds do not decide, and what it says counts")
    func measures() throws {
        // Three items that take 40 to 60 each and 45 in truth; two of them fit a volume of 100.
        let items = Array(repeating: PackingItem(least: 40, most: 60), count: 3)
        var asked: [Range<Int>] = []
        let packing = OrderedPacking.pack(items, into: PackingRoom(first: 100, other: 100)) { range, _ in
            asked.append(range)
            return Int64(range.count) * 45
        }
        #expect(packing == [[0, 1], [2]])
        #expect(asked == [0..<2])
    }

    @Test("an item that fits no volume is no packing")
    func impossible() {
        let room = PackingRoom(first: 5, other: 10)
        #expect(OrderedPacking.pack([PackingItem(exactly: 11)], into: room) { _, _ in 11 } == nil)
        #expect(OrderedPacking.pack([PackingItem(exactly: 10)], into: room) { _, _ in 10 } == [[], [0]])
    }
}

@Suite("The size of parts")
struct PartSizeTests {
    @Test("parts fill what remains of a volume when that saves a volume")
    func fillsRemainder() {
        // 5 GB on DVDs of which the first has 4 GB left: two parts of up to 4 GB, one of them here.
        let size = PartSize.choose(
            imageByteCount: 5_000_000_000, largestResource: 50_000_000, remaining: 4_000_000_000, whole: 4_600_000_000)
        #expect(size == 4_000_000_000)
    }

    @Test("parts are as large as a volume when the remainder saves none")
    func fillsVolumes() {
        let size = PartSize.choose(
            imageByteCount: 9_000_000_000, largestResource: 1_000, remaining: 100_000_000, whole: 4_600_000_000)
        #expect(size == 4_600_000_000)
    }

    @Test("no part is smaller than the largest resource, and none is chosen when that fits no volume")
    func largestResource() {
        let size = PartSize.choose(
            imageByteCount: 9_000_000_000, largestResource: 4_000_000_000, remaining: 3_000_000_000,
            whole: 4_600_000_000)
        #expect(size == 4_600_000_000)
        let none = PartSize.choose(
            imageByteCount: 9_000_000_000, largestResource: 4_600_000_000, remaining: 0, whole: 4_600_000_000)
        #expect(none == nil)
    }
}

@Suite("Names and labels of a set")
struct SetNameTests {
    @Test("a single volume keeps its name and label; in a set both end in the number")
    func names() {
        #expect(SetOutput.path("a/media.iso", volume: 1, of: 1) == "a/media.iso")
        #expect(SetOutput.path("a/media.iso", volume: 12, of: 12) == "a/media12.iso")
        #expect(SetOutput.path("media", volume: 2, of: 3) == "media2")
        #expect(VolumeLabel("Media", volume: 1, of: 1).whole == "Media")
        #expect(VolumeLabel("Media", volume: 2, of: 3).whole == "Media #2")
    }

    @Test("a long label is cut so that the number is kept, and no character is torn")
    func cutLabels() {
        let label = VolumeLabel("Configuration Manager for the whole world", volume: 12, of: 12)
        #expect(label.iso == "Configuration Manager for th #12")
        #expect(label.joliet == "Configuratio #12")
        let emoji = VolumeLabel(String(repeating: "🦊", count: 20), volume: 3, of: 3)
        #expect(emoji.iso.utf8.count <= 32 && emoji.iso.hasSuffix("🦊 #3"))
        #expect(emoji.joliet.utf16.count <= 16 && emoji.joliet.hasSuffix("🦊 #3"))
    }
}
