#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulates many media on many nodes: what the store and the distribution points must give, and how long it takes.

Nothing is built, no network is used, and the same options give the same figures. Media is divided among the nodes as
`tsmedia build --shard` divides it. A node makes one media after the other. What it must fetch comes over the link of the
distribution points; with a store it is kept in passing, and who wants a file that another node fetches waits for it, as the
program does. All bytes that go over one link share it evenly (max-min).

Media is made of files of one size. `--common` of its bytes are the same for all media, the rest is that of its model: a larger
media has more of both. What is there already is read first, what is missing is fetched behind it, file by file.

  benchmarks/fleet.py                     the fleet of docs/benchmarks.md
  benchmarks/fleet.py --divide N          reads the sizes of media, one a line, and prints for each the part that builds it
"""

import argparse
import collections
import heapq
import json
import random
import sys

from links import Flows, Link, even_shares

GBIT = 1e9 / 8
GB = 1e9
INFINITE = float("inf")


# Dividing

def divide(sizes: list[int], count: int) -> list[int]:
    """The part of each media, from 0: the largest first, each to the part that has least (ManifestBuild.swift)."""
    loads = [(0, part) for part in range(count)]
    parts = [0] * len(sizes)
    for index in sorted(range(len(sizes)), key=lambda index: (-sizes[index], index)):
        load, part = heapq.heappop(loads)
        parts[index] = part
        heapq.heappush(loads, (load + sizes[index] + 1, part))
    return parts


def imbalance(loads: list[float]) -> float:
    """The worst beside the mean."""
    return max(loads) / (sum(loads) / len(loads))


# The fleet

class Fleet:
    """Media by its files, and which node makes it."""

    def __init__(self, options):
        generator = random.Random(options.seed)
        file_size = options.file_mb * 1e6
        self.file_size = file_size
        self.media = []
        for _ in range(options.media):
            size = min(options.largest_gb, generator.lognormvariate(0, options.spread) * options.median_gb) * GB
            model = generator.randrange(options.models)
            common = round(size * options.common / file_size)
            own = max(1, round(size * (1 - options.common) / file_size))
            self.media.append((model, common, own))
        self.sizes = [int((common + own) * file_size) for _, common, own in self.media]
        self.parts = divide(self.sizes, options.nodes)
        self.queues = [[] for _ in range(options.nodes)]
        for index, part in enumerate(self.parts):
            self.queues[part].append(index)

    def files(self, index: int) -> list[tuple[int, int]]:
        """The files of a media; those of model -1 are common to all."""
        model, common, own = self.media[index]
        return [(-1, number) for number in range(common)] + [(model, number) for number in range(own)]

    def distinct_bytes(self) -> float:
        """All content, each file once."""
        return len({file for index in range(len(self.media)) for file in self.files(index)}) * self.file_size


# One simulation

class Run:
    """One simulation. `store` is shared, node or none."""

    def __init__(self, fleet: Fleet, options, store: str, points_gbit: float, store_gbit: float):
        self.fleet, self.options, self.store = fleet, options, store
        self.now = 0.0
        self.fetching, self.reading = Flows(), Flows()
        self.points, self.store_in, self.store_out = Link(points_gbit * GBIT), Link(store_gbit * GBIT), Link(store_gbit * GBIT)
        self.outputs = Link(options.outputs_gbit * GBIT if options.outputs_gbit else INFINITE)
        self.stored = [set()] if store == "shared" else [set() for _ in fleet.queues]
        self.under_way = {}
        self.queues = [collections.deque(queue) for queue in fleet.queues]
        self.missing = [collections.deque() for _ in fleet.queues]
        self.current = [None] * len(fleet.queues)
        self.ended = [0.0] * len(fleet.queues)
        self.waiting_since = {}
        self.waited = 0.0
        self.most_fetching = self.most_reading = self.most_waiting = 0
        write, nic = options.write_mb * 1e6, options.node_gbit * GBIT
        out = 1 if options.outputs_gbit else 0
        # A node with a store of its own writes what it fetches twice to one disk; one with a shared store sends it there.
        if store == "node":
            self.fetch_ceiling, self.read_ceiling = min(nic, write / 2), min(write, nic / out if out else INFINITE)
        elif store == "shared":
            self.fetch_ceiling, self.read_ceiling = min(write, nic / (1 + out)), min(write, nic)
        else:
            self.fetch_ceiling, self.read_ceiling = min(write, nic), INFINITE

    def set_rates(self) -> None:
        fetching, reading = len(self.fetching.ends), len(self.reading.ends)
        fetch, read = self.fetch_ceiling, self.read_ceiling
        if fetching:
            fetch = min(fetch, self.points.capacity / fetching)
            if self.store == "shared":
                fetch = min(fetch, self.store_in.capacity / fetching)
        if reading and self.store == "shared":
            read = min(read, self.store_out.capacity / reading)
        if self.options.outputs_gbit:
            fetch, read = even_shares([fetching, reading], [fetch, read], self.outputs.capacity)
        self.fetching.rate, self.reading.rate = fetch if fetching else 0.0, read if reading else 0.0
        self.most_fetching, self.most_reading = max(self.most_fetching, fetching), max(self.most_reading, reading)

    def pass_time(self, seconds: float) -> None:
        fetch = self.fetching.rate * len(self.fetching.ends)
        read = self.reading.rate * len(self.reading.ends)
        self.points.use(fetch, seconds)
        self.outputs.use(fetch + read, seconds)
        if self.store == "shared":
            self.store_in.use(fetch, seconds)
            self.store_out.use(read, seconds)
        self.fetching.clock += self.fetching.rate * seconds
        self.reading.clock += self.reading.rate * seconds
        self.now += seconds

    def own_store(self, node: int) -> set:
        return self.stored[0 if self.store == "shared" else node]

    def begin(self, node: int) -> None:
        """Begins the next media of a node: what is stored is read at once."""
        if not self.queues[node]:
            self.ended[node] = self.now
            return
        files = self.fleet.files(self.queues[node].popleft())
        if self.store == "none":
            self.current[node] = files
            return self.fetching.add(len(files) * self.fleet.file_size, node)
        store = self.own_store(node)
        self.missing[node] = collections.deque(file for file in files if file not in store)
        there = len(files) - len(self.missing[node])
        if there:
            return self.reading.add(there * self.fleet.file_size, node)
        self.go_on(node)

    def go_on(self, node: int) -> None:
        """The next file of the media of a node, if there is one."""
        if self.store == "none" or not self.missing[node]:
            return self.begin(node)
        store = self.own_store(node)
        file = self.missing[node].popleft()
        if file in store:
            return self.reading.add(self.fleet.file_size, node)
        place = file if self.store == "shared" else (node, file)
        if place in self.under_way:
            self.missing[node].appendleft(file)
            self.under_way[place].append(node)
            self.waiting_since[node] = self.now
            self.most_waiting = max(self.most_waiting, len(self.waiting_since))
            return
        self.under_way[place] = []
        self.current[node] = file
        self.fetching.add(self.fleet.file_size, node)

    def fetched(self, node: int) -> None:
        if self.store != "none":
            file = self.current[node]
            self.own_store(node).add(file)
            for other in self.under_way.pop(file if self.store == "shared" else (node, file)):
                self.waited += self.now - self.waiting_since.pop(other)
                self.go_on(other)
        self.go_on(node)

    def run(self) -> dict:
        # Every node plans all media, to know its part.
        self.now = self.options.media * self.options.plan_ms / 1000
        for node in range(len(self.queues)):
            self.begin(node)
        while self.fetching.ends or self.reading.ends:
            self.set_rates()
            fetch, read = self.fetching.next_end(), self.reading.next_end()
            self.pass_time(min(fetch, read))
            if fetch <= read:
                self.fetched(heapq.heappop(self.fetching.ends)[1])
            else:
                self.go_on(heapq.heappop(self.reading.ends)[1])
        return self.figures()

    def figures(self) -> dict:
        seconds = max(self.ended)

        def link(link: Link) -> dict:
            return {
                "gigabytes": round(link.byte_count / GB, 1),
                "meanGbit": round(link.byte_count / seconds / GBIT, 2),
                "peakGbit": round(link.peak / GBIT, 2),
                "fullShare": round(link.full_seconds / seconds, 3),
            }

        return {
            "store": self.store,
            "hours": round(seconds / 3600, 3),
            "worstNode": round(imbalance(self.ended), 3),
            "distributionPoints": link(self.points),
            "storeIn": link(self.store_in),
            "storeOut": link(self.store_out),
            "mostFetching": self.most_fetching,
            "mostConnections": self.most_fetching * self.options.connections,
            "mostReading": self.most_reading,
            "mostWaiting": self.most_waiting,
            "waitedNodeHours": round(self.waited / 3600, 2),
        }


# Printing

def balance(fleet: Fleet, options) -> dict:
    """The bytes of the worst node beside the mean: as the program divides, and as simpler rules would."""
    def loads(parts):
        sums = [0] * options.nodes
        for index, part in enumerate(parts):
            sums[part] += fleet.sizes[index]
        return sums

    in_turn = [index % options.nodes for index in range(options.media)]
    in_rows = [index * options.nodes // options.media for index in range(options.media)]
    return {name: round(imbalance(loads(parts)), 4)
            for name, parts in (("bySize", fleet.parts), ("inTurn", in_turn), ("inRows", in_rows))}


def table_row(name: str, figures: dict) -> str:
    points, store = figures["distributionPoints"], figures["storeOut"]
    return (f"{name:<34} {figures['hours']:7.2f} h {figures['worstNode']:6.3f}"
            f"   {points['gigabytes'] / 1000:7.2f} TB {points['meanGbit']:7.2f} {points['peakGbit']:7.2f} {figures['mostFetching']:5d}"
            f"   {store['gigabytes'] / 1000:7.2f} TB {store['meanGbit']:7.2f} {store['peakGbit']:7.2f} {figures['waitedNodeHours']:8.2f}")


HEADER = (f"{'':<34} {'time':>9} {'worst':>6}   {'DPs':>10} {'mean':>7} {'peak':>7} {'nodes':>5}"
          f"   {'store out':>10} {'mean':>7} {'peak':>7} {'waited h':>8}")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--media", type=int, default=10_000)
    add("--nodes", type=int, default=100)
    add("--median-gb", type=float, default=8, help="the size of the media in the middle")
    add("--largest-gb", type=float, default=40)
    add("--spread", type=float, default=0.5, help="of the logarithm of the sizes (lognormal)")
    add("--common", type=float, default=0.7, help="the share of a media's bytes that are common to all")
    add("--models", type=int, default=200, help="that have the rest in common")
    add("--file-mb", type=float, default=256, help="the size of a file of content")
    add("--points-gbit", type=float, default=10, help="the link of all distribution points together")
    add("--store-gbit", type=float, default=25, help="the link of the shared store, each way")
    add("--node-gbit", type=float, default=10, help="the link of a node, each way")
    add("--write-mb", type=float, default=400, help="how fast a node writes media, a second")
    add("--outputs-gbit", type=float, default=0, help="the link of outputs that all share (0: each node has its own disk)")
    add("--plan-ms", type=float, default=25, help="to plan one media; every node plans all")
    add("--connections", type=int, default=1, help="of a node that fetches")
    add("--seed", type=int, default=1)
    add("--store", choices=["shared", "node", "none"], action="append", help="only this kind of store")
    add("--given-links-only", action="store_true", help="do not simulate other links")
    add("--json", action="store_true")
    add("--divide", type=int, metavar="N")
    return parser


def run(options) -> None:
    fleet = Fleet(options)
    stores = options.store or ["shared", "node", "none"]
    links = [(store, options.points_gbit, options.store_gbit) for store in stores]
    if not options.given_links_only:
        links += [(store, INFINITE, INFINITE) for store in stores]
        links += [(store, gbit, options.store_gbit) for store in stores for gbit in (1, 40, 100)]
        links += [("shared", options.points_gbit, gbit) for gbit in (10, 50, 100, 200) if "shared" in stores]
    summary = {
        "terabytes": round(sum(fleet.sizes) / 1e12, 2),
        "distinctTerabytes": round(fleet.distinct_bytes() / 1e12, 3),
        "balance": balance(fleet, options),
        "planHours": round(options.media * options.plan_ms / 3.6e6, 4),
    }
    if options.json:
        runs = [Run(fleet, options, *link).run() for link in links]
        return print(json.dumps({**summary, "runs": runs}, indent=1))
    print(f"{options.media} media of {summary['terabytes']} TB, of {summary['distinctTerabytes']} TB of content, on {options.nodes} nodes")
    print(f"bytes of the worst node beside the mean: {summary['balance']}")
    print("\n" + HEADER)
    for store, points, shared in links:
        name = f"{store}, DPs {points:g}" + (f", store {shared:g} Gbit/s" if store == "shared" else " Gbit/s")
        print(table_row(name, Run(fleet, options, store, points, shared).run()), flush=True)


def main() -> None:
    options = parser().parse_args()
    if options.divide:
        return print(*divide([int(line) for line in sys.stdin], options.divide), sep="\n")
    run(options)


if __name__ == "__main__":
    main()
