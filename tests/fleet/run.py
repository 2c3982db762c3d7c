#!/usr/bin/env python3
"""Generated days of mixed fleets (fleet.py), scored against their truth (score.py):
with nothing lost every genuine failure is found and nobody is alarmed without cause;
with 0.1 % of the records lost there are few false alerts, and none of them says
auth-failure. Prints TAP."""
import argparse
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from stage import tap

HERE = pathlib.Path(__file__).parent
AT_ONCE = 2
DAYS = (
    # title, arguments of fleet.py, of score.py
    ("30 s of disorder, repeats, noise: all found, no false alert",
     ["--disorder", "30", "--repeat", "0.02", "--noise", "0.3"], ["--max-missed", "0", "--max-false", "0"]),
    ("the hub itself is in trouble for ten minutes: no false alert",
     ["--outage", "--disorder", "30"], ["--max-missed", "0", "--max-false", "0"]),
    ("three hubs, and every record in a disguise: all found, no false alert",
     ["--disorder", "30", "--noise", "0.3", "--hubs", "3", "--disguise"], ["--max-missed", "0", "--max-false", "0"]),
    ("0.1 % of the records lost: at most 3 false alerts in 2,000 device-days, none of them auth-failure",
     ["--disorder", "30", "--lost", "0.001"], ["--max-false", "3", "--max-false-auth", "0"]),
)


def play(folder, seed, lapsectl, more, limits):
    folder.mkdir()
    log, truth, scan = (folder / name for name in ("day.jsonl", "truth.json", "scan.json"))
    subprocess.run([sys.executable, HERE / "fleet.py", "--seed", str(seed), "--devices", "2000", "--hours", "24",
                    "--out", log, "--truth", truth, *more], check=True)
    with open(scan, "w") as out:
        subprocess.run([lapsectl, "scan", "--json", "--quiet", log], stdout=out, check=True)
    return subprocess.run([sys.executable, HERE / "score.py", "--truth", truth, "--scan", scan, *limits],
                          capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lapsectl", required=True)
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    report = tap.Report(len(DAYS) * options.seeds)
    with tempfile.TemporaryDirectory() as name:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            runs = [(f"{title} (seed {seed})",
                     pool.submit(play, pathlib.Path(name, f"{day}.{seed}"), seed, options.lapsectl, more, limits))
                    for day, (title, more, limits) in enumerate(DAYS) for seed in range(1, options.seeds + 1)]
            for title, run in runs:
                done = run.result()
                report.tell(title, [done.stdout + done.stderr] if done.returncode else [])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
