# SPDX-License-Identifier: GPL-3.0-or-later
"""Prestaged media beside wimlib-imagex: capture of the same tree, laid out on disk, with the same compression; and with the
files of an operating system image, beside copying that image and export and update of it."""

import pathlib
import random
import shutil
import subprocess
import time

from common import (MIB, TSMEDIA, add_package, fill, loop_mount, make_boot_image, measure, report)

IMAGE, DRIVERS, PROGRAMS = "BEN00001", "BEN00002", "BEN00003"


def fill_with_text(path: pathlib.Path, byte_count: int, seed: int) -> None:
    """Writes words in random order, which compress to about a third."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = random.Random(seed)
    words = [generator.randbytes(generator.randint(3, 12)).hex() for _ in range(2000)]
    with open(path, "w", encoding="ascii") as file:
        while byte_count > 0:
            text = " ".join(generator.choices(words, k=min(byte_count, 1 << 20) // 16 + 1))[:byte_count]
            file.write(text)
            byte_count -= len(text)


class Bench:
    """A content library with an operating system image and packages, and the tree that prestaged media makes of it."""

    def __init__(self, place: pathlib.Path, mebibytes: int):
        self.place = place
        self.library = place / "SCCMContentLib"
        self.store = place / "store"
        self.boot_image = place / "boot.wim"
        self.output = place / "out.wim"
        self.tree = place / "tree"
        make_boot_image(self.boot_image, 64 * MIB)
        # 4 GiB of operating system image to 500 MB of packages, half of them compressible.
        packages = mebibytes * MIB // 9
        noise = place / "noise/file.bin"
        fill(noise, mebibytes * MIB - packages, 1)
        (place / "image").mkdir()
        subprocess.run(["wimlib-imagex", "capture", noise.parent, place / "image/install.wim", "System",
                        "--compress=none"], check=True, stdout=subprocess.DEVNULL)
        noise.unlink()
        for index in range(2000):
            fill_with_text(place / f"drivers/driver{index % 50}/file{index}.sys", packages // 4000, index)
        for index in range(10):
            fill_with_text(place / f"programs/program{index}.dll", packages // 40, 10_000 + index)
            fill(place / f"programs/archive{index}.bin", packages // 40, 20_000 + index)
        for package, name in ((IMAGE, "image"), (DRIVERS, "drivers"), (PROGRAMS, "programs")):
            add_package(self.library, place / name, package)
        # What changed in the last two seconds is not remembered as verified.
        time.sleep(3)
        measure(self.tsmedia("--compression", "none"))
        subprocess.run(["wimlib-imagex", "apply", self.output, "1", self.tree], check=True, stdout=subprocess.DEVNULL)

    def tsmedia(self, *options: str) -> list:
        return [TSMEDIA, "create", "prestaged", "--distribution-point", self.library, "--boot-image", self.boot_image,
                "--operating-system-image", IMAGE, "--package", PROGRAMS, "--driver-package", DRIVERS,
                "--management-point", "http://mp.example.com", "--output", self.output, "--store", self.store,
                "--operating-system-image-layout", "package", "--progress", "none", *options]

    def compare(self, contenders: dict, rounds: int) -> dict:
        """The fastest of `rounds` runs of each contender, taken in turn, with the largest memory."""
        best = {}
        for _ in range(rounds):
            for name, command in contenders.items():
                self.output.unlink(missing_ok=True)
                seconds, memory = measure(command)
                known = best.get(name, (seconds, memory))
                best[name] = (min(seconds, known[0]), max(memory, known[1]))
        return best


class ExtractedBench(Bench):
    """A content library with an operating system image of many files, in a compression of its own."""

    def __init__(self, place: pathlib.Path, mebibytes: int):  # pylint: disable=super-init-not-called
        self.place = place
        self.library = place / "SCCMContentLib"
        self.store = place / "store"
        self.boot_image = place / "boot.wim"
        self.output = place / "out.wim"
        self.media = place / "media"
        self.image = place / "image/install.wim"
        place.mkdir()
        make_boot_image(self.boot_image, 64 * MIB)
        # Half in large files that nothing shortens, and half in 4,000 of text, which takes about half its size.
        source = place / "system"
        for index in range(8):
            fill(source / f"Windows/System32/archive{index}.bin", mebibytes * MIB // 16, index)
        for index in range(4000):
            fill_with_text(source / f"Windows/WinSxS/folder{index % 400}/file{index}.dll", mebibytes * MIB // 4000, index)
        (place / "image").mkdir()
        subprocess.run(["wimlib-imagex", "capture", source, self.image, "System", "--compress=XPRESS"], check=True,
                       stdout=subprocess.DEVNULL)
        shutil.rmtree(source)
        add_package(self.library, place / "image", IMAGE)
        time.sleep(3)
        measure(self.tsmedia())
        # What wimlib-imagex adds to the image: the files of the media that are not the image's.
        subprocess.run(["wimlib-imagex", "extract", self.output, "1", "/SMS", "/sources", "/boot", "/EFI", "/bootmgr",
                        f"--dest-dir={self.media}"], check=True, stdout=subprocess.DEVNULL)

    def tsmedia(self, *options: str) -> list:
        return [TSMEDIA, "create", "prestaged", "--distribution-point", self.library, "--boot-image", self.boot_image,
                "--operating-system-image", IMAGE, "--management-point", "http://mp.example.com", "--output", self.output,
                "--store", self.store, "--progress", "none", *options]


def run_extracted(folder: pathlib.Path, size: int, rounds: int) -> None:
    """Prints what prestaged media with the files of an image of about `size` MiB costs."""
    bench = ExtractedBench(folder / "extracted", size)
    megabytes = bench.image.stat().st_size / MIB
    print(f"prestaged media with the files of an image of {megabytes:.0f} MiB, best of {rounds}, warm cache")
    base = "cp and sha256sum"
    export = f"wimlib-imagex export {bench.image} 1 {bench.output}"
    results = bench.compare({
        base: ["sh", "-c", f"cp {bench.image} {bench.output} && sha256sum {bench.image}"],
        "wimlib-imagex export": export.split(),
        "wimlib-imagex export and update": [
            "sh", "-c", f"{export} && wimlib-imagex update {bench.output} 1 --command='add {bench.media} /'"],
        "tsmedia, every byte hashed": bench.tsmedia("--rehash"),
        "tsmedia, verified before": bench.tsmedia(),
        "tsmedia, its package instead": bench.tsmedia("--operating-system-image-layout", "package", "--rehash"),
    }, rounds)
    report(results, base, {"tsmedia, every byte hashed": "1.10 x", "tsmedia, verified before": "1.10 x"})


def run(folder: pathlib.Path, size: int, rounds: int, reflink: bool) -> None:
    """Prints what prestaged media of `size` MiB costs."""
    if reflink:
        for kind in ("btrfs", "xfs"):
            with loop_mount(kind, folder, size * 5 + 2048) as mount:
                print(f"the same on {kind}, which has reflinks")
                run_delta(Bench(mount, size), rounds)
    bench = Bench(folder, size)
    print(f"prestaged media of {bench.output.stat().st_size / MIB:.0f} MiB, best of {rounds}, warm cache")
    for compression, peer, target in (("none", "none", "1.00 x"), ("fast", "fast", "1.05 x")):
        capture = f"wimlib-imagex, {compression}"
        ours = [f"tsmedia, {compression}, every byte hashed", f"tsmedia, {compression}, verified before"]
        results = bench.compare({
            capture: ["wimlib-imagex", "capture", bench.tree, bench.output, "System", f"--compress={peer}"],
            ours[0]: bench.tsmedia("--compression", compression, "--rehash"),
            ours[1]: bench.tsmedia("--compression", compression),
        }, rounds)
        report(results, capture, {name: target for name in ours})
    run_delta(bench, rounds)


def run_delta(bench: Bench, rounds: int) -> None:
    """Prints what a build after changing one package costs, beside a build from nothing."""
    base = bench.place / "base.wim"
    fill_with_text(bench.place / "programs/changed.dll", 1 * MIB, 30_000)
    for compression in ("none", "fast", "maximum"):
        measure(bench.tsmedia("--compression", compression, "--force"))
        bench.output.rename(base)
        if compression == "none":
            add_package(bench.library, bench.place / "programs", PROGRAMS, 2)
            time.sleep(3)
            measure(bench.tsmedia("--compression", compression))
        whole = f"tsmedia, {compression}, from nothing"
        results = bench.compare({
            whole: bench.tsmedia("--compression", compression, "--rehash"),
            f"tsmedia, {compression}, verified before": bench.tsmedia("--compression", compression),
            f"tsmedia, {compression}, --base": bench.tsmedia("--compression", compression, "--base", base),
        }, rounds)
        report(results, whole, {f"tsmedia, {compression}, --base": "0.10 x"})
