// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SystemPackage

/// What libFuzzer brings (LLVM's compiler-rt, lib/fuzzer/FuzzerDriver.cpp): runs `body` on inputs as the arguments say.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The target that this process feeds, set before the first input.
nonisolated(unsafe) private var chosen: FuzzTarget?

/// Takes an input; libFuzzer's own main, which nobody calls, wants it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
func feed(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen?.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
}

private func say(_ text: String) { _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8)) }

private func usage() -> Never {
    say(
        """
        usage: tsmedia-fuzz list
               tsmedia-fuzz seeds TARGET FOLDER
               tsmedia-fuzz TARGET [FLAGS OF LIBFUZZER] [CORPUS FOLDERS | INPUT]

        """)
    exit(64)
}

private let words = CommandLine.arguments
guard words.count > 1 else { usage() }
if words[1] == "list" {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
}
private let name = words[1] == "seeds" && words.count == 4 ? words[2] : words[1]
guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    say("tsmedia-fuzz: there is no target '\(name)'\n")
    usage()
}
if words[1] == "seeds" {
    do { try target.writeSeeds(to: FilePath(words[3])) } catch {
        say("tsmedia-fuzz: the seeds of \(name) cannot be made: \(error)\n")
        exit(1)
    }
    exit(0)
}
chosen = target
// The name of the target goes; what is left is libFuzzer's.
private var count = CommandLine.argc - 1
private var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = {
    let all = CommandLine.unsafeArgv
    for index in 1..<Int(CommandLine.argc) { all[index] = all[index + 1] }
    return all
}()
exit(runDriver(&count, &arguments, feed))
