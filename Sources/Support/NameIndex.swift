// SPDX-License-Identifier: GPL-3.0-or-later

/// The numbers of files that are looked up by path: the one that is spelt just so, else the first without case.
///
/// A file system with case may hold several names that are one on Windows; each is found by its own spelling.
public struct NameIndex: Sendable {
    private var numbers: [CaseFoldedName: Int] = [:]
    /// Those of several that are one without case.
    private var twins: [ExactText: Int] = [:]

    /// The index of `paths`, numbered from 0; of equal paths the first counts.
    public init(_ paths: some Collection<MediaPath>) {
        numbers.reserveCapacity(paths.count)
        for (number, path) in paths.enumerated() {
            guard let place = numbers.index(forKey: path.caseFolded) else {
                numbers[path.caseFolded] = number
                continue
            }
            let first = ExactText(numbers.keys[place].description)
            if twins[first] == nil { twins[first] = numbers.values[place] }
            if twins[ExactText(path.description)] == nil { twins[ExactText(path.description)] = number }
        }
    }

    /// The number of the file at `path`; nil when there is none.
    public subscript(path: String) -> Int? {
        if !twins.isEmpty, let number = twins[ExactText(path)] { return number }
        return numbers[path.caseFolded]
    }

    /// The number of the file at `path`; nil when there is none.
    public subscript(path: MediaPath) -> Int? { self[path.description] }
}
