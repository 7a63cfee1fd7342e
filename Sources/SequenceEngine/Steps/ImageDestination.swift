// SPDX-License-Identifier: GPL-3.0-or-later

import Support

/// The volume that a step applies an image to.
///
/// Steps say it by a variable, a drive letter, or disk and partition; one that says nothing means the largest volume
/// of NTFS (docs/applied-windows.md).
struct ImageDestination {
    private let values: StepValues

    init(_ values: StepValues) { self.values = values }

    /// The volume among `volumes`.
    ///
    /// - Parameter variable: the value of a variable.
    /// - Throws: ``EngineError`` `.disk` when there is none.
    func volume(among volumes: TargetVolumes, _ variable: (String) -> String?) throws(EngineError) -> TargetVolume {
        if let name = values.optional("DestinationVariable") {
            guard let value = variable(name) else {
                throw Self.missing(
                    "variable \(name.onOneLine)", "is not set, and names the volume for the image",
                    "let a step before set it, as Format and Partition Disk does")
            }
            return try Self.volume(value, among: volumes, "variable \(name.onOneLine)")
        }
        if let letter = values.optional("DestinationLogicalDrive") {
            return try Self.volume(letter, among: volumes, "the drive letter")
        }
        if let disk = values.number("DestinationDisk"), let partition = values.number("DestinationPartition") {
            guard let volume = volumes.volume(disk: disk, partition: partition) else {
                throw Self.missing(
                    "partition \(partition) of disk \(disk)", "does not exist", "change the destination in the step")
            }
            return volume
        }
        guard let volume = volumes.firstForWindows else {
            throw Self.missing(
                "the computer", "has no volume of NTFS with a drive letter",
                "divide the disk before, with a volume of NTFS that gets a letter")
        }
        return volume
    }

    private static func volume(
        _ letter: String, among volumes: TargetVolumes, _ object: DiagnosticText
    ) throws(EngineError) -> TargetVolume {
        guard let volume = volumes.volume(letter) else {
            throw missing(object, "is '\(letter.onOneLine)', which no volume has", "change the destination in the step")
        }
        return volume
    }

    private static func missing(
        _ object: DiagnosticText, _ problem: DiagnosticText, _ nextStep: DiagnosticText
    ) -> EngineError {
        EngineError(.disk, object, problem, nextStep: nextStep)
    }
}
