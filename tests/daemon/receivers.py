"""Who takes alerts: real syslog daemons that can be killed, stopped and started again, and a
socket that does what journald's does. All give messages of one form."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading

from stage.tap import Skipped, holds, wait

FORMS = ("imudp", "imtcp", "imuxsock")               # a message's "input"
FETCH_S = 60


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def installed(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def fetch(cache, *packages):
    """A folder with these Debian packages and what they need, as far as it is not installed: fetched once."""
    place = cache and cache / packages[0]
    if not cache or not shutil.which("apt-get"):
        raise Skipped(f"{packages[0]} is not installed, and there is no apt or --cache to fetch it")
    if not (place / "root").exists():
        place.mkdir(parents=True, exist_ok=True)
        needed = re.findall(r"^Inst (\S+)", apt(place, "-s", "install", "--no-install-recommends", *packages), re.M)
        if needed:
            apt(place, "download", *needed)
        (place / "unpacking").mkdir(exist_ok=True)
        for package in place.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, place / "unpacking"], check=True)
        (place / "unpacking").rename(place / "root")
    return place / "root"


def apt(place, *arguments):
    try:
        return subprocess.run(["apt-get", "-q", *arguments], cwd=place, capture_output=True, text=True,
                              timeout=FETCH_S, check=True).stdout
    except subprocess.TimeoutExpired:
        raise Skipped(f"{place.name} is not installed, and apt does not answer") from None
    except subprocess.CalledProcessError as e:
        raise Skipped(f"{place.name} is not installed, and apt cannot fetch it: {e.stderr.strip()[-200:]}") from None


def libraries(root):
    """For programs that run from there."""
    folders = sorted({path.parent for path in root.glob("**/*.so*")})
    return {"LD_LIBRARY_PATH": ":".join(map(str, folders))} if folders else {}


class Receiver:
    """One daemon that listens on UDP, TCP and a local socket. cache: a folder that stays, or None."""

    def __init__(self, folder, cache=None):
        self.folder, self.cache = folder, cache
        self.program = self.find()
        folder.mkdir()
        self.udp, self.tcp = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        self.local, self.received = folder / "log", folder / "received"
        (folder / "conf").write_text(self.configuration())
        self.process = None
        self.start()

    def find(self):
        program = installed(self.PROGRAM)
        if not program:
            raise Skipped(f"{self.PROGRAM} is not installed")
        return program

    def start(self):
        self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=open(self.folder / "stderr", "ab"), env=self.environment())

        def listens():
            holds(self.process.poll() is None, f"it ended: {(self.folder / 'stderr').read_text()}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.tcp)) == 0
        wait("the receiver listens", listens)

    def environment(self):
        return os.environ

    def kill(self):
        """As a crash does it: sockets stay in the file system."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()

    def messages(self):
        """All that came, in their order; the structured data as dicts."""
        found = []
        for line in self.received.read_text().splitlines() if self.received.exists() else []:
            try:
                found.append(self.read(json.loads(line)))
            except ValueError:
                continue                             # half written
        return found


class Rsyslog(Receiver):
    PROGRAM = "rsyslogd"

    def configuration(self):
        return f"""
global(workDirectory="{self.folder}" net.enableDNS="off" maxMessageSize="8k")
module(load="imudp")
module(load="imtcp")
module(load="imuxsock" sysSock.use="off")
module(load="mmpstrucdata")
template(name="all" type="list" option.jsonf="on") {{
  property(name="pri" outname="pri" format="jsonf")
  property(name="protocol-version" outname="version" format="jsonf")
  property(name="timereported" dateFormat="rfc3339" outname="timestamp" format="jsonf")
  property(name="hostname" outname="hostname" format="jsonf")
  property(name="app-name" outname="program" format="jsonf")
  property(name="procid" outname="procid" format="jsonf")
  property(name="msgid" outname="msgid" format="jsonf")
  property(name="msg" outname="msg" format="jsonf")
  property(name="rawmsg" outname="raw" format="jsonf")
  property(name="inputname" outname="input" format="jsonf")
  property(name="$!rfc5424-sd" outname="sd" format="jsonf")
}}
ruleset(name="in") {{
  action(type="mmpstrucdata" sd_name.lowercase="off")
  action(type="omfile" file="{self.received}" template="all")
}}
input(type="imudp" address="127.0.0.1" port="{self.udp}" ruleset="in")
input(type="imtcp" address="127.0.0.1" port="{self.tcp}" ruleset="in")
input(type="imuxsock" socket="{self.local}" ruleset="in" rateLimit.interval="0" usePIDFromSystem="off")
"""

    def command(self):
        return [self.program, "-n", "-f", str(self.folder / "conf"), "-i", str(self.folder / "pid")]

    def read(self, message):
        return message | {"sd": json.loads(message["sd"] or "{}")}


class SyslogNg(Receiver):
    """Debian lets only one syslog daemon be installed: beside rsyslog it is run from where it was unpacked."""
    PROGRAM = "syslog-ng"

    def find(self):
        return installed(self.PROGRAM) or fetch(self.cache, "syslog-ng-core") / "usr/sbin/syslog-ng"

    def configuration(self):
        sources = {"imudp": f'syslog(ip("127.0.0.1") port({self.udp}) transport("udp"))',
                   "imtcp": f'syslog(ip("127.0.0.1") port({self.tcp}) transport("tcp"))',
                   "imuxsock": f'unix-dgram("{self.local}" flags(no-hostname))'}
        return """@version: 3.38
options { keep-hostname(yes); use-dns(no); flush-lines(1); };
""" + "\n".join(f"source {name} {{ {source}; }};" for name, source in sources.items()) + f"""
destination d {{ file("{self.received}" template("$(format-json input=$SOURCE pri=$PRI timestamp=$ISODATE hostname=$HOST
  program=$PROGRAM procid=$PID msgid=$MSGID msg=$MSG --key .SDATA.*)\\n")); }};
log {{ source(imudp); source(imtcp); source(imuxsock); destination(d); }};
"""

    def root(self):
        return pathlib.Path(self.program).parents[2]

    def command(self):
        modules = sorted(self.root().glob("usr/lib/**/libsyslogformat.so"))
        return [self.program, "-F", "--no-caps", "-f", str(self.folder / "conf"), "-p", str(self.folder / "pid"),
                "-c", str(self.folder / "control"), "-R", str(self.folder / "persist"),
                *(["--module-path", str(modules[0].parent)] if modules else [])]

    def environment(self):
        return os.environ | ({} if self.root() == pathlib.Path("/") else libraries(self.root()))

    def read(self, message):
        return message | {"sd": message.pop("_SDATA", {})}


class Journal:
    """What journald does with a datagram of its native protocol."""

    def __init__(self, folder):
        folder.mkdir()
        self.path, self.entries, self.reads = folder / "socket", [], threading.Event()
        self.reads.set()
        self.start()

    def start(self):
        self.path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(0.02)
        self.ends = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ends:
            self.reads.wait(0.1)
            try:
                if self.reads.is_set():
                    self.entries.append(self.parse(self.socket.recv(1 << 17)))
            except TimeoutError:
                pass

    def kill(self):
        self.ends = True
        self.thread.join()
        self.socket.close()

    @staticmethod
    def parse(data):
        fields, at = {}, 0
        while at < len(data):
            end = data.index(b"\n", at)
            name, equals, value = data[at:end].partition(b"=")
            at = end + 1
            if not equals:
                (size,) = struct.unpack_from("<Q", data, at)
                value = data[at + 8:at + 8 + size]
                at += 8 + size
                holds(data[at:at + 1] == b"\n", f"{name} does not end in a newline")
                at += 1
            name = name.decode()
            holds(re.fullmatch("[A-Z][A-Z0-9_]*", name) and name not in fields, f"the field {name}")
            fields[name] = value
        return fields
