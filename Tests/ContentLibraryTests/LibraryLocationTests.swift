// SPDX-License-Identifier: GPL-3.0-or-later

import ContentLibrary
import Cryptography
import SystemPackage
import TSMediaTestSupport
import Testing

@Suite("where a content library is")
struct LibraryLocationTests {
    let handmade: HandmadeLibrary

    init() throws { handmade = try HandmadeLibrary() }

    private var parent: FilePath { handmade.folder.path }

    @Test(
        "a library is found by its folder and by the folder that holds it, in any case and as a share",
        arguments: ["SCCMContentLib", "SCCMContentLib$", "sccmcontentlib"])
    func found(name: String) throws {
        let other = try HandmadeLibrary(name: name)
        try other.package("ABC00001", "ABC00001.1")
        for location in [other.root, other.folder.path] {
            #expect(try ContentLibrary(locations: [location]).packageIDs().map(\.description) == ["ABC00001"])
        }
    }

    @Test("drives beside the library are found by letter, and bytes are looked for in that order")
    func siblings() throws {
        for name in ["SCCMContentLibF$", "sccmcontentlibe", "SCCMContentLibXY", "Other"] {
            try handmade.folder.makeFolder(parent.appending(name).appending("FileLib"))
        }
        let library = try handmade.library
        #expect(
            library.drives.map { $0.lastComponent?.string } == [
                "SCCMContentLib", "sccmcontentlibe", "SCCMContentLibF$",
            ])
        let onF = try handmade.bytes("bytes", in: parent.pushing("SCCMContentLibF$/FileLib"))
        #expect(library.location(of: SHA256.digest(of: "bytes".utf8))?.lastComponent == onF.lastComponent)
        let onE = try handmade.bytes("bytes", in: parent.pushing("sccmcontentlibe/FileLib"))
        #expect(
            library.location(of: SHA256.digest(of: "bytes".utf8))?.string.hasSuffix(
                "/sccmcontentlibe/FileLib/" + onE.components.suffix(2).map(\.string).joined(separator: "/")) == true)
    }

    @Test("a drive that is named after a library belongs to it")
    func furtherDrive() throws {
        let drive = parent.appending("elsewhere")
        try handmade.bytes("bytes", in: drive.appending("FileLib"))
        let library = try ContentLibrary(locations: [handmade.root, drive])
        #expect(library.drives == [handmade.root, drive])
        #expect(library.location(of: SHA256.digest(of: "bytes".utf8)) != nil)
    }

    @Test("a drive named first, a folder of other things and nothing at all are told apart")
    func refuses() throws {
        let drive = parent.appending("drive")
        try handmade.folder.makeFolder(drive.appending("FileLib"))
        try handmade.folder.makeFolder(parent.appending("other"))
        for (path, failure) in [
            (drive, "further drive"), (parent.appending("other"), "is not a content library"),
            (parent.appending("gone"), "No such file"),
        ] {
            let error = try #require(throws: ContentLibraryError.self) { try ContentLibrary(locations: [path]) }
            #expect(error.description.contains(failure))
            #expect(error.failureClass == (failure == "No such file" ? .notFound : .malformed))
        }
    }
}
