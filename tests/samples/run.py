#!/usr/bin/env python3
"""Real log excerpts with labels, where a folder of them is given in LAPSED_SAMPLES:
index.json names slug, file, family, verdict (cause1, cause2, neither) and whether the
lines alone decide it. An undecided episode counts as what it leans to, not-returned as
cause2. Prints TAP."""
import argparse
import json
import os
import pathlib
import subprocess
import sys

from stage import tap

FAMILIES = ("azure-monitor", "log-analytics", "operations-monitoring", "eventgrid", "nontelemetry")
CAUSES = {"token-expiry": "cause1", "auth-failure": "cause2", "not-returned": "cause2"}


def causes(scan):
    """What the episodes come to, without those that are neither."""
    words = [e["leaning"] if e["verdict"] == "undecided" else e["verdict"] for d in scan["devices"] for e in d["episodes"]]
    return sorted({CAUSES[w] for w in words if w in CAUSES}) or ["neither"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lapsectl", required=True)
    options = parser.parse_args()
    folder = os.environ.get("LAPSED_SAMPLES")
    if not folder:
        return tap.skip_all("LAPSED_SAMPLES names no folder of samples")
    folder = pathlib.Path(folder)
    samples = [s for s in json.loads((folder / "index.json").read_text())["samples"]
               if s["family"].startswith(FAMILIES) and s["decidable_from_lines"]]
    report = tap.Report(len(samples))
    for sample in samples:
        path = folder / sample["file"]
        run = subprocess.run([options.lapsectl, "scan", "--json", path], capture_output=True, text=True)
        got = causes(json.loads(run.stdout)) if run.returncode == 0 else [f"exit status {run.returncode}"]
        report.tell(f"{sample['slug']} is {sample['verdict']}",
                    [] if got == [sample["verdict"]] else [f"got {got} {run.stderr.strip()}"])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
