#!/usr/bin/env python3
"""Tells one little story in every form that logs come in, good and hostile,
and holds `lapsectl` to the same verdicts for all. Prints TAP.

usage: run.py --lapsectl PATH [--rules DIR] [WORD]

The story: pump-1's token lapses and is renewed; valve-2 comes with another
certificate than the registered one; sensor-3's token lapses and it stays away.
With WORD, only tests whose names hold it are run.
"""
import argparse
import bz2
import gzip
import io
import json
import lzma
import os
import pathlib
import pty
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import termios
import time
import zipfile

from stage import tap

HUB = "/SUBSCRIPTIONS/6F1D3C52-0A7B-4E0E-9C0B-2D1B7F4A9E11/RESOURCEGROUPS/PLANT/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/CONTOSO"
THUMBPRINT = ("Thumbprint does not match configuration: Thumbprint: SHA1Hash=0A1B, SHA2Hash=2C3D; "
              "Configuration: PrimaryThumbprint=4E5F, SecondaryThumbprint=6071")
CLOSED = "Device disconnected, see cause and resolution at https://aka.ms/iothub404104"
DAY = "2026-03-02T"
MIB = 1 << 20

# time, device, operation, code, message
STORY = [
    ("08:00:00Z", "pump-1", "deviceConnect", None, ""),
    ("08:00:01Z", "sensor-3", "deviceConnect", None, ""),
    ("09:00:00Z", "pump-1", "deviceDisconnect", "401003", "IoTHubUnauthorized"),
    ("09:00:01Z", "pump-1", "deviceDisconnect", "404104", CLOSED),
    ("09:00:05Z", "pump-1", "deviceConnect", None, ""),
    ("09:05:00Z", "valve-2", "deviceConnect", "401003", THUMBPRINT),
    ("09:10:00Z", "sensor-3", "deviceDisconnect", "401003", "IoTHubUnauthorized"),
    ("09:10:01Z", "sensor-3", "deviceDisconnect", "404104", CLOSED),
    ("09:40:00Z", "gauge-4", "deviceConnect", None, ""),
]
NAMES = {"401003": "IoTHubUnauthorized", "404104": "DeviceConnectionClosedRemotely"}

# device: verdict, reason, complete, opened, decided, ended
EXPECTED = {
    "pump-1": ("token-expiry", None, True, DAY + "09:00:00Z", DAY + "09:06:05Z", DAY + "09:06:05Z"),
    "sensor-3": ("not-returned", None, True, DAY + "09:10:00Z", DAY + "09:20:00Z", None),
    "valve-2": ("auth-failure", "thumbprint-mismatch", False, DAY + "09:05:00Z", DAY + "09:05:00Z", None),
}


def open_terminal():
    try:
        return pty.openpty()
    except OSError as e:
        raise tap.Skipped(f"no terminal can be opened here: {e}") from None


# --- the records ----------------------------------------------------------------

def inner(at, device, operation, code, message):
    out = {"deviceId": device, "protocol": "Mqtt", "authType": None, "maskedIpAddress": "203.0.113.XXX",
           "statusCode": code[:3] if code else None, "errorMessage": message}
    return out | {"sdkVersion": ".NET/1.38.1"} if operation == "deviceConnect" else out


def azure(row, properties=json.dumps, path=HUB, success=None, number=False):
    """A record of Azure Monitor. success: what a success has in resultType."""
    at, device, operation, code, message = row
    out = {"time": DAY + at, "resourceId": path, "operationName": operation, "category": "Connections",
           "level": "Error" if code else "Information"}
    if code:
        out |= {"resultType": int(code) if number else code, "resultDescription": NAMES[code]}
    elif success is not None:
        out |= {"resultType": success[0]}
    return out | {"properties": properties(inner(*row)), "location": "westeurope"}


def analytics(row, null="None"):
    """A flat record of Log Analytics; its command line writes null as "None"."""
    at, device, operation, code, message = row
    return {"TableName": "PrimaryResult", "TimeGenerated": DAY + at, "ResourceProvider": "MICROSOFT.DEVICES",
            "ResourceType": "IOTHUBS", "Resource": "CONTOSO", "Category": "Connections",
            "OperationName": operation, "Level": "Error" if code else "Information",
            "ResultType": code or null, "ResultDescription": NAMES[code] if code else null,
            "properties_s": json.dumps(inner(*row)), "durationMs": null,
            "_ResourceId": HUB.lower()}


def tables(rows):
    """The answer of the Log Analytics API: columns and rows, with real nulls."""
    flat = [{k: v for k, v in analytics(r, None).items() if k != "TableName"} for r in rows]
    return {"tables": [{"name": "PrimaryResult",
                        "columns": [{"name": k, "type": "string"} for k in flat[0]],
                        "rows": [list(f.values()) for f in flat]}]}


def monitoring(row):
    """The retired operations monitoring: flat, numeric, no hub."""
    at, device, operation, code, message = row
    out = {"protocol": "Mqtt", "authType": '{"scope":"device","type":"sas","issuer":"iothub"}', "time": DAY + at,
           "operationName": operation, "category": "Connections", "level": "Error" if code else "Information",
           "deviceId": device}
    if code:
        out |= {"statusCode": int(code[:3]), "statusType": int(code), "statusDescription": message, "durationMs": 12}
    return out


def lines(records, end="\n"):
    return "".join(json.dumps(r) + end for r in records).encode()


def pretty(value):
    return json.dumps(value, indent=2).encode() + b"\n"


RECORDS = [azure(r) for r in STORY]
GOOD = lines(RECORDS)


# --- running ----------------------------------------------------------------------

def check(truth, words):
    if not truth:
        raise tap.Failed(words)


def same(got, expected, words=""):
    if got != expected:
        raise tap.Failed(f"{words}\nexpected {expected!r}\ngot      {got!r}")


class Runner:
    def __init__(self, lapsectl, rules, folder):
        self.lapsectl, self.folder, self.count = lapsectl, folder, 0
        self.environment = dict(os.environ, TZ="UTC", LC_ALL="C")
        if rules:
            self.environment["LAPSED_RULES"] = str(rules)
        self.config = self.file(b"{}", "config.json")

    def file(self, content, name=None):
        """A file that holds content: bytes, or chunks of bytes."""
        self.count += 1
        path = self.folder / (name or f"log-{self.count}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as f:
            for chunk in [content] if isinstance(content, bytes) else content:
                f.write(chunk)
        return path

    def call(self, verb, *arguments, stdin=None):
        command = [self.lapsectl, verb, "--config", str(self.config), *map(str, arguments)]
        return subprocess.run(command, input=stdin, stdin=subprocess.DEVNULL if stdin is None else None,
                              capture_output=True, timeout=100, env=self.environment)

    def scan(self, *arguments, stdin=None, status=0):
        """The report of a scan."""
        done = self.call("scan", "--json", *arguments, stdin=stdin)
        same(done.returncode, status, f"exit status; {done.stderr.decode(errors='replace').strip()}")
        try:
            return json.loads(done.stdout.decode("utf-8")) | {"skipped": skipped(done.stderr.decode(errors="replace"))}
        except ValueError as e:
            raise tap.Failed(f"no JSON: {e}: {done.stdout[-300:]!r}") from None

    def measure(self, path):
        """A report, and the megabytes that the program needed for it. The
        file for its output is read afterwards, as nothing reads meanwhile."""
        out, err = self.folder / "measured.json", self.folder / "measured.txt"
        pid = os.fork()
        if pid == 0:
            try:
                with open(out, "wb") as f, open(err, "wb") as g:
                    os.dup2(f.fileno(), 1)
                    os.dup2(g.fileno(), 2)
                os.execve(self.lapsectl, [self.lapsectl, "scan", "--json", "--config", str(self.config), str(path)],
                          self.environment)
            finally:
                os._exit(127)
        _, status, usage = os.wait4(pid, 0)
        same(os.waitstatus_to_exitcode(status), 0, "exit status")
        return json.loads(out.read_text()) | {"skipped": skipped(err.read_text())}, usage.ru_maxrss / 1024


def skipped(stderr):
    """What is said of skipped records on stderr: "3 malformed, skipped: syntax 2, nul 1"."""
    line = re.search(r"^\d+ malformed, skipped: (.*)$", stderr, re.M)
    return {kind: int(count) for kind, count in (part.split(" ") for part in line[1].split(", "))} if line else {}


def verdicts(report):
    out = {}
    for device in report["devices"]:
        for e in device["episodes"]:
            check(device["device"] not in out, f"a second episode of {device['device']}")
            out[device["device"]] = (e["verdict"], e["reason"], e["complete"], e["opened"], e["decided"], e["ended"])
    return out


def is_the_story(report, hub="contoso", malformed=None, ignored=0):
    """The story's verdicts, whatever else was in the log."""
    same(verdicts(report), EXPECTED, "verdicts")
    same({d["hub"] for d in report["devices"]}, {hub}, "hub")
    same(report["records"]["events"], len(STORY), "events")
    if ignored is not None:
        same(report["records"]["ignored"], ignored, "ignored")
    same(report["skipped"], malformed or {}, "malformed")
    same(report["records"]["malformed"], sum((malformed or {}).values()), "malformed")
    same(report["span"], {"first": DAY + "08:00:00Z", "last": DAY + "09:40:00Z"}, "span")


TESTS = []


def test(function):
    TESTS.append(function)
    return function


def form(name, content, **expected):
    """A test that some bytes in a file are the story."""
    def one(run):
        is_the_story(run.scan(run.file(content)), **expected)
    one.__name__ = name
    TESTS.append(one)


# --- every form --------------------------------------------------------------------

form("json_lines", GOOD)
form("json_lines_without_a_last_newline", GOOD[:-1])
form("lines_that_end_in_crlf", lines(RECORDS, "\r\n"))
form("a_byte_order_mark", b"\xef\xbb\xbf" + GOOD)
form("blank_lines_between", b"\n \r\n" + GOOD.replace(b"\n", b"\n\n\t\n") + b"\n\n")
form("garbage_lines_between",
     b"Nov 22 04:31:07 gateway app[12]: hello\n" + GOOD.replace(b"\n", b"\n# comment {not json}\n"),
     malformed={"not-json": 1 + len(STORY)})
form("an_envelope", json.dumps({"records": RECORDS}).encode())
form("an_envelope_without_blanks", json.dumps({"records": RECORDS}, separators=(",", ":")).encode())
form("a_pretty_envelope", pretty({"records": RECORDS}))
form("an_envelope_a_record", lines({"records": [r]} for r in RECORDS))
form("many_envelopes_on_one_line", lines([{"records": RECORDS[:4]}, {"records": []}, {"records": RECORDS[4:]}], ""))
form("many_pretty_envelopes", pretty({"records": RECORDS[:4]}) + pretty({"records": RECORDS[4:]}))
form("envelopes_and_lines_mixed", lines([{"records": RECORDS[:2]}, *RECORDS[2:5], {"records": RECORDS[5:]}]))
form("objects_one_after_the_other", lines(RECORDS, ""))
form("objects_with_commas_between", lines(RECORDS, ",\n"))
form("pretty_printed_objects", b"".join(pretty(r) for r in RECORDS))
form("one_array", json.dumps(RECORDS).encode())
form("one_pretty_array", pretty(RECORDS))
form("an_array_a_line", lines([r] for r in RECORDS))
form("properties_as_an_object", lines(azure(r, dict) for r in STORY))
form("pretty_properties_as_an_object", pretty([azure(r, dict) for r in STORY]))
form("properties_with_blanks", lines(azure(r, lambda p: json.dumps(p, indent=4)) for r in STORY))
form("a_result_type_that_is_a_number", lines(azure(r, number=True) for r in STORY))
form("a_success_with_an_empty_result_type", lines(azure(r, success=[""]) for r in STORY))
form("a_success_with_none_as_result_type", lines(azure(r, success=["None"]) for r in STORY))
form("a_success_with_null_as_result_type", lines(azure(r, success=[None]) for r in STORY))
form("a_success_with_200_as_result_type", lines(azure(r, success=["200"]) for r in STORY))
form("the_array_of_az_monitor_log_analytics_query", pretty([analytics(r) for r in STORY]))
form("log_analytics_with_nulls", lines([[analytics(r, None) for r in STORY]]))
form("log_analytics_newest_first", pretty([analytics(r) for r in STORY[::-1]]))
form("the_tables_of_the_log_analytics_api", json.dumps(tables(STORY)).encode())
form("pretty_tables", pretty(tables(STORY)))
form("tables_one_after_the_other", lines([tables(STORY[:3]), tables(STORY[3:])]))
form("operations_monitoring", lines(monitoring(r) for r in STORY), hub=None)
form("a_path_in_lower_case", lines(azure(r, path=HUB.lower()) for r in STORY))
form("a_path_in_any_case", lines(azure(r, path=[HUB, HUB.lower(), HUB.title()][i % 3]) for i, r in enumerate(STORY)))
form("times_with_seven_digits", GOOD.replace(b'Z", "res', b'.0000000Z", "res'))
form("times_with_an_offset", GOOD.replace(b'Z", "res', b'.000000000+00:00", "res'))
form("keys_in_another_order", lines(dict(reversed(r.items())) for r in RECORDS))
form("newest_first", lines(RECORDS[::-1]))
form("records_of_other_kinds_between",
     lines(x for r in RECORDS for x in (
         r, dict(r, resourceId="/SUBSCRIPTIONS/X/RESOURCEGROUPS/Y/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/Z"),
         {"id": "1", "eventType": "Microsoft.Devices.DeviceConnected", "eventTime": r["time"], "topic": HUB,
          "data": {"hubName": "CONTOSO", "deviceId": "pump-1"}, "dataVersion": "", "metadataVersion": "1"},
         {"specversion": "1.0", "type": "Microsoft.Devices.DeviceDisconnected", "source": HUB, "id": "1",
          "time": r["time"], "data": {"deviceId": "pump-1"}},
         {"opType": "deviceDisconnected", "iothub-message-schema": "deviceConnectionStateNotification"},
         dict(r, category="C2DTwinOperations", operationName="read", resultType="", level="Information"))),
     ignored=5 * len(STORY))


@test
def every_record_twice_changes_nothing(run):
    report = run.scan(run.file(GOOD + GOOD))
    same(verdicts(report), EXPECTED)
    same(report["records"]["events"], 2 * len(STORY))


@test
def of_two_wordings_the_same_is_told_in_either_order(run):
    at, device, operation, code, _ = STORY[5]
    first, second = (lines([azure((at, device, operation, code, m))]) for m in ("no such Device", "no such device"))

    def message(log):
        return run.scan(run.file(log))["devices"][0]["episodes"][0]["message"]
    same(message(first + second), message(second + first))


@test
def gzip_is_read_by_its_content(run):
    is_the_story(run.scan(run.file(gzip.compress(GOOD), "packed.gz")))
    is_the_story(run.scan(run.file(gzip.compress(GOOD), "packed-without-a-name")))


@test
def members_of_a_gzip_file_follow_each_other(run):
    is_the_story(run.scan(run.file(gzip.compress(lines(RECORDS[:3])) + gzip.compress(lines(RECORDS[3:])), "two.gz")))


@test
def xz_is_read(run):
    is_the_story(run.scan(run.file(lzma.compress(GOOD), "packed.xz")))


@test
def zstd_is_read(run):
    if not shutil.which("zstd"):
        raise tap.Skipped("no zstd command")
    packed = subprocess.run(["zstd", "-q", "-c"], input=GOOD, capture_output=True, check=True).stdout
    is_the_story(run.scan(run.file(packed, "packed.zst")))


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def tarred(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@test
def files_of_an_archive_are_files_of_their_own(run):
    """As in a folder: each has its own lines, and what begins with a dot is none of ours."""
    files = {"h=09/PT1H.json": lines(RECORDS[:3]), "h=09/._PT1H.json": b"\0\5\26\7", "h=10/PT1H.json": lines(RECORDS[3:])}
    for pack, name in ((zipped, "day.zip"), (tarred, "day.tar.gz")):
        path = run.file(pack(files), name)
        report = run.scan(path)
        is_the_story(report)
        same(report["records"]["malformed"], 0)
        sources = {(e["source"], e["line"]) for d in report["devices"] for i in d["episodes"] for e in i["evidence"]}
        same({source for source, _ in sources} <= {f"{path}/h=09/PT1H.json", f"{path}/h=10/PT1H.json"}, True)
        same((f"{path}/h=10/PT1H.json", 1) in sources, True)
    is_the_story(run.scan("-", stdin=zipped(files)))


@test
def an_archive_that_is_cut_is_told_and_what_was_read_counts(run):
    noise = json.dumps({"x": random.Random(1).randbytes(9000).hex()}).encode()
    packed = zipped({"a.json": GOOD, "b.json": noise})
    path = run.file(packed[:len(packed) * 2 // 3], "half.zip")
    same(verdicts(run.scan(path, status=3)), EXPECTED)
    check(f"{path}: cannot be read: " in run.call("scan", path).stderr.decode(), "nothing was said")


@test
def a_file_of_an_archive_is_read_whatever_its_name(run):
    is_the_story(run.scan(run.file(zipped({"Räume/Tür.json": GOOD}), "utf8.zip")))
    is_the_story(run.scan(run.file(tarred({"../Räume/Tür.json": GOOD}), "utf8.tar")))


@test
def a_file_of_an_archive_that_cannot_be_read_does_not_stop_the_others(run):
    packed = zipped({"a.json": b"secret", "b.json": GOOD})
    for header in (b"PK\3\4\x14\0", b"PK\1\2\x14\3\x14\0"):          # each header, then its flags: encrypted
        at = packed.index(header) + len(header)
        packed = packed[:at] + bytes([packed[at] | 1]) + packed[at + 1:]
    path = run.file(packed, "half.zip")
    same(verdicts(run.scan(path, status=3)), EXPECTED)
    check(f"{path}: cannot be read: " in run.call("scan", path).stderr.decode(), "nothing was said")


@test
def standard_input_is_read(run):
    is_the_story(run.scan("-", stdin=GOOD))
    is_the_story(run.scan("-", stdin=gzip.compress(GOOD)))


@test
def progress_tells_how_many_devices_there_are(run):
    """On a terminal, once a second."""
    terminal, end = open_terminal()
    program = subprocess.Popen([run.lapsectl, "scan", "--config", str(run.config), "-"], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, stderr=end, env=run.environment)
    os.close(end)
    for record in lines(azure(row) for row in STORY[:3]).splitlines(keepends=True):
        program.stdin.write(record)
        program.stdin.flush()
        time.sleep(1.1)
    program.stdin.close()
    program.wait()
    told = b""
    try:
        while got := os.read(terminal, 4096):
            told += got
    except OSError:                                  # nobody has the other end any more
        pass
    check(b" 2 devices" in told, told.decode())


@test
def bzip2_is_read(run):
    is_the_story(run.scan(run.file(bz2.compress(GOOD), "packed.bz2")))


@test
def what_comes_in_small_pieces_is_read_whole(run):
    for content in (GOOD, gzip.compress(GOOD)):
        child = subprocess.Popen([run.lapsectl, "scan", "--json", "--config", str(run.config), "-"],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=run.environment)
        for at in range(0, len(content), 97):
            os.write(child.stdin.fileno(), content[at:at + 97])
            if at % 3 == 0:
                time.sleep(0.001)
        out, _ = child.communicate(timeout=100)
        is_the_story(json.loads(out) | {"skipped": {}})


@test
def a_folder_of_hourly_blobs_is_read(run):
    root = run.folder / "insights-logs-connections"
    for row, record in zip(STORY, RECORDS):
        path = root / f"resourceId={HUB}/y=2026/m=03/d=02/h={row[0][:2]}/m=00/PT1H.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "ab") as f:
            f.write(lines([record], "\r\n"))
    is_the_story(run.scan(root))
    is_the_story(run.scan(*sorted(root.rglob("*.json"), reverse=True)))


@test
def files_may_come_in_any_order(run):
    files = [run.file(lines([r])) for r in RECORDS]
    for seed in range(4):
        random.Random(seed).shuffle(files)
        is_the_story(run.scan(*files))


@test
def forms_may_be_mixed_in_one_scan(run):
    is_the_story(run.scan(run.file(pretty({"records": RECORDS[:3]})), run.file(gzip.compress(lines(RECORDS[3:5]))),
                          run.file(json.dumps(tables(STORY[5:])).encode())))


@test
def an_empty_file_holds_nothing(run):
    is_the_story(run.scan(run.file(b""), run.file(GOOD), run.file(gzip.compress(b""))))
    report = run.scan(run.file(b""))
    same(report["records"]["read"], 0)
    same(report["span"], {"first": None, "last": None})


@test
def evidence_tells_file_and_line(run):
    path = run.file(b"\n\n" + GOOD)
    device = next(d for d in run.scan(path)["devices"] if d["device"] == "pump-1")
    same([(e["signal"], e["code"], e["source"], e["line"]) for e in device["episodes"][0]["evidence"]],
         [("expelled", 401003, str(path), 5), ("closed", 404104, str(path), 6), ("connected", None, str(path), 7)])


@test
def a_message_is_told_with_the_secrets_left_out(run):
    row = STORY[5][:4] + (THUMBPRINT + " SharedAccessSignature sr=x&sig=c2VjcmV0&se=1",)
    report = run.scan(run.file(lines([azure(row)])))
    episode = report["devices"][0]["episodes"][0]
    check("SHA1Hash=0A1B" in episode["message"], episode["message"])
    check("c2VjcmV0" not in json.dumps(report), "the signature is told")


# --- hostile input -------------------------------------------------------------------

def broken(name, content, malformed, **expected):
    """A test that something bad in the middle costs nothing but itself."""
    def one(run):
        middle = b"\n" + content + b"\n"
        is_the_story(run.scan(run.file(lines(RECORDS[:5]) + middle + lines(RECORDS[5:]))), malformed=malformed,
                     **expected)
        is_the_story(run.scan(run.file(middle + GOOD + middle)),
                     malformed={k: 2 * n for k, n in malformed.items()},
                     **{k: v and 2 * v for k, v in expected.items()})
    one.__name__ = name
    TESTS.append(one)


def bad(**members):
    """A good record with something in it, as one line."""
    return json.dumps(azure(("09:20:00Z", "pump-9", "deviceDisconnect", "401003", "x")) | members).encode()


VICTIM = bad()
broken("text_that_is_no_json", b"oops", {"not-json": 1})
broken("nul_bytes", b"\0" * 5000, {"not-json": 1})
broken("a_nul_byte_in_a_record", VICTIM.replace(b"westeurope", b"west\0europe"), {"syntax": 1})
broken("an_escaped_nul", bad(location="a\0b"), {"nul": 1})
broken("text_that_is_not_utf8", VICTIM.replace(b"westeurope", b"west\xff\xfeeurope"), {"utf-8": 1})
broken("an_overlong_character", VICTIM.replace(b"westeurope", b"west\xc0\xafeurope"), {"utf-8": 1})
broken("a_surrogate_in_utf8", VICTIM.replace(b"westeurope", b"west\xed\xa0\x80europe"), {"utf-8": 1})
broken("an_escaped_lone_surrogate", bad(location="\ud800"), {"syntax": 1})
broken("a_key_twice", VICTIM.replace(b'"location"', b'"category"'), {"duplicate-key": 1})
broken("a_key_twice_in_the_properties", bad(properties='{"deviceId":"pump-9","deviceId":"pump-1"}'),
       {"duplicate-key": 1})
broken("a_number_of_many_digits", VICTIM.replace(b'"westeurope"', b"9" * 400), {"number": 1})
broken("a_number_beyond_any", VICTIM.replace(b'"westeurope"', b"1e99999"), {"number": 1})
broken("numbers_where_text_is_expected", bad(level=1, operationName=2, resultType=10**15, location=-0.0), {},
       ignored=1)
broken("a_time_of_the_year_9999", bad(time="9999-12-31T23:59:59Z"), {"time": 1})
broken("a_time_of_the_year_1", bad(time="0001-01-01T00:00:00Z"), {"time": 1})
broken("a_time_that_is_a_number", bad(time=1772442000), {"time": 1})
broken("a_time_that_is_text", bad(time="yesterday"), {"time": 1})
broken("no_time", bad(time=None), {"time": 1})
broken("properties_that_are_a_list", bad(properties=[1, 2]), {"shape": 1})
broken("properties_that_are_no_json", bad(properties="deviceId=pump-9"), {"syntax": 1})
broken("properties_cut_short", bad(properties='{"deviceId":"pump-9","proto'), {"syntax": 1})
broken("an_endless_device_id", bad(properties={"deviceId": "x" * 300}), {"shape": 1})
broken("a_device_id_that_is_a_number", bad(properties={"deviceId": 7}), {}, ignored=1)
broken("a_record_cut_short", VICTIM[:100], {"syntax": 1})
broken("a_pretty_record_cut_short", pretty(json.loads(VICTIM))[:150], {"syntax": 1})
broken("an_envelope_cut_short", json.dumps({"records": [{"x": 1}] * 3}).encode()[:-7], {"syntax": 1}, ignored=2)
broken("brackets_without_end", b"[" * 200000, {"too-deep": 1})
broken("braces_without_end", b'{"a":' * 200000, {"too-deep": 1})
broken("a_deep_record", VICTIM.replace(b'"westeurope"', b"[" * 100 + b"]" * 100), {"too-deep": 1})
broken("deep_properties", bad(properties="[" * 100000), {"too-deep": 1})
broken("a_megabyte_of_empty_objects", b"{}," * (MIB // 3), {}, ignored=MIB // 3)
broken("a_megabyte_of_empty_objects_in_a_record", VICTIM.replace(b'"westeurope"', b"[" + b"{}," * 300000 + b"{}]"),
       {"memory": 1})
broken("a_megabyte_of_empty_objects_in_the_properties", bad(properties="[" + "{}," * 300000 + "{}]"), {"memory": 1})
broken("a_record_longer_than_allowed", VICTIM.replace(b"westeurope", b"x" * (MIB + 1)), {"too-long": 1})


@test
def a_record_that_the_end_cuts_is_truncated(run):
    is_the_story(run.scan(run.file(GOOD + VICTIM[:100])), malformed={"truncated": 1})
    is_the_story(run.scan(run.file(json.dumps({"records": RECORDS}).encode()[:-2] + b"," + VICTIM[:100])),
                 malformed={"truncated": 1})
    is_the_story(run.scan(run.file(GOOD + VICTIM[:100]), run.file(b"")), malformed={"truncated": 1})


@test
def an_envelope_that_the_end_cuts_between_records_is_truncated(run):
    is_the_story(run.scan(run.file(json.dumps({"records": RECORDS}).encode()[:-2])), malformed={"truncated": 1})


@test
def a_record_broken_within_an_envelope_costs_only_itself(run):
    text = json.dumps({"records": RECORDS[:5] + [json.loads(VICTIM)] + RECORDS[5:]}).encode()
    is_the_story(run.scan(run.file(text.replace(
        b'"time": "2026-03-02T09:20', b'"time" "2026-03-02T09:20'))), malformed={"syntax": 1})


def line_of(before, size, after):
    """One line: a megabyte at a time."""
    yield before
    for _ in range(size // MIB):
        yield b"x" * MIB
    yield after + b"\n"


@test
def a_line_of_a_hundred_megabytes_needs_little_memory(run):
    path = run.file(lines(RECORDS[:5]))
    with open(path, "ab") as f:
        for chunk in line_of(VICTIM[:-2], 100 * MIB, b'"}'):
            f.write(chunk)
        f.write(lines(RECORDS[5:]))
    report, megabytes = run.measure(path)
    path.unlink()
    is_the_story(report, malformed={"too-long": 1})
    check(megabytes < 64, f"{megabytes:.0f} MB")
    return f"# {megabytes:.0f} MB"


@test
def an_envelope_of_fifty_megabytes_on_one_line_needs_little_memory(run):
    path = run.file(b'{"records":[')
    filler = (json.dumps(dict(azure(STORY[0]), category="Routes")) + ",").encode() * 100
    text = [json.dumps(r).encode() for r in RECORDS]
    count = 50 * MIB // len(filler)
    with open(path, "ab") as f:
        for i in range(count):
            f.write(filler)
            if i % (count // 10) == 0 and text:
                f.write(text.pop(0) + b",")
        f.write(b",".join(text) + (b"," if text else b"") + b"{}]}")
    begin = time.monotonic()
    report, megabytes = run.measure(path)
    path.unlink()
    is_the_story(report, ignored=100 * count + 1)
    check(megabytes < 64, f"{megabytes:.0f} MB")
    return f"# {megabytes:.0f} MB, {time.monotonic() - begin:.1f} s"


@test
def nested_lines_cut_short_do_not_take_long(run):
    """Each of many lines opens an object, and none is ever closed."""
    path = run.file(lines(RECORDS[:5]))
    with open(path, "ab") as f:
        for _ in range(2000):
            f.write(b'{"a":"' + b"x" * 8000 + b'","b":\n')
        f.write(b"\n" + lines(RECORDS[5:]))
    begin = time.monotonic()
    report, megabytes = run.measure(path)
    seconds = time.monotonic() - begin
    same(verdicts(report), EXPECTED)
    check(report["records"]["malformed"] > 0, "nothing is malformed")
    check(seconds < 20, f"{seconds:.1f} s for 16 MB")
    return f"# {seconds:.1f} s"


@test
def a_device_id_cannot_forge_a_line_of_the_report(run):
    row = list(STORY[5])
    row[1] = "valve\n\x1b[31mcontoso/pump-1  auth-failure"
    done = run.call("scan", run.file(lines([azure(tuple(row))])))
    same(done.returncode, 0)
    check(b"\x1b[31mcontoso" not in done.stdout, "an escape is told")
    check(rb"valve\x0a\x1b[31mcontoso/pump-1" in done.stdout, done.stdout.decode())


# --- exit statuses and options ---------------------------------------------------------

@test
def a_file_that_is_not_there_gives_3_and_the_others_are_judged(run):
    report = run.scan(run.folder / "nowhere.json", run.file(GOOD), status=3)
    is_the_story(report)
    done = run.call("scan", run.folder / "nowhere.json")
    check(b"nowhere.json: cannot be read" in done.stderr, done.stderr.decode())


@test
def a_name_with_control_characters_commands_no_terminal(run):
    done = run.call("scan", run.folder / "a\x1b[2J\n.json")
    check(b"/a\\x1b[2J\\x0a.json: cannot be read" in done.stderr, done.stderr.decode())


@test
def where_nothing_was_read_no_verdict_is_told(run):
    for name, status in ((run.folder / "nowhere.json", 3), (run.file(b""), 0), (run.file(gzip.compress(b"")), 0)):
        done = run.call("scan", name)
        same((done.returncode, done.stdout), (status, b""))
        check(b"nothing can be said" in done.stderr, done.stderr.decode())
        done = run.call("scan", "--what-if", "return_within=2h", name)
        same((done.returncode, done.stdout), (status, b""))
        check(b"nothing can be said" in done.stderr, done.stderr.decode())


@test
def what_is_no_log_at_all_gives_3_and_no_verdict(run):
    table = b"TimeGenerated,OperationName\n2026-03-02T09:00:00Z,deviceConnect\n"
    for content in (b"hello\n", table, zipped({"table.csv": table}), b"\x7fELF" + b"\n\0" * 50):
        path = run.file(content)
        done = run.call("scan", "--exit-code", path)
        same((done.returncode, done.stdout), (3, b""))
        check(b"expected JSON" in done.stderr, done.stderr.decode())
        same(run.scan(path, status=3)["records"]["events"], 0)


@test
def of_broken_records_alone_no_verdict_is_told(run):
    done = run.call("scan", run.file(lines(RECORDS[:1]).replace(b'"time":', b'"time"')))
    same((done.returncode, done.stdout), (0, b""))
    check(b"1 malformed, skipped: syntax 1" in done.stderr and b"nothing can be said" in done.stderr, done.stderr.decode())


@test
def a_log_of_another_time_is_a_log(run):
    done = run.call("scan", "--since", "2027-01-01T00:00:00Z", run.file(b"hello\n" + GOOD))
    same((done.returncode, done.stdout), (0, b""))
    check(b"no record was found" in done.stderr and b"expected JSON" not in done.stderr, done.stderr.decode())


@test
def where_no_record_is_about_connections_nobody_hears_that_all_is_well(run):
    other = azure(STORY[0]) | {"category": "Configurations", "operationName": "read"}
    done = run.call("scan", run.file(lines([other])))
    same(done.returncode, 0)
    check(done.stdout.startswith(b"No record is about connections: nothing can be said of devices.\n"), done.stdout.decode())
    check(b"no device needs you" not in done.stdout, done.stdout.decode())


@test
def of_many_files_the_first_that_is_broken_is_named(run):
    good, broken = run.file(GOOD), run.file(b"hello\n")
    check(f"the first of them is in {broken}\n" in run.call("scan", good, broken, broken).stderr.decode(), "no name")
    check("the first of them" not in run.call("scan", broken).stderr.decode(), "the only file is named")


@test
def a_muted_device_needs_nobody(run):
    path = run.file(GOOD)
    config = run.file(b'{"devices": {"mute": ["contoso/valve-*"]}}', "muted/lapsed.json")
    out = run.call("scan", "--config", config, path).stdout.decode()
    check("1 device needs you" in out and "valve-2" not in out and "\n1 muted device is in trouble" in out, out)
    config = run.file(b'{"devices": {"mute": ["*"]}}', "muted/lapsed.json")
    for extra in ([], ["--json"]):
        same(run.call("scan", *extra, "--exit-code", "--config", config, path).returncode, 0)


@test
def a_report_that_cannot_be_written_gives_3(run):
    many = run.file(lines(azure(("09:05:00Z", f"valve-{i}", "deviceConnect", "401003", THUMBPRINT))
                          for i in range(500)))
    explain = ["explain", "--device", "pump-1", run.file(GOOD)]
    for command in (["scan", run.file(GOOD)], ["scan", many], ["scan", "--json", many], explain,
                    [*explain, "--json"], ["check"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([run.lapsectl, command[0], "--config", str(run.config), *command[1:]], stdout=full,
                                  stderr=subprocess.PIPE, env=run.environment, timeout=100)
        same(done.returncode, 3, f"exit status of {command}; {done.stderr.decode()}")
        check(b"cannot be written" in done.stderr, done.stderr.decode())


@test
def a_file_that_breaks_off_gives_3_and_what_was_read_is_judged(run):
    packed = gzip.compress(GOOD + b"".join(json.dumps({"x": random.Random(i).random()}).encode() + b"\n"
                                           for i in range(20000)))
    report = run.scan(run.file(packed[:len(packed) // 2], "half.gz"), status=3)
    same(verdicts(report), EXPECTED)


@test
def wrong_use_gives_2(run):
    for arguments in (["--nonsense"], [], ["--since", "yesterday", "x"], ["--until", "", "x"], ["--set"],
                      ["--set", "settle", "x"], ["--set", "settle=0", "x"], ["--set", "settle=9x", "x"],
                      ["--what-if", "nothing=1", "x"]):
        done = run.call("scan", *arguments)
        same(done.returncode, 2, f"scan {arguments}")
        check(done.stderr, f"scan {arguments}: nothing on stderr")
        same(done.stdout, b"", f"scan {arguments}")
    for verb in ("nonsense", "explain"):
        same(run.call(verb, "x").returncode, 2, verb)
    same(subprocess.run([run.lapsectl], capture_output=True, env=run.environment).returncode, 2)


@test
def wrong_use_names_the_program_and_what_was_expected(run):
    def said(*arguments):
        done = subprocess.run([run.lapsectl, *map(str, arguments)], capture_output=True, env=run.environment)
        same((done.returncode, done.stdout), (2, b""), arguments)
        return done.stderr.decode()
    same(said("scna"), 'lapsectl: unknown verb "scna"; did you mean "scan"?\ntry: lapsectl --help\n')
    same(said("scan", "--nonsense"), "lapsectl scan: unrecognized option '--nonsense'\ntry: lapsectl scan --help\n")
    for option in ("--set", "--what-if"):
        for value, words in (("settle", "expected KEY=VALUE"), ("settle=9x", "expected a whole number from 1 to 86400"),
                             ("settel=9", 'unknown setting "settel"; did you mean "settle"?')):
            check(said("scan", "--config", run.config, option, value, run.file(GOOD)).startswith(f"{option} {value}: {words}"),
                  f"{option} {value}: {said('scan', option, value, run.config)}")


@test
def help_and_version_give_0(run):
    for arguments in (["--help"], ["-h"], ["--version"], ["-V"], ["scan", "--help"], ["explain", "--help"], ["check", "--help"]):
        done = subprocess.run([run.lapsectl, *arguments], capture_output=True, env=run.environment)
        same((done.returncode, done.stderr), (0, b""), arguments)
        check(done.stdout, f"{arguments}: nothing is told")
        wide = [line for line in done.stdout.splitlines() if len(line) > 80]
        check(not wide, f"{arguments}: more than 80 columns: {wide}")


@test
def an_unknown_setting_names_the_nearest(run):
    done = run.call("scan", "--set", "return_witin=900", run.file(GOOD))
    same(done.returncode, 2)
    check(b'did you mean "return_within"' in done.stderr, done.stderr.decode())


@test
def a_folder_without_rules_gives_2(run):
    for folder in (run.folder / "nowhere", run.folder):
        done = run.call("check", "--rules", folder / "x")
        same(done.returncode, 2)
        check(b"no rules" in done.stderr, done.stderr.decode())


@test
def a_fault_in_the_rules_gives_2_and_tells_file_line_and_column(run):
    path = run.file(b'{\n  "schema": "lapsed.rules/1",\n  "reason": []\n}\n', "bad-rules/bad.json")
    for verb in ("check", "scan"):
        done = run.call(verb, "--rules", path.parent, *([run.file(GOOD)] if verb == "scan" else []))
        same(done.returncode, 2)
        check(done.stderr.decode().startswith(f"{path}:3:3: "), done.stderr.decode())
        check("did you mean \"reasons\"" in done.stderr.decode(), done.stderr.decode())


@test
def a_fault_in_the_configuration_gives_2_and_tells_file_line_and_column(run):
    path = run.file(b'{\n  // settings\n  "settings": {\n    "settle": "9 moons",\n  },\n}\n', "bad.json")
    done = run.call("check", "--config", path)
    same(done.returncode, 2)
    check(done.stderr.decode().startswith(f"{path}:4:15: expected a whole number"), done.stderr.decode())
    same(run.call("check", "--config", run.folder / "nowhere.json").returncode, 2)
    for count, status in ((256, 0), (257, 2)):
        path = run.file(json.dumps({"sources": [{"path": f"/{n}.json"} for n in range(count)]}).encode(), "many.json")
        done = run.call("check", "--config", path)
        same((done.returncode, b"a pattern or a folder stands for many files" in done.stderr), (status, status == 2))


@test
def a_configuration_of_more_than_eight_megabytes_is_refused(run):
    done = run.call("check", "--config", run.file(b"{" + b" " * (9 * MIB) + b"}"))
    same(done.returncode, 2)
    check(b"File too large" in done.stderr, done.stderr.decode())
    same(run.call("check", "--config", run.file(b"{" + b" " * (7 * MIB) + b"}")).returncode, 0)


@test
def check_tells_that_all_is_good(run):
    done = run.call("check")
    same((done.returncode, done.stderr), (0, b""))
    check(b"samples verified" in done.stdout and str(run.config).encode() + b": good" in done.stdout,
          done.stdout.decode())


@test
def check_names_the_rules_of_ones_own(run):
    own = run.file(b'{"schema": "lapsed.rules/1"}', "own/ours.json")
    for folder, words in ((own.parent, f"{own}: good\n"), (run.folder / "owm", f"{run.folder}/owm: no rules of your own there\n")):
        config = run.file(json.dumps({"rules": str(folder)}).encode(), "with-own.json")
        done = run.call("check", "--config", config)
        same(done.returncode, 0)
        check(words in done.stdout.decode(), done.stdout.decode())


@test
def check_takes_no_arguments(run):
    done = run.call("check", run.config)
    same((done.returncode, done.stdout), (2, b""))
    check(b"expected no arguments" in done.stderr, done.stderr.decode())


@test
def exit_code_tells_whether_a_device_needs_somebody(run):
    story, calm = run.file(GOOD), run.file(lines(RECORDS[:5] + RECORDS[-1:]))
    for extra in ([], ["--json"]):
        same(run.call("scan", *extra, "--exit-code", story).returncode, 1)
        same(run.call("scan", *extra, "--exit-code", calm).returncode, 0)
        same(run.call("scan", *extra, story).returncode, 0)
        same(run.call("scan", *extra, "--exit-code", story, run.folder / "nowhere").returncode, 3)


@test
def the_report_for_people_says_what_to_do(run):
    out = run.call("scan", run.file(GOOD)).stdout.decode()
    check(out.startswith("Of 2 unauthorized disconnects 1 is token renewal; 2 devices need you.\n"), out)
    for words in ("contoso/valve-2  auth-failure", "contoso/sensor-3  not-returned", "SHA1Hash=0A1B",
                  "Register the thumbprint", "4 devices, 2026-03-02T08:00:00Z to 2026-03-02T09:40:00Z; 9 records"):
        check(words in out, f"{words!r} is not in\n{out}")
    check("contoso/pump-1" not in out and "\x1b" not in out, out)


def on_terminal(run, columns, *arguments, stderr=None, **environment):
    """What it says on a terminal so wide; with True as stderr, there too."""
    ours, theirs = open_terminal()
    termios.tcsetwinsize(theirs, (24, columns))
    child = subprocess.Popen([run.lapsectl, arguments[0], "--config", run.config, *arguments[1:]], stdout=theirs,
                             stderr=theirs if stderr else subprocess.DEVNULL, env=run.environment | {"TERM": "xterm"} | environment)
    os.close(theirs)
    said = b""
    while True:
        try:
            said += os.read(ours, 65536)
        except OSError:                              # it has ended
            break
    os.close(ours)
    same(child.wait(), 0)
    return said.decode().replace("\r\n", "\n")


@test
def on_a_terminal_the_report_is_coloured_and_broken_to_its_width(run):
    path, plain = run.file(GOOD), {"NO_COLOR": "1"}
    piped = run.call("scan", path).stdout.decode()
    check("\x1b[" in on_terminal(run, 80, "scan", path), "no colours")
    same(on_terminal(run, 80, "scan", path, TERM="dumb"), on_terminal(run, 80, "scan", path, **plain))
    check("\x1b" in on_terminal(run, 80, "scan", path, stderr=True, **plain), "no progress is wiped away")
    check("\x1b" not in on_terminal(run, 80, "scan", path, stderr=True, TERM="dumb"), "a dumb terminal is controlled")
    same(on_terminal(run, 1000, "scan", path, **plain), piped)
    same(on_terminal(run, 0, "scan", path, **plain), piped)
    for columns in (50, 80):
        narrow = on_terminal(run, columns, "scan", path, **plain)
        same(narrow.replace("\n" + 10 * " ", " "), piped)
        check(narrow != piped, "nothing is broken")
        for line in narrow.splitlines():
            words = line.split()
            check(len(line) <= columns or not line.startswith("  ") or len(words) <= 2, f"{len(line)} columns: {line}")


@test
def all_lists_devices_without_trouble_too(run):
    path = run.file(GOOD)
    same([d["device"] for d in run.scan("--all", path)["devices"]], ["gauge-4", "pump-1", "sensor-3", "valve-2"])
    same([d["device"] for d in run.scan(path)["devices"]], ["pump-1", "sensor-3", "valve-2"])
    states = {d["device"]: d["state"] for d in run.scan("--all", path)["devices"]}
    same(states, {"gauge-4": "online", "pump-1": "online", "sensor-3": "failing", "valve-2": "failing"})


@test
def since_and_until_leave_out_what_is_outside(run):
    path = run.file(GOOD)
    report = run.scan("--since", DAY + "09:05:00Z", "--until", DAY + "09:40:00Z", path)
    same(report["records"]["read"], 3)
    same(report["span"], {"first": DAY + "09:05:00Z", "last": DAY + "09:10:01Z"})
    same({d: v[0] for d, v in verdicts(report).items()}, {"valve-2": "auth-failure", "sensor-3": "undecided"})
    same(run.scan("--until", DAY + "09:40:00+01:00", path)["records"]["read"], 2)
    same(run.scan("--since", "2027-01-01 00:00:00", path)["records"]["read"], 0)


@test
def an_undecided_episode_tells_what_it_leans_to(run):
    report = run.scan("--until", DAY + "09:05:00Z", run.file(GOOD))
    episode = report["devices"][0]["episodes"][0]
    same((episode["verdict"], episode["leaning"], episode["decided"]), ("undecided", "token-expiry", None))
    same(report["verdicts"]["undecided"], 1)


@test
def a_setting_changes_the_verdict(run):
    path = run.file(GOOD)
    same(verdicts(run.scan("--set", "return_within=2h", path))["sensor-3"][0], "undecided")
    config = run.file(b'{"settings": {"return_within": "2h"}}', "longer/lapsed.json")
    same(verdicts(run.scan("--config", config, path))["sensor-3"][0], "undecided")
    same(verdicts(run.scan("--config", config, "--set", "return_within=600", path)), EXPECTED)


@test
def what_if_tells_which_verdicts_would_change(run):
    done = run.call("scan", "--what-if", "return_within=2h", run.file(GOOD))
    same((done.returncode, done.stdout.decode().splitlines()),
         (0, ["contoso/sensor-3  2026-03-02T09:10:00Z  not-returned -> undecided", "1 of 3 episodes would change."]))
    done = run.call("scan", "--what-if", "return_within=601", run.file(GOOD))
    same(done.stdout, b"0 of 3 episodes would change.\n")


def in_this_order(text, *parts):
    at = 0
    for part in parts:
        found = text.find(part, at)
        check(found >= 0, f"{part!r} does not follow in\n{text}")
        at = found + len(part)


@test
def explain_tells_every_step_from_record_to_verdict(run):
    path = run.file(GOOD)
    out = run.call("explain", "--device", "pump-1", path).stdout.decode()
    in_this_order(out, "contoso/pump-1\n", "08:00:00Z  it connected", f"[{path}:1, connected]",
                  "09:00:00Z  the hub dropped its session as unauthorized (401003)", f"[{path}:3, expelled]",
                  "09:00:01Z  the connection was closed (404104)", "09:00:05Z  it connected",
                  "09:06:05Z  (time passes)", "token-expiry")
    out = run.call("explain", "--device", "contoso/sensor-3", path).stdout.decode()
    in_this_order(out, "contoso/sensor-3\n", "it connected", "dropped its session", "09:20:00Z  (time passes)",
                  "not-returned", "Still open: a connection that settles ends it")
    out = run.call("explain", "--device", "valve-2", path).stdout.decode()
    in_this_order(out, "the hub refused its connection (401003): \"Thumbprint does not match", "auth-failure",
                  "Still open")


@test
def a_step_is_told_in_the_words_of_the_evidence(run):
    """Also the arrival on another hub, which no line of the log tells of the device."""
    log = [azure(row) for row in STORY] + [azure(("09:50:00Z", "valve-2", "deviceConnect", None, ""),
                                                 path=HUB.replace("CONTOSO", "FABRIKAM"))]
    told = json.loads(run.call("explain", "--json", "--device", "contoso/valve-2", run.file(lines(log))).stdout)
    evidence = told["episodes"][0]["evidence"]
    same([e["signal"] for e in evidence], ["refused", "moved"])
    steps = [{key: value for key, value in step.items() if key != "says"} for step in told["steps"]]
    same([step for step in steps if step["signal"]], evidence)


@test
def explain_says_when_there_is_nothing_to_explain(run):
    path = run.file(GOOD)
    done = run.call("explain", "--device", "gauge-4", path)
    same(done.returncode, 0)
    check(b"No trouble of this device is in the log" in done.stdout, done.stdout.decode())
    done = run.call("explain", "--device", "pump", path)
    same((done.returncode, done.stdout), (3, b""))
    check(b'no record of the device "pump"' in done.stderr, done.stderr.decode())


# --- TAP ----------------------------------------------------------------------------------

def play(one, run):
    """What a test gives back is a remark."""
    remark = one(run)
    if remark:
        print(remark, flush=True)


def main():
    parser = argparse.ArgumentParser(description="every input form through lapsectl, as TAP")
    parser.add_argument("--lapsectl", required=True, type=pathlib.Path)
    parser.add_argument("--rules", type=pathlib.Path, help="default: LAPSED_RULES, or those of this tree")
    parser.add_argument("word", nargs="?", default="")
    options = parser.parse_args()
    rules = options.rules or (None if os.environ.get("LAPSED_RULES")
                              else pathlib.Path(__file__).resolve().parents[2] / "rules")
    tests = [t for t in TESTS if options.word in t.__name__]
    report = tap.Report(len(tests))
    with tempfile.TemporaryDirectory(prefix="input.") as folder:
        run = Runner(str(options.lapsectl.resolve()), rules, pathlib.Path(folder))
        for one in tests:
            report.play(one.__name__.replace("_", " "), play, one, run)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
