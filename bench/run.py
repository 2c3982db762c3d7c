#!/usr/bin/env python3
"""Measures every goal that lapsed has for its speed and size, beside what it is compared with, and says which are met.

Exits 1 if a floor is missed or a row could not be measured. docs/performance.md tells what is measured, and how.
"""

import argparse
import datetime
import importlib.util
import json
import math
import os
import pathlib
import platform
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from row import Bench, Unmeasured  # noqa: E402

MODULES = ("decode", "scan", "live", "devices")
SOURCE = pathlib.Path(__file__).resolve().parent.parent
OK, BELOW_TARGET, BELOW_FLOOR, UNMEASURED = "ok", "below target", "BELOW FLOOR", "NOT MEASURED"


def all_rows():
    return [row for name in MODULES if importlib.util.find_spec(name)
            for row in importlib.import_module(name).ROWS]


def verdict_of(row, value):
    def reached(bound):
        return value <= bound if row.at_most else value >= bound
    return OK if reached(row.target) else BELOW_TARGET if reached(row.floor) else BELOW_FLOOR


def figure(row, value):
    """Three digits. The rest is cut towards the worse: what misses a bound never looks as if it reached it."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    cut = (math.ceil if row.at_most else math.floor)(round(value * 10 ** digits, 6)) / 10 ** digits
    text = f"{cut:.{digits}f}" if cut != int(cut) else f"{cut:.0f}"
    return text + (row.unit if row.unit == "x" else f" {row.unit}".rstrip())


def measure(row, bench):
    """The verdict, the figure and a remark."""
    try:
        value, remark = row.measure(bench)
    except Unmeasured as error:
        return UNMEASURED, "-", str(error)
    except Exception as error:  # a broken row takes none of the others with it
        return UNMEASURED, "-", f"{type(error).__name__}: {error}"
    return verdict_of(row, value), figure(row, value), remark


def print_table(rows, bench):
    """Prints row by row, as they are measured. Returns their verdicts."""
    width = max(len(row.key) for row in rows)
    verdicts = []
    print(f"{'':{width}}  {'floor':>9}  {'target':>9}  {'measured':>9}")
    for row in rows:
        print(f"{row.key:{width}}  {figure(row, row.floor):>9}  {figure(row, row.target):>9}", end="", flush=True)
        verdict, value, remark = measure(row, bench)
        print(f"  {value:>9}  {verdict}\n    {row.what}\n    {remark}", flush=True)
        verdicts.append(verdict)
    return verdicts


def processor():
    """Its name, as far as the kernel knows it: arm64 has none there."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith(("model name", "Model")):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def first_line(*command):
    try:
        ended = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return f"{command[0]} is missing"
    return (ended.stdout + ended.stderr).strip().splitlines()[0]


def print_machine(build):
    info = pathlib.Path(build) / "meson-info"
    options = {option["name"]: option["value"] for option in json.loads((info / "intro-buildoptions.json").read_text())}
    targets = json.loads((info / "intro-targets.json").read_text())
    sources = (source for target in targets for source in target.get("target_sources", []))
    compiler = next(source["compiler"] for source in sources if source["compiler"])
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\n{processor()}, {os.cpu_count()} cores, {platform.machine()}, "
          f"{platform.system()} {platform.release()}; load {load}"
          f"\n{first_line(*compiler, '--version')}, build type {options['buildtype']}"
          f"\njansson {first_line('pkg-config', '--modversion', 'jansson')}; {first_line('grep', '--version')}; "
          f"{first_line('mawk', '-W', 'version')}"
          f"\n{datetime.date.today()}, {first_line('git', '-C', str(SOURCE), 'describe', '--always', '--dirty')}")


def chosen(rows, keys):
    unknown = set(keys) - {row.key for row in rows}
    if unknown:
        sys.exit(f"there is no row {', '.join(sorted(unknown))}; there are: {', '.join(row.key for row in rows)}")
    return [row for row in rows if not keys or row.key in keys]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, help="an optimised build with -Dbench=true")
    parser.add_argument("--rounds", type=int, default=9, help="how often two programs take turns (9)")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="only these")
    options = parser.parse_args()
    rows = chosen(all_rows(), options.rows)
    bench = Bench(build=os.path.abspath(options.build), rules=str(SOURCE / "rules"),
                  work=os.path.join(os.path.abspath(options.build), "corpus"), rounds=options.rounds)
    os.makedirs(bench.work, exist_ok=True)
    verdicts = print_table(rows, bench)
    print_machine(options.build)
    print(", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in (OK, BELOW_TARGET, BELOW_FLOOR, UNMEASURED)
                    if verdict in verdicts))
    sys.exit(BELOW_FLOOR in verdicts or UNMEASURED in verdicts)


if __name__ == "__main__":
    main()
