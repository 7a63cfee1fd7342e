// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import SystemPackage

/// A volume of NTFS as dissect.ntfs reads it, beside an image of it as wimlib-imagex lists it.
public struct DissectedVolume {
    /// How many files and folders the volume has.
    public let fileCount: Int
    /// The files that are not the same on both sides, each with what either has: streams by their hashes, owner, group
    /// and list of rights, attributes, times, reparse points.
    public let differences: [Substring]

    /// Holds `volume` against image `index` of `archive`.
    public init(_ volume: FilePath, against archive: FilePath, index: Int = 1) throws {
        let folder = try TestFolder()
        let lines = try Program.succeed("wimlib-imagex", ["dir", archive.string, String(index), "--detailed"]).output
        let listing = try folder.write(Array(lines.utf8), to: "listing")
        let told = try PythonPackages.run(Self.script, [volume.string, listing.string]).split(separator: "\n")
        fileCount = told.first.flatMap { Int($0.drop { !$0.isNumber }) } ?? 0
        differences = Array(told.dropFirst())
    }

    private static let script = #"""
        import hashlib, io, re, sys
        from datetime import datetime, timezone
        from dissect.ntfs import NTFS
        from dissect.ntfs.secure import SecurityDescriptor

        def rights(descriptor):
            def entries(acl):
                return acl and [(str(ace.sid), ace.mask, str(ace.type), str(ace.flags)) for ace in acl.ace]
            return descriptor and (str(descriptor.owner), str(descriptor.group), entries(descriptor.dacl))

        def digest(file):
            hash, count = hashlib.sha1(), 0
            while block := file.read(1 << 20):
                hash.update(block)
                count += len(block)
            return hash.hexdigest() if count else '0' * 40

        def moment(time):
            return time.replace(microsecond=0)

        def volume(path):
            fs = NTFS(open(path, 'rb'))
            found = {}
            for entry in fs.mft.segments():
                if entry.segment < 24 and entry.segment != 5:
                    continue
                if not entry.attributes.STANDARD_INFORMATION:
                    continue
                facts = entry.attributes.STANDARD_INFORMATION[0]
                own = entry.attributes.get(0x50)
                descriptor = SecurityDescriptor(own[0].open()) if own else fs.secure.lookup(facts.security_id)
                streams = {data.name or '': digest(data.open()) for data in entry.attributes.get(0x80) or []}
                if entry.attributes.get(0xc0):
                    streams['reparse point'] = None
                line = (
                    rights(descriptor), streams, int(facts.file_attributes) & 0x27,
                    moment(facts.creation_time), moment(facts.last_modification_time))
                for name in entry.full_paths(ignore_dos=True):
                    if not name.startswith('$Extend'):
                        found['/' + name.replace('\\', '/').lstrip('/.')] = line
            return found

        def image(text):
            found, stream = {}, ''
            for block in re.split('^-{20,}$', text, flags=re.M)[1:]:
                fields = dict(re.findall(r'^(\w[\w ]+?) *= (.*)$', block, re.M))
                streams = {}
                for line in block.splitlines():
                    if line.endswith('ream:') or line.endswith('":'):
                        name = re.search('"(.*)"', line)
                        stream = name[1] if name else 'reparse point' if 'eparse' in line else ''
                    elif line.startswith('Hash'):
                        streams[stream] = None if stream == 'reparse point' else line.split('0x')[1]
                if int(fields['Attributes'], 16) & 0x410:
                    streams.pop('', None)
                raw = bytes.fromhex(fields['Security Descriptor'])
                def moment_of(name):
                    time = datetime.strptime(fields[name].strip(), '%a %b %d %H:%M:%S %Y UTC')
                    return time.replace(tzinfo=timezone.utc)
                found[fields['Full Path'].strip()[1:-1]] = (
                    rights(SecurityDescriptor(io.BytesIO(raw))), streams, int(fields['Attributes'], 16) & 0x27,
                    moment_of('Creation Time'), moment_of('Last Write Time'))
            return found

        source, captured = volume(sys.argv[1]), image(open(sys.argv[2]).read())
        print('files', len(source))
        for path in sorted(source.keys() | captured.keys()):
            if source.get(path) != captured.get(path):
                print('differs', path, source.get(path), captured.get(path))
        """#
}
