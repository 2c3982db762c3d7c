"""Alerts on their way to real receivers: rsyslogd and syslog-ng by UDP, TCP and their local
sockets, and a socket that speaks journald's native protocol. Receivers are killed, restarted
and stopped; nothing may stop the daemon, and what is lost must be counted."""
import json
import os
import re
import signal
import subprocess
import time

import rig
from receivers import FORMS, Journal, Rsyslog, SyslogNg
from rig import QUICK, Daemon, append, connected, expect, expelled, holds, now, refused, wait

KEPT = 4096                                          # of each receiver, while it is away
SD = "iothub@32473"


def story(name):
    """Registers a story with receivers of its own."""
    def register(tell):
        def play(bench):
            stage = Play(bench)
            try:
                tell(stage)
                bench.stop()
            finally:
                stage.clear()
        rig.story(name)(play)
        return tell
    return register


class Play:
    """One story's receivers and daemon."""

    def __init__(self, bench):
        self.bench, self.receivers = bench, []

    def rsyslog(self):
        return self.receiver(Rsyslog)

    def syslog_ng(self):
        return self.receiver(SyslogNg)

    def receiver(self, kind):
        self.receivers.append(kind(self.bench.folder / f"{kind.PROGRAM}.{len(self.receivers)}", self.bench.cache))
        return self.receivers[-1]

    def journal(self):
        journal = Journal(self.bench.folder / "journal")
        self.receivers.append(journal)
        return journal

    def configure(self, alerts):
        path = self.bench.configure(settings=QUICK | {"settle": 1})
        path.write_text(json.dumps(json.loads(path.read_text()) | {"alerts": alerts}))
        return path

    def start(self, alerts):
        daemon = Daemon(self.bench, self.configure(alerts), {"TZ": "UTC"}, None)
        wait("it catches up", lambda: daemon.lines("caught up"))
        return daemon

    def fail(self, first, count, **more):
        """So many devices lose their right to connect."""
        append(self.bench.log, *(refused(now(), f"pump-{n}", **more) for n in range(first, first + count)))

    def clear(self):
        for receiver in self.receivers:
            receiver.kill()


def udp(receiver, **more):
    return {"to": "udp", "host": "127.0.0.1", "port": receiver.udp} | more


def tcp(receiver, **more):
    return {"to": "tcp", "host": "127.0.0.1", "port": receiver.tcp} | more


def devlog(receiver, **more):
    return {"to": "devlog", "path": str(receiver.local)} | more


def journal_at(journal, **more):
    return {"to": "journal", "path": str(journal.path)} | more


def devices(messages):
    """In the order in which they came; MSG is the same everywhere."""
    return [re.search(r" device=(\S+) ", m["msg"])[1] for m in messages if " device=" in m["msg"]]


def lost(daemon, kind):
    """As told at the stop."""
    lines = [re.search(rf"alerts to {kind}\b.*: (\d+) of (\d+) did not arrive", line) for line in daemon.lines()]
    return sum(int(m[1]) for m in lines if m)


def pumps(first, count):
    return [f"pump-{n}" for n in range(first, first + count)]


# --- every form, every field --------------------------------------------------

def fields(play, receiver):
    """Two alerts by each way: every field is read back as it stands on stderr."""
    daemon = play.start([{"to": "stderr"}, udp(receiver, facility="local3"), tcp(receiver), devlog(receiver)])
    append(play.bench.log, refused(now(), 'x" ]y\n\\', sdk="az/1"), refused(now(), "pump-1"))
    alerts = wait("both", lambda: len(daemon.alerts()) == 2 and daemon.alerts())
    daemon.stop()
    messages = wait("six messages", lambda: len(receiver.messages()) == 6 and receiver.messages())
    for way in FORMS:
        got = [m for m in messages if m["input"] == way]
        expect([m["program"] for m in got], ["lapsed"] * 2, f"{way}: program")
        expect([m["procid"] for m in got], [str(daemon.pid)] * 2, f"{way}: pid")
        expect([m["pri"] for m in got], [str((19 if way == "imudp" else 3) * 8 + 3)] * 2, f"{way}: pri")
        for alert, message in zip(alerts, got):
            text = message["msg"].strip()
            holds(text.startswith("AUTH_FAIL state=raised ") and f"device={alert['device']} " in text and
                  text.endswith(f"episode={alert['episode']}: {alert['sentence']}"), f"{way}: {text}")
            if way == "imuxsock":
                continue
            sd = message["sd"]
            for key in ("hub", "verdict", "cause", "reason", "code", "count", "episode", "state"):
                expect(sd[SD][key], alert[key], f"{way}: {key}")
            expect(message["msgid"], "AUTH_FAIL", f"{way}: msgid")
            expect(sd["origin"]["software"], "lapsed", f"{way}: origin")
        if way != "imuxsock":
            expect([m["sd"][SD]["device"] for m in got], ['x" ]y\\x0a\\x5c', "pump-1"], f"{way}: devices")
            expect([m["sd"]["meta"]["sequenceId"] for m in got], ["1", "2"], f"{way}: sequence")
    expect(lost(daemon, "(udp|tcp|devlog)"), 0, "lost")


@story("rsyslogd reads every field that comes by UDP and TCP, and a whole line from its local socket")
def rsyslog_fields(play):
    fields(play, play.rsyslog())


@story("syslog-ng reads every field that comes by UDP and TCP, and a whole line from its local socket")
def syslog_ng_fields(play):
    fields(play, play.syslog_ng())


@story("journald's socket gets every field, with lines in them as they are")
def journal_fields(play):
    journal = play.journal()
    daemon = play.start([{"to": "stderr"}, journal_at(journal)])
    append(play.bench.log, refused(now(), "a\nPRIORITY=0", hub="PLANT"))
    alert = daemon.alert("AUTH_FAIL")
    daemon.stop()
    expect(len(journal.entries), 1, "entries")
    fields = {key: value.decode() for key, value in journal.entries[0].items()}
    holds(fields.pop("MESSAGE").endswith(alert["sentence"]), "MESSAGE")
    for key in ("IOTHUB_FIRST", "IOTHUB_LAST", "IOTHUB_MESSAGE", "IOTHUB_CAPTURED", "DOCUMENTATION", "REMEDY"):
        holds(fields.pop(key, "x" if key == "IOTHUB_CAPTURED" else ""), key)
    expect(fields, {"MESSAGE_ID": "1f41cad5edc74e259971fdf5114cca0d", "PRIORITY": "3", "SYSLOG_FACILITY": "3",
                    "SYSLOG_IDENTIFIER": "lapsed", "SYSLOG_MSGID": "AUTH_FAIL", "IOTHUB_STATE": "raised",
                    "IOTHUB_EPISODE": alert["episode"], "IOTHUB_VERDICT": "auth-failure", "IOTHUB_CAUSE": "2",
                    "IOTHUB_REASON": "thumbprint-mismatch", "IOTHUB_CODE": "401003", "IOTHUB_COUNT": "1",
                    "IOTHUB_HUB": "plant", "IOTHUB_DEVICE": "a\nPRIORITY=0", "IOTHUB_PROTOCOL": fields["IOTHUB_PROTOCOL"]}, "fields")


@story("each receiver has its own least severity and hubs, and who heard of an alert hears of its end")
def filters(play):
    receiver, journal = play.rsyslog(), play.journal()
    append(play.bench.log, connected(now() - 3600, "meter-1"))
    daemon = play.start([{"to": "stderr"}, tcp(receiver, least="err"), journal_at(journal, hubs=["oth*"]),
                         {"to": "udp", "host": "127.0.0.1", "port": receiver.udp, "hubs": ["pl*"], "least": "crit"}])
    append(play.bench.log, refused(now(), "pump-1"), refused(now(), "pump-2", hub="OTHER"))
    append(play.bench.log, expelled(now(), "meter-1"))
    daemon.alert("NOT_RETURNED", device="meter-1")
    append(play.bench.log, connected(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", "cleared", "pump-1")
    daemon.stop()
    told = wait("three by TCP", lambda: len(receiver.messages()) >= 3 and receiver.messages())
    expect(sorted((m["msgid"], m["sd"][SD]["state"], m["sd"][SD]["device"]) for m in told),
           [("AUTH_FAIL", "cleared", "pump-1"), ("AUTH_FAIL", "raised", "pump-1"), ("AUTH_FAIL", "raised", "pump-2")],
           "errors by TCP, none by UDP")
    expect([e["IOTHUB_DEVICE"] for e in journal.entries], [b"pump-2"], "of the journal's hubs")


# --- receivers that fail ------------------------------------------------------

@story("a receiver that is not there is told once, and gets all when it comes")
def late(play):
    receiver, journal = play.rsyslog(), play.journal()
    receiver.kill()
    journal.kill()
    receiver.local.unlink()
    journal.path.unlink()
    daemon = play.start([{"to": "stderr"}, udp(receiver), tcp(receiver), devlog(receiver), journal_at(journal)])
    play.fail(0, 20)
    wait("all on stderr", lambda: len(daemon.alerts()) == 20)
    wait("all four tell", lambda: len(daemon.lines("Trying again")) == 4)
    time.sleep(1.5)
    receiver.start()
    journal.start()
    wait("all arrive", lambda: len(receiver.messages()) >= 60 and len(journal.entries) >= 20, 30)
    for way in FORMS:
        expect(devices(m for m in receiver.messages() if m["input"] == way), pumps(0, 20), way)
    expect([e["IOTHUB_DEVICE"].decode() for e in journal.entries], pumps(0, 20), "the journal")
    wait("it says so", lambda: len(daemon.lines("is there again; 0 alerts were lost")) == 4)
    expect(len(daemon.lines("Trying again")), 4, "told once")
    daemon.stop()
    expect(daemon.lines("did not arrive"), [], "losses")


@story("a receiver that is killed and restarted misses nothing that is told while it is away")
def killed(play):
    receiver, journal = play.rsyslog(), play.journal()
    daemon = play.start([{"to": "stderr"}, udp(receiver), tcp(receiver), devlog(receiver), journal_at(journal)])
    play.fail(0, 10)
    wait("the first", lambda: len(receiver.messages()) == 30 and len(journal.entries) == 10)
    receiver.kill()
    journal.kill()
    play.fail(10, 10)
    wait("on stderr", lambda: len(daemon.alerts()) == 20)
    time.sleep(0.2)
    receiver.start()
    journal.start()
    play.fail(20, 10)
    want = set(pumps(0, 30))
    wait("all arrive", lambda: all(set(devices(m for m in receiver.messages() if m["input"] == way)) == want
                                   for way in FORMS) and
         {e["IOTHUB_DEVICE"].decode() for e in journal.entries} == want, 30)
    daemon.stop()
    expect(daemon.lines("did not arrive"), [], "losses")


def stopped(play, entry, way, receiver):
    """The receiver hangs while more alerts come than are kept. Returns what is asserted by all."""
    daemon = play.start([{"to": "stderr"}, entry])
    receiver.process.send_signal(signal.SIGSTOP)
    total, done = 0, 0
    while total < 3 * KEPT and not daemon.lines("the oldest are dropped"):
        play.fail(total, 3000)
        total += 3000
        wait("the loop goes on", lambda: len(daemon.alerts()) >= total, 30)
        done = daemon.process.poll()
        expect(done, None, "it runs")
    receiver.process.send_signal(signal.SIGCONT)
    play.fail(total, 1)
    last = f"pump-{total}"
    wait("the newest arrives", lambda: last in devices(receiver.messages()), 60)
    begun = time.monotonic()
    daemon.stop()
    holds(time.monotonic() - begun < 3, "it stops soon")
    time.sleep(0.3)
    got = devices(m for m in receiver.messages() if m["input"] == way)
    expect(len(got), len(set(got)), "none came twice")
    return daemon, total + 1, len(got)


@story("a stopped syslog daemon behind the local socket stops nothing, and every loss is counted")
def stopped_local(play):
    receiver = play.rsyslog()
    daemon, total, got = stopped(play, devlog(receiver), "imuxsock", receiver)
    holds(got >= KEPT, f"only {got} were kept")
    expect(got + lost(daemon, "devlog"), total, "arrived and counted as lost")
    holds(lost(daemon, "devlog") > 0, "none was lost, so nothing was tried")


@story("a stopped receiver behind TCP stops nothing, and every loss is counted")
def stopped_tcp(play):
    receiver = play.rsyslog()
    daemon, total, got = stopped(play, tcp(receiver), "imtcp", receiver)
    expect(got + lost(daemon, "tcp"), total, "arrived and counted as lost")


@story("stderr that nobody reads stops nothing, and what it lost is counted")
def stopped_stderr(play):
    journal = play.journal()
    reader, writer = os.pipe()
    path = play.configure([{"to": "stderr"}, journal_at(journal)])
    process = subprocess.Popen([play.bench.lapsed, "--rules", play.bench.rules, "--config", str(path)], stderr=writer)
    os.close(writer)
    try:
        play.fail(0, 3000)
        wait("the journal has all", lambda: len(journal.entries) == 3000, 30)
        text = b""
        os.set_blocking(reader, False)

        def tells():
            nonlocal text
            try:
                text += os.read(reader, 1 << 20)
            except BlockingIOError:
                pass
            return re.search(rb"<4>(\d+) lines could not be written here\n", text)
        counted = int(wait("it counts", tells)[1])
        lines = text.count(b"AUTH_FAIL ")
        holds(3000 <= lines + counted <= 3002, f"{lines} written, {counted} counted of 3000")
    finally:
        process.terminate()
        expect(process.wait(5), 0, "exit status")
        os.close(reader)


@story("a reload keeps what waits for a receiver that stays, and drops none of the others")
def reload(play):
    receiver, journal = play.rsyslog(), play.journal()
    receiver.kill()
    daemon = play.start([{"to": "stderr"}, tcp(receiver)])
    play.fail(0, 5)
    wait("on stderr", lambda: len(daemon.alerts()) == 5)
    play.configure([{"to": "stderr"}, journal_at(journal), tcp(receiver, least="err")])
    daemon.process.send_signal(signal.SIGHUP)
    daemon.line("read again")
    play.fail(5, 1)
    wait("the journal has the newest", lambda: [e["IOTHUB_DEVICE"] for e in journal.entries] == [b"pump-5"])
    receiver.start()
    wait("all arrive", lambda: devices(receiver.messages()) == pumps(0, 6), 30)
    daemon.stop()


@story("what a receiver that is away has not got is told at the stop")
def at_stop(play):
    receiver = play.rsyslog()
    receiver.kill()
    daemon = play.start([{"to": "stderr"}, tcp(receiver)])
    play.fail(0, 7)
    wait("on stderr", lambda: len(daemon.alerts()) == 7)
    daemon.stop()
    holds(daemon.lines(": 7 of 7 did not arrive; Connection refused"), f"told as {daemon.lines('arrive')}")


@story("with a state folder, what a receiver has not got is sent to it after a restart")
def restarted(play):
    receiver = play.rsyslog()
    receiver.kill()
    path = play.configure([{"to": "stderr"}, tcp(receiver)])
    path.write_text(json.dumps(json.loads(path.read_text()) | {"state": str(play.bench.folder)}))

    def start():
        daemon = Daemon(play.bench, path, {}, None)
        wait("it catches up", lambda: daemon.lines("caught up"))
        return daemon
    daemon = start()
    play.fail(0, 3)
    wait("on stderr", lambda: len(daemon.alerts()) == 3)
    time.sleep(1.2)
    play.fail(3, 2)
    wait("on stderr", lambda: len(daemon.alerts()) == 5)
    daemon.stop()
    receiver.start()
    daemon = start()
    wait("all arrive", lambda: devices(receiver.messages()) == pumps(0, 5), 20)
    daemon.stop()
    daemon = start()
    daemon.stop()
    expect((daemon.alerts(), len(receiver.messages())), ([], 5), "and are then told no more")


# --- --test-alert -------------------------------------------------------------

@story("--test-alert sends one of each kind everywhere, and says what became of them")
def test_alert(play):
    receiver, journal = play.rsyslog(), play.journal()
    path = play.configure([{"to": "stderr"}, udp(receiver), tcp(receiver, hubs=["none"]), devlog(receiver),
                           journal_at(journal, least="err")])
    done = play.bench.run("--config", path, "--test-alert")
    expect(done.returncode, 0, f"status with {done.stdout}")
    expect([line.split(": ")[1] for line in done.stdout.splitlines()], ["good"] * 5, "answers")
    holds("8 of 8 sent, and no error came back; UDP cannot tell" in done.stdout, done.stdout)
    wait("24 messages", lambda: len(receiver.messages()) == 24)
    for way in ("imudp", "imtcp"):
        got = [m for m in receiver.messages() if m["input"] == way]
        expect([(m["msgid"], m["sd"][SD]["state"]) for m in got],
               [("AUTH_FAIL", "raised"), ("AUTH_FAIL", "cleared"), ("AUTH_FAIL", "withdrawn"), ("NOT_RETURNED", "raised"),
                ("FLEET_ALERT", "raised"), ("DIGEST", "raised"), ("INPUT_STALLED", "raised"), ("INPUT_GAP", "raised")], way)
        expect(devices(got), ["lapsed-test"] * 4, f"{way}: devices")
    expect([e["IOTHUB_STATE"] for e in journal.entries], [b"raised", b"cleared", b"withdrawn", b"raised"], "the journal")
    receiver.kill()
    begun = time.monotonic()
    done = play.bench.run("--config", path, "--test-alert")
    expect(done.returncode, 3, f"status with {done.stdout}")
    expect([line.split(": ")[1] for line in done.stdout.splitlines()],
           ["good", "not reached", "not reached", "not reached", "good"], "answers")
    holds("no error came back" not in done.stdout and "of 8 sent; Connection refused" in done.stdout, done.stdout)
    holds(time.monotonic() - begun < 6, "it takes too long")
