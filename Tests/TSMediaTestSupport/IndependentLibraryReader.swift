// SPDX-License-Identifier: GPL-3.0-or-later

import SystemPackage

/// A reader of content libraries that shares no code with ours: a program in another language.
public enum IndependentLibraryReader {
    /// Package, content and path of each file and folder, with the file's hash or "folder".
    public static func read(_ library: FilePath) throws -> [String: String] {
        let output = try Program.succeed("python3", ["-c", program, library.string]).output
        var found: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t").map(String.init)
            found[parts.dropLast().joined(separator: " ")] = parts[parts.count - 1]
        }
        return found
    }

    private static let program = #"""
        # Rebuilds the source trees of a content library from PkgLib, DataLib and FileLib alone, the way the public readers of
        # real libraries do: upper-case hashes and ".INI" only, CRLF, ISO 8859-1. It shares no code with ours.
        # Prints one line per file and folder: package, content, path, SHA-256 of the bytes (or "folder").

        import hashlib
        import os
        import sys


        def ini(path):
            with open(path, "rb") as file:
                raw = file.read()
            assert raw.replace(b"\r\n", b"").count(b"\n") == 0, f"{path}: bare line feed"
            assert raw.endswith(b"\r\n"), f"{path}: no line end"
            sections, section = {}, None
            for line in raw.decode("latin-1").split("\r\n"):
                if line.startswith("["):
                    section = sections.setdefault(line[1:-1], {})
                elif line:
                    key, value = line.split("=", 1)
                    section[key] = value
            return sections


        def bytes_of(library, digest, content):
            path = os.path.join(library, "FileLib", digest[:4], digest)
            users = ini(path + ".INI")["Users"]
            assert content in users, f"{path}: {content} is not among its users"
            with open(path, "rb") as file:
                return file.read()


        library = sys.argv[1]
        for name in sorted(os.listdir(os.path.join(library, "PkgLib"))):
            assert name.endswith(".INI"), name
            package = ini(os.path.join(library, "PkgLib", name))
            for content in package["Packages"]:
                assert len(ini(os.path.join(library, "DataLib", content + ".INI"))["Info"]["Hash"]) == 64
                root = os.path.join(library, "DataLib", content)
                for base, folders, files in os.walk(root):
                    inner = os.path.relpath(base, root)
                    for folder in folders:
                        print(name[:-4], content, os.path.normpath(os.path.join(inner, folder)), "folder", sep="\t")
                    for file in files:
                        assert file.endswith(".INI"), file
                        entry = ini(os.path.join(base, file))["File"]
                        data = bytes_of(library, entry["Hash"], content)
                        assert int(entry["Size"]) == len(data)
                        assert int(entry["Attributes"], 16) == 0x20
                        assert 116444736000000000 < int(entry["TimeModified"]) < 2**63
                        digest = hashlib.sha256(data).hexdigest().upper()
                        assert digest == entry["Hash"], f"{file}: {digest} is not {entry['Hash']}"
                        print(name[:-4], content, os.path.normpath(os.path.join(inner, file[:-4])), digest, sep="\t")
        """#
}
