// SPDX-License-Identifier: GPL-3.0-or-later

import Cryptography
import Identifiers
import Support
import Synchronization
import SystemPackage

/// What a verification found out about one package.
public struct VerifiedPackage: Sendable {
    /// The package.
    public let id: PackageID
    /// Its contents, as far as they could be read.
    public internal(set) var contents: [Content] = []
    /// Everything that is wrong, in the order of contents and files.
    public internal(set) var failures: [VerificationFailure] = []

    /// What is odd about it beside ``Content/warnings``.
    fileprivate(set) var oddities: [String] = []

    /// Oddities of its contents.
    public var warnings: [String] { contents.flatMap(\.warnings) + oddities }
}

/// One thing that is wrong with a package.
public struct VerificationFailure: Sendable {
    /// The content, when it is known.
    public let content: ContentID?
    /// The file, when the failure is about one.
    public let file: MediaPath?
    /// What is wrong.
    public let error: ContentLibraryError
}

/// Hashes every file of packages again.
public struct ContentVerification: Sendable {
    private static let bufferByteCount = 1 << 20

    private let library: ContentLibrary
    private let threadCount: Int
    private let progress: any ProgressObserver
    private let interruption: Interruption

    /// Verifies packages of `library` on `threadCount` threads.
    public init(
        of library: ContentLibrary, threadCount: Int = WorkerThreads.processorCount,
        progress: any ProgressObserver = SilentProgress(), interruption: Interruption = Interruption()
    ) {
        self.library = library
        self.threadCount = threadCount
        self.progress = progress
        self.interruption = interruption
    }

    /// One file's bytes, read once however many contents use them.
    private struct Job {
        let path: FilePath
        let digest: SHA256Digest
        let byteCount: Int64
    }

    /// What came of the bytes of one hash.
    private enum Outcome {
        case good
        case differs(SHA256Digest)
        case failed(ContentLibraryError)
    }

    /// Verifies `packageIDs` and reports on each; a failure does not end the verification.
    ///
    /// - Throws: ``ContentLibraryError`` `.interrupted`.
    public func run(_ packageIDs: [PackageID]) throws(ContentLibraryError) -> [VerifiedPackage] {
        var packages: [VerifiedPackage] = []
        var jobs: [SHA256Digest: Job] = [:]
        for id in packageIDs {
            try ContentLibraryError.wrap { try interruption.check() }
            packages.append(read(id))
            for content in packages[packages.count - 1].contents {
                for file in content.files where jobs[file.sha256] == nil {
                    // What is not found has no outcome, and is looked for again when the failures are written down.
                    guard let path = try? library.locate(file.file, of: content.id) else { continue }
                    jobs[file.sha256] = Job(path: path, digest: file.sha256, byteCount: file.byteCount)
                }
            }
        }
        let outcomes = hash(jobs.values.sorted { ($1.byteCount, $0.path.string) < ($0.byteCount, $1.path.string) })
        try ContentLibraryError.wrap { try interruption.check() }
        for index in packages.indices {
            for content in packages[index].contents {
                for file in content.files {
                    guard let error = failure(of: file, content.id, outcomes[file.sha256], jobs[file.sha256]?.path)
                    else { continue }
                    packages[index].failures.append(
                        VerificationFailure(content: content.id, file: file.path, error: error))
                }
            }
        }
        return packages
    }

    private func read(_ id: PackageID) -> VerifiedPackage {
        var package = VerifiedPackage(id: id)
        do {
            // Every version, not only the current one: a damaged old version is damage.
            for content in try library.package(id).listedContentIDs {
                do {
                    let examined = try library.examine(content, keepsRefused: true)
                    package.contents.append(examined.content)
                    package.failures += examined.content.refused.map { member in
                        VerificationFailure(
                            content: content, file: member.path,
                            error: ContentLibraryError(
                                .malformed, .malformed, member.error.object, member.error.problem,
                                nextStep: "give it another name at its source, or leave it out where media is made"))
                    }
                    if let defect = examined.defect {
                        package.failures.append(VerificationFailure(content: content, file: nil, error: defect))
                    } else if examined.isConfirmed {
                        // The hash vouches for the tree; a list that says otherwise may let a file be removed too early.
                        let testimony = try ContentTestimony(about: content, files: examined.files, in: library)
                        if let objection = testimony.objection {
                            package.oddities.append(
                                "\(content.noun): \(objection), FileLib's lists of users say, "
                                    + "but its files add up to the content hash")
                        }
                    }
                } catch {
                    package.failures.append(VerificationFailure(content: content, file: nil, error: error))
                }
            }
        } catch {
            package.failures.append(VerificationFailure(content: nil, file: nil, error: error))
        }
        return package
    }

    private func failure(
        of file: ContentFile, _ content: ContentID, _ outcome: Outcome?, _ path: FilePath?
    ) -> ContentLibraryError? {
        let noun = "file '\(file.path)' of \(content.noun)"
        switch outcome {
        case .good, nil:
            // Good bytes may still be too many or too few for what this INI says.
            do {
                _ = try library.locate(file.file, of: content)
                return nil
            } catch { return error }
        case .differs(let digest):
            return ContentLibraryError(
                .corrupt, .malformed, "\(noun)",
                "has the SHA-256 \(digest.upperCase) instead of \(file.sha256.upperCase) in \(path?.string ?? "FileLib")",
                nextStep: "distribute the content again")
        case .failed(let error):
            return ContentLibraryError(
                error.code, error.failureClass, DiagnosticText(noun),
                "could not be read: \(error.object) \(error.problem)",
                nextStep: error.nextStep, underlying: error)
        }
    }

    private func hash(_ jobs: [Job]) -> [SHA256Digest: Outcome] {
        let total = ByteTotal.clampedSum(jobs.lazy.map(\.byteCount))
        let meter = ProgressMeter(phase: "verifying", totalByteCount: total, observer: progress)
        defer { meter.finish() }
        let next = Atomic<Int>(0)
        let outcomes = Mutex<[SHA256Digest: Outcome]>([:])
        WorkerThreads.run(count: min(threadCount, max(1, jobs.count))) { _ in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.bufferByteCount, alignment: 4096)
            defer { buffer.deallocate() }
            let hash = SHA256()
            while !interruption.isRequested {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < jobs.count else { return }
                let outcome = Self.outcome(of: jobs[index], hash, buffer, meter, interruption)
                outcomes.withLock { $0[jobs[index].digest] = outcome }
            }
        }
        return outcomes.withLock { $0 }
    }

    private static func outcome(
        of job: Job, _ hash: SHA256, _ buffer: UnsafeMutableRawBufferPointer, _ meter: ProgressMeter,
        _ interruption: Interruption
    ) -> Outcome {
        do {
            let digest = try FileError.wrap("read", job.path) {
                let descriptor = try FileDescriptor.open(
                    job.path, .readOnly, options: [.closeOnExec, .noFollow, .nonBlocking])
                return try descriptor.closeAfter {
                    hash.reset()
                    while !interruption.isRequested {
                        let count = try descriptor.read(into: buffer)
                        if count == 0 { break }
                        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                        meter.advance(by: count)
                    }
                    return hash.finalize()
                }
            }
            return digest == job.digest ? .good : .differs(digest)
        } catch {
            return .failed(ContentLibraryError(error))
        }
    }
}
