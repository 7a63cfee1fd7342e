// SPDX-License-Identifier: GPL-3.0-or-later

import Fixtures
import Glibc
import Support
import SystemPackage
import TSMediaTestSupport
import Testing

/// Every combination of boot image, loaders and firmware: some minutes, so only `make test-all` runs it.
@Suite(
    "Every combination under real firmware",
    .enabled("TSMEDIA_TEST_ALL=1 asks for it; make test-all sets it") { getenv("TSMEDIA_TEST_ALL") != nil })
struct MediaMatrixTests {
    /// A boot image, the options and the firmware.
    struct Combination: Sendable, CustomStringConvertible {
        let architecture: FixtureArchitecture
        let isInjected: Bool
        let has2023Loaders: Bool
        let certificate: String
        let asksForKey: Bool
        let firmware: Firmware

        var description: String {
            "\(architecture) \(isInjected ? "injected" : "plain") \(has2023Loaders ? "2011+2023" : "2011") "
                + "\(certificate) \(asksForKey ? "prompt" : "no prompt") on \(firmware)"
        }

        /// The generation that UEFI must start.
        var generation: String {
            certificate == "auto" ? (has2023Loaders ? "2023" : "2011") : certificate
        }

        static var all: [Combination] {
            var all: [Combination] = []
            for (architecture, firmwares) in [
                (FixtureArchitecture.x64, [Firmware.ovmfX64, .seaBIOS]), (.x86, [.ovmfIA32, .seaBIOS]),
            ] {
                for isInjected in [true, false] {
                    for (has2023Loaders, certificate) in [
                        (true, "auto"), (true, "2011"), (true, "2023"), (false, "auto"), (false, "2011"),
                    ] {
                        for asksForKey in [true, false] {
                            all += firmwares.map {
                                Combination(
                                    architecture: architecture, isInjected: isInjected,
                                    has2023Loaders: has2023Loaders, certificate: certificate, asksForKey: asksForKey,
                                    firmware: $0)
                            }
                        }
                    }
                }
            }
            return all
        }
    }

    @Test("starts with the loaders that were chosen and reads the boot image", arguments: Combination.all)
    func starts(combination: Combination) throws {
        let disc = try BootDisc(
            BootImageFixture(
                architecture: combination.architecture, isInjected: combination.isInjected,
                has2023Loaders: combination.has2023Loaders, fillerByteCount: 64 << 10),
            ["--boot-loader-certificate", combination.certificate] + (combination.asksForKey ? [] : ["--no-prompt"]))
        let report = try combination.firmware.boot(disc: disc.path)
        #expect(report.bootImageDigest == disc.bootImageDigest)
        #expect(
            report.loaders.map(\.name)
                == BootDisc.loaderNames(combination.firmware, asksForKey: combination.asksForKey))
        #expect(report.loaders.compactMap(\.generation).allSatisfy { $0 == combination.generation })
    }
}
