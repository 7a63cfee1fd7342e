// SPDX-License-Identifier: GPL-3.0-or-later

import Archives
import BootMedia
import Support

/// What of the packages goes into a boot image, in memory.
struct PackagedParts {
    /// Loaders, tools and libraries.
    let tree: PackageTree
    /// The version of the kernel.
    let kernelVersion: String
    /// The kernel.
    let kernel: [UInt8]
    /// The modules that were chosen.
    let modules: ModuleSelection
    /// Their bytes by path, and the other files of `lib/modules/VERSION`.
    let moduleFiles: [String: [UInt8]]
    /// The packages that were used.
    let packages: [OpenBootImageFacts.Package]

    /// Files of a kernel's modules that are no modules.
    private static let moduleLists = ["modules.builtin", "modules.builtin.modinfo", "modules.order"]
    private static let fileByteCountLimit = 256 << 20

    /// Takes out of the packages of `folder` what `request` wants.
    ///
    /// - Throws: ``OpenBootImageError``: `.missingPackage`, `.badPackage`; `FileError`, `InterruptedError`.
    init(
        _ request: OpenBootImageRequest, for debian: DebianArchitecture, of folder: PackageFolder,
        interruption: Interruption, progress: (String) -> Void
    ) throws {
        let kernelName = try Self.kernelName(request, folder)
        let wantsKeyboards = request.hasKeyboards
        let names = Set(
            [kernelName] + PackageChoice.needed(debian)
                + (wantsKeyboards ? [PackageChoice.keyboardTools, PackageChoice.keyboardLayouts] : [])
                + (request.includesFirmware ? PackageChoice.firmware : []))
        progress("checking the packages")
        let found = try folder.packages(
            { names.contains($0.name) || PackageChoice.isLibrary($0.name) }, interruption: interruption)
        let needed = names.subtracting(PackageChoice.firmware)
        if let missing = needed.subtracting(found.map(\.entry.name)).min() {
            throw OpenBootImageError(
                .missingPackage, "folder \(folder.path)", "has no package \(missing)",
                nextStep: "fetch the packages anew with \(.bootImageArchitecture, debian.architecture.rawValue)")
        }
        packages = found.map { entry, _ in
            OpenBootImageFacts.Package(
                name: entry.name, version: entry.version, architecture: entry.architecture,
                sha256: entry.sha256.description)
        }
        progress("unpacking loaders and tools")
        var tree = PackageTree()
        for (entry, package) in found where entry.name != kernelName {
            try interruption.check()
            try tree.add(package) { Self.isWanted($0, for: debian) }
        }
        self.tree = tree
        if let keyboard = request.keyboard { try Keymaps.check(keyboard, in: tree) }
        guard let kernelPackage = found.first(where: { $0.entry.name == kernelName })?.package else {
            throw OpenBootImageError(
                .missingPackage, "folder \(folder.path)", "has no package \(kernelName)",
                nextStep: "fetch the packages anew")
        }
        progress("choosing drivers")
        let version = String(kernelName.dropFirst(PackageChoice.kernelPrefix.count))
        let catalog = try KernelCatalog(kernelPackage, version: version, interruption: interruption)
        kernelVersion = version
        kernel = catalog.kernel
        modules = ModuleSelection(request.hardware.moduleNames, among: catalog.modules)
        progress("unpacking \(modules.modules.count) drivers")
        moduleFiles = try catalog.files(modules, lists: Self.moduleLists, interruption: interruption)
    }

    private static func isWanted(_ path: String, for debian: DebianArchitecture) -> Bool {
        SharedLibraries.isLibrary(path, for: debian) || GRUB.isWanted(path) || Keymaps.isWanted(path)
            || EnvironmentPrograms.paths.contains(path) || debian.isLoader(path)
            || Authorities.isWanted(path)
            || path.hasPrefix(FirmwareFiles.folder)
    }

    /// The kernel's package: the one that is asked for, or the only one there is.
    private static func kernelName(
        _ request: OpenBootImageRequest, _ folder: PackageFolder
    ) throws(OpenBootImageError) -> String {
        let kernels = folder.entries.map(\.name).filter { name in
            name.hasPrefix(PackageChoice.kernelPrefix)
                && name.dropFirst(PackageChoice.kernelPrefix.count).first?.isNumber == true
        }
        if let kernel = request.kernel {
            let name = PackageChoice.kernelPrefix + kernel
            guard kernels.contains(name) else {
                throw OpenBootImageError(
                    .missingPackage, "folder \(folder.path)", "has no kernel \(kernel)",
                    nextStep: "fetch the packages with \(.kernel, kernel)")
            }
            return name
        }
        guard let first = kernels.first, kernels.count == 1 else {
            let list = kernels.map { String($0.dropFirst(PackageChoice.kernelPrefix.count)) }.joined(separator: ", ")
            throw OpenBootImageError(
                .missingPackage, "folder \(folder.path)",
                kernels.isEmpty ? "has no package of a kernel" : "has several kernels: \(list)",
                nextStep: kernels.isEmpty ? "fetch the packages anew" : "name one of them with \(.kernel)")
        }
        return first
    }
}

/// The kernel of a package with what its modules say of themselves.
struct KernelCatalog {
    let kernel: [UInt8]
    let modules: [KernelModule]
    private let package: DebianPackage
    private let folder: String

    private static let kernelByteCountLimit = 256 << 20

    /// Reads all of `package`: a kernel has several thousand modules, which are let go of at once.
    init(_ package: DebianPackage, version: String, interruption: Interruption) throws {
        self.package = package
        folder = "lib/modules/\(version)/"
        let (folder, kernelPath) = (folder, "boot/vmlinuz-\(version)")
        var kernel: [UInt8]?
        var modules: [KernelModule] = []
        try package.forEach({ $0 == kernelPath || $0.hasPrefix(folder) }) { path, member, bytes in
            try interruption.check()
            guard member.kind == .file else { return }
            if path == kernelPath {
                kernel = try bytes(Self.kernelByteCountLimit)
            } else if KernelModule.plainPath(path) != nil,
                let module = KernelModule(
                    path: String(path.dropFirst(folder.count)),
                    bytes: try Self.plain(try bytes(KernelModule.byteCountLimit), path, package))
            {
                modules.append(module)
            }
        }
        guard let kernel, !modules.isEmpty else {
            throw DebianPackage.bad(package.path, "holds no kernel \(version) with modules")
        }
        self.kernel = kernel
        self.modules = modules
    }

    /// The files of `selection` by their path below `lib/modules/VERSION`, and the lists called `lists`.
    func files(
        _ selection: ModuleSelection, lists: [String], interruption: Interruption
    ) throws -> [String: [UInt8]] {
        let wanted = Set(selection.modules.map(\.path) + lists)
        var files: [String: [UInt8]] = [:]
        func plainPath(_ path: String) -> String? {
            guard path.hasPrefix(folder) else { return nil }
            let path = String(path.dropFirst(folder.count))
            let plain = KernelModule.plainPath(path) ?? path
            return wanted.contains(plain) ? plain : nil
        }
        try package.forEach({ plainPath($0) != nil }) { path, member, bytes in
            try interruption.check()
            guard member.kind == .file, let plain = plainPath(path) else { return }
            files[plain] = try Self.plain(try bytes(KernelModule.byteCountLimit), path, package)
        }
        return files
    }

    private static func plain(
        _ bytes: [UInt8], _ path: String, _ package: DebianPackage
    ) throws(OpenBootImageError) -> [UInt8] {
        guard path.hasSuffix(".xz") || path.hasSuffix(".gz") || path.hasSuffix(".zst") else { return bytes }
        do throws(ArchiveFault) { return try KernelModule.plainBytes(bytes, path: path) } catch {
            throw DebianPackage.bad(package.path, "has a module '\(path)' that \(error.text())")
        }
    }
}
