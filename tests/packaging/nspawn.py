#!/usr/bin/env python3
"""Installs the Debian package under a real systemd, in a container on an overlay of this very
system, and lives with it: start, alert, reload, crash, hang, wrong configuration, upgrade,
removal, purge. Nothing outside the container is changed. Prints TAP.

usage: nspawn.py --root TREE [--deb FILE]

Needs root, systemd-nspawn and an overlay file system. Where FILE is not there, or older than
the tree, the package is built.
"""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

from stage import tap
from stage.records import now, refused
from stage.tap import Failed, Skipped, holds

PATIENCE_S = 30
LOG = "/var/log/azure/connections.jsonl"


def wait(what, look, seconds=PATIENCE_S):
    return tap.wait(what, look, seconds)


class Container:
    """A systemd of its own. Its root is this system's, read through an overlay."""

    def __init__(self, stack, folder):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True, capture_output=True)
        stack.callback(subprocess.run, ["umount", "-l", folder])
        self.root = folder / "root"
        for name in ("root", "upper", "work"):
            (folder / name).mkdir()
        mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                                  f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work", self.root],
                                 capture_output=True, text=True)
        if mounted.returncode:
            raise Skipped("no overlay over /: " + mounted.stderr.strip())
        stack.callback(subprocess.run, ["umount", "-l", self.root])
        # Of what is installed here nothing but systemd's own is to start.
        for wants in (self.root / "etc/systemd/system").glob("*.wants"):
            shutil.rmtree(wants)
        # Images of containers forbid services to start.
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        (self.root / "etc/machine-id").unlink(missing_ok=True)
        (self.root / "etc/machine-id").write_text(uuid.uuid4().hex + "\n")
        self.console = folder / "console"
        self.process = subprocess.Popen(
            ["systemd-nspawn", "--quiet", "-D", self.root, "--machine", f"lapsed-{os.getpid()}", "--register=no",
             "--keep-unit", "--private-network", "--link-journal=no", "--console=pipe", "--boot"],
            stdin=subprocess.DEVNULL, stdout=open(self.console, "wb"), stderr=subprocess.STDOUT)
        stack.callback(self.stop)
        try:
            self.leader = wait("a leader", self.find_leader)
            wait("systemd is up",
                 lambda: self.run("systemctl", "is-system-running")[1].strip() in ("running", "degraded"), 60)
        except Failed as e:
            raise Skipped(f"systemd does not start in a container here ({e}): "
                          + self.console.read_text(errors="replace").strip()[-200:].replace("\n", " | ")) from None

    def find_leader(self):
        if self.process.poll() is not None:
            raise Failed("systemd-nspawn has ended")
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in children:
            if pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "systemd":
                return pid

    def run(self, *command):
        ended = subprocess.run(["nsenter", "-t", self.leader, "-m", "-u", "-i", "-n", "-p", "-C", *command],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL, start_new_session=True,
                               env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C",
                                    "DEBIAN_FRONTEND": "noninteractive"})
        return ended.returncode, ended.stdout, ended.stderr

    def do(self, *command):
        code, out, err = self.run(*command)
        holds(code == 0, f"{' '.join(command)}: {code}: {(out + err)[-600:]}")
        return out

    def stop(self):
        self.process.send_signal(signal.SIGTERM)     # systemd-nspawn hands on an orderly power-off
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    # --- the service

    def show(self, *names):
        lines = self.do("systemctl", "show", "lapsed", *(f"--property={name}" for name in names)).splitlines()
        found = dict(line.split("=", 1) for line in lines)
        return found[names[0]] if len(names) == 1 else found

    def pid(self):
        """Never 0, which kill(1) takes for its own process group."""
        pid = self.show("MainPID")
        holds(pid != "0", "it does not run")
        return pid

    def is_another(self, pid):
        return self.show("MainPID") not in ("0", pid) and self.show("ActiveState") == "active"

    def journal(self, cursor=None):
        out = self.do("journalctl", "--unit=lapsed", "--output=json", *(["--after-cursor", cursor] if cursor else []))
        return [json.loads(line) for line in out.splitlines()]

    def cursor(self):
        return self.journal()[-1]["__CURSOR"]

    def said(self, words, cursor=None):
        return [entry for entry in self.journal(cursor) if words in str(entry["MESSAGE"])]

    def write(self, path, text):
        pathlib.Path(f"/proc/{self.leader}/root{path}").write_text(text)

    def exists(self, path):
        return self.run("test", "-e", path)[0] == 0 or self.run("test", "-L", path)[0] == 0


# --- the story, in its order ----------------------------------------------------

def installed_and_ready(box):
    box.run("dpkg", "--purge", "lapsed")
    box.do("dpkg", "--install", "/root/lapsed.deb")
    wait("it is active", lambda: box.show("ActiveState") == "active")
    holds(box.show("UnitFileState") == "enabled", "it is not enabled")
    holds(box.show("StatusText"), "it tells no status")


def locked_in(box):
    status = dict(line.split(":\t", 1) for line in box.do("cat", f"/proc/{box.pid()}/status").splitlines() if ":\t" in line)
    for key, value in (("CapEff", "0" * 16), ("CapBnd", "0" * 16), ("NoNewPrivs", "1"), ("Seccomp", "2")):
        holds(status[key].strip() == value, f"{key} is {status[key]}")
    holds(status["Uid"].split()[0] != "0", "it is root")
    kept = box.do("stat", "--format=%a %U", "/var/lib/private/lapsed").split()
    holds(kept == ["700", "lapsed"], f"the state's folder is {kept}")


def alert_in_the_journal(box):
    """The log is read through the group adm alone."""
    box.do("install", "-d", "-g", "adm", "-m", "750", "/var/log/azure")
    box.do("install", "-g", "adm", "-m", "640", "/dev/null", LOG)
    box.write(LOG, refused(now(), "pump-7"))
    found = wait("an alert", lambda: box.said("AUTH_FAIL state=raised"))
    holds(found[0]["PRIORITY"] == "3" and "device=pump-7" in found[0]["MESSAGE"], str(found[0]))


def told_once_over_a_restart(box):
    cursor = box.cursor()
    box.do("systemctl", "restart", "lapsed")
    wait("it has caught up", lambda: box.said("caught up", cursor))
    holds(not box.said("AUTH_FAIL state=raised", cursor), "the standing alert is raised again")
    holds("1 alert stands" in box.show("StatusText"), box.show("StatusText"))


def journal_in_and_out(box):
    """Under the sandbox: another's entries are read by way of the group, alerts go to both of journald's sockets."""
    cursor = box.cursor()
    box.write("/etc/lapsed/conf.d/journal.json",
              '{"sources": [{"path": "%s"}, {"journal": "system", "identifier": "feeder", "kind": "local"}], '
              '"alerts": [{"to": "journal"}, {"to": "devlog"}]}\n' % LOG)
    box.do("systemctl", "restart", "lapsed")
    wait("it has caught up", lambda: box.said("caught up", cursor))
    box.do("logger", "--tag", "feeder", refused(now(), "valve-2").strip())
    wait("an alert with fields", lambda: [entry for entry in box.journal(cursor) if entry.get("IOTHUB_DEVICE") == "valve-2"])
    wait("an alert on /dev/log", lambda: [entry for entry in box.said("device=valve-2", cursor)
                                          if entry["_TRANSPORT"] == "syslog"])
    box.do("rm", "/etc/lapsed/conf.d/journal.json")
    box.do("systemctl", "restart", "lapsed")
    wait("it has caught up", lambda: len(box.said("caught up", cursor)) > 1)


def reloaded(box):
    cursor, pid = box.cursor(), box.pid()
    box.write("/etc/lapsed/conf.d/more.json", '{"devices": {"mute": ["lab-*"]}}\n')
    box.do("systemctl", "reload", "lapsed")
    wait("it says so", lambda: box.said("read again", cursor))
    wait("it is ready again", lambda: box.show("SubState") == "running")
    holds(box.pid() == pid, "it is another process")


def wrong_not_reloaded(box):
    cursor, pid = box.cursor(), box.pid()
    box.write("/etc/lapsed/conf.d/wrong.json", '{"sourcse": []}\n')
    holds(box.run("systemctl", "reload", "lapsed")[0] != 0, "the reload is said to be good")
    holds(box.said('wrong.json:1:2: unknown key "sourcse"', cursor), "nobody says what is wrong")
    box.do("kill", "-HUP", pid)
    wait("it keeps the old one", lambda: box.said("the old configuration stays in force", cursor))
    wait("it is ready again", lambda: box.show("SubState") == "running")
    holds(box.pid() == pid, "it is another process")


def wrong_not_tried_again(box):
    """With exit status 2 there is one start, and no second."""
    cursor = box.cursor()
    try:
        holds(box.run("systemctl", "restart", "lapsed")[0] != 0, "it starts")
        time.sleep(5)                                # RestartSec= is 2
        holds(not box.said("Scheduled restart job", cursor), "it is tried again")
        holds(box.show("ActiveState") == "failed", "it has not failed")
        holds(box.show("ExecMainStatus") == "2", "its exit status is " + box.show("ExecMainStatus"))
    finally:
        box.do("rm", "/etc/lapsed/conf.d/wrong.json")
        box.do("systemctl", "restart", "lapsed")


def back_after_crashes(box):
    for _ in range(3):
        pid = box.pid()
        box.do("kill", "-KILL", pid)
        wait("it is back", lambda: box.is_another(pid))
    wait("it knows its alert", lambda: "1 alert stands" in box.show("StatusText"))


def back_after_hanging(box):
    box.do("mkdir", "-p", "/run/systemd/system/lapsed.service.d")
    box.write("/run/systemd/system/lapsed.service.d/watchdog.conf", "[Service]\nWatchdogSec=2\n")
    box.do("systemctl", "daemon-reload")
    box.do("systemctl", "restart", "lapsed")
    cursor, pid = box.cursor(), box.pid()
    time.sleep(5)
    holds(box.pid() == pid, "the watchdog bites though it does not hang")
    box.do("kill", "-STOP", pid)
    wait("the watchdog", lambda: box.said("Watchdog timeout", cursor))
    wait("it is back", lambda: box.is_another(pid))
    box.do("rm", "-r", "/run/systemd/system/lapsed.service.d")
    box.do("systemctl", "daemon-reload")


def upgraded(box):
    """A changed configuration stays; the daemon is another, and knows what it knew."""
    pid = box.pid()
    box.do("sh", "-c", "echo '// ours' >>/etc/lapsed/lapsed.json")
    box.do("dpkg", "--install", "/root/lapsed.deb")
    wait("it is active", lambda: box.show("ActiveState") == "active")
    holds(box.pid() != pid, "it is the old process")
    holds("// ours" in box.do("cat", "/etc/lapsed/lapsed.json"), "the configuration is overwritten")
    wait("it knows its alert", lambda: "1 alert stands" in box.show("StatusText"))


def stopped(box):
    cursor = box.cursor()
    begun = time.monotonic()
    box.do("systemctl", "stop", "lapsed")
    holds(time.monotonic() - begun < 5, "it takes longer than 5 s")
    found = box.show("Result", "ExecMainStatus", "ActiveState")
    holds(found == {"Result": "success", "ExecMainStatus": "0", "ActiveState": "inactive"}, str(found))
    holds(box.said("stopped: ", cursor), "it does not say what it saw")
    box.do("systemctl", "start", "lapsed")


def removed(box):
    box.do("dpkg", "--remove", "lapsed")
    holds(box.run("systemctl", "is-active", "lapsed")[1].strip() != "active", "it still runs")
    holds(box.exists("/etc/lapsed/lapsed.json") and box.exists("/var/lib/private/lapsed"), "configuration or state is gone")
    holds(not box.exists("/usr/sbin/lapsed"), "the program is still there")


def purged(box):
    box.do("rm", "/etc/lapsed/conf.d/more.json")     # ours, not the package's
    box.do("rmdir", "/etc/lapsed/conf.d")
    box.do("dpkg", "--purge", "lapsed")
    left = [path for path in ("/etc/lapsed", "/var/lib/lapsed", "/var/lib/private/lapsed",
                              "/etc/systemd/system/multi-user.target.wants/lapsed.service") if box.exists(path)]
    holds(not left, f"left behind: {left}")


STORY = (installed_and_ready, locked_in, alert_in_the_journal, told_once_over_a_restart, reloaded, wrong_not_reloaded,
         wrong_not_tried_again, back_after_crashes, back_after_hanging, upgraded, journal_in_and_out, stopped,
         removed, purged)


def is_of(deb, root):
    """Whether the package was built since anything in the tree has changed."""
    if not deb or not deb.exists():
        return False
    for folder, folders, names in os.walk(root):
        if pathlib.Path(folder) == root:             # as packaging/build-deb leaves them out
            folders[:] = [name for name in folders if name != ".git" and not name.startswith("build")]
        folders[:] = [name for name in folders if name != "__pycache__"]
        if any(os.lstat(os.path.join(folder, name)).st_mtime > deb.stat().st_mtime for name in names):
            return False
    return True


def make_package(options, folder):
    if is_of(options.deb, options.root.resolve()):
        return options.deb
    built = subprocess.run([options.root / "packaging/build-deb", folder], capture_output=True, text=True,
                           env=os.environ | {"DEB_BUILD_OPTIONS": "nocheck"})
    words = " ".join((built.stdout + built.stderr).split())[-300:]
    if built.returncode == 2:
        raise Skipped("the package cannot be built here: " + words)
    holds(built.returncode == 0, "the package is not built: " + words)
    return next(folder.glob("lapsed_*.deb"))


def prepare(options, stack):
    """A container with the package in it."""
    if os.geteuid() != 0:
        raise Skipped("this needs root")
    for program in ("systemd-nspawn", "nsenter", "dpkg", "mount", "/usr/lib/systemd/systemd"):
        if not shutil.which(program):
            raise Skipped(f"{program} is not installed")
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lapsed-nspawn-")))
    for name in ("package", "box"):
        (folder / name).mkdir()
    deb = make_package(options, folder / "package")
    box = Container(stack, folder / "box")
    shutil.copy(deb, box.root / "root/lapsed.deb")
    return box


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--deb", type=pathlib.Path, help="a package that may be there")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))        # so that all is cleared away
    with contextlib.ExitStack() as stack:
        try:
            box = prepare(options, stack)
        except Skipped as e:
            return tap.skip_all(e)
        report = tap.Report(len(STORY))
        for step in STORY:
            wrong, skipped = tap.outcome(step, box)
            if wrong:
                wrong += ["  " + str(entry["MESSAGE"]) for entry in box.journal()[-15:]]
            report.tell(step.__name__.replace("_", " "), wrong, skipped)
            if wrong and step is STORY[0]:
                break
        return report.finish()


if __name__ == "__main__":
    sys.exit(main())
