// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers

/// The version of a Windows, as drivers are chosen by it.
public struct WindowsVersion: Sendable, Hashable, Comparable {
    /// 10 for Windows 10 and 11.
    public let major: Int
    /// 0 for Windows 10 and 11.
    public let minor: Int
    /// As 26100.
    public let build: Int

    /// The version of these numbers.
    public init(major: Int, minor: Int = 0, build: Int = 0) {
        self.major = major
        self.minor = minor
        self.build = build
    }

    /// Reads `10.0.26100` with or without a revision; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count >= 3, let major = parts[0], let minor = parts[1], let build = parts[2],
            [major, minor, build].allSatisfy({ $0 >= 0 })
        else { return nil }
        self.init(major: major, minor: minor, build: build)
    }

    /// Orders by major, minor and build.
    public static func < (left: WindowsVersion, right: WindowsVersion) -> Bool {
        (left.major, left.minor, left.build) < (right.major, right.minor, right.build)
    }
}

/// A Windows that drivers are chosen for.
public struct TargetSystem: Sendable, Hashable {
    /// Its architecture.
    public let architecture: Architecture
    /// Its version; nil when it is not known, and then drivers for any version serve.
    public let version: WindowsVersion?

    /// A system; workstations and Windows PE, where product types matter.
    public init(_ architecture: Architecture, version: WindowsVersion? = nil) {
        self.architecture = architecture
        self.version = version
    }
}

/// For which systems a Models section is: the decoration of its name, as `NTamd64.10.0...16299`.
///
/// Source: "Combining platform extensions with operating system versions" (learn.microsoft.com):
/// `nt[Architecture][.[OSMajorVersion][.[OSMinorVersion][.[ProductType][.[SuiteMask]][.[BuildNumber]]]]]`.
public struct TargetDecoration: Sendable, Hashable {
    /// The decoration as it is written; empty for a section without one.
    public let text: String
    /// The architecture; nil for any.
    public let architecture: Architecture?
    /// True when it names an architecture, of which media may know nothing: ia64, 32-bit Arm.
    let namesArchitecture: Bool
    /// The lowest version.
    let version: WindowsVersion
    /// VER_NT_WORKSTATION 1, VER_NT_DOMAIN_CONTROLLER 2, VER_NT_SERVER 3 (winnt.h); nil for any.
    let productType: Int?
    private let namesSuite: Bool

    private static let workstation = 1
    private static let architectures: [String: Architecture] = ["x86": .x86, "amd64": .x64, "arm64": .arm64]

    /// Reads a decoration, empty for a section without one; nil when it is none.
    init?(_ text: String) {
        self.text = text
        guard !text.isEmpty else {
            (architecture, namesArchitecture, version) = (nil, false, WindowsVersion(major: 0))
            (productType, namesSuite) = (nil, false)
            return
        }
        let parts = text.lowercased().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts[0].hasPrefix("nt") else { return nil }
        let platform = String(parts[0].dropFirst(2))
        namesArchitecture = !platform.isEmpty
        architecture = Self.architectures[platform]
        func number(_ place: Int) -> Int? { place < parts.count ? Self.number(parts[place]) : nil }
        version = WindowsVersion(major: number(1) ?? 0, minor: number(2) ?? 0, build: number(5) ?? 0)
        productType = number(3)
        namesSuite = number(4) != nil
    }

    /// Decimal, or hexadecimal with 0x.
    private static func number(_ text: String) -> Int? {
        let value = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
        return value.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Whether Windows may choose the section on `system`.
    ///
    /// A section without any decoration is for x86 only: since Windows Server 2003 SP1 all others must be decorated ("INF
    /// Manufacturer section", learn.microsoft.com).
    public func serves(_ system: TargetSystem) -> Bool {
        guard !text.isEmpty else { return system.architecture == .x86 }
        if namesArchitecture, architecture != system.architecture { return false }
        guard let own = system.version else { return true }
        return version <= own && [nil, Self.workstation].contains(productType)
    }

    /// Whether Windows takes this rather than `other`, when both serve a system: the closer version, then the one that says
    /// more.
    func isCloser(than other: TargetDecoration) -> Bool {
        func rank(_ one: TargetDecoration) -> (Int, Int, Int) {
            (one.namesArchitecture ? 1 : 0, one.productType == nil ? 0 : 1, one.namesSuite ? 1 : 0)
        }
        return version == other.version ? rank(self) > rank(other) : version > other.version
    }
}
