#!/usr/bin/env python3
"""Runs the stories in *.story through `lapsectl scan --json` and prints TAP.

usage: run.py --lapsectl PATH [--rules DIR] [FILES...]

Every story is scanned four times: as written, reversed, and twice shuffled.
The verdicts must be the same each time. README.md describes the format.
"""
import argparse
import json
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from stage import tap

BASE = datetime(2026, 3, 2, tzinfo=timezone.utc)
HUB = "contoso"
NAMES = {"400027": "ConnectionForcefullyClosedOnNewConnection", "401003": "IoTHubUnauthorized",
         "403012": "DeviceDisabled", "404001": "DeviceNotFound", "404008": "CertificateNotFound",
         "404104": "DeviceConnectionClosedRemotely", "500001": "ServerError", "503001": "ServiceUnavailable"}
CLOSED_TEXT = "Device disconnected, see cause and resolution at https://aka.ms/iothub404104"
TIME = re.compile(r"(?:(\d+)d )?(\d\d):(\d\d):(\d\d)(\.\d+)?")
LOG_LINE = re.compile(rf"({TIME.pattern})\s+(\S+)(?:\s+(.*))?$")
PAIR = re.compile(r"([\w-]+)=((?:\d+d )?\S+)")
KEYS = {"hub", "module", "protocol", "auth", "sdk", "message"}
FIELDS = {"opened", "decided", "ended", "cause", "reason", "scope", "complete", "end", "leaning"}


class Bad(Exception):
    """A story that cannot be read."""


def seconds(text):
    """'[Nd ]HH:MM:SS[.fraction]' in seconds since the base date, exactly."""
    m = TIME.fullmatch(text)
    if not m:
        raise Bad(f"not a time: {text!r}")
    day, hour, minute, second, fraction = m.groups()
    whole = ((int(day or 0) * 24 + int(hour)) * 60 + int(minute)) * 60 + int(second)
    return whole + Decimal("0" + (fraction or ""))


def stamp(text):
    """The same time as the hub writes it."""
    at = seconds(text)
    whole = BASE + timedelta(seconds=int(at))
    fraction = str(at % 1)[1:] if at % 1 else ""
    return whole.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def instant(rfc3339):
    """An RFC 3339 time in seconds since the base date, exactly."""
    m = re.fullmatch(r"([^.Z+]+?)(\.\d+)?(Z|[+-]\d\d:\d\d)", rfc3339)
    if not m:
        return None
    whole = datetime.fromisoformat(m[1] + m[3].replace("Z", "+00:00"))
    return int((whole - BASE).total_seconds()) + Decimal("0" + (m[2] or ""))


def read_stories(path):
    for block in re.split(r"(?m)^---[ \t]*$", path.read_text(encoding="utf-8")):
        if block.strip():
            yield read_story(block, path.name)


def read_story(block, file):
    story = {"story": "", "says": "", "settings": "", "log": [], "expect": [], "file": file}
    section = None
    for line in block.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith("  "):
            if section is None:
                raise Bad(f"{file}: a line outside log and expect: {line!r}")
            story[section].append(line.strip())
            continue
        key, colon, value = line.partition(":")
        if key not in story or not colon:
            raise Bad(f"{file}: unknown line {line!r}")
        section = key if key in ("log", "expect") else None
        if section is None:
            story[key] = value.strip()
    for key in ("story", "says", "log", "expect"):
        if not story[key]:
            raise Bad(f"{file}: story {story['story']!r} has no {key}")
    return story


def record(line):
    """One log line of a story as one Azure Monitor resource log record."""
    m = LOG_LINE.match(line)
    if not m:
        raise Bad(f"not a log line: {line!r}")
    device, words = m[7], shlex.split(m[8] or "")
    keys = dict(w.split("=", 1) for w in words[1:] if "=" in w)
    codes = [w for w in words[1:] if "=" not in w]
    if len(codes) > 1 or (codes and not re.fullmatch(r"\d{6}", codes[0])):
        raise Bad(f"not a code: {' '.join(codes)}")
    if set(keys) - KEYS:
        raise Bad(f"unknown key in {line!r}")
    category, _, operation = (words[0] if words else "Routes/routeEvaluation").rpartition("/")
    return azure_record(stamp(m[1]), None if device == "-" else device,
                        category or "Connections", operation, codes[0] if codes else None, keys)


def azure_record(time, device, category, operation, code, keys):
    hub = keys.get("hub", HUB)
    hub = hub.upper() if hub.islower() else hub      # as Azure does, unless the story insists
    auth = None
    if "auth" in keys:
        auth = json.dumps({"scope": "device", "type": keys["auth"], "issuer": "iothub",
                           "acceptingIpFilterRule": None})
    inner = {"deviceId": device, "protocol": keys.get("protocol", "Mqtt"),
             "authenticationType" if category == "D2CTwinOperations" else "authType": auth,
             "maskedIpAddress": "203.0.113.XXX", "statusCode": code[:3] if code else None,
             "errorMessage": keys.get("message", CLOSED_TEXT if code == "404104" else "")}
    if inner["protocol"] == "none":
        del inner["protocol"]
    if "module" in keys:
        inner["moduleId"] = keys["module"]
    if operation == "deviceConnect":
        inner["sdkVersion"] = keys.get("sdk", "")
    out = {"time": time,
           "resourceId": "/SUBSCRIPTIONS/6F1D3C52-0A7B-4E0E-9C0B-2D1B7F4A9E11/RESOURCEGROUPS/PLANT"
                         f"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{hub}",
           "operationName": operation, "category": category,
           "level": "Error" if code else "Information"}
    if code:
        out |= {"resultType": code, "resultDescription": NAMES.get(code, "")}
    return out | {"properties": json.dumps(inner), "location": "westeurope"}


def find_device(report, name):
    """A device of the report by its name in a story: DEVICE[@hub[/module]]."""
    device, _, where = name.partition("@")
    hub, _, module = where.partition("/")
    key = ((hub or HUB).lower(), device, module or None)
    for d in report.get("devices", []):
        if ((d.get("hub") or "").lower(), d.get("device"), d.get("module") or None) == key:
            return d
    return {}


def show(value, like):
    """A value of the report, written as the story writes it where they agree."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if TIME.fullmatch(like) and instant(str(value)) == seconds(like):
        return like
    return str(value)


def compare(report, expect):
    """The differences between a report and what a story expects."""
    faults, wanted = [], {}
    if report.get("schema") != "lapsed.scan/1":
        return [("schema lapsed.scan/1", str(report.get("schema")))]
    for line in expect:
        name, _, rest = line.partition(": ")
        if name == "count":
            got = report.get("verdicts", {})
            wrong = [f"{v}={got.get(v)}" for v, n in PAIR.findall(rest) if got.get(v) != int(n)]
            if wrong:
                faults.append((line, " ".join(wrong)))
        elif name == "state":
            device, state = rest.split()
            got = find_device(report, device).get("state")
            if got != state:
                faults.append((line, f"state {got}"))
        else:
            lines = wanted.setdefault(name, [])
            if rest != "none":
                lines.append(rest)
    for name, lines in wanted.items():
        episodes = find_device(report, name).get("episodes", [])
        episodes = sorted(episodes, key=lambda e: instant(e.get("opened") or "") or 0)
        if len(episodes) != len(lines):
            got = ", ".join(e.get("verdict", "?") for e in episodes) or "none"
            faults.append((f"{name}: {len(lines)} episode(s)", f"{len(episodes)}: {got}"))
        for line, episode in zip(lines, episodes):
            verdict, _, pairs = line.partition(" ")
            want = {"verdict": verdict, **dict(PAIR.findall(pairs))}
            unknown = set(want) - FIELDS - {"verdict"}
            if unknown:
                raise Bad(f"unknown key {', '.join(unknown)} in {line!r}")
            got = {k: show(episode.get(k), v) for k, v in want.items()}
            if got != want:
                faults.append((f"{name}: {line}", " ".join(
                    f"{k}={v}" for k, v in got.items() if v != want[k])))
    return faults


def orders(records):
    yield "as written", records
    yield "reversed", records[::-1]
    for seed in (1, 2):
        mixed = records[:]
        random.Random(seed).shuffle(mixed)
        yield f"shuffled with seed {seed}", mixed


def scan(command, records, directory):
    """The report of one scan, or a sentence saying what went wrong."""
    path = pathlib.Path(directory, "PT1H.json")
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")
    try:
        done = subprocess.run(command + [str(path)], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as e:
        return str(e)
    if done.returncode:
        return f"exit status {done.returncode}: {done.stderr.strip()}"
    try:
        return json.loads(done.stdout)
    except ValueError:
        return f"no JSON: {done.stdout[:200]!r}"


def run(story, options, directory):
    """The diagnostics of one story; none when it passes."""
    command = [options.lapsectl, "scan", "--json"]
    command += ["--rules", options.rules] if options.rules else []
    for setting in story["settings"].split():
        command += ["--set", setting]
    records = [record(line) for line in story["log"]]
    notes = []
    for order, mixed in orders(records):
        report = scan(command, mixed, directory)
        if isinstance(report, str):
            return notes + [f"{order}: {report}"]
        faults = compare(report, story["expect"])
        for expected, got in faults:
            notes += [f"{order}:", f"  expected {expected}", f"  got      {got}"]
        if faults:
            break                                    # one order tells enough
    return notes


def main():
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="run the stories, print TAP")
    parser.add_argument("--lapsectl", required=True, help="path of the program")
    parser.add_argument("--rules", help="directory of rules, handed to the program")
    parser.add_argument("files", nargs="*", type=pathlib.Path, help="default: every story here")
    options = parser.parse_args()
    try:
        stories = [s for f in options.files or sorted(here.glob("*.story")) for s in read_stories(f)]
    except (Bad, OSError) as e:
        print(f"Bail out! {e}")
        return 2
    report = tap.Report(len(stories))
    with tempfile.TemporaryDirectory(prefix="stories.") as directory:
        for story in stories:
            try:
                notes = run(story, options, directory)
            except (Bad, ValueError) as e:
                notes = [f"{story['file']}: {e}"]
            report.tell(story["story"], notes and [f"{story['file']} says: {story['says']}"] + notes)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
