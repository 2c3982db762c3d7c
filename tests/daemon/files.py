"""What the daemon follows: files that grow, rotate, shrink, vanish and come."""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

from program import preloaded, wakes
from rig import BY_RECORDS, QUICK, Skipped, append, connected, expect, expelled, holds, now, refused, story, wait


POLL = 0.05                                          # time for a look


def tell(daemon, *devices):
    """Waits until the daemon has heard of the refusal of each device."""
    for device in devices:
        daemon.alert("AUTH_FAIL", device=device)


def opened(daemon):
    """The files that it holds."""
    return {os.readlink(link) for link in pathlib.Path(f"/proc/{daemon.pid}/fd").iterdir() if link.is_symlink()}


def finish(daemon, records, *devices, number=signal.SIGTERM):
    """Nothing was read twice, nothing was lost, nothing was broken."""
    counts = daemon.stop(number)
    expect((counts["read"], counts["malformed"]), (records, 0), "records read, malformed")
    expect(sorted(a["device"] for a in daemon.alerts("AUTH_FAIL")), sorted(devices), "devices told")
    expect(daemon.alerts("INPUT_GAP"), [], "gaps")
    return counts


@story("a record that comes in tiny pieces is one record")
def pieces(bench):
    daemon = bench.start()
    text = (refused(now(), "a") + refused(now(), "b")).encode()
    with open(bench.log, "ab", buffering=0) as file:
        for at in range(0, len(text), 7):
            file.write(text[at:at + 7])
            if at % 700 == 0:
                time.sleep(POLL)
    tell(daemon, "a", "b")
    finish(daemon, 2, "a", "b")


@story("a partial last line is kept until the rest comes")
def partial(bench):
    line = refused(now(), "a")
    append(bench.log, connected(now(), "other"), line[:200])
    daemon = bench.start()
    append(bench.log, line[200:400])
    time.sleep(POLL)
    append(bench.log, line[400:-1])                  # and the last line end is missing
    tell(daemon, "a")
    finish(daemon, 2, "a")


@story("a file may come later than the daemon, and so may its folder")
def later(bench):
    log = bench.folder / "to" / "come" / "log.json"
    daemon = bench.start([bench.log, log])
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    log.parent.mkdir(parents=True)
    append(log, refused(now(), "b"))
    tell(daemon, "b")
    finish(daemon, 2, "a", "b")
    expect(daemon.lines("cannot be read"), [], "complaints")


@story("a renamed file is read to its end while its writer goes on, then the new one")
def renamed(bench):
    daemon = bench.start()
    with open(bench.log, "ab", buffering=0) as writer:
        writer.write(refused(now(), "a").encode())
        tell(daemon, "a")
        half = refused(now(), "c").encode()
        writer.write(half[:100])
        os.rename(bench.log, bench.folder / "connections.json.1")
        append(bench.log, refused(now(), "b"))
        time.sleep(POLL)
        writer.write(half[100:])
        tell(daemon, "c")
    tell(daemon, "b")
    append(bench.log, refused(now(), "d"))
    tell(daemon, "d")
    finish(daemon, 4, "a", "b", "c", "d")


@story("a file that is rotated twice within seconds loses nothing")
def rotated_twice(bench):
    daemon = bench.start()
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    for generation, device in enumerate("bc"):
        os.rename(bench.log, bench.folder / f"old.{generation}")
        append(bench.log, refused(now(), device))
        time.sleep(0.2)
    tell(daemon, "b", "c")
    finish(daemon, 3, "a", "b", "c")


@story("a file is truncated after a copy (copytruncate) and grows again")
def copytruncate(bench):
    daemon = bench.start()
    append(bench.log, connected(now(), "other"), refused(now(), "a"))
    tell(daemon, "a")
    os.truncate(bench.log, 0)
    append(bench.log, refused(now(), "b"))
    tell(daemon, "b")
    os.truncate(bench.log, 0)                        # and is longer at once than it was
    append(bench.log, *(connected(now(), f"other-{n}") for n in range(9)), refused(now(), "c"))
    tell(daemon, "c")
    finish(daemon, 13, "a", "b", "c")


@story("what a writer writes behind the hole that copytruncate has left him is read from its first record")
def hole(bench):
    daemon = bench.start()
    with open(bench.log, "wb", buffering=0) as writer:         # where it was, not at the end
        writer.write(refused(now(), "a").encode())
        tell(daemon, "a")
        os.truncate(bench.log, 0)
        writer.write(refused(now(), "b").encode())
        tell(daemon, "b")
    expect(daemon.stop()["malformed"], 1, "malformed")         # the hole


@story("a file rewritten with as many bytes is read again")
def rewritten(bench):
    daemon = bench.start()
    second = int(now())                              # stamps of one length
    append(bench.log, refused(second, "a"))
    tell(daemon, "a")
    daemon.process.send_signal(signal.SIGSTOP)       # it must not see the moment when the file is empty
    os.truncate(bench.log, 0)
    append(bench.log, refused(second, "b"))
    daemon.process.send_signal(signal.SIGCONT)
    daemon.alert("AUTH_FAIL", device="b")
    finish(daemon, 2, "a", "b")


def pause_within(daemon, size):
    """Stops the daemon while it reads a backlog of so many bytes."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with open(f"/proc/{daemon.pid}/io") as file:
            read = int(file.readline().split()[1])
        if read > 1 << 20:
            daemon.process.send_signal(signal.SIGSTOP)
            wait("it has stopped", lambda: "T (stopped)" in pathlib.Path(f"/proc/{daemon.pid}/status").read_text())
            with open(f"/proc/{daemon.pid}/io") as file:
                read = int(file.readline().split()[1])
            return read < size - (8 << 20)
    return False


@story("bytes that are truncated unread are told as a gap, with where it was")
def gap(bench):
    chunk = "".join(connected(now() - 900, f"meter-{n}") for n in range(2000))
    for _ in range(32):
        append(bench.log, chunk)
    size = bench.log.stat().st_size
    daemon = bench.start(caught_up=False)
    if not pause_within(daemon, size):
        daemon.process.send_signal(signal.SIGCONT)
        raise Skipped("the daemon reads too fast to be caught in the middle")
    os.truncate(bench.log, 0)
    append(bench.log, refused(now(), "a"))
    daemon.process.send_signal(signal.SIGCONT)
    lost = daemon.line("INPUT_GAP")
    tell(daemon, "a")
    holds(lost.startswith("<4>INPUT_GAP: input lost unread: up to ") and str(bench.log) in lost, f"told as {lost!r}")
    counts = daemon.stop()
    holds(1 < counts["read"] < 64000, f"{counts['read']} records")
    expect(len(daemon.lines("INPUT_GAP")), 1, "gaps told")


@story("a file that is deleted and comes back is followed again")
def deleted(bench):
    daemon = bench.start()
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    os.unlink(bench.log)
    time.sleep(0.2)
    append(bench.log, refused(now(), "b"))
    tell(daemon, "b")
    finish(daemon, 2, "a", "b")


@story("a new file with the inode of one that was read and deleted is no loss", long=True)
def inode_again(bench):
    older, old = bench.log.with_suffix(".json.2"), bench.log.with_suffix(".json.1")
    daemon = bench.start()
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    os.rename(bench.log, older)
    append(bench.log, refused(now(), "b"))
    tell(daemon, "b")
    wait("the older one is let go", lambda: str(older) not in opened(daemon), 10)
    os.truncate(older, 0)                            # as a deleted file's inode is taken for the next one
    append(older, refused(now(), "c"))
    os.rename(bench.log, old)
    os.rename(older, bench.log)
    tell(daemon, "c")
    finish(daemon, 3, "a", "b", "c")
    expect(daemon.lines("is gone"), [], "complaints")


@story("a file that is compressed while it is read loses nothing, and nobody complains")
def compressed(bench):
    daemon = bench.start()
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    daemon.process.send_signal(signal.SIGSTOP)       # it hears of all at once
    append(bench.log, refused(now(), "b"))
    subprocess.run(["gzip", "--suffix", ".1.gz", bench.log], check=True)     # as old as the file was
    append(bench.log, refused(now(), "c"))
    daemon.process.send_signal(signal.SIGCONT)
    tell(daemon, "b", "c")
    finish(daemon, 3, "a", "b", "c")
    expect(daemon.lines("compressed"), [], "complaints")


@story("a file that is moved away and back is not read twice", long=True)
def moved_back(bench):
    daemon = bench.start()
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    os.rename(bench.log, bench.folder / "away")
    time.sleep(0.2)
    os.rename(bench.folder / "away", bench.log)
    begun = time.monotonic()
    wait("the time that a rotated file is kept for", lambda: time.monotonic() > begun + 6.5)
    append(bench.log, refused(now(), "b"))
    tell(daemon, "b")
    finish(daemon, 2, "a", "b")


@story("all files of a pattern are followed, those that come later too")
def pattern(bench):
    daemon = bench.start([bench.folder / "hub-*.json"])
    devices = []
    for round_ in range(5):
        for file in range(round_ + 2):               # one file more each round
            devices.append(f"d{round_}-{file}")
            append(bench.folder / f"hub-{file}.json", refused(now(), devices[-1]))
    append(bench.folder / "other.json", refused(now(), "unwanted"))
    tell(daemon, *devices)
    finish(daemon, len(devices), *devices)


@story("all files of a folder are followed, those that come later too")
def folder(bench):
    place = bench.folder / "hour"
    place.mkdir()
    append(place / "PT1H.json", refused(now(), "a"))
    daemon = bench.start([place])
    tell(daemon, "a")
    append(place / "PT2H.json", refused(now(), "b"))
    append(place / "PT1H.json", refused(now(), "c"))
    tell(daemon, "b", "c")
    finish(daemon, 3, "a", "b", "c")


@story("a tree of hourly blobs is one source, and new hours are found in it")
def blobs(bench):
    hours = [bench.folder / "insights" / f"y=2026/m=03/d=02/h=0{n}/m=00" for n in (8, 9)]
    hours[0].mkdir(parents=True)
    append(hours[0] / "PT1H.json", refused(now(), "a"))
    daemon = bench.start([bench.folder / "insights"])
    tell(daemon, "a")
    hours[1].mkdir(parents=True)
    append(hours[1] / "PT1H.json", refused(now(), "b"))
    append(hours[0] / "PT1H.json", refused(now(), "c"))       # an earlier hour's blob can still grow
    tell(daemon, "b", "c")
    finish(daemon, 3, "a", "b", "c")


@story("thousands of complete blobs are read and let go, and one that grows again is read on", long=True)
def many_blobs(bench):
    folder, count = bench.folder / "blobs", 5000
    folder.mkdir()
    for n in range(count):
        append(folder / f"{n:05}.json", connected(now() - 10, f"d{n}"))
        os.utime(folder / f"{n:05}.json", (now() - 7200, now() - 7200))
    daemon = bench.start([folder])
    wait("all are read", lambda: sum("caught up" in line for line in daemon.lines()), 30)
    append(folder / "00017.json", refused(now(), "d17"))
    daemon.alert("AUTH_FAIL", device="d17")
    append(folder / f"{count - 1:05}.json", refused(now(), "last"))
    daemon.alert("AUTH_FAIL", device="last")
    held = [entry.resolve().parent.name for entry in pathlib.Path(f"/proc/{daemon.pid}/fd").iterdir()]
    holds(held.count("blobs") < 10, f"{held.count('blobs')} files are held open")
    expect(daemon.stop()["read"], count + 2, "records read")


@story("logrotate rotates in every way it knows, and nothing is lost")
def logrotate(bench):
    program = shutil.which("logrotate", path="/usr/sbin:/usr/bin:" + os.environ.get("PATH", ""))
    if not program:
        raise Skipped("logrotate is not installed")
    daemon, state, names = bench.start(), bench.folder / "logrotate.state", []
    for number, way in enumerate(("create", "copytruncate", "create\n delaycompress\n compress", "create\n dateext")):
        config = bench.folder / "logrotate.conf"
        config.write_text(f"{bench.log} {{\n su root root\n rotate 9\n {way}\n}}\n")
        config.chmod(0o644)
        for when in ("before", "after"):
            name = f"{when}-{number}"
            append(bench.log, refused(now(), name))
            tell(daemon, name)
            names.append(name)
            if when == "before":
                subprocess.run([program, "--force", "--state", state, config], check=True, capture_output=True)
    finish(daemon, len(names), *names)


@story("a file renamed within its folder is not read again, and deadlines keep their time")
def renamed_inside(bench):
    place = bench.folder / "hour"
    place.mkdir()
    append(place / "log.json", *(connected(now() - 3600, f"meter-{n}") for n in range(3)))
    daemon = bench.start([place])
    os.rename(place / "log.json", place / "log.json.1")
    append(place / "log.json", refused(now(), "a"))
    tell(daemon, "a")
    begun = time.monotonic()
    wait("a look at the folder", lambda: time.monotonic() > begun + 1.2)
    append(place / "log.json", expelled(now(), "meter-1"))
    daemon.alert("NOT_RETURNED", device="meter-1", seconds=8)
    finish(daemon, 5, "a")


@story("files beyond those that can be followed are told once", long=True)
def too_many(bench):
    place = bench.folder / "many"
    place.mkdir()
    for n in range(4098):
        (place / f"{n:04}.json").touch()
    daemon = bench.start([place])
    daemon.line("cannot be followed")
    begun = time.monotonic()
    wait("two more looks", lambda: time.monotonic() > begun + 2.2)
    holds(len(daemon.lines("cannot be followed")) <= 2, f"{len(daemon.lines('cannot be followed'))} lines for 2 files")


@story("records of other shapes are read: envelopes, arrays, Log Analytics' names")
def shapes(bench):
    daemon = bench.start()
    append(bench.log, '{"records":[' + refused(now(), "a").strip() + ",\n" + refused(now(), "b").strip() + "]}\n")
    append(bench.log, "[" + refused(now(), "c").strip() + "]\n", "no JSON\n", refused(now(), "d"))
    tell(daemon, "a", "b", "c", "d")
    expect(daemon.stop()["malformed"], 1, "malformed")


@story("a folder in a file's place is one clear line, and its files are followed")
def folder_instead(bench):
    append(bench.log, refused(now(), "a"))
    daemon = bench.start()
    tell(daemon, "a")
    os.unlink(bench.log)
    bench.log.mkdir()
    append(bench.log / "PT1H.json", refused(now(), "b"))
    tell(daemon, "b")
    line = daemon.line("cannot be read")
    holds(line.startswith(f"<3>{bench.log}: cannot be read: ") and "folder" in line, f"told as {line!r}")
    daemon.stop()
    expect(len(daemon.lines("cannot be read")), 1, "complaints")


@story("a name with control characters forges no line and no command of a terminal")
def forging(bench):
    folder = bench.folder / "logs"
    folder.mkdir()
    name = "a\n<3>AUTH_FAIL state=raised\x1b[2J.json"
    append(folder / name, refused(now(), "a"))
    daemon = bench.start([folder])
    (folder / name).unlink()
    (folder / name).mkdir()
    daemon.line("logs/a\\x0a<3>AUTH_FAIL state=raised\\x1b[2J.json: cannot be read")
    daemon.stop()


@story("a file that may not be read is one clear line, and is read once it may be")
def forbidden(bench):
    append(bench.log, refused(now(), "a"))
    bench.log.chmod(0)
    daemon = bench.start([bench.log], user=bench.unprivileged())
    line = daemon.line("cannot be read")
    holds(line.startswith(f"<3>{bench.log}: cannot be read: Permission denied"), f"told as {line!r}")
    begun = time.monotonic()
    wait("two more looks", lambda: time.monotonic() > begun + 2.2)
    expect(len(daemon.lines("cannot be read")), 1, "complaints")
    bench.log.chmod(0o644)
    tell(daemon, "a")
    daemon.stop()
    expect(len(daemon.lines(str(bench.log))), 1, "lines about it")


@story("a folder or pattern that may not be read is one line, and is read once it may be")
def forbidden_folder(bench):
    places = [bench.folder / "whole", bench.folder / "by-pattern"]
    for place in places:
        place.mkdir()
        append(place / "log.json", refused(now(), place.name))
        place.chmod(0o311)
    daemon = bench.start([places[0], places[1] / "*.json"], user=bench.unprivileged())
    begun = time.monotonic()
    wait("a second look", lambda: time.monotonic() > begun + 1.2)
    expect(daemon.alerts(), [], "alerts")
    for place in places:
        expect(len(daemon.lines(f"{place}")), 1, f"lines about {place.name}")
        place.chmod(0o755)
    tell(daemon, *(place.name for place in places))


@story("of a source that cannot be watched the records are found all the same")
def unwatched(bench):
    daemon = bench.start([bench.folder / "none" / "*.json"])
    wait("a word about it", lambda: daemon.lines("cannot be watched"))
    (bench.folder / "none").mkdir()
    append(bench.folder / "none" / "a.json", refused(now(), "a"))
    tell(daemon, "a")
    finish(daemon, 1, "a")


@story("what is written just before the end is read")
def last_words(bench):
    daemon = bench.start()
    daemon.process.send_signal(signal.SIGSTOP)
    daemon.process.send_signal(signal.SIGTERM)
    append(bench.log, refused(now(), "a"))
    daemon.process.send_signal(signal.SIGCONT)
    finish(daemon, 1, "a", number=None)              # a second SIGTERM may find it half gone


# --- when it looks --------------------------------------------------------------

AT_ONCE_S = 0.6                                      # a second look comes after one second at the earliest


def tell_at_once(daemon, device):
    daemon.alert("AUTH_FAIL", device=device, seconds=AT_ONCE_S)


def burst(file, devices):
    """A write each, as fast as can be."""
    for device in devices:
        file.write(connected(now(), device).encode())


@story("in a burst and after it every alert comes at once, however the writes are spaced")
def bursts(bench):
    chance, daemon, records = random.Random(7), bench.start(settings={"fleet_least": 1000000}), 0
    with open(bench.log, "ab", buffering=0) as file:
        for n in range(40):
            burst(file, [f"meter-{chance.randrange(50)}" for _ in range(20)])
            time.sleep(chance.random() * 0.02)       # some of them end while the burst is waited for its end
            file.write(refused(now(), f"pump-{n}").encode())
            records += 21
            tell_at_once(daemon, f"pump-{n}")
        time.sleep(0.2)                              # nothing has come for long
        file.write(refused(now(), "last").encode())
        tell_at_once(daemon, "last")
    finish(daemon, records + 1, "last", *(f"pump-{n}" for n in range(40)))


@story("files that are rotated, and that come, amid a burst lose nothing")
def burst_rotated(bench):
    daemon = bench.start([bench.folder / "hub-*.json"], settings={"fleet_least": 1000000})
    for generation in range(5):
        with open(bench.folder / "hub-a.json", "ab", buffering=0) as file:
            burst(file, [f"meter-{n}" for n in range(300)])
            file.write(refused(now(), f"pump-{generation}").encode())
            tell_at_once(daemon, f"pump-{generation}")
            burst(file, [f"meter-{n}" for n in range(300)])
            os.rename(bench.folder / "hub-a.json", bench.folder / f"old-{generation}")
            burst(file, [f"meter-{n}" for n in range(300)])
        append(bench.folder / f"hub-{generation}.json", refused(now(), f"valve-{generation}"))
    devices = [f"{kind}-{n}" for kind in ("pump", "valve") for n in range(5)]
    tell(daemon, *devices)
    finish(daemon, 5 * 902, *devices)


@story("many bytes in one file do not keep another from being read")
def fair(bench):
    other = bench.folder / "other.json"
    daemon = bench.start([bench.log, other], settings={"fleet_least": 1000000})
    chunk = "".join(connected(now(), f"meter-{n % 500}") for n in range(10000))
    daemon.process.send_signal(signal.SIGSTOP)       # it finds all of it at once
    for _ in range(8):
        append(bench.log, chunk)
    append(bench.log, refused(now(), "b"))
    append(other, refused(now(), "a"))
    daemon.process.send_signal(signal.SIGCONT)
    tell(daemon, "a", "b")
    holds([a["device"] for a in daemon.alerts("AUTH_FAIL")] == ["a", "b"], "the other file had to wait for the end")
    finish(daemon, 80002, "a", "b")


@story("what is written while the watch is set anew is read at once")
def while_watched_anew(bench):
    late = bench.folder / "elsewhere" / "late"
    late.parent.mkdir()
    daemon = bench.start(kind="azure", settings=QUICK | BY_RECORDS,      # no tick is due, which would look as well
                         environment={"LD_PRELOAD": preloaded(bench, "unwatch"), "TEST_LATE": str(late),
                                      "TEST_LOG": str(bench.log)})
    append(bench.log, refused(now(), "a"))
    tell(daemon, "a")
    time.sleep(0.2)
    late.write_text(refused(now(), "late"))
    daemon.process.send_signal(signal.SIGSTOP)       # it hears of both at once
    (bench.folder / "other").touch()                 # the folder may be another one: it is watched anew
    append(bench.log, refused(now(), "b"))
    daemon.process.send_signal(signal.SIGCONT)
    tell(daemon, "b")
    daemon.alert("AUTH_FAIL", device="late", seconds=5)
    daemon.stop()


@story("a file of which no event tells is looked at every second, once that is known", long=True)
def deaf(bench):
    elsewhere = bench.folder / "elsewhere"
    elsewhere.mkdir()
    link = bench.folder / "link.json"
    link.symlink_to(elsewhere / "log.json")
    append(bench.log)
    daemon = bench.start([bench.log, link])
    append(bench.log, expelled(now(), "away"))       # its deadline makes the daemon look
    append(elsewhere / "log.json", refused(now(), "a"))
    tell(daemon, "a")
    daemon.alert("NOT_RETURNED", device="away")
    for device in "bc":
        time.sleep(3)                                # nothing falls due any more
        append(elsewhere / "log.json", refused(now(), device))
        daemon.alert("AUTH_FAIL", device=device, seconds=2)
    expect(daemon.stop()["read"], 4, "records read")


@story("a folder that is replaced by another is watched again")
def folder_replaced(bench):
    log = bench.folder / "logs" / "log.json"
    log.parent.mkdir()
    daemon = bench.start([log], environment={"WATCHDOG_USEC": "2000000"})
    append(log, refused(now(), "a"))
    tell_at_once(daemon, "a")
    os.rename(log.parent, bench.folder / "aside")
    log.parent.mkdir()
    append(log, refused(now(), "b"))
    tell(daemon, "b")
    time.sleep(1.2)
    for device in "cdef":
        append(log, refused(now(), device))
        tell_at_once(daemon, device)
    finish(daemon, 6, *"abcdef")


@story("with nothing to read it sleeps", long=True)
def sleeps(bench):
    append(bench.log, connected(now() - 9000, "a"))
    daemon = bench.start(settings={})
    time.sleep(1)
    before = wakes(daemon)
    time.sleep(4)
    holds(wakes(daemon) - before <= 1, f"it woke {wakes(daemon) - before} times in 4 s")
