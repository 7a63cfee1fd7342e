// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Support
import SystemPackage

/// A system of somebody else's that reads every file of a disc through UDF, in QEMU, and tells what it read.
///
/// What it read leaves the machine on a disk or the serial port, never through code of ours.
public enum DiscMachine: Sendable {
    /// Debian's Linux kernel (scripts/linux-kernel, which `make test-all` runs).
    case linux
    /// The UDF driver of OVMF: its shell copies the disc to a disk with FAT32.
    case ovmf
    /// The UDF driver of GRUB, in an image that has no other for discs.
    case grub

    /// The SHA-256 of each file of the disc at `path` in hexadecimal, by its path, as the machine read it.
    ///
    /// - Parameters:
    ///   - names: the files that the disc should have: GRUB is asked for these, the others find what there is.
    ///   - deadline: only the net: nothing waits for it.
    /// - Throws: ``FirmwareError`` when the machine ends without an answer.
    public func digests(
        ofDisc path: FilePath, names: [String], deadline: Duration = .seconds(180)
    ) throws -> [String: String] {
        switch self {
        case .linux: try Linux(path, deadline).digests
        case .ovmf: try Self.shellDigests(path, deadline)
        case .grub: try Self.grubDigests(path, names, deadline)
        }
    }

    /// Runs QEMU with `arguments` until the machine says that it is done; the lines before that.
    static func lines(
        _ machine: String, _ arguments: [String], in work: TestFolder, _ deadline: Duration
    ) throws -> [String] {
        let running = try EmulatedMachine(
            arguments: arguments + [
                "-accel", "tcg", "-m", "1024", "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
            ], errors: work.appending("errors"))
        defer { running.stop() }
        var lines: [String] = []
        func failure(_ reason: String) -> FirmwareError {
            FirmwareError(
                firmware: machine, reason: reason, report: [], lastSerialLines: Array(lines.suffix(30)),
                errors: running.errorText)
        }
        while let line = try running.nextLine(within: deadline)?.withoutTerminalControl {
            if line.contains("TSMEDIA-FAIL") { throw failure(line) }
            if line.contains("TSMEDIA-END") {
                // What it wrote is on the disk when the machine has ended.
                while try running.nextLine(within: deadline) != nil {}
                return lines
            }
            lines.append(line)
        }
        throw failure(running.deadlinePassed ? "the deadline passed" : "the machine ended without an answer")
    }

    /// What sha256sum(1) says, by path.
    fileprivate static func digests(_ list: some StringProtocol) -> [String: String] {
        var found: [String: String] = [:]
        for line in list.split(separator: "\n") where line.dropFirst(64).hasPrefix("  ./") {
            found[String(line.dropFirst(68))] = String(line.prefix(64))
        }
        return found
    }
}

/// What Debian's kernel read.
private struct Linux {
    let digests: [String: String]

    init(_ disc: FilePath, _ deadline: Duration) throws {
        let folder = Repository.file(".build-kernel")
        let work = try TestFolder()
        let answer = try work.write([], to: "answer")
        try Program.succeed("truncate", ["--size=256M", answer.string])
        let lines = try DiscMachine.lines(
            "Linux",
            [
                "-machine", "pc", "-kernel", folder.appending("vmlinuz").string, "-initrd",
                folder.appending("initrd").string, "-append", "console=ttyS0 quiet panic=-1", "-drive",
                "file=\(disc.escapedForQEMU),media=cdrom,format=raw,if=ide,readonly=on", "-drive",
                "file=\(answer.escapedForQEMU),format=raw,if=virtio",
            ], in: work, deadline)
        let text = try Program.succeed("sed", ["-n", "1,/^TSMEDIA-END/p", answer.string]).output
        guard text.hasSuffix("TSMEDIA-END\n"), !text.contains("TSMEDIA-FAIL") else {
            throw FirmwareError(
                firmware: "Linux", reason: "a file could not be read", report: [], lastSerialLines: lines,
                errors: "")
        }
        digests = DiscMachine.digests(text)
    }
}

extension DiscMachine {
    /// UEFI that starts what is on the disk `disk`, and sees `disc` in a CD drive.
    ///
    /// - Parameter connectsDisc: the firmware has found the disc when it starts the disk, and would start it next.
    private static func uefi(
        _ disk: FilePath, _ disc: FilePath, connectsDisc: Bool, in work: TestFolder
    ) throws -> [String] {
        let variables = try work.write(try SmallFile.read("/usr/share/OVMF/OVMF_VARS_4M.fd"), to: "variables.fd")
        return [
            "-machine", "q35", "-drive",
            "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd", "-drive",
            "if=pflash,unit=1,format=raw,file=\(variables.escapedForQEMU)", "-drive",
            "file=\(disk.escapedForQEMU),format=raw,if=none,id=disk", "-device", "ide-hd,drive=disk,bootindex=1",
            "-drive", "file=\(disc.escapedForQEMU),media=cdrom,if=none,id=disc,format=raw,readonly=on", "-device",
            "ide-cd,drive=disc,bus=ide.1\(connectsDisc ? ",bootindex=2" : "")",
        ]
    }

    /// A disk with FAT32 and the files of `folder`.
    private static func disk(_ files: [String: FilePath], size: String, in work: TestFolder) throws -> FilePath {
        let disk = try work.write([], to: "disk.img")
        try Program.succeed("truncate", ["--size=\(size)", disk.string])
        try Program.succeed("mkfs.fat", ["-F", "32", disk.string])
        try Program.succeed("mmd", ["-i", disk.string, "::/EFI", "::/EFI/BOOT", "::/out"])
        for (name, file) in files { try Program.succeed("mcopy", ["-i", disk.string, file.string, "::/\(name)"]) }
        return disk
    }

    private static func shellDigests(_ disc: FilePath, _ deadline: Duration) throws -> [String: String] {
        let work = try TestFolder()
        // The partition of UDF is the one that has the folders; El Torito's has EFI alone.
        let script = try work.write(
            """
            @echo -off
            connect -r
            map -r
            for %a in fs0: fs1: fs2: fs3: fs4: fs5:
              if exist %a\\target.txt then
                set -v target %a
              endif
              if exist %a\\sources\\boot.wim then
                set -v source %a
              endif
            endfor
            echo source %source% target %target%
            cp -r -q %source%\\ %target%\\out
            echo TSMEDIA-END
            reset -s

            """.split(separator: "\n").map { $0 + "\r\n" }.joined().utf8, to: "startup.nsh")
        let marker = try work.write("target".utf8, to: "target.txt")
        let disk = try disk(["startup.nsh": script, "target.txt": marker], size: "256M", in: work)
        _ = try lines("OVMF", try uefi(disk, disc, connectsDisc: false, in: work), in: work, deadline)
        // Read outside by programs that know nothing of UDF.
        try Program.succeed("7z", ["x", "-o\(work.appending("read"))", disk.string, "out"])
        return digests(
            try Program.succeed(
                "sh", ["-c", "find . -type f -print0 | xargs -0 sha256sum"], in: work.appending("read/out")
            ).output)
    }

    private static func grubDigests(
        _ disc: FilePath, _ names: [String], _ deadline: Duration
    ) throws -> [String: String] {
        let work = try TestFolder()
        // Of the parts of the disc that the firmware shows, the one that GRUB finds a file system in.
        var script = """
            terminfo -g 250x100 serial dumb
            terminal_output serial
            for part in cd0 cd1 cd2 cd3; do
                if [ -d "(${part})/" ]; then disc=${part}; fi
            done
            echo "disc ${disc}"

            """
        // Names need not survive the terminal: files are numbered.
        for (number, name) in names.enumerated() {
            script += "echo -n \"FILE \(number) \"\nsha256sum \"(${disc})/\"'\(name)'\n"
        }
        script += "echo TSMEDIA-END\nhalt\n"
        try work.write(script.utf8, to: "all.cfg")
        let start = try work.write("serial --unit=0 --speed=115200\nnormal (memdisk)/all.cfg\n".utf8, to: "start.cfg")
        try Program.succeed("tar", ["-C", work.path.string, "-cf", work.appending("memdisk").string, "all.cfg"])
        let loader = work.appending("loader.efi")
        try Program.succeed(
            "grub-mkimage",
            [
                "-O", "x86_64-efi", "-o", loader.string, "-p", "/", "-m", work.appending("memdisk").string, "-c",
                start.string, "normal", "serial", "terminal", "terminfo", "echo", "test", "udf", "hashsum",
                "gcry_sha256",
                "halt",
                "tar", "memdisk",
            ])
        let disk = try disk(["EFI/BOOT/BOOTX64.EFI": loader], size: "64M", in: work)
        var found: [String: String] = [:]
        for line in try lines("GRUB", try uefi(disk, disc, connectsDisc: true, in: work), in: work, deadline) {
            // `FILE 12 <64 digits>  (cd0)/...`
            let words = line.split(separator: " ")
            guard words.count > 2, words[0] == "FILE", let number = Int(words[1]), names.indices.contains(number) else {
                continue
            }
            found[names[number]] = String(words[2])
        }
        return found
    }
}
