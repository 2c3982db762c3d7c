"""How it goes on after a stop, a crash, and with a state that is not its own."""
import gzip
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import time

from rig import QUICK, append, expect, expelled, holds, now, refused, repository, story, wait

PARTS = 6
PAGE = 4096                                          # of SQLite


def stateful(bench, sources=None, **settings):
    """A daemon whose state survives it."""
    folder = bench.folder / "state"
    folder.mkdir(exist_ok=True)
    return bench.start(sources, settings=settings, environment={"STATE_DIRECTORY": str(folder)})


def run_again(bench, state):
    """As a command that ends by itself: it cannot have this state."""
    return subprocess.run([bench.lapsed, "--rules", bench.rules, "--config", bench.configure()], capture_output=True,
                          text=True, timeout=60, env=os.environ | {"STATE_DIRECTORY": str(bench.folder / state)})


def a_day(bench):
    """The demo's day, in as many parts as there will be starts."""
    day = bench.folder / "day.jsonl"
    subprocess.run([sys.executable, repository() / "tests" / "fleet" / "grow.py", "--seed", "5", "--seconds", "0.1",
                    "--out", day], check=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    lines = day.read_text().splitlines(keepends=True)
    size = len(lines) // PARTS + 1
    return [lines[i:i + size] for i in range(0, len(lines), size)]


def told(daemons):
    return [(a["msgid"], a["state"], a.get("device"), a["episode"])
            for d in daemons for a in d.alerts() if a["msgid"] != "RECOVERED"]


def in_one_run(bench, day):
    """What is told when nobody stops it."""
    daemon = bench.start(settings={})
    for part in day:
        append(bench.log, *part)
        time.sleep(0.2)                              # what begins and ends in one look is told to nobody
    daemon.stop()
    bench.log.unlink()
    return sorted(set(told([daemon])))


@story("stopped and started again six times, it misses nothing and tells nothing twice")
def stopped(bench):
    day = a_day(bench)
    wanted, runs = in_one_run(bench, day), []
    for part in day:
        daemon = stateful(bench)
        append(bench.log, *part)
        daemon.stop()
        runs.append(daemon)
    expect(sorted(told(runs)), wanted, "alerts")
    expect(sum(int(d.text().split("stopped: ")[1].split()[0]) for d in runs), sum(map(len, day)), "records read")


@story("killed at any time, it misses nothing, and repeats itself only under the same ids")
def killed(bench):
    day = a_day(bench)
    wanted, runs = in_one_run(bench, day), []
    for number, part in enumerate(day):
        daemon = stateful(bench)
        append(bench.log, *part)
        time.sleep(0.05 * number)
        daemon.process.send_signal(signal.SIGKILL)
        daemon.process.wait()
        runs.append(daemon)
    runs.append(stateful(bench))
    runs[-1].stop()
    missing = {a[:3] for a in wanted} - {a[:3] for a in told(runs)}
    # What was over before it was read again needs nobody any more.
    missing = {a for a in missing if a[1] == "raised" and (a[0], "cleared", a[2]) not in {w[:3] for w in wanted}}
    expect(missing, set(), "alerts that nobody was told of")
    # A part may end between an expulsion and the return: one who starts there tells it, and takes it back.
    withdrawn = {a[3] for a in told(runs) if a[1] == "withdrawn"}
    expect({a[3] for a in told(runs)} - {a[3] for a in wanted} - withdrawn, set(), "episodes that there are not")


@story("what falls due while it is stopped is told after the start")
def due(bench):
    first = stateful(bench, return_within="2s", lateness=0, delay_local=0)
    append(bench.log, expelled(now(), "pump-1"))
    first.stop()
    expect(first.alerts("NOT_RETURNED"), [], "told before the deadline")
    time.sleep(2.1)
    second = stateful(bench, return_within="2s", lateness=0, delay_local=0)
    second.alert("NOT_RETURNED", device="pump-1")
    second.stop()
    third = stateful(bench, return_within="2s", lateness=0, delay_local=0)
    third.stop()
    expect(third.alerts("NOT_RETURNED"), [], "told twice")


@story("a file that is rotated while it is stopped is read to its end, and the new one after it")
def rotated(bench):
    first = stateful(bench)
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    first.stop()
    append(bench.log, refused(now(), "b"))
    bench.log.rename(bench.log.with_name(bench.log.name + ".1"))
    append(bench.log, refused(now(), "c"))
    second = stateful(bench)
    second.alert("AUTH_FAIL", device="b")
    second.alert("AUTH_FAIL", device="c")
    second.stop()
    expect(len(second.alerts("AUTH_FAIL")), 2, "alerts of the second run")


@story("a file that is rotated three times while it is stopped is read to its end, and all that came after it")
def rotated_often(bench):
    first = stateful(bench, **QUICK)
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    first.stop()
    append(bench.log, refused(now(), "b"))
    for number, device in enumerate(["c", "d", "e"]):
        bench.log.rename(f"{bench.log}.{3 - number}")
        append(bench.log, refused(now(), device))
    for number in (2, 3):                            # some file systems tell no more than that
        os.utime(f"{bench.log}.{number}", (time.time(), 1e9))
    pathlib.Path(f"{bench.log}.4.gz").write_bytes(gzip.compress(refused(now(), "packed").encode()))
    pathlib.Path(f"{bench.log}.lock").write_text("12")
    append(pathlib.Path(f"{bench.log}-2.other"), refused(now(), "of another log"))
    second = stateful(bench, **QUICK)
    for device in "bcde":
        second.alert("AUTH_FAIL", device=device)
    second.line(".4.gz: it was compressed before it was read")
    counts = second.stop()
    expect((counts["read"], counts["malformed"]), (4, 0), "records of the second run, malformed")
    expect(stateful(bench, **QUICK).stop()["read"], 0, "records of the third run")


@story("what was rotated behind a file that is compressed when it starts again is read")
def rotated_behind(bench):
    first = stateful(bench)
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    append(pathlib.Path(f"{bench.log}.7"), refused(now(), "of before"))
    os.utime(f"{bench.log}.7", (time.time(), time.time() - 60))
    first.stop()
    pathlib.Path(f"{bench.log}.2.gz").write_bytes(gzip.compress(bench.log.read_bytes()))
    bench.log.unlink()
    append(pathlib.Path(f"{bench.log}.1"), refused(now(), "b"))
    append(bench.log, refused(now(), "c"))
    second = stateful(bench)
    second.line("is gone; what it still held is lost")
    second.alert("AUTH_FAIL", device="b")
    second.alert("AUTH_FAIL", device="c")
    expect(second.stop()["read"], 2, "records of the second run")


@story("a rotated file is found in a folder of any name")
def rotated_in_brackets(bench):
    bench.log = bench.folder / "[plant]" / "connections.json"
    bench.log.parent.mkdir()
    first = stateful(bench, [bench.log.parent.parent / "[[]plant]" / "connections.json"])
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    first.stop()
    append(bench.log, refused(now(), "b"))
    bench.log.rename(f"{bench.log}.1")
    append(bench.log, refused(now(), "c"))
    second = stateful(bench, [bench.log.parent.parent / "[[]plant]" / "connections.json"])
    second.alert("AUTH_FAIL", device="b")
    second.alert("AUTH_FAIL", device="c")


@story("the rest of a file that was rotated while it was stopped is read, though the new one has a known inode")
def rotated_onto(bench):
    older, old = bench.log.with_suffix(".json.2"), bench.log.with_suffix(".json.1")
    first = stateful(bench)
    for device in "ab":
        append(bench.log, refused(now(), device))
        first.alert("AUTH_FAIL", device=device)
        if device == "a":
            bench.log.rename(older)
    first.stop()
    append(bench.log, refused(now(), "c"))
    bench.log.rename(old)
    os.truncate(older, 0)                            # as a deleted file's inode is taken for the next one
    append(older, refused(now(), "d"))
    older.rename(bench.log)
    second = stateful(bench)
    second.alert("AUTH_FAIL", device="c")
    second.alert("AUTH_FAIL", device="d")
    expect(second.stop()["read"], 2, "records of the second run")
    expect(second.lines("is gone"), [], "complaints")


@story("a file that is gone after the stop is one clear line")
def gone(bench):
    first = stateful(bench)
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    first.stop()
    bench.log.unlink()
    append(bench.log, refused(now(), "b"))
    second = stateful(bench)
    second.line("is gone; what it still held is lost")
    second.alert("AUTH_FAIL", device="b")


@story("a file that was emptied and is as long again is not read again after a start")
def emptied(bench):
    first, at = stateful(bench), now()
    append(bench.log, refused(at, "a"))
    first.alert("AUTH_FAIL", device="a")
    os.truncate(bench.log, 0)
    append(bench.log, refused(at, "b"))
    first.alert("AUTH_FAIL", device="b")
    first.stop()
    second = stateful(bench)
    expect(second.stop()["read"], 0, "records of the second run")
    expect(second.lines("is gone"), [], "complaints")


@story("an alert of the state that cannot be read is counted")
def damaged_alert(bench):
    stateful(bench).stop()
    database = sqlite3.connect(bench.folder / "state" / "state.sqlite")
    database.execute("INSERT INTO notice (bytes) VALUES (x'00')")
    database.commit()
    database.close()
    stateful(bench).line("1 alert of the state could not be read")


@story("half a record before the stop and half after it are one record")
def halves(bench):
    record = refused(now(), "pump-1")
    first = stateful(bench)
    append(bench.log, record[:100])
    wait("it reads", lambda: (bench.folder / "state" / "state.sqlite-wal").exists())
    first.stop()
    append(bench.log, record[100:])
    second = stateful(bench)
    second.alert("AUTH_FAIL", device="pump-1")
    expect(second.stop()["malformed"], 0, "malformed")


@story("a second daemon with the same state says so and ends with status 2")
def second_daemon(bench):
    stateful(bench)
    done = run_again(bench, "state")
    expect(done.returncode, 2, "exit status")
    holds("another lapsed uses this state" in done.stderr, done.stderr)


@story("a state of a newer version says what to do and ends with status 2")
def newer(bench):
    stateful(bench).stop()
    database = sqlite3.connect(bench.folder / "state" / "state.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    done = run_again(bench, "state")
    expect(done.returncode, 2, "exit status")
    holds("install the newer lapsed again, or move the file away" in done.stderr, done.stderr)


@story("a state that is garbage is put aside, and all is read anew")
def garbage(bench):
    first = stateful(bench)
    append(bench.log, refused(now(), "a"))
    first.alert("AUTH_FAIL", device="a")
    first.stop()
    for path in (bench.folder / "state").iterdir():
        path.write_bytes(os.urandom(5000))
    second = stateful(bench)
    second.line("it is kept as")
    second.alert("AUTH_FAIL", device="a")
    holds((bench.folder / "state" / "state.sqlite.bad").exists(), "nothing was kept")


@story("a state of which some pages are damaged is put aside, not loaded by half")
def damaged(bench):
    first = stateful(bench, **QUICK)
    append(bench.log, *[refused(now(), f"d{n}") for n in range(300)])
    first.alert("AUTH_FAIL", device="d299")
    first.stop()
    path = bench.folder / "state" / "state.sqlite"
    bytes_ = bytearray(path.read_bytes())
    for page in range(20, len(bytes_) // PAGE, 4):
        bytes_[page * PAGE:page * PAGE + 2000] = os.urandom(2000)
    path.write_bytes(bytes_)
    second = stateful(bench, **QUICK)
    second.line("it is kept as")
    expect(second.stop()["devices"], 300, "devices of the second run")
    expect(second.lines("cannot be stored"), [], "complaints")


@story("a folder for the state that is not there ends with status 3, for it may come later")
def no_folder(bench):
    done = run_again(bench, "nowhere")
    expect(done.returncode, 3, "exit status")
    holds("its folder is not there; make it" in done.stderr, done.stderr)


@story("a file where the folder for the state is meant says so")
def no_state_folder(bench):
    (bench.folder / "file").touch()
    done = run_again(bench, "file")
    expect(done.returncode, 3, "exit status")
    holds('"state" has to name a folder' in done.stderr, done.stderr)


@story("complete blobs are not read again after a start")
def blobs(bench):
    folder = bench.folder / "blobs"
    folder.mkdir()
    for n in range(300):
        append(folder / f"{n:03}.json", refused(now() - 7200, f"d{n}"))
        os.utime(folder / f"{n:03}.json", (now() - 7200, now() - 7200))
    environment = {"STATE_DIRECTORY": str(bench.folder)}
    first = bench.start([folder], environment=environment)
    expect(first.stop()["read"], 300, "records of the first run")
    second = bench.start([folder], environment=environment)
    append(folder / "300.json", refused(now(), "new"))
    second.alert("AUTH_FAIL", device="new")
    expect(second.stop()["read"], 1, "records of the second run")


@story("a file that is rotated beside complete blobs is no loss")
def rotated_beside_blobs(bench):
    folder = bench.folder / "blobs"
    folder.mkdir()
    complete(folder, 0, 3)
    daemon = bench.start([folder, bench.log], environment={"STATE_DIRECTORY": str(bench.folder)})
    append(bench.log, refused(now(), "a"))
    daemon.alert("AUTH_FAIL", device="a")
    bench.log.rename(bench.log.with_suffix(".json.1"))
    append(bench.log, refused(now(), "b"))
    daemon.alert("AUTH_FAIL", device="b")
    daemon.stop()
    expect(daemon.lines("is gone"), [], "complaints")


def complete(folder, first, count):
    """So many blobs of an hour that is long over."""
    for n in range(first, first + count):
        append(folder / f"new.{n}", refused(now() - 7200, f"d{n}"))
        os.utime(folder / f"new.{n}", (now() - 7200, now() - 7200))
        (folder / f"new.{n}").rename(folder / f"{n:03}.json")


@story("blobs that were let go while the state could not be stored are not read again after a start")
def blobs_unstored(bench):
    folder = bench.folder / "blobs"
    folder.mkdir()
    complete(folder, 0, 100)
    environment = {"STATE_DIRECTORY": str(bench.folder)}
    first = bench.start([folder / "*.json"], environment=environment)
    wait("all are stored", lambda: (bench.folder / "state.sqlite-wal").stat().st_size > 200000)
    hard = resource.prlimit(first.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(first.pid, resource.RLIMIT_FSIZE, (150000, hard))
    complete(folder, 100, 50)
    first.line("the state cannot be stored")
    time.sleep(1.2)                                  # and not at a second attempt
    resource.prlimit(first.pid, resource.RLIMIT_FSIZE, (hard, hard))
    first.line("the state is stored again")
    expect(first.stop()["read"], 150, "records of the first run")
    second = bench.start([folder / "*.json"], environment=environment)
    expect(second.stop()["read"], 0, "records of the second run")
