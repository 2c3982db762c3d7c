#!/usr/bin/env python3
"""Score the JSON of `lapsectl scan --json` against the truth of fleet.py.

Per device: a genuine fault counts as found if an episode reached one of its
verdicts, not before it could be known; a benign device counts a false alert for
every episode with an alerting verdict. Exits 1 when a limit is exceeded, 2 when
an input cannot be used.
"""

import argparse
import json
import sys
from collections import Counter
from datetime import datetime

ALERTING = ("not-returned", "reconnect-loop", "auth-failure", "identity-conflict")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--truth", required=True)
    parser.add_argument("--scan", required=True, help="- is standard input")
    parser.add_argument("--max-missed", type=int, metavar="N", help="genuine devices missed")
    parser.add_argument("--max-false", type=int, metavar="N", help="false alerts of any verdict")
    parser.add_argument("--max-false-auth", type=int, metavar="N",
                        help="false alerts with verdict auth-failure")
    parser.add_argument("--show", type=int, default=10, metavar="N",
                        help="list at most so many of each kind of error")
    return parser.parse_args()


def read_json(path):
    try:
        if path == "-":
            return json.load(sys.stdin)
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError) as error:
        print("%s: %s" % (path, error), file=sys.stderr)
        sys.exit(2)


def seconds(stamp):
    """Whole seconds of an RFC 3339 stamp in UTC."""
    return datetime.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")


class Score:
    def __init__(self):
        self.benign = self.genuine = self.either = 0
        self.found = 0
        self.undecided_genuine = 0
        self.missed = []        # (device, behaviour, verdicts seen)
        self.false = []         # (device, behaviour, verdict, opened)
        self.other = Counter()  # further verdicts of genuine devices: no error

    def judge(self, name, truth, episodes):
        alerts = [episode for episode in episodes if episode["verdict"] in ALERTING]
        expect = truth["expect"]
        if expect == "benign":
            self.benign += 1
            self._blame(name, truth, alerts)
        elif expect == "genuine":
            self.genuine += 1
            self._judge_genuine(name, truth, episodes, alerts)
        else:
            self.either += 1

    def _judge_genuine(self, name, truth, episodes, alerts):
        earliest = seconds(truth["not_before"])
        early = [a for a in alerts if seconds(a["decided"] or a["opened"]) < earliest]
        due = [a for a in alerts if a not in early]
        self._blame(name, truth, early)
        if any(a["verdict"] in truth["verdicts"] for a in due):
            self.found += 1
        else:
            seen = sorted({episode["verdict"] for episode in episodes}) or ["nothing"]
            self.undecided_genuine += "undecided" in seen
            self.missed.append((name, truth["behaviour"], "/".join(seen)))
        self.other.update(a["verdict"] for a in due if a["verdict"] not in truth["verdicts"])

    def _blame(self, name, truth, alerts):
        for alert in alerts:
            self.false.append((name, truth["behaviour"], alert["verdict"], alert["opened"]))

    @property
    def false_auth(self):
        return [entry for entry in self.false if entry[2] == "auth-failure"]


def compare(truth, scan):
    episodes = {}
    for device in scan["devices"]:
        episodes.setdefault(device["device"], []).extend(device["episodes"])
    score = Score()
    for name, entry in truth["devices"].items():
        score.judge(name, entry, episodes.pop(name, []))
    stranger = {"behaviour": "not-in-truth", "expect": "benign"}
    for name, found in episodes.items():
        score.judge(str(name), stranger, found)
    return score


def report(score, truth, show):
    device_days = len(truth["devices"]) * truth["hours"] / 24
    print("devices      %d (%d benign, %d genuine, %d either), %.1f device-days"
          % (len(truth["devices"]), score.benign, score.genuine, score.either, device_days))
    for label, count in (("found", score.found), ("missed", len(score.missed)),
                         ("false", len(score.false)), ("false-auth", len(score.false_auth))):
        print("%-12s %-6d %8.2f per 10,000 device-days"
              % (label, count, count / device_days * 10000 if device_days else 0))
    if score.undecided_genuine:
        print("undecided    %d of the missed" % score.undecided_genuine)
    if score.other:
        print("also told of genuine devices: "
              + ", ".join("%s %d" % pair for pair in sorted(score.other.items())))
    for title, entries in (("missed", score.missed), ("false", score.false)):
        for behaviour, count in sorted(Counter(entry[1] for entry in entries).items()):
            print("  %s by %s: %d" % (title, behaviour, count))
        for entry in entries[:show]:
            print("    " + "  ".join(entry))


def exceeded(score, args):
    limits = (("missed", len(score.missed), args.max_missed),
              ("false", len(score.false), args.max_false),
              ("false-auth", len(score.false_auth), args.max_false_auth))
    over = [limit for limit in limits if limit[2] is not None and limit[1] > limit[2]]
    for label, count, most in over:
        print("FAIL %s: %d, at most %d allowed" % (label, count, most))
    return bool(over)


def main():
    args = arguments()
    truth, scan = read_json(args.truth), read_json(args.scan)
    try:
        score = compare(truth, scan)
    except (KeyError, TypeError, ValueError) as error:
        print("%s: not the expected layout: %r" % (args.scan, error), file=sys.stderr)
        return 2
    report(score, truth, args.show)
    return 1 if exceeded(score, args) else 0


if __name__ == "__main__":
    sys.exit(main())
