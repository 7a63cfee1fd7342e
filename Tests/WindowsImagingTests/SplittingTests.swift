// SPDX-License-Identifier: GPL-3.0-or-later

import Support
import SystemPackage
import TSMediaTestSupport
import Testing

@testable import WindowsImaging

@Suite("Splitting images")
struct SplittingTests {
    private let folder: TestFolder
    private static let guid = Array<UInt8>(1...16)

    init() throws { folder = try TestFolder() }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    private func image(options: [String] = ["--compress=none"]) throws -> FilePath {
        var files: [String: [UInt8]] = ["Windows/large.bin": Self.noise(700_000, seed: 99)]
        for index in 0..<20 { files["Windows/file\(index).bin"] = Self.noise(100_000 + index, seed: UInt64(index)) }
        var builder = BootImageBuilder(files: files)
        builder.options = options
        return try builder.build(in: folder)
    }

    private func split(_ image: FilePath, into name: String) throws -> [FilePath] {
        let target = folder.appending(name)
        try TestFolder.makeFolder(target)
        return try WindowsImage(path: image).split(into: target, partByteCount: 1_000_000, guid: Self.guid)
    }

    @Test("wimlib-imagex applies the parts, which are no larger than asked for")
    func appliesParts() throws {
        let image = try image()
        let parts = try split(image, into: "parts")
        #expect(parts.count >= 3)
        #expect(parts.map(\.lastComponent?.string) == parts.indices.map { "00\($0).swm" })
        for part in parts { #expect(try FileIdentity(of: part).byteCount <= 1_000_000) }
        let all = folder.appending("parts").string + "/*.swm"
        try Program.succeed("wimlib-imagex", ["verify", parts[0].string, "--ref=\(all)"])
        try Program.succeed(
            "wimlib-imagex", ["apply", parts[0].string, "1", folder.appending("applied").string, "--ref=\(all)"])
        try Program.succeed("wimlib-imagex", ["apply", image.string, "1", folder.appending("whole").string])
        try Program.succeed("diff", ["-r", folder.appending("applied").string, folder.appending("whole").string])
    }

    @Test("the same image, size and GUID give the same bytes")
    func isReproducible() throws {
        let image = try image()
        let first = try split(image, into: "first").map { try SmallFile.read($0) }
        let second = try split(image, into: "second").map { try SmallFile.read($0) }
        #expect(first == second)
        #expect(first.allSatisfy { Array($0[24..<40]) == Self.guid })
    }

    @Test("the largest file is named with the bytes that it takes")
    func largestFile() throws {
        let largest = try #require(try WindowsImage(path: try image()).largestFile())
        #expect(largest.description == "/Windows/large.bin in image 1")
        #expect(largest.storedByteCount == 700_000)
    }

    @Test("solid resources cannot be split, and the error says what to do")
    func solid() throws {
        let image = try image(options: ["--compress=LZMS", "--solid"])
        let error = #expect(throws: WindowsImagingError.self) { try split(image, into: "solid") }
        #expect(error?.code == .unsupported)
        #expect(error?.nextStep?.contains("wimlib-imagex export") == true)
    }
}
