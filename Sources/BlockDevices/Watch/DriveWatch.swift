// SPDX-License-Identifier: GPL-3.0-or-later

/// Notices drives that are put in, each once until it is taken out again.
///
/// What was there at the beginning never counts as put in: not when it is taken out and comes back either, as a drive with a
/// loose plug does, as far as its serial number tells.
public struct DriveWatch: Sendable {
    /// What there is to know of the drives at a moment.
    public struct Change: Sendable, Equatable {
        /// The drives that were put in since the last time and that stayed, by name.
        public var arrived: [PresentDrive] = []
        /// Those of them that may be drives that were there at the beginning.
        public var returned: [PresentDrive] = []
        /// Whether no drive is there that was seen for the first time: others may still be coming.
        public var isSettled = true

        /// A change.
        public init(arrived: [PresentDrive] = [], returned: [PresentDrive] = [], isSettled: Bool = true) {
            self.arrived = arrived
            self.returned = returned
            self.isSettled = isSettled
        }
    }

    /// The drives that were there at the beginning and had a medium.
    public let first: [PresentDrive]
    /// Drives that nothing is to be said of as long as they are there.
    private var known: Set<DeviceIdentity>
    /// Those that were there the last time.
    private var latest: Set<DeviceIdentity>

    /// Begins with what is there.
    ///
    /// - Parameter named: drives that somebody named: they are known, and may come again.
    public init(_ present: [PresentDrive], named: Set<DeviceNumber> = []) {
        first = present.filter { $0.hasMedium && !named.contains($0.identity.deviceNumber) }
        known = Set(present.lazy.filter(\.hasMedium).map(\.identity))
        latest = known
    }

    /// Compares with what is there now.
    ///
    /// A drive counts when it was there at two calls that follow each other, as the same drive with the same medium.
    public mutating func look(_ present: [PresentDrive]) -> Change {
        let drives = present.filter(\.hasMedium)
        let now = Set(drives.lazy.map(\.identity))
        // What was taken out is forgotten, so that it counts when it comes again.
        known.formIntersection(now)
        var change = Change()
        for drive in drives where !known.contains(drive.identity) {
            guard latest.contains(drive.identity) else {
                change.isSettled = false
                continue
            }
            known.insert(drive.identity)
            if first.contains(where: drive.mayBe) {
                change.returned.append(drive)
            } else {
                change.arrived.append(drive)
            }
        }
        latest = now
        return change
    }
}
