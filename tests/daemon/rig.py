"""The bench on which a story runs: log records as the hub writes them, the real
daemon in a folder of its own, and a real rsyslogd that takes what it sends.

Nothing here sleeps for longer than a poll: wait() looks until it sees.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time

from receivers import Rsyslog
# For the stories, too.
from stage.records import (DENIED, THUMBPRINT, append, connected, expelled, now, record, refused, stamp)  # noqa: F401
from stage.tap import PATIENCE_S, POLL_S, Failed, Skipped, expect, holds, wait  # noqa: F401

FACILITY = 19                                        # local3
NOBODY = 65534
# Trouble is found within seconds, and devices are told one by one.
QUICK = {"settle": 2, "return_within": 2, "pair_within": 1, "lateness": 0, "delay_local": 0, "fleet_least": 1000000}
# Only the records move time, never the clock.
BY_RECORDS = {"delay_azure": 86400}
ALERT = re.compile(r"<(\d)>(?!SIG)([A-Z_]+)((?: [a-z]+=\S*)*): (.*)")
SUMMARY = re.compile(r"stopped: (?P<read>\d+) records \((?P<events>\d+) about connections, (?P<malformed>\d+) "
                     r"malformed\), (?P<devices>\d+) devices; ended: (?P<expiry>\d+) token-expiry, "
                     r"(?P<recovered>\d+) recovered, (?P<away>\d+) not-returned, (?P<failed>\d+) auth-failure; "
                     r"(?P<standing>\d+) alerts? stands?")
STORIES = []


def story(name, syslog=False, todo=None, long=False):
    """Registers a story. syslog: it needs a receiver. todo: why it cannot hold yet. long: the others need not wait for
    it, if it begins first."""
    def register(play):
        STORIES.append((name, play, syslog, todo, long))
        return play
    return register


# --- the receiver -------------------------------------------------------------

class Receiver(Rsyslog):
    """One rsyslogd for all stories: a daemon's messages are told by its pid."""

    def __init__(self, folder):
        super().__init__(folder)
        self.fences = 0
        self.lock = threading.Lock()

    def of(self, pid):
        """All from one process, in their order."""
        return [m for m in self.messages() if m["procid"] == str(pid)]

    def fence(self):
        """Returns when all that was sent before is there."""
        with self.lock:
            self.fences += 1
            name = f"FENCE{self.fences}"
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            def sent():
                out.sendto(f"<14>1 - - fence fence {name} - -".encode(), ("127.0.0.1", self.udp))
                time.sleep(POLL_S)
                return any(m["msgid"] == name for m in self.of("fence"))
            wait("rsyslogd answers", sent)


# --- the daemon ---------------------------------------------------------------

class Daemon:
    def __init__(self, bench, config, environment, user):
        self.bench = bench
        self.stderr = bench.folder / f"stderr.{len(bench.daemons)}"
        self.process = subprocess.Popen(
            [bench.lapsed, "--rules", bench.rules, "--config", str(config)], cwd=bench.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.stderr, "wb"),
            env=os.environ | environment, user=user, group=user, extra_groups=None if user is None else [])
        bench.daemons.append(self)

    @property
    def pid(self):
        return self.process.pid

    def text(self):
        return self.stderr.read_text(errors="backslashreplace")

    def lines(self, words=""):
        """Whole lines on stderr that hold the words."""
        return [line for line in self.text().split("\n")[:-1] if words in line]

    def alerts(self, msgid=None, state=None, device=None):
        """The alerts on stderr: dicts of their fields, with msgid, severity and sentence."""
        found = []
        for line in self.lines():
            if m := ALERT.fullmatch(line):
                alert = dict(word.split("=", 1) for word in m[3].split())
                alert |= {"severity": int(m[1]), "msgid": m[2], "sentence": m[4]}
                if (msgid in (None, alert["msgid"]) and state in (None, alert.get("state")) and
                        device in (None, alert.get("device"))):
                    found.append(alert)
        return found

    def told(self):
        """All alerts in brief, in their order."""
        return [(a["msgid"], a.get("state"), a.get("device")) for a in self.alerts()]

    def alert(self, msgid, state="raised", device=None, seconds=PATIENCE_S):
        """Waits for the first such alert."""
        return wait(f"{msgid} {state} {device or ''}", lambda: self.alerts(msgid, state, device), seconds)[0]

    def line(self, words, seconds=PATIENCE_S):
        return wait(f"stderr says {words!r}", lambda: self.lines(words), seconds)[0]

    def messages(self):
        """What the receiver has from this daemon."""
        return self.bench.receiver.of(self.pid)

    def reached(self):
        """Everything that this daemon, now stopped, has sent."""
        self.bench.receiver.fence()
        return self.messages()

    def stop(self, number=signal.SIGTERM):
        """Returns the counts of the summary. A crash or a sanitizer's word is a failure."""
        if number:
            self.process.send_signal(number)
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failed("it does not stop") from None
        expect(status, 0, "exit status")
        m = SUMMARY.search(self.text())
        holds(m, "no summary on stderr")
        return {key: int(value) for key, value in m.groupdict().items()}


class Bench:
    """What one story has."""

    def __init__(self, folder, lapsed, rules, receiver, cache):
        self.folder, self.lapsed, self.rules, self.receiver, self.cache = folder, lapsed, rules, receiver, cache
        self.daemons = []
        folder.mkdir(mode=0o755)
        self.log = folder / "connections.json"       # the usual source

    def configure(self, sources=None, kind="local", settings=None, devices=None, name="lapsed.json"):
        """Writes a configuration; returns its path."""
        config = {"sources": [{"path": str(s), "kind": kind} for s in sources or [self.log]],
                  "settings": settings if settings is not None else QUICK}
        if devices:
            config["devices"] = devices
        if self.receiver:
            config["alerts"] = [{"to": "stderr"}, {"to": "udp", "host": "127.0.0.1", "port": self.receiver.udp,
                                                   "facility": "local3"}]
        path = self.folder / name
        path.write_text(json.dumps(config, indent=2))
        return path

    def start(self, sources=None, environment=None, user=None, caught_up=True, **config):
        """A daemon that has read what there is."""
        daemon = Daemon(self, self.configure(sources, **config), environment or {}, user)
        if caught_up:
            def ready():
                holds(daemon.process.poll() is None, f"it ended at once: {daemon.text()}")
                return daemon.lines("caught up")
            wait("it catches up", ready, 30)
        return daemon

    def unprivileged(self):
        """Root cannot be kept from its files: the user to start as. It may not reach the tree, so it gets copies.

        The program's is written by a process of its own: what another story starts at this moment would hold on to the
        file for a while, and a file that is open for writing is not started."""
        if os.geteuid() != 0:
            return None
        subprocess.run(["cp", self.lapsed, self.folder / "lapsed"], check=True)
        self.lapsed = self.folder / "lapsed"
        self.rules = shutil.copytree(self.rules, self.folder / "rules")
        return NOBODY

    def run(self, *arguments):
        """The program as a command that ends by itself."""
        return subprocess.run([self.lapsed, "--rules", self.rules, *map(str, arguments)], cwd=self.folder,
                              capture_output=True, text=True, timeout=4 * PATIENCE_S)

    def stop(self):
        for daemon in self.daemons:
            if daemon.process.returncode is None:
                daemon.stop()

    def clear(self):
        """Leaves no process, whatever has happened."""
        for daemon in self.daemons:
            if daemon.process.returncode is None:
                daemon.process.kill()
                daemon.process.wait()

    def stderr(self):
        """For a diagnosis."""
        return "".join(d.text() for d in self.daemons)


def repository():
    return pathlib.Path(__file__).resolve().parent.parent.parent
