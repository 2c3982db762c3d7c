#!/usr/bin/env python3
"""Runs the real daemon on growing files, with a real rsyslogd, and prints TAP.

usage: run.py --lapsed PATH [--rules DIR] [WORDS...]

Words choose the stories whose names hold one of them. The stories stand in
alerts.py (what it says), files.py (what it follows) and program.py (how it
starts and stops), restart.py (how it goes on); rig.py holds the bench that they share.
"""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

import rig
import program                                       # the longest first
import alerts                                        # noqa: F401
import files                                         # noqa: F401
import restart                                       # noqa: F401

AT_ONCE = 8                                          # they mostly wait
WIDTH = 500                                          # of a line of diagnosis


def play(number, entry, options, receiver):
    """Returns (verdict, directive, diagnostics)."""
    name, tell, syslog, todo = entry
    if syslog and not receiver:
        return "ok", "# SKIP rsyslogd is not installed", []
    bench = rig.Bench(pathlib.Path(options.folder, f"story-{number}"), options.lapsed, options.rules,
                      receiver if syslog else None)
    try:
        tell(bench)
        bench.stop()
    except rig.Skipped as e:
        return "ok", f"# SKIP {e}", []
    except rig.Failed as e:
        notes = [str(e)]
    except Exception:                                # the story itself is wrong
        notes = traceback.format_exc().splitlines()
    else:
        return "ok", f"# TODO {todo}" if todo else "", []
    finally:
        bench.clear()
    notes += ["stderr was:"] + ["  " + repr(line)[1:-1] for line in bench.stderr().splitlines()[-20:]]
    return "not ok", f"# TODO {todo}" if todo else "", notes


def find_rsyslogd():
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return shutil.which("rsyslogd", path=path)


def run(options, stories, receiver):
    failed = 0
    print(f"TAP version 13\n1..{len(stories)}", flush=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = [pool.submit(play, n, entry, options, receiver) for n, entry in enumerate(stories, 1)]
        for number, (entry, result) in enumerate(zip(stories, results), 1):
            verdict, directive, notes = result.result()
            failed += verdict == "not ok" and "TODO" not in directive
            print(f"{verdict} {number} - {entry[0]} {directive}".rstrip())
            print("".join(f"# {note[:WIDTH]}\n" for note in notes), end="", flush=True)
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description="run the daemon's stories, print TAP")
    parser.add_argument("--lapsed", required=True, help="path of the program")
    parser.add_argument("--rules", default=str(rig.repository() / "rules"), help="directory of the shipped rules")
    parser.add_argument("words", nargs="*", help="only stories whose names hold one of these")
    options = parser.parse_args()
    options.lapsed = os.path.abspath(options.lapsed)
    options.rules = os.path.abspath(options.rules)
    stories = [s for s in rig.STORIES if not options.words or any(w in s[0] for w in options.words)]
    rsyslogd, receiver = find_rsyslogd(), None
    with tempfile.TemporaryDirectory(prefix="lapsed.") as options.folder:
        os.chmod(options.folder, 0o755)              # one story runs the daemon as nobody
        try:
            if rsyslogd:
                folder = pathlib.Path(options.folder, "receiver")
                folder.mkdir()
                receiver = rig.Receiver(rsyslogd, folder)
            return run(options, stories, receiver)
        except rig.Failed as e:
            print(f"Bail out! {e}")
            return 2
        finally:
            if receiver:
                receiver.stop()


if __name__ == "__main__":
    sys.exit(main())
