#!/usr/bin/env python3
"""Properties over many seeds: random walks of devices through everything that can
happen to them (walk.py), judged by `lapsectl scan` and by the engine as the daemon
runs it (replay), in many orders. Prints TAP.

  any order within a file gives the same scan
  any arrival order within lateness gives the engine scan's verdicts
  duplicates change nothing
  an engine that is stored and goes on as another tells the same
  the alerts that the engine raises and does not withdraw are scan's episodes
  in order, an auth-failure is raised once
"""
import argparse
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from stage import tap

HERE = pathlib.Path(__file__).parent
DUE = ("reconnect-loop", "not-returned", "auth-failure", "identity-conflict")
PARTS = ("token-expiry", "recovered", *DUE, "connection-lost")


def stamp(record):
    return datetime.datetime.fromisoformat(record["time"][:19] + "+00:00")


def walk(folder, seed):
    """The records of one random walk, in the order of their time, and after them dated
    records of nobody until everything has ended."""
    path = folder / "walk.jsonl"
    subprocess.run([sys.executable, HERE / "walk.py", "--seed", str(seed), "--ordered", "--out", path], check=True)
    records = [json.loads(line) for line in path.read_text().splitlines()]
    end = stamp(records[-1])
    quiet = [{"time": (end + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"), "category": "Routes",
              "operationName": "endpointHealthy", "resourceId": "-"} for days in (8, 16, 24)]
    return records, quiet


def disorder(records, rng, seconds):
    """As they would arrive if each was up to so many seconds late."""
    late = [(stamp(r).timestamp() + rng.uniform(0, seconds), i) for i, r in enumerate(records)]
    return [records[i] for _, i in sorted(late)]


class Programs:
    def __init__(self, options):
        self.options, self.rules = options, ["--rules", str(options.rules)]

    def write(self, folder, records):
        path = folder / "log.jsonl"
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
        return path

    def scan(self, path):
        run = subprocess.run([self.options.lapsectl, "scan", "--json", *self.rules, path], capture_output=True, text=True,
                             check=True)
        return json.loads(run.stdout)

    def replay(self, path, *more):
        run = subprocess.run([self.options.replay, *self.rules, "--set", "fleet_least=1000000", *more, path],
                             capture_output=True, text=True, check=True)
        *lines, counts = run.stdout.splitlines()
        return [line.split(" ") for line in lines], json.loads(counts)


def verdicts(scan):
    """All that does not depend on where in the file a record stood."""
    keep = ("id", "verdict", "leaning", "reason", "scope", "complete", "opened", "decided", "ended", "end", "message")
    return [(d["hub"], d["device"], d["module"], d["state"], [{k: e[k] for k in keep} for e in d["episodes"]])
            for d in scan["devices"]]


def due_ids(scan):
    return {e["id"] for d in scan["devices"] for e in d["episodes"] if e["verdict"] in DUE}


def standing_ids(lines):
    """Raised, and neither withdrawn nor outgrown by something worse."""
    ids, outgrown = set(), set()
    for state, msgid, verdict, _, ident, *_ in lines:
        if verdict not in DUE or msgid in ("CHURN_EXCESS",):
            continue
        if state == "raised":
            ids.add(ident)
        elif state == "withdrawn":
            ids.discard(ident)
    return ids


def raised_again(lines):
    ids = [line[4] for line in lines if line[0] == "raised" and line[2] == "auth-failure"]
    return {ident for ident in ids if ids.count(ident) > 1}


def told(lines, but):
    """What was raised, cleared and withdrawn, in whatever order."""
    return {tuple(line) for line in lines if line[2] in DUE and line[0] != "repeated" and line[4] not in but}


def check_seed(programs, folder, seed):
    """Yields (name, None or what differs)."""
    rng = random.Random(seed)
    records, quiet = walk(folder, seed)
    reference = programs.scan(programs.write(folder, records + quiet))
    counts = {k: reference["verdicts"][k] for k in PARTS}

    shuffled = records + quiet
    rng.shuffle(shuffled)
    again = programs.scan(programs.write(folder, shuffled))
    yield "any order gives the same scan", None if verdicts(again) == verdicts(reference) else "scan differs"

    doubled = records + rng.sample(records, len(records) // 3) + quiet
    again = programs.scan(programs.write(folder, doubled))
    yield "duplicates change nothing in a scan", None if verdicts(again) == verdicts(reference) else "scan differs"

    for name, order in (("in order", records), ("30 s disorder", disorder(records, rng, 30)),
                        ("58 s disorder", disorder(records, rng, 58)),
                        ("disorder and repeats", disorder(records + rng.sample(records, len(records) // 3), rng, 58))):
        lines, got = programs.replay(programs.write(folder, order + quiet))
        wrong = {k: (counts[k], got[k]) for k in PARTS if counts[k] != got[k]}
        yield f"the engine, {name}, gives scan's verdicts", f"(scan, engine): {wrong}" if wrong else None
        missing = due_ids(reference) - standing_ids(lines)
        # What needs nobody any more when it comes to be known is in the digest alone.
        missing -= {e["id"] for d in reference["devices"] for e in d["episodes"] if e["verdict"] != "auth-failure"}
        yield f"the engine, {name}, raises what scan finds", f"not raised: {missing}" if missing else None
        withdrawn = [line for line in lines if line[0] == "withdrawn"]
        if name == "58 s disorder":
            again, _ = programs.replay(programs.write(folder, order + quiet), "--restart", str(rng.choice((1, 3, 10))))
            # Repeats begin anew with a start, and what was over before it could be known is then history.
            over = {l[4] for l, then in zip(lines, lines[1:]) if (l[0], then[0], l[4]) == ("raised", "cleared", then[4])}
            lost = told(lines, over) ^ told(again, over)
            yield "restarts change no alert", f"not in both: {sorted(lost)}" if lost else None
        if name == "in order":
            again = raised_again(lines)
            yield "an auth-failure is raised once", f"raised again: {again}" if again else None
            wrong = [w for w in withdrawn if w[2] != "not-returned"]
            yield "nothing but an unseen return withdraws an alert", f"withdrawn: {wrong}" if wrong else None
        yield f"the engine, {name}, forgets what is over", None if got["watched"] + got["alerts"] == 0 else str(got)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lapsectl", required=True)
    parser.add_argument("--replay", required=True)
    parser.add_argument("--rules", required=True)
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--first", type=int, default=1000)
    options = parser.parse_args()
    programs, failures = Programs(options), {}
    with tempfile.TemporaryDirectory() as name:
        for seed in range(options.first, options.first + options.seeds):
            for title, wrong in check_seed(programs, pathlib.Path(name), seed):
                failures.setdefault(title, [])
                if wrong:
                    failures[title].append(f"seed {seed}: {wrong}")
    report = tap.Report(len(failures))
    for title, wrong in failures.items():
        report.tell(f"{title} ({options.seeds} seeds)", wrong[:5])
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
