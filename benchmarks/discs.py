# SPDX-License-Identifier: GPL-3.0-or-later
"""One disc beside cp, xorriso and genisoimage."""

import pathlib
import shutil
import subprocess
import time

from common import (MIB, TSMEDIA, add_package, fill, loop_mount, make_boot_image, measure, report,
                    write_empty_sequence)


class Bench:
    """A content library and the same content as a folder, in one place."""

    def __init__(self, place: pathlib.Path, mebibytes: int):
        self.place = place
        self.library = place / "SCCMContentLib"
        self.tree = place / "tree"
        self.boot_image = place / "boot.wim"
        self.store = place / "store"
        self.output = place / "out.iso"
        self.packages = []
        # An operating system image, a second image, a driver package of many files, and a package of large ones.
        shares = [("BEN00001", 0.35, 1), ("BEN00002", 0.30, 1), ("BEN00003", 0.15, 2000), ("BEN00004", 0.20, 40)]
        make_boot_image(self.boot_image, 64 * MIB)
        for number, (package, share, count) in enumerate(shares):
            source = self.tree / "SMS/PKG" / package
            for index in range(count):
                fill(source / f"part{index % 50}/file{index}.bin", int(mebibytes * MIB * share / count),
                     number * 100_000 + index)
            add_package(self.library, source, package)
            self.packages.append(package)
        self.sequence = write_empty_sequence(place / "sequence.xml")
        (self.tree / "sources").mkdir()
        shutil.copy(self.boot_image, self.tree / "sources/boot.wim")
        # What changed in the last two seconds is not remembered as verified.
        time.sleep(3)
        self.byte_count = sum(path.stat().st_size for path in self.tree.rglob("*") if path.is_file())

    def tsmedia(self, *options: str) -> list:
        return self.create("--output", self.output, *options)

    def create(self, *options) -> list:
        """The command that makes stand-alone media of everything."""
        packages = [word for package in self.packages for word in ("--package", package)]
        return [TSMEDIA, "create", "standalone", "--distribution-point", self.library, "--boot-image",
                self.boot_image, "--task-sequence", self.sequence, *packages,
                "--store", self.store, "--progress", "none", *options]

    def run(self, command: list) -> tuple[float, int]:
        """One run with a fresh output."""
        for path in (self.output, self.place / "copy"):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        return measure(command)

    def compare(self, contenders: dict, rounds: int) -> dict:
        """The fastest of `rounds` runs of each contender, taken in turn, with the largest memory."""
        best = {}
        for _ in range(rounds):
            for name, command in contenders.items():
                seconds, memory = self.run(command)
                known = best.get(name, (seconds, memory))
                best[name] = (min(seconds, known[0]), max(memory, known[1]))
        return best


def run(folder: pathlib.Path, size: int, rounds: int, reflink: bool) -> None:
    """Prints what a stand-alone ISO of `size` MiB costs, and `--help`."""
    (folder / "plain").mkdir()
    bench = Bench(folder / "plain", size)
    print(f"stand-alone ISO of {bench.byte_count / MIB:.0f} MiB, best of {rounds}, warm cache")
    mkisofs = ["-quiet", "-iso-level", "3", "-J", "-joliet-long", "-o", bench.output, bench.tree]
    results = bench.compare({
        "cp": ["cp", "-r", "--reflink=never", bench.tree, bench.place / "copy"],
        "tsmedia, every byte hashed": bench.tsmedia("--rehash"),
        "tsmedia, verified before": bench.tsmedia(),
        "xorriso -as mkisofs": ["xorriso", "-as", "mkisofs", *mkisofs],
        "genisoimage": ["genisoimage", "-allow-limited-size", *mkisofs],
    }, rounds)
    report(results, "cp", {"tsmedia, every byte hashed": "1.7 x, 128 MiB",
                           "tsmedia, verified before": "1.2 x, 128 MiB"})

    if reflink:
        for kind in ("btrfs", "xfs"):
            with loop_mount(kind, folder, size * 5 + 2048) as mount:
                bench = Bench(mount, size)
                bench.run(bench.tsmedia())
                results = bench.compare({
                    "cp": ["cp", "-r", "--reflink=never", bench.tree, mount / "copy"],
                    "cp --reflink": ["cp", "-r", "--reflink=always", bench.tree, mount / "copy"],
                    "tsmedia, verified before": bench.tsmedia(),
                }, rounds)
                print(f"the same on {kind}, which has reflinks")
                report(results, "cp", {"tsmedia, verified before": "near instant"})

    times = sorted(measure([TSMEDIA, "--help"])[0] for _ in range(20))
    print(f"tsmedia --help: median {times[10] * 1000:.1f} ms   target 30 ms")

