"""What a journal can lose, and how that is told: removed, damaged, refused, replaced."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import time

from journals import Journald, configure, entry, gaps, head, of, read_frames, reader, start, write
from rig import Daemon, connected, expect, holds, now, refused, story, wait


@story("rotation while reading loses nothing and tells nothing twice")
def rotation(bench):
    journald = Journald(bench)
    try:
        daemon = start(bench, of(journald.folder, identifier="hub"))
        whole = start(bench, of(journald.folder))
        for n in range(3000):
            journald.send(connected(now(), f"meter-{n}"), SYSLOG_IDENTIFIER="hub")
            journald.send("something else", SYSLOG_IDENTIFIER="other") if n % 7 == 0 else None
            if n % 500 == 250:
                journald.rotate()
        journald.send(refused(now(), "last"), SYSLOG_IDENTIFIER="hub")
        for each in daemon, whole:
            each.alert("AUTH_FAIL", device="last")
        time.sleep(2.2)                              # two looks at the end
        counts = daemon.stop()
        expect((counts["read"], counts["malformed"]), (3001, 0), "records read, malformed")
        expect((gaps(daemon), gaps(whole)), ([], []), "losses")
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
    again = "its reader died (Killed); started again from the last position"
    wait("a line about each", lambda: len(daemon.lines(again)) == 3)
    os.kill(wait("a reader", lambda: reader(daemon)), signal.SIGKILL)
    line = daemon.line("more than 3 times in a minute")
    holds("started again in " in line, line)
    counts = daemon.stop()
    expect((counts["read"], counts["malformed"]), (60001, 0), "records read, malformed")
    expect(gaps(daemon), [], "losses")


def has_mapped(pid, name):
    """Whether the process reads a file of this name."""
    try:
        return pid and name in pathlib.Path(f"/proc/{pid}/maps").read_text()
    except OSError:                                  # it has just gone
        return False


@story("a journal file that is truncated under the reader kills at most the reader")
def truncated(bench):
    backlog(bench, 90000)
    write(bench.folder / "journal" / "b.journal", entry(refused(now(), "other"), SYSLOG_IDENTIFIER="hub"))
    daemon = start(bench, of(bench.folder / "journal"), caught_up=False)
    wait("a reader that has begun, and is not done", lambda: has_mapped(reader(daemon), "a.journal"))
    os.truncate(bench.folder / "journal" / "a.journal", 100000)
    daemon.line("caught up", 60)
    write(bench.folder / "journal" / "c.journal", entry(refused(now(), "after")))
    daemon.alert("AUTH_FAIL", device="after")
    daemon.line("INPUT_GAP")
    (first, count), = gaps(daemon)
    counts = daemon.stop()
    expect((first + count, counts["read"] + count), (90002, 90003), "the end of the gap, all read and lost")


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
    daemon.line("from number 31 on")
    expect(gaps(daemon), [(11, 3), (31, 1)], "gaps")
    expect(daemon.stop()["read"], 46, "records read")
    spoil(file, 50)
    daemon = start(bench, of(file.parent))
    wait("with the last entry", lambda: sum(count for _, count in gaps(daemon)) == 5)
    expect(daemon.stop()["read"], 45, "records read")


@story("a journal that is damaged all over does not flood")
def riddled(bench):
    file, at = bench.folder / "journal" / "a.journal", now() - 3000
    write(file, *(entry(connected(at + n, f"meter-{n}"), at + n) for n in range(3000)))
    spoil(file, *range(10, 2990, 2))
    daemon = start(bench, of(file.parent))
    wait("all are told", lambda: sum(count for _, count in gaps(daemon)) == 1490)
    holds(len(gaps(daemon)) <= 5, f"{len(gaps(daemon))} gaps are told")
    expect(daemon.stop()["read"], 1510, "records read")


@story("from a position before damaged entries, gaps that were not told yet are found, and all that can be read")
def riddled_again(bench):
    file, at = bench.folder / "journal" / "a.journal", now() - 3000
    write(file, *(entry(connected(at + n, f"meter-{n}"), at + n) for n in range(50)))
    spoil(file, *range(10, 40, 2))
    first, position, _, gone = read_frames(bench, file.parent)
    expect((len(first), gone), (35, 1), "records, lost as told up to the end")
    number = int(dict(part.split("=") for part in position.split(";"))["i"], 16)
    expect(number, 11, "the position, which waits for the other gaps")
    path = configure(bench, of(file.parent))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"state": str(bench.folder)}))
    Daemon(bench, path, {}, None).line("caught up")
    bench.daemons[0].stop()
    with contextlib.closing(sqlite3.connect(bench.folder / "state.sqlite")) as state:
        state.execute("UPDATE journal SET position = ?", (position,))
        state.commit()
    daemon = Daemon(bench, path, {}, None)
    wait("all gaps", lambda: sum(count for _, count in gaps(daemon)) == 14)
    expect(daemon.stop()["read"], 25, "records behind the position")


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
