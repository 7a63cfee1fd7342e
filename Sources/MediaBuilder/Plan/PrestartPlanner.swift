// SPDX-License-Identifier: GPL-3.0-or-later

import ContentTransfer
import Cryptography
import Glibc
import MediaFormat
import SequenceTools
import Support
import SystemPackage
import WindowsImaging

/// Puts a prestart command where Windows PE looks for it: into the boot image of the media.
///
/// Windows PE runs what `TSConfig.ini` in the root of its drive says, with the files of the package in `sms\PKG\<ID>` beside
/// it: that is how a boot image carries a prestart command (docs/formats/media.md section 2b). Genuine media names its
/// command in a variable whose name is not known, so ours takes the way that is.
struct PrestartPlanner {
    let command: PrestartCommand
    let environment: BuildEnvironment

    /// What Windows PE reads, in the root of its drive.
    private static let iniName = "TSConfig.ini"
    /// A package in a boot image takes memory on every computer that starts it.
    private static let packageByteCountWarning: Int64 = 256 << 20

    /// What became of the boot image.
    struct Result {
        let image: PlannedFile
        let warnings: [DiagnosticText]
    }

    /// The image that is changed.
    private struct Image {
        let archive: WindowsImage
        let index: Int
    }

    /// The boot image of `boot` with the command, and with the files of its package: `files`, which are below `home` on the
    /// media.
    ///
    /// - Throws: ``MediaBuilderError`` `.badContent` for damaged content; `WindowsImagingError`; `OutputError` when the
    ///   staging folder is too small.
    func added(to boot: BootImagePlanner.Result, _ files: [PlannedFile], below home: MediaPath?) throws -> Result {
        let (location, identity) = try environment.proven(boot.image, phase: "checking the image")
        let image = Image(archive: try WindowsImage(path: location), index: boot.imageIndex)
        let warnings = try warnings(image, files)
        let date = environment.sourceDate ?? boot.image.modified
        let facts =
            ["tsmedia prestart 1", boot.image.sha256.description, command.commandLine, "\(date.ticksSince1970)"]
            + files.map { "\($0.path) \($0.sha256) \($0.modified.ticksSince1970)" }
        let key = SHA256.digest(of: Array(facts.joined(separator: "\n").utf8))
        let byteCount = identity.byteCount + 2 * files.reduce(Int64(0)) { $0 + $1.byteCount }
        let path = try environment.staging.file(key.description, byteCount: byteCount) { folder in
            let path = folder.appending("boot.wim")
            let additions = try stage(files, of: home, date: date, below: folder, into: image)
            do {
                try image.archive.copy(
                    to: path, adding: additions, toImage: image.index, guid: Array(key.bytes.prefix(GUID.byteCount)),
                    modified: date, interruption: environment.interruption, progress: environment.progress)
            } catch {
                // Where it was interrupted is nobody's concern.
                try environment.interruption.check()
                throw error
            }
            return path
        }
        guard try FileIdentity(of: location) == identity else {
            throw MediaBuilderError(.badContent, "\(boot.image)", "changed while it was read", nextStep: "build again")
        }
        let hashed = try environment.hash(path, phase: "checking the boot image")
        return Result(
            image: PlannedFile(
                MediaFile(
                    path: boot.image.path, byteCount: hashed.identity.byteCount, sha256: hashed.sha256,
                    modified: boot.image.modified),
                source: .localFile(path, hashed.identity),
                place: "\(boot.image.origin), with the prestart command"),
            warnings: warnings)
    }

    private func warnings(_ image: Image, _ files: [PlannedFile]) throws -> [DiagnosticText] {
        var warnings: [DiagnosticText] = []
        if try image.archive.entry(try MediaPath(Self.iniName), inImage: image.index) != nil {
            warnings.append(
                "the boot image has a prestart command of its own; that of \(.prestartCommand) takes its place")
        }
        if SequenceSecrecy.holdsPassword(inCommand: command.commandLine) {
            warnings.append(
                "\(.prestartCommand) holds a password: the boot image is not encrypted, and anyone who holds the media can"
                    + " read it there")
        }
        if command.commandLine.utf8.count > 1, command.commandLine.first == "\"", command.commandLine.last == "\"" {
            warnings.append(
                "\(.prestartCommand) begins and ends with a quotation mark, and Windows takes such a pair off when it reads"
                    + " the file: write cmd.exe /c before it"
            )
        }
        let byteCount = files.reduce(Int64(0)) { $0 + $1.byteCount }
        if byteCount > Self.packageByteCountWarning {
            warnings.append(
                "the package of the prestart command has \(byteCount) bytes and goes into the boot image: each computer"
                    + " needs as much more memory to start; use a smaller package")
        }
        return warnings
    }

    /// Lays out what is added, with its times, below `parent`.
    private func stage(
        _ files: [PlannedFile], of home: MediaPath?, date: Timestamp, below parent: FilePath, into image: Image
    ) throws -> [WindowsImage.Addition] {
        let ini = parent.appending(Self.iniName)
        let iniFile = try iniFile(date)
        var transfers = [Self.transfer(iniFile, to: ini, try environment.content(iniFile))]
        var additions = [WindowsImage.Addition(ini, to: iniFile.path)]
        var folders: [FilePath] = []
        if let home {
            let tree = parent.appending("tree")
            let paths = Set([home] + files.compactMap(\.path.parent)).union(home.parent.map { [$0] } ?? [])
            for path in paths.sorted() { folders += try Folder.create(tree.appending(path.description)) }
            transfers += try files.map { file in
                Self.transfer(file, to: tree.appending(file.path.description), try environment.content(file))
            }
            // Folders that the image lacks are added with what is in them: libwim would date its own by the clock.
            var target = try MediaPath(components: [home.components[0]])
            for depth in 2...home.components.count where try image.archive.entry(target, inImage: image.index) != nil {
                target = try MediaPath(components: Array(home.components.prefix(depth)))
            }
            additions.append(WindowsImage.Addition(tree.appending(target.description), to: target))
        }
        let meter = ProgressMeter(
            phase: "adding the prestart command", totalByteCount: transfers.reduce(0) { $0 + $1.content.byteCount },
            observer: environment.progress)
        defer { meter.finish() }
        try ContentCopier(
            workerCount: environment.workerCount, interruption: environment.interruption,
            didVerify: environment.didVerify
        ).run(transfers, progress: meter)
        for folder in folders.reversed() { try Self.date(folder, date) }
        return additions
    }

    /// What Windows PE runs: text that Windows reads as it is, or as UTF-16 by its mark.
    private func iniFile(_ date: Timestamp) throws -> PlannedFile {
        let lines =
            ["[CustomHook]", "CommandLine=\(command.commandLine)"] + (command.package.map { ["Source=\($0)"] } ?? [])
        let text = lines.map { $0 + "\r\n" }.joined()
        let bytes =
            text.utf8.allSatisfy { $0 < 0x80 } ? Array(text.utf8) : [0xFF, 0xFE] + Text.encodeUTF16LittleEndian(text)
        return PlannedFile(generated: bytes, at: try MediaPath(Self.iniName), modified: date)
    }

    private static func transfer(_ file: PlannedFile, to path: FilePath, _ content: TransferContent) -> Transfer {
        Transfer(
            name: content.name, source: content.source, target: .newFile(path, modified: file.modified),
            byteCount: content.byteCount, sha256: content.sha256)
    }

    private static func date(_ folder: FilePath, _ date: Timestamp) throws(FileError) {
        let time = timespec(tv_sec: Int(date.unixSeconds), tv_nsec: Int(date.nanoseconds))
        guard folder.withPlatformString({ utimensat(AT_FDCWD, $0, [time, time], 0) }) == 0 else {
            throw FileError("written", folder, Errno(rawValue: errno))
        }
    }
}
