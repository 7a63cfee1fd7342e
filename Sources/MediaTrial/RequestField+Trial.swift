// SPDX-License-Identifier: GPL-3.0-or-later

import Support

extension RequestField {
    /// What firmware the machine has.
    public static let firmware = RequestField("firmware")
    /// A disk of the machine.
    public static let disk = RequestField("disk")
    /// Where the first disk ends up.
    public static let keep = RequestField("keep")
    /// What a person would type.
    public static let answer = RequestField("answer")
    /// A file of the machine that is wanted.
    public static let copyOut = RequestField("copy-out")
    /// A picture of the machine's screen.
    public static let screenshot = RequestField("screenshot")
    /// A text that the machine says on its serial port.
    public static let waitFor = RequestField("wait-for")
    /// Whether somebody looks at the machine.
    public static let window = RequestField("window")

    /// The fields of trials.
    public static let ofTrials: [RequestField] = [
        .firmware, .disk, .keep, .answer, .copyOut, .screenshot, .waitFor, .window,
    ]
}
