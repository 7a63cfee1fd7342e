// SPDX-License-Identifier: GPL-3.0-or-later

import MediaFormat
import Support
import SystemPackage
import TrialChannel

/// Has people put volumes of a set in, until the right one is there.
final class VolumeExchange {
    /// A volume that is in a drive and can be read.
    struct Volume {
        /// Where its files are.
        let root: FilePath
        /// What it says of itself.
        let manifest: MediaManifest
    }

    /// How long whoever tries media may take until the kernel has found what they put in.
    static let patience: Duration = .seconds(30)
    /// A stick is looked at when the kernel has had time to find its partitions.
    private static let settlingTime: Duration = .seconds(2)

    private let drives: any VolumeDrives
    private let reference: MediaManifest
    private let key: ManifestKey?
    private let sequence: String
    private let presenter: Presenter
    private let log: EngineLog
    private let patience: Duration
    private let interruption: Interruption

    /// The drive of the volume that is in use.
    private var drive: FilePath?
    /// What was looked at, by its key.
    private var looked: [String: VolumeVerdict] = [:]
    /// When what is in a drive was seen first.
    private var seen: [String: ContinuousClock.Instant] = [:]

    /// Exchanges volumes in `drives`, for the set of which `reference` is one.
    ///
    /// - Parameters:
    ///   - drive: that of the volume that is in use.
    ///   - key: by which volumes must be signed; nil for anybody's.
    ///   - sequence: the name of the task sequence.
    init(
        _ drives: any VolumeDrives, drive: FilePath?, reference: MediaManifest, key: ManifestKey?, sequence: String,
        presenter: Presenter, log: EngineLog,
        patience: Duration = VolumeExchange.patience, interruption: Interruption
    ) {
        self.drives = drives
        self.drive = drive
        self.reference = reference
        self.key = key
        self.sequence = sequence
        self.presenter = presenter
        self.log = log
        self.patience = patience
        self.interruption = interruption
    }

    /// Volume `number`: at once where it is in a drive already, and else when somebody has put it in.
    ///
    /// - Parameter problem: what is wrong with the volume that is in now and has this number; nil when it is another.
    /// - Throws: ``EngineError`` `.content` when somebody gives up; `Presenter.NobodyAnswers`; `FileError`; `InterruptedError`.
    func volume(_ number: Int, problem: String? = nil) throws -> Volume {
        try drives.close()
        // What was another volume before may be this one.
        looked = [:]
        var problem = problem
        if problem == nil {
            // Sticks may all be in, and a computer may have two drives.
            if case .volume(let volume)? = look(for: number, settles: false) { return volume }
        }
        for medium in drives.present() where medium.drive == drive {
            // It is not taken again unless it was taken out.
            if problem != nil { looked[medium.key] = .unreadable }
            eject(medium)
        }
        log.note("media #\(number) of the set is asked for")
        while true {
            let answer = try presenter.request(
                TrialChannel.volumeQuestion(number), title: "Insert Media #\(number)",
                text: { canShow in self.question(number, canShow(self.sequence) ? self.sequence : "of this media") },
                spoken: question(number, sequence), problem: problem,
                patience: patience, interruption: interruption,
                again: { self.looked = [:] }, look: { self.look(for: number, settles: true) })
            switch answer {
            case .found(.volume(let volume)):
                log.note("media #\(number) is in: \(volume.manifest.label)")
                return volume
            case .found(.wrong(let text, let medium)):
                problem = text
                log.warning("media #\(number) was asked for: \(text)")
                eject(medium)
            case .nothing: problem = "Nothing else was found in a drive."
            case .givenUp:
                throw EngineError(
                    .content, "media #\(number) of the set", "was asked for, and nobody put it in",
                    nextStep: "run the task sequence again with all volumes at hand")
            }
        }
    }

    private func question(_ number: Int, _ sequence: String) -> String {
        "Insert Media #\(number) for the task sequence \(sequence)."
    }

    /// What a look has found.
    enum Look {
        case volume(Volume)
        /// Something else that was not there before: what is wrong with it, and where it is.
        case wrong(String, PresentMedium)
    }

    /// Looks at what was not looked at.
    private func look(for number: Int, settles: Bool) -> Look? {
        let present = drives.present()
        looked = looked.filter { entry in present.contains { $0.key == entry.key } }
        seen = seen.filter { entry in present.contains { $0.key == entry.key } }
        var wrong: Look?
        for medium in present where looked[medium.key] == nil {
            let first = seen[medium.key] ?? .now
            seen[medium.key] = first
            if settles, !medium.isDisc, ContinuousClock.now - first < Self.settlingTime { continue }
            var verdict = VolumeVerdict.unreadable
            for device in medium.devices {
                guard let root = drives.open(device) else { continue }
                let found = VolumeVerdict(of: root, wanted: number, of: reference, key: key)
                if case .wanted(let manifest) = found {
                    drive = medium.drive
                    return .volume(Volume(root: root, manifest: manifest))
                }
                try? drives.close()
                if found.saysMore(than: verdict) { verdict = found }
            }
            looked[medium.key] = verdict
            wrong = .wrong(verdict.problem(isDisc: medium.isDisc), medium)
        }
        return wrong
    }

    private func eject(_ medium: PresentMedium) {
        guard medium.isDisc else { return }
        do { try drives.eject(medium.drive) } catch { log.warning("\(error)") }
    }
}
