// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// Makes volumes of NTFS such as Windows leaves them when it is switched off in the middle of a change.
public enum DirtyVolume {
    /// Sets the flag of $Volume, and in the copy of its record, that Windows has changes to finish.
    public static func mark(_ volume: FilePath) throws {
        let script = """
            import struct, sys
            with open(sys.argv[1], 'r+b') as volume:
                boot = volume.read(512)
                cluster = struct.unpack_from('<H', boot, 11)[0] * boot[13]
                for start in struct.unpack_from('<2Q', boot, 48):
                    place = start * cluster + 3 * 1024
                    volume.seek(place)
                    record = bytearray(volume.read(1024))
                    at = struct.unpack_from('<H', record, 20)[0]
                    while struct.unpack_from('<I', record, at)[0] != 0x70:
                        at += struct.unpack_from('<I', record, at + 4)[0]
                    flags = at + struct.unpack_from('<H', record, at + 20)[0] + 10
                    volume.seek(place + flags)
                    volume.write(struct.pack('<H', struct.unpack_from('<H', record, flags)[0] | 1))
            """
        try Program.succeed("python3", ["-c", script, volume.string])
    }
}
