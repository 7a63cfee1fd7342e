// SPDX-License-Identifier: GPL-3.0-or-later

/// The processor architectures that task sequence media is made for.
public enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    /// 32-bit x86.
    case x86
    /// 64-bit x86.
    case x64
    /// 64-bit Arm.
    case arm64

    /// The value of `WINDOWS/ARCH` in a WIM's XML, which is PROCESSOR_ARCHITECTURE_* (media.md section 2).
    public var windowsValue: Int {
        switch self {
        case .x86: 0
        case .x64: 9
        case .arm64: 12
        }
    }

    /// The architecture that `WINDOWS/ARCH` names, or nil for one that we make no media for (5 is 32-bit Arm).
    public init?(windowsValue: Int) {
        guard let match = Self.allCases.first(where: { $0.windowsValue == windowsValue }) else { return nil }
        self = match
    }
}
