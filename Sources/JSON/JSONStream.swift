// SPDX-License-Identifier: GPL-3.0-or-later

/// One JSON document that is written while it is made: only what was not passed on yet is in memory.
final class JSONStream {
    /// What is passed on at once: a system call for each line would take longer than the work.
    private static let pieceByteCount = 1 << 16

    private struct Container {
        let isObject: Bool
        var isEmpty = true
    }

    private let layout: JSON.Layout
    private let escaping: JSONText.Escaping
    private let sink: ([UInt8]) throws -> Void
    private var bytes: [UInt8] = []
    private var containers: [Container] = []

    init(_ layout: JSON.Layout, _ escaping: JSONText.Escaping, _ sink: @escaping ([UInt8]) throws -> Void) {
        self.layout = layout
        self.escaping = escaping
        self.sink = sink
    }

    /// How many objects and lists are open.
    var depth: Int { containers.count }

    /// Opens an object or a list where a value may stand.
    ///
    /// - Returns: the depth of what stands in it.
    func open(isObject: Bool) -> Int {
        bytes.append(UInt8(ascii: isObject ? "{" : "["))
        containers.append(Container(isObject: isObject))
        return depth
    }

    /// Begins an element of the container whose elements are at `depth`, and closes what is open inside it.
    func beginElement(atDepth depth: Int, key: String? = nil) {
        close(downTo: depth)
        if !containers[depth - 1].isEmpty { bytes.append(UInt8(ascii: ",")) }
        containers[depth - 1].isEmpty = false
        startLine(depth)
        if let key {
            JSONText.append(key, to: &bytes, escaping: escaping)
            bytes += (layout == .indented ? " : " : ":").utf8
        }
    }

    /// Passes on what there is, once it is worth it.
    func passOn() throws {
        guard bytes.count >= Self.pieceByteCount else { return }
        try sink(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends what stands for a value.
    func append(_ text: String) { bytes += text.utf8 }

    /// Appends a text.
    func append(string: String) { JSONText.append(string, to: &bytes, escaping: escaping) }

    /// Appends a value that writes itself.
    func append(_ line: any JSONLineEncodable) { line.appendJSON(to: &bytes) }

    /// Closes what is open below `depth`.
    func close(downTo depth: Int) {
        while containers.count > depth, let container = containers.popLast() {
            // An empty one has a line of its own, as in Foundation's documents.
            if container.isEmpty, layout == .indented { bytes.append(UInt8(ascii: "\n")) }
            startLine(containers.count)
            bytes.append(UInt8(ascii: container.isObject ? "}" : "]"))
        }
    }

    /// Closes everything and passes on the rest.
    func finish() throws {
        close(downTo: 0)
        try sink(bytes)
        bytes = []
    }

    private func startLine(_ depth: Int) {
        guard layout == .indented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }
}
