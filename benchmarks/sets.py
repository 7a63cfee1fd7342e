# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets of discs: what a set costs beside its discs one by one, and what planning very many files costs."""

import pathlib
import shutil
import subprocess
import time

from common import MIB, TSMEDIA, add_package, fill, make_boot_image, measure, report, write_empty_sequence

DISC_COUNT = 4


def create(folder: pathlib.Path, packages: list[str], output: pathlib.Path, *options: str) -> list:
    """The command that makes stand-alone media of `packages`."""
    words = [word for package in packages for word in ("--package", package)]
    return [TSMEDIA, "create", "standalone", "--distribution-point", folder / "library", "--boot-image",
            folder / "boot.wim", "--task-sequence", folder / "sequence.xml", *words, "--output", output,
            "--store", folder / "store", "--progress", "none", *options]


def prepare(folder: pathlib.Path, boot_byte_count: int) -> None:
    folder.mkdir()
    make_boot_image(folder / "boot.wim", boot_byte_count)
    write_empty_sequence(folder / "sequence.xml")


def run_set(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints the time of a set of four discs beside the time of four `create` commands that make one disc each."""
    prepare(folder, 64 * MIB)
    packages = []
    for number in range(2 * DISC_COUNT):
        packages.append(f"SET{number:05}")
        for index in range(8):
            fill(folder / "source" / packages[-1] / f"file{index}.bin", size * MIB // (16 * DISC_COUNT),
                 number * 100 + index)
        add_package(folder / "library", folder / "source" / packages[-1], packages[-1])
    time.sleep(3)
    # Two packages and the boot image on the first disc; as much room on the others.
    capacity = str(size * MIB // DISC_COUNT + 80 * MIB)
    one_by_one = [create(folder, packages[2 * disc:2 * disc + 2], folder / f"single{disc}.iso")
                  for disc in range(DISC_COUNT)]
    whole = create(folder, packages, folder / "set.iso", "--media-size", capacity)
    best = {}

    def attempt(name: str, commands: list) -> None:
        for path in folder.glob("*.iso"):
            path.unlink()
        runs = [measure(command) for command in commands]
        seconds, memory = sum(run[0] for run in runs), max(run[1] for run in runs)
        known = best.get(name, (seconds, memory))
        best[name] = (min(seconds, known[0]), max(memory, known[1]))

    for _ in range(rounds):
        attempt("discs one by one", one_by_one)
        attempt("set", [whole])
        made = len(list(folder.glob("set*.iso")))
        assert made == DISC_COUNT, f"{made} discs"
    print(f"a set of {DISC_COUNT} discs, {size} MiB, best of {rounds}")
    report(best, "discs one by one", {"set": "1.0 x, 128 MiB"})


def run_planning(folder: pathlib.Path, rounds: int) -> None:
    """Prints what planning a set of 100,000 files in 50 packages costs."""
    prepare(folder, 8 * MIB)
    packages = []
    for number in range(50):
        packages.append(f"MNY{number:05}")
        source = folder / "source" / packages[-1]
        for index in range(2000):
            path = source / f"d{index // 500}/e{index % 10}/file{index:06}.dat"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"content {number} {index} ".encode() * (1 + index % 40))
        add_package(folder / "library", source, packages[-1])
    shutil.rmtree(folder / "source")
    time.sleep(3)
    command = create(folder, packages, folder / "set.iso", "--media-size", "40000000", "--dry-run")
    runs = [measure(command + ["--json"]) for _ in range(rounds + 1)]
    seconds, memory = min(run[0] for run in runs), max(run[1] for run in runs)
    print(f"planning 100,000 files into a set: {seconds:.2f} s, {memory / 1024:.0f} MiB   target 2 s, 256 MiB")
