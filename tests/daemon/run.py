#!/usr/bin/env python3
"""Runs the real daemon on growing files and journals, with real receivers, and prints TAP.

usage: run.py --lapsed PATH [--rules DIR] [--of MODULES] [--at-once N] [--cache DIR] [WORDS...]

Words choose the stories whose names hold one of them. The stories stand in alerts.py (what it
says), files.py (what it follows), program.py (how it starts and stops), restart.py (how it goes
on), journal.py and journal_losses.py (the journal as a source), sinks.py (receivers that fail)
and recipes.py (what docs/recipes.md tells); rig.py holds the bench that they share.
"""
import argparse
import importlib
import os
import pathlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import rig
from stage import tap

MODULES = "program,alerts,files,restart"
AT_ONCE = 8                                          # they mostly wait


def play(number, entry, options, receiver):
    """Returns what is wrong, and why it was skipped."""
    name, tell, syslog, *_ = entry
    if syslog and not receiver:
        return [], "rsyslogd is not installed"
    bench = rig.Bench(pathlib.Path(options.folder, f"story-{number}"), options.lapsed, options.rules,
                      receiver if syslog else None, options.cache)

    def whole():
        tell(bench)
        bench.stop()
    try:
        wrong, skipped = tap.outcome(whole)
        if wrong:
            wrong += ["stderr was:"] + ["  " + repr(line)[1:-1] for line in bench.stderr().splitlines()[-20:]]
        return wrong, skipped
    finally:
        bench.clear()


def run(options, stories, receiver):
    report = tap.Report(len(stories))
    with ThreadPoolExecutor(options.at_once) as pool:
        results = {n: pool.submit(play, n, stories[n], options, receiver)
                   for n in sorted(range(len(stories)), key=lambda n: not stories[n][-1])}
        for n, (name, _, _, todo, _) in enumerate(stories):
            report.tell(name, *results[n].result(), todo)
    return report.finish()


def main():
    parser = argparse.ArgumentParser(description="run the daemon's stories, print TAP")
    parser.add_argument("--lapsed", required=True, help="path of the program")
    parser.add_argument("--rules", default=str(rig.repository() / "rules"), help="directory of the shipped rules")
    parser.add_argument("--of", default=MODULES, help="the files that hold the stories")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="so many stories at the same time")
    parser.add_argument("--cache", type=pathlib.Path, help="a folder that stays, for what has to be fetched")
    parser.add_argument("words", nargs="*", help="only stories whose names hold one of these")
    options = parser.parse_args()
    options.lapsed = os.path.abspath(options.lapsed)
    options.rules = os.path.abspath(options.rules)
    for module in options.of.split(","):
        importlib.import_module(module)
    stories = [s for s in rig.STORIES if not options.words or any(w in s[0] for w in options.words)]
    receiver = None
    with tempfile.TemporaryDirectory(prefix="lapsed.") as options.folder:
        os.chmod(options.folder, 0o755)              # one story runs the daemon as nobody
        try:
            if any(syslog for _, _, syslog, *_ in stories):
                receiver = rig.Receiver(pathlib.Path(options.folder, "receiver"))
        except tap.Skipped:
            pass                                     # each of them says so
        try:
            return run(options, stories, receiver)
        finally:
            if receiver:
                receiver.kill()


if __name__ == "__main__":
    sys.exit(main())
