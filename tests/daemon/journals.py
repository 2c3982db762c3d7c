"""Journals for the stories: what systemd-journal-remote writes, or a journald of its own in a
private /run, and a daemon that reads them."""
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

from rig import QUICK, Daemon, Failed, Skipped, holds, now, wait

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


GAP = re.compile(r"<4>INPUT_GAP: input lost unread: (?:up to (\d+)|an unknown number of) entries of journal (.+) from number "
                 r"(\d+) on, of all services; verdicts may be wrong for what was in them")


def gaps(daemon):
    """First number and count (None: unknown) of what was lost, as told."""
    found = [GAP.fullmatch(line) for line in daemon.lines("INPUT_GAP: ")]
    holds(all(found), f"told as {daemon.lines('INPUT_GAP: ')}")
    return [(int(m[3]), m[1] and int(m[1])) for m in found]


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
