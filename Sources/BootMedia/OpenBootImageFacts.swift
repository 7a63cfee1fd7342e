// SPDX-License-Identifier: GPL-3.0-or-later

import JSON
import Support

/// What a boot image that is not Windows PE was made of, as it says itself.
public struct OpenBootImageFacts: Sendable, Equatable, Encodable {
    /// Where an image says it.
    public static let path = "tsmedia/boot/boot-image.json"
    /// Where media that is made from it says it.
    public static let mediaPath = "boot/tsmedia/boot-image.json"
    /// The most bytes that are read of it.
    public static let byteCountLimit = 1 << 20
    /// The form that is written and read.
    public static let currentFormat = 1
    private static let listLimit = 1_000

    /// A package of which files are in the image.
    public struct Package: Sendable, Equatable, Encodable {
        /// Its name.
        public let name: String
        /// Its version.
        public let version: String
        /// The architecture it is for.
        public let architecture: String
        /// The SHA-256 of its archive, in hexadecimal digits.
        public let sha256: String

        /// A package.
        public init(name: String, version: String, architecture: String, sha256: String) {
            self.name = name
            self.version = version
            self.architecture = architecture
            self.sha256 = sha256
        }
    }

    /// A generation of a component that a loader states (SBAT): firmware may refuse what is older than it wants.
    public struct SecurityLevel: Sendable, Equatable, Encodable {
        /// The file of the media that states it.
        public let loader: String
        /// The component, as `shim` or `grub.debian`.
        public let component: String
        /// Its generation.
        public let generation: Int

        /// A level.
        public init(loader: String, component: String, generation: Int) {
            self.loader = loader
            self.component = component
            self.generation = generation
        }
    }

    /// The form, ``currentFormat``.
    public let format: Int
    /// The version of the kernel, as `6.1.0-57-amd64`.
    public let kernel: String
    /// Which drivers it has: `all` or `virtual`.
    public let hardware: String
    /// The layout of the keyboard on the console; nil for the American one.
    public let keyboard: String?
    /// The SHA-256 of the program that runs task sequences, in hexadecimal digits.
    public let engine: String
    /// The number of kernel modules.
    public let moduleCount: Int
    /// The packages, by name.
    public let packages: [Package]
    /// What the loaders state.
    public let securityLevels: [SecurityLevel]

    /// The facts of a new image.
    public init(
        kernel: String, hardware: String, keyboard: String?, engine: String, moduleCount: Int, packages: [Package],
        securityLevels: [SecurityLevel]
    ) {
        format = Self.currentFormat
        self.kernel = kernel
        self.hardware = hardware
        self.keyboard = keyboard
        self.engine = engine
        self.moduleCount = moduleCount
        self.packages = packages
        self.securityLevels = securityLevels
    }

    /// The facts that `bytes` say; nil when they are none, or of another form.
    public init?(_ bytes: [UInt8]) {
        guard let node = JSONNode(document: bytes), node.count("format") == Self.currentFormat,
            let kernel = node.text("kernel"), let hardware = node.text("hardware"), let engine = node.text("engine"),
            let moduleCount = node.count("moduleCount"), case .list(let packages)? = node["packages"],
            case .list(let levels)? = node["securityLevels"], packages.count <= Self.listLimit,
            levels.count <= Self.listLimit
        else { return nil }
        self.init(
            kernel: kernel, hardware: hardware, keyboard: node.text("keyboard"), engine: engine,
            moduleCount: moduleCount,
            packages: packages.compactMap { node in
                guard let name = node.text("name"), let version = node.text("version"),
                    let architecture = node.text("architecture"), let sha256 = node.text("sha256")
                else { return nil }
                return Package(name: name, version: version, architecture: architecture, sha256: sha256)
            },
            securityLevels: levels.compactMap { node in
                guard let loader = node.text("loader"), let component = node.text("component"),
                    let generation = node.count("generation")
                else { return nil }
                return SecurityLevel(loader: loader, component: component, generation: generation)
            })
    }
}

extension BootImage {
    /// What an image that is not Windows PE was made of; nil for Windows PE, and when it does not say.
    ///
    /// - Throws: ``BootMediaError`` `.unreadableImage`.
    public func openFacts() throws(BootMediaError) -> OpenBootImageFacts? {
        try openFile(OpenBootImageFacts.path, limit: OpenBootImageFacts.byteCountLimit).flatMap(OpenBootImageFacts.init)
    }
}

extension JSONNode {
    /// Values of a document of ours at most.
    private static let valueLimit = 20_000

    /// The document that `bytes` are; nil when they are none.
    init?(document bytes: [UInt8]) {
        var reader = JSONReader(bytes)
        guard let node = try? reader.node(limit: Self.valueLimit), (try? reader.end()) != nil else { return nil }
        self = node
    }

    /// The text of member `name`; nil for another value.
    func text(_ name: String) -> String? {
        if case .text(let text)? = self[name] { text } else { nil }
    }

    /// The number of member `name`; nil for another value.
    func count(_ name: String) -> Int? {
        if case .number(let digits)? = self[name] { Int(digits) } else { nil }
    }
}
