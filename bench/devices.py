"""What a device costs the engine: time as the fleet grows, memory when it is quiet."""

import json
import os
import subprocess

from row import Row

SMALL, LARGE, EVENTS = 10_000, 10_000_000, 1_500_000
QUIET = 1_000_000


def run(bench, *arguments):
    program = os.path.join(bench.build, "bench", "devices", "bench-devices")
    said = subprocess.run([program, bench.rules, *map(str, arguments)], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def growth(bench):
    """The engine's own CPU, events already decoded. Filling the large fleet takes most of the time, so it is measured
    once; the small one takes its turn before and after, and its best counts, which makes the growth no smaller."""
    small = [run(bench, "time", SMALL, EVENTS)["ns_per_event"] for _ in range(max(1, bench.rounds // 2))]
    large = run(bench, "time", LARGE, EVENTS)
    small += [run(bench, "time", SMALL, EVENTS)["ns_per_event"] for _ in range(max(1, bench.rounds // 2))]
    return large["ns_per_event"] / min(small), (
        f"{min(small):.0f} ns at 10k, {large['ns_per_event']:.0f} ns at 10M, "
        f"{large['watched']} of them in an episode at any time")


def quiet(bench):
    """Every device has connected, lapsed and come back, and is at rest: what is resident then, and was not before."""
    said = run(bench, "memory", QUIET)
    if said["watched"] or said["expiries"] < QUIET:
        raise RuntimeError(f"the fleet has not come to rest: {said}")
    return max(said["resident_bytes"], said["allocated_bytes"]), (
        f"{said['allocated_bytes']:.1f} B by malloc's count, {said['resident_bytes']:.1f} B resident")


ROWS = [
    Row("device-growth", "cost of an event, 10M devices to 10k", "x", 5.0, 3.5, True, growth),
    Row("device-bytes", "a quiet device, of a million", "B", 96, 84, True, quiet),
]
