# SPDX-License-Identifier: GPL-3.0-or-later
"""The memory that each command takes with very many files, beside the ceiling that no command may break."""

import os
import pathlib
import shutil
import subprocess
import sys

from common import MIB, TSMEDIA, make_boot_image, write_empty_sequence

# The ceiling of any command: so many KiB, and so many for each file of the request, whatever its bytes.
BASE_KIB, FILE_KIB = 96 * 1024, 1.5
PACKAGE, IMAGE, LARGE_IMAGE = "MEM00001", "MEM00002", "MEM00003"


def peak(command: list) -> int:
    """Runs a command, which must succeed; returns its peak memory in KiB."""
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    messages = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{messages.decode(errors='replace')}")
    return usage.ru_maxrss


def write_source(folder: pathlib.Path, count: int) -> None:
    """Makes `count` small files, every one of other bytes, a thousand in a folder."""
    for index in range(count):
        place = folder / f"folder{index // 1000:04}"
        if index % 1000 == 0:
            place.mkdir(parents=True)
        (place / f"file-{index:08}.dat").write_bytes(f"content {index}\n".encode())


def commands(folder: pathlib.Path):
    """What is measured, in the order in which one needs the other: name, words, output to remove afterwards."""
    library, quiet = folder / "SCCMContentLib", ["--progress", "none"]
    sources = ["--distribution-point", library, "--boot-image", folder / "boot.wim", "--store", folder / "store", *quiet]
    standalone = ["--task-sequence", folder / "sequence.xml", "--package", PACKAGE]
    prestaged = ["--operating-system-image", IMAGE, "--package", PACKAGE, "--management-point",
                 "http://mp.example.com"]
    extracted = ["--operating-system-image", LARGE_IMAGE, "--management-point", "http://mp.example.com"]
    yield "content add", ["content", "add", "--create", folder / "source", "--package-id", PACKAGE, "--version", "1", "--library",
                          library, *quiet], None
    yield "content list", ["content", "list", "--library", library], None
    yield "content verify", ["content", "verify", "--library", library, *quiet], None
    yield "create --dry-run --json", ["create", "standalone", *sources, *standalone, "--output", folder / "no.iso",
                                      "--dry-run", "--json"], None
    for kind, name, options in (("standalone", "a disc", standalone), ("standalone", "a drive", standalone),
                                ("standalone", "a folder", standalone), ("prestaged", "a WIM", prestaged),
                                ("prestaged", "an image", extracted)):
        output = folder / {"a disc": "out.iso", "a drive": "out.img", "a folder": "out", "a WIM": "out.wim",
                           "an image": "image.wim"}[name]
        # Hashing everything takes more than knowing it.
        yield f"create, {name}", ["create", kind, *sources, *options, "--output", output, "--rehash"], None
        if name == "a drive":
            yield "update of it", ["update", output, *sources, *options, "--rehash"], None
        yield f"verify, {name}", ["verify", output, *quiet], None
        yield f"inspect, {name}", ["inspect", output], output


def run(folder: pathlib.Path, count: int) -> None:
    """Prints the peak memory of each command with `count` files; fails when one breaks the ceiling."""
    folder.mkdir()
    make_boot_image(folder / "boot.wim", 1 * MIB)
    write_empty_sequence(folder / "sequence.xml")
    write_source(folder / "source", count)
    (folder / "system").mkdir()
    (folder / "system/file.txt").write_text("a system\n")
    # An image of one file, and one of as many files as there are.
    for package, system in ((IMAGE, "system"), (LARGE_IMAGE, "source")):
        (folder / package).mkdir()
        subprocess.run(["wimlib-imagex", "capture", folder / system, folder / package / "install.wim", "System"],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([TSMEDIA, "content", "add", "--create", folder / package, "--package-id", package, "--version", "1",
                        "--library", folder / "SCCMContentLib", "--progress", "none"], check=True,
                       stdout=subprocess.DEVNULL)
    ceiling = BASE_KIB + FILE_KIB * count
    print(f"memory with {count} files: the ceiling is {ceiling / 1024:.0f} MiB, 96 MiB and {FILE_KIB} KiB a file")
    exceeded = []
    for name, words, output in commands(folder):
        memory = peak([TSMEDIA, *words])
        is_over = memory > ceiling
        exceeded += [name] if is_over else []
        print(f"  {name:<26} {memory / 1024:7.0f} MiB{'   EXCEEDED' if is_over else ''}", flush=True)
        if name == "content add":
            shutil.rmtree(folder / "source")
        if output is not None:
            shutil.rmtree(output) if output.is_dir() else output.unlink()
    if exceeded:
        sys.exit(f"over the ceiling: {', '.join(exceeded)}")
