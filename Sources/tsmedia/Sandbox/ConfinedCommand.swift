// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Confinement

/// Options that make a run need something of the computer.
protocol Needing {
    /// Adds what it takes to do as the options say: what is read, where is written, and who is asked.
    func addNeeds(to needs: inout ProcessNeeds)
}

/// A command that runs with nothing but what its options make it need.
///
/// `try`, `burn`, `bootimage build` and `bootimage fetch` are none: they start programs of others, or drives that need all
/// of the computer.
protocol ConfinedCommand: ParsableCommand, Needing {
    var program: ProgramOptions { get }
}

extension ProcessNeeds {
    /// Adds what several options need.
    mutating func add(_ options: any Needing...) { for one in options { one.addNeeds(to: &self) } }
}
