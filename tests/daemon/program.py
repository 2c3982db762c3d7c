"""How the daemon starts and stops, what it says of itself, and what it costs."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from rig import (BY_RECORDS, QUICK, Failed, Skipped, append, connected, expect, expelled, holds, now, record, refused,
                 story, wait)


@story("the service manager hears of start, reload, life and stop")
def notified(bench):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(bench.folder / "notify"))
    manager.settimeout(5)
    heard = []

    def hear(words):
        while not any(words in h for h in heard):
            heard.append(manager.recv(4096).decode())

    daemon = bench.start(environment={"NOTIFY_SOCKET": str(bench.folder / "notify"), "WATCHDOG_USEC": "400000"})
    hear("READY=1")
    hear("WATCHDOG=1")
    heard.clear()
    bench.configure(name="lapsed.json").write_text('{"sourcse": []}')
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line('the old configuration stays in force: ')
    hear("RELOADING=1")
    hear("READY=1")
    heard.clear()
    bench.configure()
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line("configuration and rules read again")
    append(bench.log, refused(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    heard.clear()
    daemon.process.send_signal(signal.SIGSTOP)       # hung: nobody feeds the watchdog
    time.sleep(0.3)
    manager.settimeout(0.01)
    try:
        while True:
            manager.recv(4096)
    except TimeoutError:
        pass
    manager.settimeout(0.8)
    try:
        holds("WATCHDOG=1" not in manager.recv(4096).decode(), "a hung daemon fed the watchdog")
    except TimeoutError:
        pass
    daemon.process.send_signal(signal.SIGCONT)
    manager.settimeout(5)
    daemon.process.send_signal(signal.SIGTERM)
    hear("STOPPING=1")
    daemon.stop(0)


@contextlib.contextmanager
def told_to_socket(bench, **streams):
    """A daemon that tells a socket, and a function that waits for a device's alert there."""
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(10)
    config = bench.folder / "told.json"
    config.write_text(json.dumps({"sources": [{"path": str(bench.log), "kind": "local"}], "settings": QUICK,
                                  "alerts": [{"to": "stderr"}, {"to": "udp", "host": "127.0.0.1",
                                                                "port": receiver.getsockname()[1]}]}))
    process = subprocess.Popen([bench.lapsed, "--rules", bench.rules, "--config", config], **streams)

    def hear(device):
        append(bench.log, refused(now(), device))
        try:
            message = receiver.recv(4096)
        except TimeoutError:
            raise Failed("nothing is told") from None
        holds(message.startswith(b"<27>1 ") and f'device="{device}"'.encode() in message, f"it got {message}")
    try:
        yield hear
        process.terminate()
        expect(process.wait(10), 0, "exit status")
    finally:
        process.kill()
        process.wait()
        receiver.close()


@story("with its standard streams closed it runs as with them")
def closed_streams(bench):
    with told_to_socket(bench, preexec_fn=lambda: os.closerange(0, 3)) as hear:
        hear("pump-1")
        hear("pump-2")


@story("it goes on when whoever reads its stderr is gone")
def reader_gone(bench):
    reader, writer = os.pipe()
    with told_to_socket(bench, stderr=writer) as hear:
        os.close(writer)
        os.read(reader, 1)
        os.close(reader)
        hear("pump-1")
        hear("pump-2")


def reloaded(bench, daemon, **config):
    bench.configure(**config)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line("configuration and rules read again")


@story("shorter times that are reloaded hold at once, though nothing is written")
def reload_times(bench):
    daemon = bench.start(settings=QUICK | {"return_within": 3600, "delay_local": 3600})
    append(bench.log, expelled(now(), "pump-1"), refused(now(), "pump-2"))
    daemon.alert("AUTH_FAIL", device="pump-2")
    reloaded(bench, daemon)
    daemon.alert("NOT_RETURNED", device="pump-1")


@story("a source's kind that is reloaded holds")
def reload_kind(bench):
    daemon = bench.start(kind="azure")
    append(bench.log, expelled(now(), "pump-1"))
    reloaded(bench, daemon, kind="local")
    daemon.alert("NOT_RETURNED", device="pump-1")


@story("a larger record_max that is reloaded holds")
def reload_record_max(bench):
    daemon = bench.start(settings=QUICK | {"record_max": 4096})
    append(bench.log, refused(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    reloaded(bench, daemon)
    append(bench.log, refused(now(), "pump-2", more="x" * 8192))
    daemon.alert("AUTH_FAIL", device="pump-2")


@story("more sources than there is room for since the start are told of")
def sources(bench):
    daemon = bench.start([bench.folder / f"a-{n}.json" for n in range(200)])
    bench.configure([bench.folder / f"b-{n}.json" for n in range(200)])
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line("not all sources are followed: more than 256 since the start, or no memory")
    append(bench.folder / "b-0.json", refused(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    daemon.stop()


@story("a silent source says so, names what waits for it, and says when it speaks again", syslog=True, long=True)
def stall(bench):
    append(bench.log, connected(now() - 3600, "meter-1"), expelled(now() - 60, "meter-1"))
    daemon = bench.start(settings={"stall_after": 10})
    begun = time.monotonic()
    raised = daemon.alert("INPUT_STALLED", seconds=20)
    holds(time.monotonic() - begun > 9, "told too soon")
    holds(str(bench.log) in raised["sentence"] and "meter-1" in raised["sentence"], f"told as {raised['sentence']!r}")
    expect(raised["severity"], 4, "severity")
    append(bench.log, connected(now(), "meter-1"))
    expect(daemon.alert("INPUT_STALLED", "cleared")["severity"], 5, "severity when cleared")
    daemon.stop()
    expect([m["msgid"] for m in daemon.reached()], ["INPUT_STALLED", "INPUT_STALLED"], "messages")


def preloaded(bench, name):
    """A library of this folder, for LD_PRELOAD."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        raise Skipped(f"no C compiler to build {name}.c with")
    if b"__asan_init" in pathlib.Path(bench.lapsed).read_bytes():
        raise Skipped("the address sanitizer does not like it")
    library = bench.folder / f"{name}.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library,
                    pathlib.Path(__file__).resolve().parent / f"{name}.c"], check=True)
    return str(library)


def clock_ahead(bench):
    """An environment in which numbers in a file set the daemon's clocks ahead."""
    setting = bench.folder / "ahead"
    setting.write_bytes(bytes(16))
    return setting, {"LD_PRELOAD": preloaded(bench, "clock"), "TEST_CLOCK": str(setting)}


def set_ahead(setting, seconds, wall_seconds=0):
    with open(setting, "r+b", buffering=0) as file:
        file.write(seconds.to_bytes(8, "little") + wall_seconds.to_bytes(8, "little", signed=True))


@story("a day later the digest tells what needed nobody, and an alert is repeated", syslog=True)
def digest(bench):
    setting, environment = clock_ahead(bench)
    base = now() - 7200
    append(bench.log, connected(base, "meter-1"))
    daemon = bench.start(settings=BY_RECORDS | {"stall_after": 864000}, kind="azure", environment=environment)
    append(bench.log, expelled(base + 3600, "meter-1"), connected(base + 3605, "meter-1"),
           record(base + 3700, "meter-2", "disconnect", "404104"), refused(base + 5000, "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    set_ahead(setting, 86000)
    time.sleep(0.1)
    expect(daemon.alerts("DIGEST"), [], "told too soon")
    set_ahead(setting, 86401)
    told = daemon.alert("DIGEST", state=None)
    daemon.alert("AUTH_FAIL", "repeated", "pump-1")
    holds(told["sentence"].startswith("token-expiry=1 recovered=0 connection-lost=1 ") and
          told["sentence"].endswith("1 alert stands"), f"told as {told['sentence']!r}")
    expect(told["severity"], 6, "severity")
    set_ahead(setting, 2 * 86401)
    again = wait("the next digest", lambda: daemon.alerts("DIGEST")[1:])[0]
    holds(again["sentence"].startswith("token-expiry=0 recovered=0 connection-lost=0 "), f"then {again['sentence']!r}")
    daemon.stop()
    messages = [m for m in daemon.reached() if m["msgid"] == "DIGEST"]
    expect(len(messages), 2, "messages")
    expect(messages[0]["msg"], "DIGEST: " + told["sentence"], "MSG")


@story("a wall clock that is set, and set right again, neither raises nor repeats nor withholds anything")
def clock_set(bench):
    setting, environment = clock_ahead(bench)
    daemon = bench.start(settings=QUICK | {"return_within": 4, "repeat_every": 3600}, environment=environment)
    append(bench.log, connected(now(), "awake"), refused(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    for number, wall_seconds in enumerate((86400, 0, -3600, 0)):
        told = len(daemon.alerts())
        append(bench.log, *(expelled(now(), f"meter-{number}-{n}") for n in range(20)))
        time.sleep(0.1)
        set_ahead(setting, 0, wall_seconds)
        append(bench.log, connected(now(), "awake"))
        time.sleep(0.5)                              # nobody is late by now
        expect(daemon.alerts()[told:], [], f"alerts with the clock {wall_seconds} s ahead")
        append(bench.log, *(connected(now(), f"meter-{number}-{n}") for n in range(1, 20)))
        for n in range(60):                          # what comes of other devices is what tells the time
            append(bench.log, connected(now(), "awake"))
            if daemon.alerts("NOT_RETURNED", device=f"meter-{number}-0"):
                break
            time.sleep(0.1)
        daemon.alert("NOT_RETURNED", device=f"meter-{number}-0", seconds=1)
        expect(len(daemon.alerts()), told + 1, f"all alerts with the clock {wall_seconds} s ahead")


@story("50 MB of backlog need less than 64 MB of memory")
def memory(bench):
    if b"__asan_init" in pathlib.Path(bench.lapsed).read_bytes():
        raise Skipped("a sanitizer's memory is not the program's")
    base, wanted, records, cycle = now() - 80000, 50 << 20, 0, 0
    place = "2100-01-01T00:00:00"
    shape = "".join([expelled(4102444800, "NAME"), record(4102444800, "NAME", "disconnect", "404104"),
                     connected(4102444800, "NAME")])
    with open(bench.log, "w") as file:
        while file.tell() < wanted:                  # the devices of a fleet renew their tokens in turn
            at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(base + cycle * 3))
            file.write(shape.replace("NAME", f"meter-{cycle % 5000}").replace(place, at))
            cycle, records = cycle + 1, records + 3
    daemon = bench.start(settings={})
    with open(f"/proc/{daemon.pid}/status") as file:
        peak_kb = int(re.search(r"VmHWM:\s+(\d+) kB", file.read())[1])
    counts = daemon.stop()
    expect((counts["read"], counts["events"], counts["devices"]), (records, records, 5000), "records, events, devices")
    holds(peak_kb < 64 * 1024, f"peak of {peak_kb} kB")


@story("troubles that stand do not keep it awake while nothing happens", long=True)
def idle(bench):
    daemon = bench.start()
    append(bench.log, *(expelled(now(), f"meter-{n}") for n in range(50)))
    append(bench.log, *(refused(now(), f"pump-{n}") for n in range(50)))
    wait("all alerts", lambda: len(daemon.alerts()) == 100)
    before, begun = wakes(daemon), time.monotonic()
    wait("two seconds", lambda: time.monotonic() > begun + 2)
    holds(wakes(daemon) - before <= 20, f"it woke {wakes(daemon) - before} times in 2 s")


def wakes(daemon):
    with open(f"/proc/{daemon.pid}/status") as file:
        return int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", file.read())[1])


@story("SIGTERM and SIGINT end it within two seconds, with status 0 and a summary")
def stops(bench):
    for number in (signal.SIGTERM, signal.SIGINT):
        daemon = bench.start(settings=QUICK)
        append(bench.log, refused(now(), f"pump-{number}"))
        daemon.alert("AUTH_FAIL", device=f"pump-{number}")
        begun = time.monotonic()
        counts = daemon.stop(number)
        holds(time.monotonic() - begun < 2, "it takes more than two seconds")
        holds(daemon.lines(f"{signal.Signals(number).name}: stopping"), "the signal is not named")
        expect(counts["standing"], len(daemon.alerts()), "alerts that stand")
        expect(counts["malformed"], 0, "malformed")


@story("SIGTERM ends it within two seconds while it reads a backlog")
def stops_early(bench):
    chunk = "".join(connected(now() - 900, f"meter-{n}") for n in range(2000))
    for _ in range(64):
        append(bench.log, chunk)
    daemon = bench.start(settings={}, caught_up=False)
    daemon.line("follows 1 source")
    begun = time.monotonic()
    daemon.stop()
    holds(time.monotonic() - begun < 2, "it takes more than two seconds")


@story("a wrong configuration ends with status 2 and says where and what")
def wrong(bench):
    wrongs = [('{\n  "sourcse": []\n}', '2:3: unknown key "sourcse"; did you mean "sources"?'),
              ('{"settings": {"setle": 1}}', '1:15: unknown key "setle"; did you mean "settle"?'),
              ('{"settings": {"settle": 0}}', "1:25: expected a whole number from 1 to 86400 (s)"),
              ('{"sources": [{"path": "a", "kind": "far"}]}', 'expected "azure" or "local"'),
              ('{"sources": [{"path": "a"}],\n', "2:1: "),
              ('{"alerts": {"syslog": {}}}', '1:12: expected an array such as [{"to": "stderr"}'),
              ('{"alerts": [{"to": "upd", "host": "a"}]}', '1:20: unknown "upd"; did you mean "udp"?'),
              ('{"alerts": [{"to": "stderr"}, {"to": "udp"}]}', '1:31: expected a "host"'),
              ('{"alerts": [{"to": "journal", "host": "a"}]}', 'no key "host" of "journal"; expected "to", '),
              ('{"alerts": [{"to": "tcp", "hosst": "a"}]}', '1:27: unknown key "hosst"; did you mean "host"?'),
              ('{"alerts": [{"to": "stderr", "least": "bad"}]}', 'expected "emerg", "alert", "crit", "err", '),
              ('{"alerts": [{"to": "devlog", "facility": "local8"}]}', 'did you mean "local0"?')]
    path = bench.folder / "wrong.json"
    for text, words in wrongs:
        path.write_text(text)
        for arguments in (["--config", path], ["--config", path, "--check"]):
            done = bench.run(*arguments)
            expect((done.returncode, done.stdout), (2, ""), f"status, output for {text!r}")
            holds(done.stderr.startswith(f"{path}:") and words in done.stderr and done.stderr.count("\n") == 1,
                  f"{text!r} gives {done.stderr!r}")
    expect(bench.run("--config", bench.folder / "none.json").returncode, 2, "status without the file")
    path.write_text(wrongs[0][0])
    expect(bench.run("--config", path).stderr, f"{path}:{wrongs[0][1]}\n", "words")


@story("without sources it ends with status 2 and says what to write")
def no_sources(bench):
    path = bench.folder / "empty.json"
    path.write_text("{}")
    for arguments in ([], ["--check"]):
        done = bench.run("--config", path, *arguments)
        expect(done.returncode, 2, "status")
        holds(done.stderr.startswith(f"{path}: no sources: expected \"sources\": [{{\"path\": "), f"says {done.stderr!r}")
    expect(bench.run("--config", path, "stray").returncode, 2, "status with a stray argument")
    (bench.folder / "conf.d").mkdir()
    (bench.folder / "conf.d/none.json").write_text('{"sources": []}')
    path.write_text('{"sources": [{"path": "/x"}]}')
    done = bench.run("--config", path, "--check")
    holds(done.stderr.startswith(f"{bench.folder}/conf.d/none.json: no sources"), f"says {done.stderr!r}")


@story("--check verifies and starts nothing; --version and --help tell")
def check(bench):
    append(bench.log, refused(now(), "pump-1"))
    done = bench.run("--config", bench.configure(), "--check")
    expect((done.returncode, done.stderr), (0, ""), "status, stderr")
    holds(f"{bench.folder / 'lapsed.json'}: good\n" in done.stdout and "samples verified" in done.stdout,
          f"says {done.stdout!r}")
    holds(re.fullmatch(r"lapsed \d+\.\d+\.\d+\n", bench.run("--version").stdout), "--version")
    done = bench.run("--help")
    holds(done.returncode == 0 and "--print-effective-config" in done.stdout, "--help")


def values(text):
    """What a configuration says, without its comments."""
    return json.loads("".join(line for line in text.splitlines(True) if not line.lstrip().startswith("//")))


@story("--print-effective-config is a configuration again, with every value and where it is from", syslog=True)
def round_trip(bench):
    first = bench.configure([bench.log, bench.folder / 'a "quoted" *.json'], settings=QUICK,
                            devices={"mute": ["old-*", 'x"y\\z'], "x509": ["état/*"]})
    (bench.folder / "conf.d").mkdir()
    more = bench.folder / "conf.d" / "10-more.json"
    more.write_text('{"settings": {"settle": "5min", /* twice */ "refusals": 7,},}')
    done = bench.run("--config", first, "--print-effective-config", "--set", "lateness=2min")
    expect((done.returncode, done.stderr), (0, ""), "status, stderr")
    got, given = values(done.stdout), json.loads(first.read_text())
    expect(got["sources"], given["sources"], "sources")
    expect(got["devices"], given["devices"], "devices")
    expect(got["alerts"], [given["alerts"][0], given["alerts"][1] | {"enterprise_number": 32473}], "alerts")
    expect({key: got["settings"][key] for key in QUICK}, QUICK | {"settle": 300, "lateness": 120}, "settings")
    for words in ("from the command line", f"from {first}", f"from {more}", "the default"):
        holds(words in done.stdout, f"no value is {words}")
    for words in ("the logs to follow", "that raise no alerts", "where alerts go"):
        holds(any(words in line and line.endswith(f"[from {first}]") for line in done.stdout.splitlines()),
              f"{words!r} are from nowhere")
    (bench.folder / "again").mkdir()
    second = bench.folder / "again" / "lapsed.json"
    second.write_text(done.stdout)
    again = bench.run("--config", second, "--print-effective-config")
    expect((again.returncode, again.stderr), (0, ""), "status, stderr of the second")
    expect(values(again.stdout), got, "the second")
    expect(bench.run("--config", second, "--check").returncode, 0, "--check of the second")


@story("a receiver that is not there harms nothing")
def receivers(bench):
    daemon = bench.start(settings=QUICK | {"repeat_every": 1})
    append(bench.log, refused(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", "repeated", "pump-1")
    daemon.stop()
