#!/usr/bin/env python3
"""All ways to read a record say the same: whole logs, most of their lines damaged or changed at random, read once as
lapsed does and once by jansson alone (mutate.c). Prints TAP."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from stage import tap

FLEET = pathlib.Path(__file__).resolve().parent.parent / "fleet" / "fleet.py"
LINES = 60000
# What jansson is left with is what is malformed, and little else; otherwise it would be compared with itself.
FAST_LEAST = 0.3
# Of each day, how many must be read by a shape that is known.
DAYS = (("a day as it is exported", 0.1, []),
        ("several hubs, and other categories", 0.1, ["--hubs", "3", "--noise", "0.6"]),
        ("a day as no exporter writes it", 0, ["--hubs", "3", "--disguise"]))


def wrong(mutate, shaped_least, arguments, seed):
    with tempfile.TemporaryDirectory() as folder:
        day = pathlib.Path(folder) / "day.jsonl"
        subprocess.run([sys.executable, FLEET, "--seed", str(seed), "--devices", "60", "--hours", "12", *arguments, "--out", day],
                       check=True)
        ended = subprocess.run([mutate, day, str(LINES), str(seed)], capture_output=True, text=True)
    if ended.returncode != 0:
        return ended.stderr.splitlines() or [f"exit status {ended.returncode}"]
    said = json.loads(ended.stdout)
    if said["lines"] != LINES or said["by_the_fast_way"] < FAST_LEAST * LINES or said["by_shape"] < shaped_least * LINES:
        return [ended.stdout]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutate", required=True)
    options = parser.parse_args()
    report = tap.Report(len(DAYS))
    for seed, (title, shaped_least, arguments) in enumerate(DAYS, 1):
        report.tell(title, wrong(options.mutate, shaped_least, arguments, seed))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
