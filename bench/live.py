"""The live loop: how soon an alert is there, what a record costs, what idling costs."""

import contextlib
import functools
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

from row import Row, Unmeasured

ALERTS = 50                    # of each program in each round
LEAST_ROUNDS = 9
DEVICES = 10000                # that come and go
SECONDS = 2                    # of writing, each time
IDLE_S = 60
WATCHDOG_S = 30                # as in the shipped unit
PATIENCE_S = 20
LEAST_PACE = 0.9               # of the pace that was asked for; on a machine that is so busy nobody wakes up in time


def configure(folder, log, socket=None, state=None):
    """Nothing but what these rows need; the fleet alert would put alerts together."""
    config = {"sources": [{"path": str(log), "kind": "local"}], "settings": {"fleet_least": 1000000},
              "alerts": [{"to": "devlog", "path": str(socket)}] if socket else []}
    if state:
        state.mkdir()
        config["state"] = str(state)
    path = folder / "lapsed.json"
    path.write_text(json.dumps(config))
    return path


@contextlib.contextmanager
def running(command, said, words, environment=None):
    """A program that has said the words on stderr; it is ended in any case."""
    with open(said, "wb") as stderr:
        process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=stderr, env={"PATH": os.environ["PATH"]} | (environment or {}))
    try:
        end = time.monotonic() + PATIENCE_S
        while words not in said.read_text():
            if process.poll() is not None or time.monotonic() > end:
                raise Unmeasured(f"{command[0]} does not start: {said.read_text()}")
            time.sleep(0.01)
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def lapsed(bench, folder, log, environment=None, **config):
    command = [f"{bench.build}/lapsed", "--rules", bench.rules, "--config", configure(folder, log, **config)]
    return running(command, folder / "said", "caught up", environment)


def folder_in(place, name):
    folder = pathlib.Path(place, name)
    folder.mkdir()
    return folder


# --- latency ------------------------------------------------------------------

def latency(bench):
    """The median of the rounds' ratios; each program follows a log in a folder of its own."""
    rounds = max(bench.rounds, LEAST_ROUNDS)
    with tempfile.TemporaryDirectory(dir=bench.work) as place, tempfile.TemporaryDirectory() as sockets, \
         contextlib.ExitStack() as stack:
        folders = [folder_in(place, name) for name in ("bare", "memory", "durable")]
        pairs = [(folder / "log", pathlib.Path(sockets, folder.name)) for folder in folders]     # a short path
        meter = subprocess.Popen([f"{bench.build}/bench/live/live-latency", str(rounds), str(ALERTS),
                                  *(str(path) for pair in pairs for path in pair)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        stack.callback(meter.kill)
        if meter.stderr.readline() != "listening\n":
            raise Unmeasured("live-latency does not start")
        stack.enter_context(running([f"{bench.build}/bench/live/live-bare", *pairs[0]], folders[0] / "said", "following"))
        stack.enter_context(lapsed(bench, folders[1], pairs[1][0], socket=pairs[1][1]))
        stack.enter_context(lapsed(bench, folders[2], pairs[2][0], socket=pairs[2][1], state=folders[2] / "state"))
        said, complaint = meter.communicate("\n")
        if meter.returncode:
            raise Unmeasured(f"live-latency: {complaint}")
    medians = [[int(word) / 1000 for word in line.split()] for line in said.splitlines()]
    bare, memory, durable = (statistics.median(column) for column in zip(*medians))
    ratio = statistics.median(row[1] / row[0] for row in medians)
    return ratio, (f"bare {bare:.1f} us, lapsed without state {memory:.1f} us, with a durable commit {durable:.0f} us "
                   f"(it adds {durable - memory:.0f} us on this disk); p50 of {rounds} rounds of {ALERTS}")


# --- what a record costs ------------------------------------------------------

def cpu_ns(process):
    """What the process has had of the processor, in user and kernel."""
    return int(pathlib.Path(f"/proc/{process.pid}/schedstat").read_text().split()[0])


def cost_ns(bench, program, log, rate):
    """Nanoseconds of CPU a record, of a program that follows the log while records come at the rate."""
    records = rate * SECONDS
    with program as process:
        before = cpu_ns(process)
        done = subprocess.run([f"{bench.build}/bench/live/live-write", str(records), str(rate), str(DEVICES), str(log)],
                              capture_output=True, text=True, check=True)
        spent = -1
        while spent != (spent := cpu_ns(process) - before):      # until it has read what there is
            time.sleep(0.1)
    return spent / records, int(done.stdout)


def count_read(folder):
    found = re.search(r"stopped: (\d+) records", (folder / "said").read_text())
    return int(found[1]) if found else 0


def judging_ns(bench, log, records):
    """What the records themselves cost: the same log, read at once by a daemon that starts."""
    spent = []
    for followed in (log, log.with_name("empty")):
        followed.touch()
        with tempfile.TemporaryDirectory(dir=bench.work) as place, lapsed(bench, pathlib.Path(place), followed) as process:
            spent.append(cpu_ns(process))
    return (spent[0] - spent[1]) / records


def tail_cost(rate):
    def measure(bench):
        costs, judging, paces, records = {"each": [], "lapsed": []}, [], [], rate * SECONDS
        for _ in range(bench.rounds):
            for name in costs:
                with tempfile.TemporaryDirectory(dir=bench.work) as place:
                    folder = folder_in(place, name)
                    log = folder_in(folder, "logs") / "log"
                    log.touch()
                    if name == "lapsed":
                        program = lapsed(bench, folder, log)
                    else:
                        program = running([f"{bench.build}/bench/live/live-each", configure(folder, log), bench.rules,
                                           log], folder / "said", "caught up")
                    cost, pace = cost_ns(bench, program, log, rate)
                    if count_read(folder) != records:
                        raise Unmeasured(f"{name} read {count_read(folder)} of {records} records")
                    if pace < rate * LEAST_PACE:
                        raise Unmeasured(f"only {pace} records a second could be written: the machine is too busy")
                    if name == "lapsed":
                        judging.append(judging_ns(bench, log, records))
                costs[name].append(cost)
                paces.append(pace)
        # Not the least of each: on a busy machine the other loop wakes up late, finds more at once, and looks cheap.
        ratio = statistics.median(each / ours for each, ours in zip(costs["each"], costs["lapsed"]))
        each, ours = statistics.median(costs["each"]), statistics.median(costs["lapsed"])
        return ratio, (f"{each:.0f} ns against {ours:.0f} ns a record, of which decoding and judging, the same in both, are "
                       f"about {min(judging):.0f} ns; medians; written at {min(paces)} to {max(paces)} a second")
    return measure


# --- idle ---------------------------------------------------------------------

def wakeups(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", status)[1])


@functools.cache
def idle(bench):
    """Wake-ups, and nanoseconds of CPU, of some time in which nothing happens; a watchdog is on, and a state is kept."""
    with tempfile.TemporaryDirectory(dir=bench.work) as place:
        folder = pathlib.Path(place)
        log = folder_in(place, "logs") / "log"
        log.touch()
        manager = {"NOTIFY_SOCKET": str(folder / "nobody"), "WATCHDOG_USEC": str(WATCHDOG_S * 1000000)}
        with lapsed(bench, folder, log, manager, state=folder / "state") as process:
            time.sleep(2)
            before = wakeups(process), cpu_ns(process)
            time.sleep(IDLE_S)
            return wakeups(process) - before[0], cpu_ns(process) - before[1]


def idle_wakeups(bench):
    return idle(bench)[0] * 60 / IDLE_S, f"in {IDLE_S} s; the watchdog wants a word every {WATCHDOG_S} s"


def idle_cpu(bench):
    spent = idle(bench)[1]
    return spent / (IDLE_S * 1e9) * 100, f"{spent / 1e6:.2f} ms in {IDLE_S} s"


ROWS = [
    Row("live-latency", "append to alert datagram, p50, against a bare inotify + pread + sendto", "x", 1.5, 1.15, True,
        latency),
    Row("live-tail-10k", "CPU a record of a log that grows by 10k records a second, against reading at each event", "x",
        3, 5, False, tail_cost(10000)),
    Row("live-tail-100k", "the same at 100k records a second", "x", 3, 7, False, tail_cost(100000)),
    Row("idle-wakeups", "wake-ups while nothing happens", "/min", 60, 4, True, idle_wakeups),
    Row("idle-cpu", "CPU while nothing happens", "%", 0.1, 0.01, True, idle_cpu),
]
