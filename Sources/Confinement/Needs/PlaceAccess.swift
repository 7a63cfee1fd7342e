// SPDX-License-Identifier: GPL-3.0-or-later

/// What is done at a place, as rights of Landlock (include/uapi/linux/landlock.h, "Filesystem flags").
struct PlaceAccess: OptionSet, Sendable, Hashable {
    let rawValue: UInt64

    static let execute = Self(rawValue: 1 << 0)
    static let writeFile = Self(rawValue: 1 << 1)
    static let readFile = Self(rawValue: 1 << 2)
    static let readFolder = Self(rawValue: 1 << 3)
    static let removeFolder = Self(rawValue: 1 << 4)
    static let removeFile = Self(rawValue: 1 << 5)
    static let makeCharacterDevice = Self(rawValue: 1 << 6)
    static let makeFolder = Self(rawValue: 1 << 7)
    static let makeFile = Self(rawValue: 1 << 8)
    static let makeSocket = Self(rawValue: 1 << 9)
    static let makePipe = Self(rawValue: 1 << 10)
    static let makeBlockDevice = Self(rawValue: 1 << 11)
    static let makeLink = Self(rawValue: 1 << 12)
    /// To move files from one folder to another: version 2.
    static let refer = Self(rawValue: 1 << 13)
    /// To cut files short: version 3.
    static let truncate = Self(rawValue: 1 << 14)
    /// To control devices: version 5.
    static let controlDevice = Self(rawValue: 1 << 15)

    /// To read files and the names in folders.
    static let read: Self = [.readFile, .readFolder]
    /// To read files, folders and devices, which are asked for their sizes.
    static let readAny: Self = [.readFile, .readFolder, .controlDevice]
    /// To read the names in folders alone.
    static let list: Self = [.readFolder]
    /// To read programs and start them.
    static let run: Self = [.readFile, .readFolder, .execute]
    /// To write files and devices that are there.
    static let writeInPlace: Self = [.readFile, .readFolder, .writeFile, .truncate, .controlDevice]
    /// To make files and write them, but not to read.
    static let make: Self = [.makeFile, .writeFile, .truncate]
    /// To do with files, folders and links what a folder is for.
    static let change: Self = [
        .readFile, .readFolder, .writeFile, .truncate, .removeFolder, .removeFile, .makeFolder, .makeFile, .makeLink,
        .refer,
    ]

    /// What can be said of a file that is no folder.
    static let ofFiles: Self = [.execute, .writeFile, .readFile, .truncate, .controlDevice]

    /// Everything that a kernel with this version of Landlock knows.
    static func known(version: Int32) -> Self {
        let count =
            switch version {
            case ...1: 13
            case 2: 14
            case 3, 4: 15
            default: 16
            }
        return Self(rawValue: (1 << UInt64(count)) - 1)
    }
}
