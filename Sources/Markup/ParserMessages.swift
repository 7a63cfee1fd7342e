// SPDX-License-Identifier: GPL-3.0-or-later

internal import CLibxml2

/// The messages that libxml2 prints on standard error when nobody takes them.
public enum ParserMessages {
    /// Keeps libxml2 silent on the calling thread, also where another library calls it.
    ///
    /// libwim parses the XML of a WIM with it: without this a hostile image writes what it likes to the terminal.
    public static func silence() {
        xmlSetStructuredErrorFunc(nil) { _, _ in }
    }
}
