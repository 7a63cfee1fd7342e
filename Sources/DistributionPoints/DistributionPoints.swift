// SPDX-License-Identifier: GPL-3.0-or-later

import Shares
import Support
import SystemPackage

/// The ways to reach distribution points that a program has.
public struct DistributionPoints: Sendable {
    private let transports: [any DistributionPointTransport]
    private let prefersOrder: Bool

    /// Those of `transports`; a location is for the first that takes it.
    ///
    /// - Parameter prefersOrder: whether the first distribution point that has a package wins, whatever its version.
    public init(_ transports: [any DistributionPointTransport], prefersOrder: Bool = false) {
        self.transports = transports
        self.prefersOrder = prefersOrder
    }

    /// Opens the distribution points at `locations`, in order.
    ///
    /// - Parameters:
    ///   - interruption: ends whatever is asked of them soon after it is requested.
    ///   - progress: sees what takes its time.
    /// - Throws: ``DistributionPointError`` `.unsupportedLocation` for a location of which no transport knows anything,
    ///   before any is opened; what a transport throws.
    public func open(
        locations: [String], store: ContentStore, interruption: Interruption = .ofProcess,
        progress: any ProgressObserver = SilentProgress()
    ) throws -> DistributionPointGroup {
        try store.requirePlace()
        var runs: [(transport: Int, locations: [String])] = []
        for location in locations {
            let number = try transport(for: location)
            if runs.last?.transport == number {
                runs[runs.count - 1].locations.append(location)
            } else {
                runs.append((number, [location]))
            }
        }
        let points = try runs.flatMap { run in
            try transports[run.transport].open(
                run.locations, store: store, interruption: interruption, progress: progress)
        }
        let siblings = Siblings(points)
        return DistributionPointGroup(
            points.indices.map {
                DistributionPointSession(
                    $0, of: siblings, store: store, interruption: interruption, progress: progress)
            }, siblings: siblings, prefersOrder: prefersOrder)
    }

    /// The files and folders on this computer that are read when `locations` are used: no run may write to them.
    public func localPaths(of locations: [String]) -> [FilePath] {
        locations.flatMap { location in
            transports.first { $0.takes(location) }?.localPaths(of: location) ?? []
        }
    }

    private func transport(for location: String) throws(DistributionPointError) -> Int {
        if let foreign = ForeignPath(location), foreign.root != .url, !ShareLocation.takes(location) {
            throw DistributionPointError(
                .unsupportedLocation, .usage, "distribution point '\(foreign.shown)'", DiagnosticText(foreign.problem),
                nextStep: DiagnosticText(foreign.nextStep))
        }
        if let number = transports.firstIndex(where: { $0.takes(location) }) { return number }
        let kind =
            switch LocationForm(location) {
            case .empty: nil as String?
            case .path: "a path"
            case .url(let scheme): "a \(scheme) location"
            case .share: "a network share"
            }
        throw DistributionPointError(
            .unsupportedLocation, .usage, "distribution point '\(location)'",
            kind.map { "is \($0), which is not supported by this version" } ?? "is empty",
            nextStep: kind == nil
                ? "name the path of a content library" : "mount it and name the path of its content library")
    }
}
