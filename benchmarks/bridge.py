# SPDX-License-Identifier: GPL-3.0-or-later
"""What UDF costs beside a disc without: time, bytes for each file, layout and memory of very many files."""

import json
import pathlib
import shutil
import subprocess

import discs
from common import MIB, TSMEDIA, add_package, make_boot_image, measure, write_empty_sequence

PACKAGE = "BRG00001"
FILE_COUNT = 100_000
KINDS = ("iso", "bridge")


def run(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints what a bridge costs beside `--file-system iso`, and the targets."""
    (folder / "plain").mkdir(parents=True)
    bench = discs.Bench(folder / "plain", size)
    for name, options in (("every byte hashed", ["--rehash"]), ("verified before", [])):
        results = bench.compare({kind: bench.tsmedia("--file-system", kind, *options) for kind in KINDS}, rounds)
        (plain, _), (bridge, memory) = (results[kind] for kind in KINDS)
        print(f"a disc of {size} MiB, {name}: {bridge:.2f} s, {bridge / plain:.3f} x iso, {memory / 1024:.0f} MiB   target 1.03 x")
    shutil.rmtree(folder / "plain")
    many(folder / "many", rounds)


def many(folder: pathlib.Path, rounds: int) -> None:
    """The same of a hundred thousand small files, a thousand in a folder, laid out and not written."""
    for index in range(FILE_COUNT):
        place = folder / "source" / f"folder{index // 1000:04}"
        if index % 1000 == 0:
            place.mkdir(parents=True)
        (place / f"file-{index:08}.dat").write_bytes(f"content {index}\n".encode())
    make_boot_image(folder / "boot.wim", MIB)
    write_empty_sequence(folder / "sequence.xml")
    add_package(folder / "library", folder / "source", PACKAGE)
    shutil.rmtree(folder / "source")
    plans = {}
    best = {}
    memory = {}
    for turn in range(rounds):
        for kind in KINDS:
            command = [TSMEDIA, "create", "standalone", "--distribution-point", folder / "library", "--boot-image",
                       folder / "boot.wim", "--task-sequence", folder / "sequence.xml", "--package", PACKAGE, "--store",
                       folder / "store", "--progress", "none", "--file-system", kind, "--output", folder / "out.iso", "--dry-run"]
            seconds, kibibytes = measure(command)
            best[kind] = min(best.get(kind, seconds), seconds)
            memory[kind] = max(memory.get(kind, 0), kibibytes)
            if turn == 0:
                answer = subprocess.run([str(word) for word in command + ["--json"]], check=True, capture_output=True)
                plans[kind] = json.loads(answer.stdout)["volumes"][0]["size"]
    added = best["bridge"] - best["iso"]
    ceiling = 96 + 1.5 * FILE_COUNT / 1024
    print(f"{FILE_COUNT} files: planned in {best['bridge']:.2f} s, {added:+.2f} s beside iso   target +1.5 s")
    print(f"  {(plans['bridge'] - plans['iso']) / FILE_COUNT:.0f} bytes of disc a file   target 2200")
    print(f"  {memory['bridge'] / 1024:.0f} MiB, {(memory['bridge'] - memory['iso']) / 1024:+.0f} MiB beside iso   target {ceiling:.0f} MiB")
    bridge = [TSMEDIA, "create", "standalone", "--distribution-point", folder / "library", "--boot-image",
              folder / "boot.wim", "--task-sequence", folder / "sequence.xml", "--package", PACKAGE, "--store",
              folder / "store", "--progress", "none", "--force", "--file-system"]
    for kind in KINDS:
        seconds, kibibytes = min(measure([*bridge, kind, "--output", folder / f"{kind}.iso"]) for _ in range(rounds))
        print(f"  written as {kind}: {seconds:.2f} s, {kibibytes / 1024:.0f} MiB")
        seconds, kibibytes = min(measure([TSMEDIA, "verify", folder / f"{kind}.iso", "--progress", "none"])
                                 for _ in range(rounds))
        print(f"  verified: {seconds:.2f} s, {kibibytes / 1024:.0f} MiB")
