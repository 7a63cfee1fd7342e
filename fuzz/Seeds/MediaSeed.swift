// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Fixtures
import MediaVariables
import Support
import SystemPackage

/// Files as media has them, small enough to be damaged often.
enum MediaSeed {
    /// SMS\data\TsmBootstrap.ini.
    static let bootstrap = "[MediaInfo]\r\nMediaType=FullMedia\r\nPasswordRequired=false\r\nUnattended=false\r\n"

    /// SMS\data\MediaManifest.json.
    static let manifest = """
        {"schemaVersion":1,"mediaType":"standalone","mediaGuid":"{11111111-2222-3333-4444-555555555555}","volume":1,\
        "volumeCount":1,"label":"L","taskSequence":{"id":"ABC00012","name":"N"},"bootImage":{"id":"ABC00005","version":1,\
        "architecture":"x64"},"operatingSystemImage":null,"buildKey":null,"contents":[{"id":"ABC00001","version":1,\
        "contentHash":null,"folder":"SMS/PKG/ABC00001","fileCount":1,"volumes":[1]}],"files":[{"path":"SMS/PKG/ABC00001/a.txt",\
        "size":1,"sha256":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}]}
        """

    /// A folder with them in `folder`.
    static func tree(in folder: SeedFolder) throws -> FilePath {
        let root = folder.appending("tree")
        let variables =
            "<?xml version=\"1.0\"?><MediaVarList Version=\"5.00\"><var name=\"A\"><![CDATA[b]]></var></MediaVarList>"
        let files: [(String, [UInt8])] = [
            ("SMS/data/TsmBootstrap.ini", Array(bootstrap.utf8)),
            ("SMS/data/MediaManifest.json", Array(manifest.utf8)),
            (
                "SMS/data/Variables.dat",
                EncryptedContainer.seal(Text.encodeUTF16LittleEndian(variables), password: MediaPassword("p"))
            ),
            ("SMS/PKG/ABC00001/a.txt", [UInt8(ascii: "a")]),
            ("sources/boot.bin", [UInt8](repeating: 0x90, count: 2048)),
            ("boot/a long name with spaces.txt", Array("long".utf8)),
        ]
        for (path, bytes) in files {
            let names = path.split(separator: "/").map(String.init)
            var place = root
            try? folder.makeFolder(place)
            for name in names.dropLast() {
                place.append(name)
                try? folder.makeFolder(place)
            }
            try SeedFolder.write(bytes, to: place.appending(names[names.count - 1]))
        }
        return root
    }
}
