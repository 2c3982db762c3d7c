"""What a device costs the engine: time as the fleet grows, memory when it is quiet."""

import json
import os
import subprocess

from row import Row, Unmeasured

SMALL, LARGE, EVENTS = 10_000, 10_000_000, 1_500_000
QUIET = 1_000_000


def run(bench, *arguments):
    program = os.path.join(bench.build, "bench", "devices", "bench-devices")
    if not os.path.exists(program):
        raise Unmeasured(f"{program} is not built")
    said = subprocess.run([program, bench.rules, *map(str, arguments)], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


def growth(bench):
    """The engine's own CPU, events already decoded. The program takes the best of several rounds, of either fleet; to
    fill the large one takes most of the time, so it is filled once, while the small one has its turn before and after."""
    small = [run(bench, "time", SMALL, EVENTS)["ns_per_event"]]
    large = run(bench, "time", LARGE, EVENTS)
    small.append(run(bench, "time", SMALL, EVENTS)["ns_per_event"])
    return large["ns_per_event"] / min(small), (
        f"{min(small):.0f} ns at 10k, {large['ns_per_event']:.0f} ns at 10M, "
        f"{large['watched']} of them in an episode at any time")


def quiet(bench):
    """Every device has connected, lapsed and come back, and is at rest: what is resident then, and was not before."""
    said = run(bench, "memory", QUIET)
    if said["watched"] or said["expiries"] < QUIET:
        raise Unmeasured(f"the fleet has not come to rest: {said}")
    return max(said["resident_bytes"], said["allocated_bytes"]), (
        f"{said['allocated_bytes']:.1f} B by malloc's count, {said['resident_bytes']:.1f} B resident")


ROWS = [
    Row("device-growth", "cost of an event, 10M devices to 10k", "x", 5.0, 3.5, True, growth),
    Row("device-bytes", "a quiet device, of a million", "B", 96, 84, True, quiet),
]
