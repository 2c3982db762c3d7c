"""The recipes of docs/recipes.md, as they stand there."""
import glob
import json
import os
import re
import subprocess

from receivers import fetch, installed, libraries
from rig import Skipped, connected, expect, holds, now, refused, repository, story

TOPIC = "insights-logs-connections"
PYTHON = "/usr/bin/python3"                          # for which Debian's packages are
MODULES = "usr/lib/*/rsyslog"


class Broker:
    def __init__(self, root):
        self.process = subprocess.Popen(
            [PYTHON, repository() / "tests/daemon/broker.py", TOPIC], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"PYTHONPATH": str(root / "usr/lib/python3/dist-packages")} | libraries(root))
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise Skipped("librdkafka has no broker for tests here")

    def send(self, *records):
        """One envelope, as the hub's export makes them."""
        envelope = json.dumps({"records": [json.loads(record) for record in records]})
        print(json.dumps(envelope), file=self.process.stdin, flush=True)
        expect(self.process.stdout.readline().strip(), "sent", "the broker's answer")

    def stop(self):
        self.process.kill()
        self.process.communicate()


def recipe(name, **changes):
    """The first block of a recipe, with other values."""
    text = (repository() / "docs/recipes.md").read_text().split(f"## {name}")[1]
    text = re.search(r"```\n(.*?)```", text, re.S)[1]
    for old, new in changes.items():
        text, count = re.subn(old, new, text, flags=re.S)
        expect(count, 1, f"{old} in the recipe")
    return text


def rsyslogd(bench, root):
    folders = glob.glob(str(root / MODULES)) + glob.glob("/" + MODULES)
    return subprocess.Popen([installed("rsyslogd"), "-n", "-M", ":".join(folders), "-f", bench.folder / "conf", "-i",
                             bench.folder / "pid"], stdout=subprocess.DEVNULL, stderr=open(bench.folder / "stderr", "wb"),
                            env=os.environ | libraries(root))


@story("Event Hubs by rsyslog: small and large envelopes arrive whole, over a restart of rsyslog")
def event_hubs(bench):
    if not installed("rsyslogd") or not os.access(PYTHON, os.X_OK):
        raise Skipped("rsyslogd or Debian's Python is not installed")
    root = fetch(bench.cache, "rsyslog-kafka", "python3-confluent-kafka")
    broker = Broker(root)
    rsyslog = None
    try:
        text = recipe("Event Hubs", **{
            r"NAMESPACE\.servicebus\.windows\.net:9093": broker.address, "/var/log/azure/connections.jsonl": str(bench.log),
            # No TLS here; and who is gone is to be missed soon.
            r'"security\.protocol=.*sasl\.password=[^"]*"': '"session.timeout.ms=6000"', ' fileGroup="adm"': ""})
        (bench.folder / "conf").write_text(f'global(workDirectory="{bench.folder}")\n' + text)
        rsyslog = rsyslogd(bench, root)
        daemon = bench.start()
        broker.send(connected(now(), "meter"), refused(now(), "small"))
        daemon.alert("AUTH_FAIL", device="small", seconds=30)
        broker.send(*(connected(now() - 60, f"meter-{n}") for n in range(1000)), refused(now(), "large"))
        daemon.alert("AUTH_FAIL", device="large", seconds=30)
        rsyslog.terminate()
        rsyslog.wait()
        broker.send(refused(now(), "between"))
        rsyslog = rsyslogd(bench, root)
        daemon.alert("AUTH_FAIL", device="between", seconds=40)
        counts = daemon.stop()
        # How far rsyslog has come it may not have said before it ended: then it asks for the same again.
        holds(counts["read"] >= 1004 and counts["malformed"] == 0, f"read: {counts}")
        expect([a["device"] for a in daemon.alerts("AUTH_FAIL")], ["small", "large", "between"], "devices told")
    finally:
        broker.stop()
        if rsyslog:
            rsyslog.kill()
            rsyslog.wait()
