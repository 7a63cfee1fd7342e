# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of a simulated fleet, and what goes over them."""

import heapq


class Flows:
    """Flows of one kind, which all go equally fast: what each has moved is one clock."""

    def __init__(self):
        self.clock = 0.0
        self.rate = 0.0
        self.ends = []

    def add(self, byte_count: float, node: int) -> None:
        heapq.heappush(self.ends, (self.clock + byte_count, node))

    def next_end(self) -> float:
        """In how many seconds the next one ends."""
        if not self.ends or self.rate == 0:
            return float("inf")
        return max(0.0, self.ends[0][0] - self.clock) / self.rate


class Link:
    """What went over a link."""

    def __init__(self, capacity: float):
        self.capacity = capacity
        self.byte_count = 0.0
        self.peak = 0.0
        self.full_seconds = 0.0

    def use(self, rate: float, seconds: float) -> None:
        if seconds <= 0:
            return
        self.byte_count += rate * seconds
        self.peak = max(self.peak, rate)
        if rate > 0.99 * self.capacity:
            self.full_seconds += seconds


def even_shares(counts: list[int], ceilings: list[float], capacity: float) -> list[float]:
    """How fast each flow of some kinds goes over one link, none faster than its ceiling (max-min fairness)."""
    rates = list(ceilings)
    left, flows = capacity, sum(counts)
    for kind in sorted(range(len(counts)), key=lambda kind: ceilings[kind]):
        if counts[kind] == 0:
            continue
        rates[kind] = min(ceilings[kind], left / flows)
        left -= rates[kind] * counts[kind]
        flows -= counts[kind]
    return rates
