"""The journal as a source: the real daemon with its reader process on journals that
systemd-journal-remote writes, or a journald of its own in a private /run."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import time

from rig import (NOBODY, QUICK, Daemon, Failed, Skipped, append, connected, expect, expelled, holds, now, refused,
                 story, wait)

REMOTE = "/lib/systemd/systemd-journal-remote"
JOURNALD = "/lib/systemd/systemd-journald"
BOOT = "0f3f0bd5a5e04a6cb8d1b5a3c0ffee11"
SETTINGS = QUICK | {"delay_azure": 0}
CONFIGURATION = """[Journal]
Storage=volatile
ReadKMsg=no
Audit=no
RateLimitIntervalSec=0
RateLimitBurst=0
RuntimeMaxUse=6M
RuntimeMaxFileSize=1M
RuntimeKeepFree=1
ForwardToWall=no
"""


# --- journals -----------------------------------------------------------------

def entry(message, at=None, boot=BOOT, **fields):
    """In the export format, which journal-remote reads."""
    at = at or now()
    fields = {"__REALTIME_TIMESTAMP": round(at * 1000) * 1000, "_BOOT_ID": boot,
              "__MONOTONIC_TIMESTAMP": round(at * 1000) * 1000 % 10**12, "MESSAGE": message.rstrip("\n")} | fields
    text = b""
    for name, value in fields.items():
        value = str(value).encode()
        if b"\n" in value:
            text += name.encode() + b"\n" + len(value).to_bytes(8, "little") + value + b"\n"
        else:
            text += name.encode() + b"=" + value + b"\n"
    return text + b"\n"


def write(path, *entries):
    """Adds entries to a journal file."""
    if not os.access(REMOTE, os.X_OK):
        raise Skipped("systemd-journal-remote is not installed")
    path.parent.mkdir(exist_ok=True)
    done = subprocess.run([REMOTE, "-o", str(path), "-"], input=b"".join(entries), capture_output=True)
    if done.returncode:
        raise Skipped(f"systemd-journal-remote cannot write here: {done.stderr.decode().strip()}")


class Journald:
    """One with a /run of its own, which is a folder here."""

    def __init__(self, bench):
        if os.geteuid() != 0 or not os.access(JOURNALD, os.X_OK) or not shutil.which("unshare"):
            raise Skipped("a journald of one's own needs root, unshare and systemd")
        run = bench.folder / "run"
        (run / "systemd" / "journald.conf.d").mkdir(parents=True)
        (run / "systemd" / "journal").mkdir()
        (run / "systemd" / "journald.conf.d" / "test.conf").write_text(CONFIGURATION)
        self.folder = run / "log" / "journal"
        self.log = open(bench.folder / "journald", "wb")
        self.unshare = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c",
             f"mount --bind '{run}' /run && mount -t proc proc /proc && exec {JOURNALD}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            wait("journald listens", lambda: self.unshare.poll() is not None or self.files(), 10)
            self.socket.connect(str(run / "systemd" / "journal" / "socket"))
            self.pid = int(pathlib.Path(f"/proc/{self.unshare.pid}/task/{self.unshare.pid}/children").read_text())
        except (OSError, ValueError, Failed):
            self.stop()
            raise Skipped("no journald can be started in a private /run here") from None

    def files(self):
        return list(self.folder.glob("*/*.journal"))

    def send(self, message, **fields):
        fields = {"MESSAGE": message.rstrip("\n")} | fields
        self.socket.send("".join(f"{name}={value}\n" for name, value in fields.items()).encode())

    def newest(self):
        """The number of the newest entry, once all that was sent is written."""
        os.kill(self.pid, signal.SIGRTMIN + 1)
        synced = self.folder.parent.parent / "systemd" / "journal" / "synced"
        begun = time.time()
        wait("journald has written all", lambda: synced.exists() and synced.stat().st_mtime >= begun - 0.1)
        time.sleep(0.3)
        return max(head(file)[1] for file in self.files())

    def rotate(self):
        before = len(self.files())
        os.kill(self.pid, signal.SIGUSR2)
        wait("journald rotates", lambda: len(self.files()) > before)

    def stop(self):
        self.unshare.kill()                          # and with it journald
        self.unshare.wait()
        self.log.close()


def head(file):
    """First and last number of a journal file."""
    with open(file, "rb") as f:
        data = f.read(176)
    return int.from_bytes(data[168:176], "little"), int.from_bytes(data[160:168], "little")


# --- the daemon ---------------------------------------------------------------

def configure(bench, *sources, settings=None):
    path = bench.folder / "lapsed.json"
    path.write_text(json.dumps({"sources": sources, "settings": settings or SETTINGS}, indent=2))
    return path


def start(bench, *sources, caught_up=True, user=None, settings=None):
    daemon = Daemon(bench, configure(bench, *sources, settings=settings), {}, user)
    if caught_up:
        def ready():
            holds(daemon.process.poll() is None, f"it ended at once: {daemon.text()}")
            return daemon.lines("caught up")
        wait("it catches up", ready, 60)
    return daemon


def of(folder, **matches):
    return {"journal": str(folder), "kind": "local"} | matches


def reader(daemon):
    """The process that reads the journal, or None."""
    try:
        children = pathlib.Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()
    except OSError:
        return None
    for child in children:
        try:
            if b"--read-journal" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes():
                return int(child)
        except OSError:
            pass
    return None


def whole(daemon):
    """What an alert says, whatever it was read from."""
    return sorted((a["msgid"], a.get("state"), a.get("device"), a.get("episode"), a["sentence"])
                  for a in daemon.alerts())


def day(at):
    """A few devices, each with another end."""
    lines = []
    for n in range(40):
        device, begun = f"pump-{n}", at + n * 0.01
        lines.append((begun, connected(begun, device)))
        if n % 4 == 0:
            lines.append((begun + 30, refused(begun + 30, device)))
        elif n % 4 == 1:
            lines.append((begun + 30, expelled(begun + 30, device)))
        elif n % 4 == 2:
            lines += [(begun + 30, expelled(begun + 30, device)), (begun + 31, connected(begun + 31, device))]
    return sorted(lines)


GAP = re.compile(r"<4>INPUT_GAP: input lost unread: (?:up to (\d+)|an unknown number of) entries of journal (.+) from number "
                 r"(\d+) on, of all services; verdicts may be wrong for what was in them")


def gaps(daemon):
    """First number and count (None: unknown) of what was lost, as told."""
    found = [GAP.fullmatch(line) for line in daemon.lines("INPUT_GAP: ")]
    holds(all(found), f"told as {daemon.lines('INPUT_GAP: ')}")
    return [(int(m[3]), m[1] and int(m[1])) for m in found]


def without_time(line):
    fields = json.loads(line)
    del fields["time"]
    return json.dumps(fields)


# --- stories ------------------------------------------------------------------

@story("the journal gives the same alerts as a file with the same records")
def same(bench):
    lines = day(now() - 3600)
    write(bench.folder / "journal" / "a.journal", *(entry(line, at, SYSLOG_IDENTIFIER="hub") for at, line in lines))
    append(bench.log, *(line for _, line in lines))
    file = start(bench, {"path": str(bench.log), "kind": "local"})
    journal = start(bench, of(bench.folder / "journal"))
    wait("all is told", lambda: len(whole(file)) >= 20 and whole(file) == whole(journal))
    expect(journal.stop(), file.stop(), "counts")
    holds(len(whole(file)) >= 20, "alerts")


@story("a record without a time has the journal's, one with a time keeps it")
def times(bench):
    lines = day(round(now() - 3600, 3))
    write(bench.folder / "journal" / "a.journal",
          *(entry(without_time(line) if n % 2 else line, at + 0 if n % 2 else at + 1800)
            for n, (at, line) in enumerate(lines)))
    append(bench.log, *(line for _, line in lines))
    file = start(bench, {"path": str(bench.log), "kind": "local"})
    journal = start(bench, of(bench.folder / "journal"))
    wait("all is told", lambda: len(whole(file)) >= 20 and whole(file) == whole(journal))
    expect(journal.stop(), file.stop(), "counts")


@story("only what matches is read, and never lapsed's own words")
def matches(bench):
    at, place = now() - 60, bench.folder / "journal"
    rows = [("a", {"_SYSTEMD_UNIT": "edge.service", "SYSLOG_IDENTIFIER": "hub"}),
            ("b", {"_SYSTEMD_UNIT": "edge.service", "SYSLOG_IDENTIFIER": "other"}),
            ("c", {"_SYSTEMD_UNIT": "other.service", "SYSLOG_IDENTIFIER": "hub"}),
            ("d", {"_SYSTEMD_UNIT": "edge.service", "SYSLOG_IDENTIFIER": "hub", "CONTAINER_NAME": "x=y"}),
            ("e", {"_SYSTEMD_UNIT": "edge.service", "SYSLOG_IDENTIFIER": "lapsed"}),
            ("f", {"_SYSTEMD_UNIT": "lapsed.service", "SYSLOG_IDENTIFIER": "hub"})]
    write(place / "a.journal", *(entry(refused(at + n, row[0]), at + n, **row[1]) for n, row in enumerate(rows)))
    for chosen, devices in (({"unit": "edge.service"}, "abd"), ({"identifier": "hub"}, "acd"), ({}, "abcd"),
                            ({"unit": "edge.service", "identifier": "hub"}, "ad"),
                            ({"match": {"CONTAINER_NAME": "x=y"}}, "d")):
        daemon = start(bench, of(place, **chosen))
        wait(f"alerts of {chosen}", lambda: len(daemon.alerts("AUTH_FAIL")) >= len(devices))
        expect(daemon.stop()["read"], len(devices), f"records read by {chosen}")
        expect(sorted(a["device"] for a in daemon.alerts("AUTH_FAIL")), list(devices), f"devices of {chosen}")


@story("a message that is no record is counted, and those after it are read")
def no_records(bench):
    pretty = json.dumps(json.loads(refused(now(), "c")), indent=2)
    envelope = '{"records":[' + refused(now(), "d").strip() + "," + refused(now(), "e").strip() + "]}"
    write(bench.folder / "journal" / "a.journal", entry("Started Hub."), entry(refused(now(), "a")), entry("{"),
          entry('{"half": "'), entry(refused(now(), "b")), entry(pretty), entry("{}"), entry(envelope),
          entry(refused(now(), "f", "x" * 700000)), entry(refused(now(), "g")))
    daemon = start(bench, of(bench.folder / "journal"))
    for device in "abcdeg":
        daemon.alert("AUTH_FAIL", device=device)
    expect(daemon.stop()["malformed"], 2, "malformed")  # "Started Hub." and the braces that stay open


@story("what comes is read at once, and a file that comes later too")
def growing(bench):
    place = bench.folder / "journal"
    write(place / "a.journal", entry(refused(now(), "a")))
    daemon = start(bench, of(place))
    for device, file in (("b", "a"), ("c", "b"), ("d", "b"), ("e", "a")):
        write(place / f"{file}.journal", entry(refused(now(), device)))
        daemon.alert("AUTH_FAIL", device=device, seconds=5)
    counts = daemon.stop()
    expect((counts["read"], counts["malformed"]), (5, 0), "records read, malformed")
    expect(gaps(daemon), [], "losses")


@story("rotation while reading loses nothing and tells nothing twice")
def rotation(bench):
    journald = Journald(bench)
    try:
        daemon = start(bench, of(journald.folder, identifier="hub"))
        for n in range(3000):
            journald.send(connected(now(), f"meter-{n}"), SYSLOG_IDENTIFIER="hub")
            journald.send("something else", SYSLOG_IDENTIFIER="other") if n % 7 == 0 else None
            if n % 500 == 250:
                journald.rotate()
        journald.send(refused(now(), "last"), SYSLOG_IDENTIFIER="hub")
        daemon.alert("AUTH_FAIL", device="last")
        counts = daemon.stop()
        expect((counts["read"], counts["malformed"]), (3001, 0), "records read, malformed")
        expect(gaps(daemon), [], "losses")
    finally:
        journald.stop()


@story("what is vacuumed before it is read is a gap, with its exact range")
def vacuum(bench):
    journald = Journald(bench)
    try:
        daemon = start(bench, of(journald.folder))
        for n in range(500):
            journald.send(connected(now(), f"meter-{n}"))
        first = journald.newest()
        time.sleep(1)
        os.kill(reader(daemon), signal.SIGSTOP)
        for n in range(20000):
            journald.send(connected(now(), f"meter-{n % 5000}"))
        newest = journald.newest()
        gone = min(head(file)[0] for file in journald.files()) - 1
        holds(gone > first, f"journald has removed only up to {gone} of {newest}")
        os.kill(reader(daemon), signal.SIGCONT)
        journald.send(refused(now(), "last"))
        daemon.alert("AUTH_FAIL", device="last", seconds=30)
        newest = journald.newest()
        counts = daemon.stop()
        # Journald's own messages are no records, but entries.
        lost = sum(count for _, count in gaps(daemon))
        expect(counts["read"] + lost, newest, "entries read and lost")
        holds(0 < lost <= newest - first and gaps(daemon)[0][0] > first, f"{lost} lost behind {first}: {gaps(daemon)}")
    finally:
        journald.stop()


@story("with matches, what is vacuumed unread is a gap of at most so many, and what others wrote is no loss")
def vacuum_matches(bench):
    journald = Journald(bench)
    try:
        journald.send(connected(now(), "meter"), SYSLOG_IDENTIFIER="hub")
        daemon = start(bench, of(journald.folder, identifier="hub"))
        for n in range(20000):                       # of others: read past, and vacuumed
            journald.send(f"{n} " + "x" * 300, SYSLOG_IDENTIFIER="other")
            if n % 1000 == 999:
                time.sleep(0.4)                      # it says about once a second how far it has come
        holds(min(head(file)[0] for file in journald.files()) > 3, "journald has removed nothing")
        time.sleep(3.2)                              # it has been at the end for long enough to say so
        os.kill(reader(daemon), signal.SIGKILL)
        wait("a second reader", lambda: reader(daemon))
        journald.send(refused(now(), "a"), SYSLOG_IDENTIFIER="hub")
        daemon.alert("AUTH_FAIL", device="a")
        expect(gaps(daemon), [], "losses")
        time.sleep(2.5)
        os.kill(reader(daemon), signal.SIGSTOP)
        for n in range(20000):
            journald.send(f"{n} " + "x" * 300, SYSLOG_IDENTIFIER="other")
        os.kill(reader(daemon), signal.SIGCONT)
        journald.send(refused(now(), "b"), SYSLOG_IDENTIFIER="hub")
        daemon.alert("AUTH_FAIL", device="b")
        daemon.line("INPUT_GAP")
        holds(sum(count for _, count in gaps(daemon)) > 1000, f"gaps: {gaps(daemon)}")
        expect(daemon.stop()["read"], 3, "records read")
    finally:
        journald.stop()


def backlog(bench, count):
    at, chunk = now() - 3000, []
    for n in range(count):
        chunk.append(entry(connected(at + n / 1000, f"meter-{n % 900}"), at + n / 1000, SYSLOG_IDENTIFIER="hub"))
    chunk.append(entry(refused(now() - 5, "last"), now() - 5, SYSLOG_IDENTIFIER="hub"))
    write(bench.folder / "journal" / "a.journal", *chunk)


@story("a reader that is killed is started again, at most three times a minute; nothing is lost or read twice")
def killed(bench):
    backlog(bench, 60000)
    daemon = start(bench, of(bench.folder / "journal", identifier="hub"), caught_up=False)
    killed_pids = []
    for _ in range(3):
        pid = wait("a reader", lambda: (p := reader(daemon)) not in killed_pids and p)
        time.sleep(0.15)
        os.kill(pid, signal.SIGKILL)
        killed_pids.append(pid)
    daemon.line("caught up", 60)
    daemon.alert("AUTH_FAIL", device="last")
    expect(len(daemon.lines("its reader died (Killed); started again from the last position")), 3, "lines about it")
    os.kill(wait("a reader", lambda: reader(daemon)), signal.SIGKILL)
    line = daemon.line("more than 3 times in a minute")
    holds("started again in " in line, line)
    counts = daemon.stop()
    expect((counts["read"], counts["malformed"]), (60001, 0), "records read, malformed")
    expect(gaps(daemon), [], "losses")


@story("a journal file that is truncated under the reader kills at most the reader")
def truncated(bench):
    backlog(bench, 30000)
    write(bench.folder / "journal" / "b.journal", entry(refused(now(), "other"), SYSLOG_IDENTIFIER="hub"))
    daemon = start(bench, of(bench.folder / "journal"), caught_up=False)
    wait("a reader", lambda: reader(daemon))
    time.sleep(0.1)
    os.truncate(bench.folder / "journal" / "a.journal", 100000)
    daemon.line("caught up", 60)
    write(bench.folder / "journal" / "c.journal", entry(refused(now(), "after")))
    daemon.alert("AUTH_FAIL", device="after")
    daemon.line("INPUT_GAP")
    (first, count), = gaps(daemon)
    counts = daemon.stop()
    expect((first + count, counts["read"] + count), (30002, 30003), "the end of the gap, all read and lost")


@story("a file that is cut short before its entries were read is a gap, with matches too")
def cut_short(bench):
    place = bench.folder / "journal"
    write(place / "a.journal", *(entry(connected(now(), f"meter-{n}"), SYSLOG_IDENTIFIER="hub") for n in range(100)))
    for folder, chosen in (("whole", {}), ("chosen", {"identifier": "hub"})):
        shutil.copytree(place, bench.folder / folder)
        daemon = start(bench, of(bench.folder / folder, **chosen))
        os.kill(reader(daemon), signal.SIGSTOP)
        stopped = reader(daemon)
        write(bench.folder / folder / "a.journal",
              *(entry(connected(now(), f"meter-{n}"), SYSLOG_IDENTIFIER="hub") for n in range(100, 150)))
        os.truncate(bench.folder / folder / "a.journal", 10000)
        os.kill(stopped, signal.SIGKILL)
        daemon.line("INPUT_GAP")
        time.sleep(2.2)                              # two more looks
        expect(gaps(daemon), [(101, 50)], f"gaps, {folder}")
        expect(daemon.stop()["read"], 100, f"records read, {folder}")


def spoil(file, *numbers):
    """Makes the entries with these numbers unreadable."""
    data = bytearray(file.read_bytes())
    at, found = int.from_bytes(data[88:96], "little"), []
    while at < len(data) and data[at]:
        if data[at] == 3:                            # an entry
            found.append(at)
        at += int.from_bytes(data[at + 8:at + 16], "little") + 7 & ~7
    for at in found:
        if int.from_bytes(data[at + 16:at + 24], "little") in numbers:
            data[at] = 99
    file.write_bytes(data)


@story("entries that cannot be read any more are gaps where they stood")
def spoilt(bench):
    file = bench.folder / "journal" / "a.journal"
    write(file, *(entry(connected(now() - 100 + n, f"meter-{n}"), now() - 100 + n) for n in range(50)))
    spoil(file, 11, 12, 13, 31)
    daemon = start(bench, of(file.parent))
    expect(gaps(daemon), [(11, 3), (31, 1)], "gaps")
    expect(daemon.stop()["read"], 46, "records read")
    spoil(file, 50)
    daemon = start(bench, of(file.parent))
    daemon.line("from number 50 on")
    expect(gaps(daemon), [(11, 3), (31, 1), (50, 1)], "gaps, with the last entry")
    expect(daemon.stop()["read"], 45, "records read")


@story("a gap is told once over a restart")
def gap_once(bench):
    file = bench.folder / "journal" / "a.journal"
    write(file, *(entry(connected(now() - 100 + n, f"meter-{n}"), now() - 100 + n) for n in range(20)))
    spoil(file, 11)
    path = configure(bench, of(file.parent))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"state": str(bench.folder)}))
    told = []
    for _ in range(2):
        daemon = Daemon(bench, path, {}, None)
        daemon.line("caught up")
        told += gaps(daemon)
        daemon.stop()
    expect(told, [(11, 1)], "gaps")


@story("a journal that is replaced by another one is read from its head")
def foreign(bench):
    place = bench.folder / "journal"
    write(place / "a.journal", *(entry(connected(now(), f"meter-{n}")) for n in range(10)))
    daemon = start(bench, of(place))
    os.kill(reader(daemon), signal.SIGSTOP)
    stopped = reader(daemon)
    os.unlink(place / "a.journal")
    write(place / "a.journal", entry(refused(now() - 60, "a"), now() - 60))
    os.kill(stopped, signal.SIGKILL)
    daemon.alert("AUTH_FAIL", device="a")
    daemon.line("it is another journal than before")
    expect(gaps(daemon), [(11, None)], "gaps")
    expect(daemon.stop()["read"], 11, "records read")


FRAME = struct.Struct("=IIQQQIIII")


def read_frames(bench, folder, position="", *matches):
    """What the reader alone says up to the end: records, last position, words, lost."""
    with subprocess.Popen([bench.lapsed, "--read-journal", str(folder), position, *matches],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        records, words, gone, at_end = [], "", 0, False
        while not at_end:
            start_of = process.stdout.read(FRAME.size)
            holds(len(start_of) == FRAME.size, f"it ended after {records}, {words}")
            _, flags, _, lost_now, _, *sizes, _ = FRAME.unpack(start_of)
            parts = [process.stdout.read(size).decode() for size in sizes]
            position = parts[0] or position
            words += parts[1]
            records += parts[2].splitlines()
            gone += lost_now
            at_end = flags & 1
        process.kill()
    return records, position, words, gone


@story("a position leads to the entry behind it; one that leads nowhere, to the head with a word")
def positions(bench):
    place = bench.folder / "journal"
    write(place / "a.journal", *(entry(f"{n}", SYSLOG_IDENTIFIER="ab"[n % 2]) for n in range(10)))
    records, end, words, _ = read_frames(bench, place)
    expect((records, words), ([str(n) for n in range(10)], ""), "all")
    expect(read_frames(bench, place, end)[0], [], "behind the end")
    begun = head(place / "a.journal")[0]
    fields = dict(part.split("=") for part in end.split(";"))
    for n in range(10):
        middle = f"s={fields['s']};i={begun + n:x}"
        expect(read_frames(bench, place, middle)[0], records[n + 1:], f"behind entry {n}")
        expect(read_frames(bench, place, middle, "SYSLOG_IDENTIFIER=a")[0],
               [r for r in records[n + 1:] if int(r) % 2 == 0], f"of those that match, behind entry {n}")
    for position, word in ((f"s={fields['s']};i=ffffff", "it ends before the last position"),
                           (f"s={'0' * 32};i=1", "it is another journal than before"),
                           ("nonsense", "is no position")):
        got, _, words, _ = read_frames(bench, place, position)
        holds(got == records and word in words, f"{position}: {got}, {words}")
    write(place / "a.journal", *(entry(f"{n}") for n in range(10, 13)))
    got, _, words, gone = read_frames(bench, place, end)
    expect((got, words, gone), (["10", "11", "12"], "", 0), "what was added")


@story("what journald itself refuses is told, and only journald can say so")
def refused_by_journald(bench):
    said = {"MESSAGE_ID": "a596d6fe7bfa4994828e72309e95d61e", "OBJECT_SYSTEMD_UNIT": "edge.service", "N_DROPPED": 4711}
    write(bench.folder / "journal" / "a.journal",
          entry("Suppressed 4711 messages from edge.service", _TRANSPORT="driver", **said),
          entry("Suppressed 99 messages", _TRANSPORT="driver", **said | {"OBJECT_SYSTEMD_UNIT": "other.service"}),
          entry("Suppressed", _TRANSPORT="journal", **said | {"N_DROPPED": 88}),
          entry(refused(now(), "a"), _SYSTEMD_UNIT="edge.service"))
    daemon = start(bench, of(bench.folder / "journal", unit="edge.service"))
    daemon.alert("AUTH_FAIL", device="a")
    line = daemon.line("INPUT_GAP")
    holds(f"up to 4711 messages of journal {bench.folder}/journal _SYSTEMD_UNIT=edge.service, refused by journald's rate limit" in line, line)
    counts = daemon.stop()
    expect((counts["read"], counts["malformed"], len(daemon.lines("INPUT_GAP"))), (1, 0, 1), "read, malformed, told")


@story("a journal that may not be read is one clear line, the rest is followed, and it is read once it may be")
def unreadable(bench):
    user = NOBODY if os.geteuid() == 0 else None
    if user and not os.access(bench.lapsed, os.X_OK):
        raise Skipped("nobody may not run the program")
    place = bench.folder / "journal"
    write(place / "a.journal", entry(refused(now(), "a")))
    os.chmod(place / "a.journal", 0)
    append(bench.log, refused(now(), "b"))
    daemon = start(bench, of(place), of(bench.folder / "none"), {"path": str(bench.log), "kind": "local"}, user=user)
    daemon.alert("AUTH_FAIL", device="b")
    line = daemon.line(f"{place}: it cannot be read")
    holds("none of its 1 files: Permission denied (is the service in the group systemd-journal?)" in line, line)
    holds("No such file" in daemon.line(f"{bench.folder}/none: it cannot be read"), "a folder that is not there")
    time.sleep(5.5)                                  # a second attempt
    expect(len(daemon.lines("cannot be read")), 2, "lines about it")
    os.chmod(place / "a.journal", 0o644)
    daemon.alert("AUTH_FAIL", device="a")
    daemon.stop()


@story("a reload takes journals in and lets them go, with their readers")
def reload(bench):
    one, two = bench.folder / "one", bench.folder / "two"
    write(one / "a.journal", entry(refused(now(), "a")))
    write(two / "a.journal", entry(refused(now(), "b")))
    daemon = start(bench, of(one))
    first = reader(daemon)
    daemon.alert("AUTH_FAIL", device="a")
    configure(bench, of(two))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.alert("AUTH_FAIL", device="b")
    wait("the first reader is gone", lambda: not os.path.exists(f"/proc/{first}"))
    expect(len(daemon.lines("no longer followed")), 1, "lines")
    second = reader(daemon)
    expect(daemon.stop()["read"], 2, "records read")
    wait("the second is gone", lambda: not os.path.exists(f"/proc/{second}"))


@story("the reader goes when the daemon is killed")
def orphan(bench):
    write(bench.folder / "journal" / "a.journal", entry(refused(now(), "a")))
    daemon = start(bench, of(bench.folder / "journal"))
    pid = reader(daemon)
    daemon.process.kill()
    daemon.process.wait()
    wait("the reader goes", lambda: not os.path.exists(f"/proc/{pid}"), 5)


@story("a wrong source is one line with its place, and the right ones are printed as they can be read")
def configuration(bench):
    for source, column, words in (
            ({"journal": "system"}, 0, 'expected "unit", "identifier" or "match"'),
            ({"journal": "relative", "unit": "x.service"}, "journal", 'expected "system", or a folder'),
            ({"journal": "system", "unit": "x"}, "unit", "expected a unit's whole name"),
            ({"journal": "system", "unit": "lapsed.service"}, "unit", "does not read its own messages"),
            ({"journal": "system", "identifier": "lapsed"}, "identifier", "does not read its own messages"),
            ({"journal": "system", "match": {"bad field": "x"}}, "bad", "expected a field of the journal"),
            ({"journal": "system", "match": "x"}, "match", "expected an object"),
            ({"journal": "system", "unit": "x.service", "path": "/x"}, "path", 'either "path" or "journal"'),
            ({"path": "/x", "unit": "x.service"}, "unit", 'goes with "journal" only'),
            ({"journal": "system", "unti": "x.service"}, "unti", 'unknown key "unti"; did you mean "unit"?'),
            ({"journal": "system", "unit": "x.service", "match": {"_SYSTEMD_UNIT": "y.service"}}, "match",
             "already matched")):
        path = configure(bench, source)
        done = bench.run("--config", path, "--check")
        holds(done.returncode == 2 and words in done.stderr, f"{source}: {done.returncode} {done.stderr}")
        place = done.stderr.split(": ")[0].split(":")
        holds(place[0] == str(path) and len(place) == 3 and int(place[1]) > 2, f"{source}: {done.stderr}")
    good = [{"journal": "system", "unit": "x.service", "kind": "azure"}, {"path": "/x", "kind": "local"},
            {"journal": "/x", "kind": "local"},
            {"journal": "system", "identifier": "a", "match": {"_COMM": "q\"=", "_UID": "7"}, "kind": "local"}]
    printed = bench.run("--config", configure(bench, *good), "--print-effective-config").stdout
    again = bench.folder / "again.json"
    again.write_text(printed)
    lines = [line for line in printed.split("\n") if not line.lstrip().startswith("//")]
    expect(json.loads("\n".join(lines))["sources"], good, "sources as printed")
    second = bench.run("--config", again, "--print-effective-config").stdout.split("\n")
    expect([line for line in second if not line.lstrip().startswith("//")], lines, "printed again")
