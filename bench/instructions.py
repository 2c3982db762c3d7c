#!/usr/bin/env python3
"""The decoder's floors in instructions, as a test: they are the same on a busy machine, so a change that makes the
decoder slower cannot hide. Prints TAP."""

import argparse
import pathlib
import shutil
import sys

from decode import ROWS
from row import Bench, Unmeasured
from run import BELOW_FLOOR, figure, verdict_of

GATE = [row for row in ROWS if row.key.startswith("decode-instructions")]


def judge(row, bench):
    """Whether the floor is held, and what to say of it."""
    try:
        value, remark = row.measure(bench)
    except Unmeasured as error:
        return False, str(error)
    return verdict_of(row, value) != BELOW_FLOOR, f"{figure(row, value)}, floor {figure(row, row.floor)}: {remark}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--rules", required=True)
    options = parser.parse_args()
    print("TAP version 13")
    if not shutil.which("valgrind"):
        print("1..0 # SKIP valgrind is not installed")
        return 0
    print(f"1..{len(GATE)}")
    bench = Bench(str(options.build), options.rules, str(options.build / "bench" / "corpus"), 1)
    failed = 0
    for number, row in enumerate(GATE, 1):
        held, remark = judge(row, bench)
        failed += not held
        print(f"{'ok' if held else 'not ok'} {number} - {row.key}\n# {remark}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
