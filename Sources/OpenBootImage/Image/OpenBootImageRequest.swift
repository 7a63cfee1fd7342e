// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support
import SystemPackage

/// What is wanted of a boot image that is made of Debian's packages.
public struct OpenBootImageRequest: Sendable {
    /// A file that goes into the environment.
    public struct Inclusion: Sendable, Equatable {
        /// The file here.
        public let source: FilePath
        /// Its path in the environment, without the first slash.
        public let target: String

        /// Puts the file at `source` to `target`.
        ///
        /// - Throws: ``OpenBootImageError`` `.badFile` for a place that leaves the environment.
        public init(source: FilePath, target: String? = nil) throws(OpenBootImageError) {
            self.source = source
            let path = target ?? "\(Self.folder)/\(source.lastComponent?.string ?? "")"
            let components = path.split(separator: "/").map(String.init)
            guard !components.isEmpty, !components.contains("."), !components.contains(".."), !path.hasSuffix("/"),
                path.utf8.count <= Self.pathByteCountLimit
            else {
                throw OpenBootImageError(
                    .badFile, "\(.include, path)", "is no place for a file in the environment",
                    nextStep: "give a path like etc/hosts")
            }
            self.target = components.joined(separator: "/")
        }

        /// Where files go of which no more is said.
        public static let folder = "include"
        private static let pathByteCountLimit = 512
    }

    /// The processor of the computers that it starts.
    public var architecture = Architecture.x64
    /// The kernel by its version; nil for the newest of the packages.
    public var kernel: String?
    /// Which drivers it gets.
    public var hardware = HardwareSupport.all
    /// The folder of the packages.
    public var packages: FilePath
    /// The program that runs task sequences.
    public var engine: FilePath
    /// Further files.
    public var inclusions: [Inclusion] = []
    /// Whether it gets the firmware files that its drivers load.
    public var includesFirmware = false
    /// The layout of the keyboard; nil for the American one.
    public var keyboard: String?

    /// Whether the image gets layouts of keyboards, which loadkeys of the packages makes on a PC here.
    ///
    /// An image for another processor is the same wherever it is made, and gets them when one is asked for.
    var hasKeyboards: Bool { architecture == .x64 || keyboard != nil }

    /// A request with the packages in one folder and the engine in a file.
    public init(packages: FilePath, engine: FilePath) {
        self.packages = packages
        self.engine = engine
    }
}
