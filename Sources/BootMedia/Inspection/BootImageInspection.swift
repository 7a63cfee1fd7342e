// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

/// What a boot image holds, as far as it decides whether a computer can be installed with it.
public struct BootImageInspection: Sendable {
    /// An optional component of Windows PE, or an update.
    public struct Component: Sendable, Encodable, Equatable {
        /// Its name, as `WinPE-WMI` or `Package_for_RollupFix`.
        public let name: String
        /// Its version, as `10.0.26100.1`.
        public let version: String
        /// The languages that it has texts for, as `en-us`.
        public let languages: [String]
    }

    /// A way in which firmware can start media that is made from the image.
    public struct StartSet: Sendable, Encodable, Equatable {
        /// The firmware.
        public let firmware: Firmware
        /// The set of loaders; nil for BIOS, which has one.
        public let generation: LoaderGeneration?
        /// Files that are missing, so that it does not start.
        public let missing: [String]
    }

    /// A file of Configuration Manager.
    public struct ClientFile: Sendable, Encodable, Equatable {
        /// Where it lies in the image.
        public let path: String
        /// Its size in bytes.
        public let size: Int
        /// Its version, of programs that are looked into.
        public let version: String?
    }

    /// What Configuration Manager put into the image.
    public struct Client: Sendable, Encodable, Equatable {
        /// The version of its boot shell, or of its bootstrap program; nil when neither tells.
        public let version: String?
        /// Its files, by path.
        public let files: [ClientFile]
    }

    /// What runs when Windows PE starts.
    public struct StartHook: Sendable, Encodable, Equatable {
        /// The file that says it.
        public let path: String
        /// What it says, a command or a setting each.
        public internal(set) var commands: [String]
    }

    /// The number of the image in the archive, from 1.
    public let imageIndex: Int
    /// The number of images in the archive.
    public let imageCount: Int
    /// The name of the image; may be empty.
    public let name: String
    /// The edition, `WindowsPE` for a boot image; nil when the image does not say.
    public let edition: String?
    /// The architecture.
    public let architecture: Architecture
    /// The version of Windows PE; nil when neither the archive nor the registry says it.
    public let windowsVersion: String?
    /// The default language, as `en-US`; nil when the archive does not say it.
    public let language: String?
    /// Bytes that programs can write while Windows PE runs; nil when the registry does not say it.
    public let scratchSpaceByteCount: Int64?
    /// Optional components, by name.
    public let components: [Component]
    /// Updates, by name and version.
    public let updates: [Component]
    /// The ways in which it starts, or does not.
    public let startSets: [StartSet]
    /// The UEFI loaders, by path.
    public let loaders: [LoaderInspection]
    /// What Configuration Manager put in; nil when it did not.
    public let client: Client?
    /// What runs when Windows PE starts.
    public internal(set) var startHooks: [StartHook]
    /// The drivers.
    public let drivers: DriverStore
    /// What an image that is not Windows PE was made of; nil for Windows PE.
    public let open: OpenBootImageFacts?
    /// What the user should know, a line each.
    public let warnings: [DiagnosticText]

    /// The same with `change` applied to what runs at the start, where secrets may stand.
    public func replacingCommands(_ change: (String) -> String) -> BootImageInspection {
        var copy = self
        for hook in copy.startHooks.indices {
            copy.startHooks[hook].commands = copy.startHooks[hook].commands.map(change)
        }
        return copy
    }
}
