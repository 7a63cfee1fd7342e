// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Identifiers
import Support
import SystemPackage

/// A file or folder that holds task sequences, in any container of task-sequence.md section 2.
public enum TaskSequenceFile {
    private static let zipMagic = Array("PK".utf8)

    /// Reads every task sequence in `path`: an export zip, object.xml, a wrapper, a bare sequence, MDT's ts.xml, or the
    /// folder of an unzipped export.
    ///
    /// - Returns: at least one, ordered by their path in the file; each knows the others as siblings.
    /// - Throws: ``TaskSequenceError``.
    public static func read(_ path: FilePath) throws(TaskSequenceError) -> [TaskSequencePackage] {
        let packages: [TaskSequencePackage]
        if try isFolder(path) {
            packages = try export(try ExportFolder.read(path, isWanted: isWanted), path: path)
        } else if try beginsLikeZip(path) {
            packages = try export(try ExportArchive.read(path, isWanted: isWanted), path: path)
        } else {
            packages = [try single(path)]
        }
        return packages.knowingEachOther
    }

    // MARK: Files of an export

    private static let objectName = "OBJECT.XML"
    private static let applicationsName = "APPREFERENCESINFO.XML"
    private static let referencesName = "REFERENCESINFO.XML"
    private static let manifestName = "MANIFEST.XML"
    private static let toolkitName = "TS.XML"
    private static let className = "SMS_TASKSEQUENCEPACKAGE"

    /// The parts that are read; an export with content holds gigabytes of others.
    private static func isWanted(_ name: MediaPath) -> Bool {
        [objectName, applicationsName, referencesName, manifestName, toolkitName].contains(name.name.uppercased())
    }

    private static func export(
        _ files: [MediaPath: [UInt8]], path: FilePath
    ) throws(TaskSequenceError) -> [TaskSequencePackage] {
        var packages: [TaskSequencePackage] = []
        let names = files.keys.sorted()
        let programs = try programs(names, files, path)
        for name in names where isTaskSequence(name, below: path) {
            guard let bytes = files[name] else { continue }
            let source = path.appending(name.components).string
            var package = try TaskSequencePackage(
                xml: bytes, source: source, stem: name.parent?.name ?? path.lastComponent?.string ?? source)
            for sibling in names where sibling.parent?.caseFolded == name.parent?.caseFolded {
                guard let bytes = files[sibling] else { continue }
                try add(sibling, bytes, source: path.appending(sibling.components).string, to: &package)
            }
            package.programs = programs
            package.isEntryObject = isEntryObject(package, at: name, files, path)
            packages.append(package)
        }
        guard !packages.isEmpty else {
            throw TaskSequenceError(
                .noTaskSequence, object: "\(path)", problem: "holds no task sequence",
                nextStep: "give an export with SMS_TaskSequencePackage/<ID>/object.xml")
        }
        return packages
    }

    /// The programs of packages that the export describes.
    private static func programs(
        _ names: [MediaPath], _ files: [MediaPath: [UInt8]], _ path: FilePath
    ) throws(TaskSequenceError) -> [PackageProgram] {
        var programs: [PackageProgram] = []
        for name in names where PackageProgram.isDescribed(by: name) {
            let source = path.appending(name.components).string
            guard let bytes = files[name], let program = try PackageProgram(xml: bytes, source: source) else {
                continue
            }
            programs.append(program)
        }
        return programs
    }

    /// What Manifest.xml two folders above the object says of it; one that cannot be understood says nothing.
    private static func isEntryObject(
        _ package: TaskSequencePackage, at name: MediaPath, _ files: [MediaPath: [UInt8]], _ path: FilePath
    ) -> Bool? {
        let root = name.parent?.parent?.parent
        let manifest = files.first { file, _ in
            file.name.uppercased() == manifestName && file.parent?.caseFolded == root?.caseFolded
        }
        guard let manifest, let id = package.packageID,
            let entries = try? ExportEnvelope.entryObjects(
                manifest.value, source: path.appending(manifest.key.components).string), !entries.isEmpty
        else { return nil }
        return entries.contains(id.uppercased())
    }

    /// `.../SMS_TaskSequencePackage/<ID>/object.xml` wherever the export begins, or the file in the folder that was given.
    private static func isTaskSequence(_ name: MediaPath, below path: FilePath) -> Bool {
        let whole = path.components.map { $0.string.uppercased() } + name.components.map { $0.uppercased() }
        guard let last = whole.last else { return false }
        if name.parent == nil { return last == objectName || last == toolkitName }
        return last == objectName && whole.count >= 3 && whole[whole.count - 3] == className
    }

    private static func add(
        _ name: MediaPath, _ bytes: [UInt8], source: String, to package: inout TaskSequencePackage
    ) throws(TaskSequenceError) {
        switch name.name.uppercased() {
        case applicationsName:
            package.applicationPackages = try ExportEnvelope.applicationPackages(bytes, source: source)
        case referencesName:
            package.describedReferences = try ExportEnvelope.references(bytes, source: source)
        default: break
        }
    }

    // MARK: Single files

    private static func single(_ path: FilePath) throws(TaskSequenceError) -> TaskSequencePackage {
        let source = path.string
        if let mistaken = try MistakenFile(path) {
            throw TaskSequenceError(
                .noTaskSequence, object: "\(path)", problem: "is \(mistaken.title), and no task sequence",
                nextStep: "name the .zip that the console exports")
        }
        var package = try TaskSequencePackage(
            xml: try bytes(of: path), source: source, stem: path.lastComponent?.stem ?? source)
        guard package.format == .instance else { return package }
        // object.xml of an unzipped export has its envelope beside it.
        let folder = path.removingLastComponent()
        for name in ["AppReferencesInfo.xml", "ReferencesInfo.xml"] {
            let file = folder.appending(name)
            guard access(file.string, F_OK) == 0, let part = try? MediaPath(name) else { continue }
            try add(part, try bytes(of: file), source: file.string, to: &package)
        }
        return package
    }

    private static func bytes(of path: FilePath) throws(TaskSequenceError) -> [UInt8] {
        do throws(FileError) {
            return try SmallFile.read(path)
        } catch {
            throw .file(error)
        }
    }

    private static func isFolder(_ path: FilePath) throws(TaskSequenceError) -> Bool {
        var status = stat()
        guard stat(path.string, &status) == 0 else {
            let error = FileError("read", path, Errno(rawValue: errno))
            guard errno == ENOENT, PackageID(path.string) != nil else { throw .file(error) }
            throw TaskSequenceError(
                .noTaskSequence, .notFound, object: "task sequence \(path)",
                problem: "is the ID of one, and a file is needed: there is no site to ask",
                nextStep: "export it in the console (Task Sequences, Export) and name the .zip")
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    private static func beginsLikeZip(_ path: FilePath) throws(TaskSequenceError) -> Bool {
        do throws(FileError) {
            return try FileError.wrap("read", path) {
                let descriptor = try InputFile.open(path)
                return try descriptor.closeAfter {
                    var start = [UInt8](repeating: 0, count: zipMagic.count)
                    let count = try start.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                    return count == zipMagic.count && start == zipMagic
                }
            }
        } catch {
            throw .file(error)
        }
    }
}

extension [TaskSequencePackage] {
    /// The same task sequences, each with all of them as siblings: where children are looked up.
    package var knowingEachOther: [TaskSequencePackage] {
        map { package in
            var package = package
            package.siblings = self
            return package
        }
    }
}

extension FilePath {
    /// This path with further names below it.
    fileprivate func appending(_ names: [String]) -> FilePath {
        names.reduce(self) { $0.appending($1) }
    }
}
