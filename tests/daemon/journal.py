"""The journal as a source: the real daemon with its reader process."""
import json
import os
import signal
import time

from journals import configure, entry, gaps, head, of, read_frames, reader, start, write
from rig import append, connected, expect, expelled, holds, now, refused, story, wait


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


@story("a journal that may not be read is one clear line, the rest is followed, and it is read once it may be")
def unreadable(bench):
    place = bench.folder / "journal"
    write(place / "a.journal", entry(refused(now(), "a")))
    os.chmod(place / "a.journal", 0)
    append(bench.log, refused(now(), "b"))
    daemon = start(bench, of(place), of(bench.folder / "none"), {"path": str(bench.log), "kind": "local"}, user=bench.unprivileged())
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
    wait("the reader goes", lambda: not os.path.exists(f"/proc/{pid}"))


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
