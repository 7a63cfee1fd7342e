// SPDX-License-Identifier: GPL-3.0-or-later

import Identifiers
import Support

/// A distribution point and which of some packages it has.
public struct SiteContentPlace: Sendable, Equatable {
    /// The distribution point.
    public let point: SiteDistributionPoint
    /// Those of the packages that it has whole.
    public internal(set) var packages: Set<PackageID>

    /// Its URL; of one whose scheme is not known over HTTP.
    public var location: String { "\(point.scheme ?? "http")://\(point.serverName)" }
}

extension AdminService {
    /// What a content is that lies on a distribution point whole (docs/formats/site.md section 1).
    private static let installed: Int64 = 3
    /// Distribution points that are named to whoever needs content: each is asked for its lists.
    private static let placeLimit = 8

    /// Distribution points that have `ids` together, as few as can be told quickly, those with most of them first.
    ///
    /// Packages that none has are left to whoever asks for them.
    ///
    /// - Throws: ``SiteError``; `InterruptedError`.
    public func places(of ids: [PackageID]) throws -> [SiteContentPlace] {
        var places = try distributionPoints().map { SiteContentPlace(point: $0, packages: []) }
        let numbers = Dictionary(places.enumerated().map { ($1.point.serverName.caseFolded, $0) }) { first, _ in first }
        for id in Set(ids).sorted() {
            try list(.packageStatus, where: .text(.packageID, id.description)) { entity in
                guard try entity.number(.status) == Self.installed,
                    let server = try Self.server(of: entity.text(.pkgServer)), let number = numbers[server.caseFolded]
                else { return }
                places[number].packages.insert(id)
            }
        }
        var chosen: [SiteContentPlace] = []
        var open = Set(ids)
        while !open.isEmpty, chosen.count < Self.placeLimit {
            // The list is sorted: of equals the first by name.
            let counts = places.map { $0.packages.intersection(open).count }
            guard let most = counts.max(), most > 0, let number = counts.firstIndex(of: most) else { break }
            chosen.append(places[number])
            open.subtract(places[number].packages)
        }
        return chosen
    }

    /// The server of a NAL path, `["Display=\\server\"]MSWNET:["SMS_SITE=ABC"]\\server\` [I].
    private static func server(of path: String) -> String? {
        path.firstMatch(of: /\\\\([^\\\]"]+)\\?$/).map { String($0.output.1) }
    }
}
