"""What the daemon says, on stderr and to a syslog receiver."""
import json
import re
import time

from rig import (BY_RECORDS, DENIED, FACILITY, QUICK, THUMBPRINT, append, connected, expect, expelled, holds, now,
                 record, refused, stamp, story, wait)

SD = "iothub@32473"
UNPRINTABLE = re.compile(r"[^\x20-\x7e\n]")
FORGED = ('x" y]z \\" \\] \\ a=b état\n<155>1 2026-01-01T00:00:00Z gw lapsed 1 AUTH_FAIL [iothub@32473 device="ok"] ok'
          '\r\n\x1b[2J\x1b[31m\u202e')


def printable(text):
    """What a structured value decodes to: everything but printable ASCII, and the backslash, as the bytes' \\xNN."""
    return "".join(chr(b) if 0x20 <= b < 0x7f and b != 0x5c else f"\\x{b:02x}" for b in text.encode())


def escaped(text):
    """What a value of `key=value` reads: blanks, quotes, = and \\ as well."""
    return "".join(f"\\x{b:02x}" if b in b' "=\\' or not 0x20 <= b < 0x7f else chr(b) for b in text.encode())


@story("a refused certificate arrives at rsyslogd as one message with every field right", syslog=True)
def thumbprint(bench):
    begun, at = now() - 3600, now()
    append(bench.log, connected(begun, "pump-1", sdk=".NET/1.42.3 (Linux)"))
    daemon = bench.start()
    append(bench.log, refused(at - 0.5, "pump-1"), refused(at, "pump-1"))
    daemon.alert("AUTH_FAIL", device="pump-1")
    daemon.stop()
    messages = daemon.reached()
    expect(len(messages), 1, "messages")
    got = messages[0]
    sd = got["sd"][SD]
    episode = sd["episode"]
    holds(re.fullmatch("[0-9a-f]{16}", episode), f"episode {episode!r} is no id")
    wanted = {"v": "1", "state": "raised", "hub": "plant", "device": "pump-1", "verdict": "auth-failure", "cause": "2",
              "reason": "thumbprint-mismatch", "code": "401003", "first": stamp(at - 0.5), "sdk": ".NET/1.42.3",
              "proto": "Mqtt", "message": THUMBPRINT,
              "captured": "primary=4E5F; secondary=6071; sha1=0A1B; sha2=2C3D"}
    expect({key: sd.get(key) for key in wanted}, wanted, "structured data")
    # Two records in one write are mostly, not surely, read at once.
    holds((sd["count"], sd["last"]) in (("2", stamp(at)), ("1", stamp(at - 0.5))), f"count, last: {sd}")
    expect((got["pri"], got["version"], got["program"], got["procid"], got["msgid"]),
           (str(FACILITY * 8 + 3), "1", "lapsed", str(daemon.pid), "AUTH_FAIL"), "header")
    holds(abs(time.time() - wall(got["timestamp"])) < 30, f"stamped {got['timestamp']}")
    expect(got["sd"]["meta"], {"sequenceId": "1", "language": "en"}, "meta")
    holds(got["raw"].isascii() and len(got["raw"]) <= 1180, "not ASCII, or too long for UDP")
    holds(re.match(r"AUTH_FAIL state=raised hub=plant device=pump-1 verdict=auth-failure cause=2 "
                   rf"reason=thumbprint-mismatch code=401003 count=\d episode={episode}: "
                   "the certificate's thumbprint is not the registered one; ", got["msg"]),
          f"MSG does not stand alone: {got['msg']}")
    expect(daemon.alerts()[0]["episode"], episode, "episode on stderr")


@story("one refusal is told as one")
def one_refusal(bench):
    daemon = bench.start()
    append(bench.log, refused(now(), "pump-1"))
    raised = daemon.alert("AUTH_FAIL", device="pump-1")
    expect(raised["sentence"], "the certificate's thumbprint is not the registered one; 1 refusal", "sentence")


def wall(rfc3339):
    return time.mktime(time.strptime(rfc3339[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone


@story("a hostile device id forges no line and no field", syslog=True)
def hostile(bench):
    daemon = bench.start()
    message = "Authorization header missing\n<0>1 - - x - - - forged\x1b[31m"
    append(bench.log, refused(now(), FORGED, message, hub='p" ]x'))
    daemon.alert("AUTH_FAIL")
    append(bench.log, refused(now(), "honest"))
    daemon.alert("AUTH_FAIL", device="honest")
    daemon.stop()
    messages = daemon.reached()
    expect([m["sd"][SD]["device"] for m in messages], [printable(FORGED), "honest"], "devices at the receiver")
    first = messages[0]
    expect(sorted(first["sd"]), sorted([SD, "meta", "origin"]), "elements of structured data")
    expect(first["sd"][SD]["message"], printable(message), "message")
    expect(first["sd"][SD]["hub"], 'p" ]x', "hub")
    fields = dict(word.split("=", 1) for word in first["msg"].split(": ")[0].split()[1:])
    expect((fields["device"], fields["episode"]), (escaped(FORGED), first["sd"][SD]["episode"]), "MSG")
    received = bench.receiver.received.read_text()
    expect(sum(f'"procid":"{daemon.pid}"' in line for line in received.splitlines()), 2, "records in rsyslogd's file")
    holds(not any(line.startswith(("<155>", "<0>")) for line in received.splitlines()), "a line was forged")
    expect(len(daemon.lines("AUTH_FAIL ")), 2, "lines on stderr")
    expect(daemon.alerts()[0]["device"], escaped(FORGED), "device on stderr")
    expect(UNPRINTABLE.findall(daemon.text()), [], "characters on stderr")


@story("the longest device id leaves room for the episode, in MSG as in the structured data", syslog=True)
def longest(bench):
    device = "\x1b" * 254 + "z"                      # each character becomes four
    daemon = bench.start()
    append(bench.log, refused(now(), device))
    episode = daemon.alert("AUTH_FAIL")["episode"]
    daemon.stop()
    messages = daemon.reached()
    expect([m["msgid"] for m in messages], ["AUTH_FAIL"], "messages")
    sd, raw, text = messages[0]["sd"], messages[0]["raw"], messages[0]["msg"]
    holds(len(raw) <= 1180 and raw.isascii(), "not ASCII, or too long for UDP")
    expect((sd[SD]["reason"], sd[SD]["episode"], sd["meta"]["sequenceId"]), ("thumbprint-mismatch", episode, "1"),
           "structured data")
    holds(re.search(rf" device=(\\x1b){{20,}}\S* .*episode={episode}: ", text), f"MSG: {text}")
    holds(sd[SD].get("device", "").startswith("\\x1b"), "no device in the structured data")


@story("a secret in the hub's message leaves by no way", syslog=True)
def secret(bench):
    token = "SharedAccessSignature sr=PLANT%2fdevices%2fpump-1&sig=S3CRET%2bS3CRET%3d&se=1767225600"
    words = [f"Authorization rule '{token}' does not allow access for 'SharedAccessKey=S3CRETS3CRET+/='",
             f"Authorization header missing: {token.lower()}; HostName=x;SharedAccessKey=S3CRET+S3CRET/S3CRET=",
             "Authorization header missing S3CRETS3CRETS3CRETS3CRETS3CRETS3CRETS3CRETS3C="]
    daemon = bench.start()
    for number, message in enumerate(words):
        append(bench.log, refused(now(), f"pump-{number}", message))
        daemon.alert("AUTH_FAIL", device=f"pump-{number}")
    daemon.stop()
    messages = daemon.reached()
    expect(len(messages), len(words), "messages")
    for where, text in [("syslog", json.dumps(messages)), ("stderr", daemon.text())]:
        holds("s3cret" not in text.lower(), f"{where} tells the secret: {text}")
    holds(all("[redacted]" in m["sd"][SD]["message"] for m in messages), "the rest of the message is kept")


@story("a device that stays away is told by the clock alone, and withdrawn when a late connect comes", syslog=True)
def away(bench):
    append(bench.log, connected(now() - 3600, "meter-1"))
    daemon = bench.start()
    at = now()
    append(bench.log, expelled(at, "meter-1"))
    raised = daemon.alert("NOT_RETURNED", device="meter-1")
    holds(now() - at >= QUICK["return_within"], "told before the deadline")
    expect((raised["severity"], raised["verdict"], raised["code"]), (4, "not-returned", "401003"), "the alert")
    append(bench.log, connected(at + 1, "meter-1"))
    withdrawn = daemon.alert("NOT_RETURNED", "withdrawn", "meter-1")
    expect((withdrawn["episode"], withdrawn["severity"]), (raised["episode"], 5), "episode, severity")
    daemon.stop()
    messages = [(m["sd"][SD]["state"], m["sd"][SD]["episode"], m["pri"]) for m in daemon.reached()]
    expect(messages, [("raised", raised["episode"], str(FACILITY * 8 + 4)),
                      ("withdrawn", raised["episode"], str(FACILITY * 8 + 5))], "messages")


@story("an alert is cleared when the records say that the connection has settled")
def settled(bench):
    daemon = bench.start(kind="azure", settings=QUICK | BY_RECORDS)
    base = now() - 60
    append(bench.log, connected(base - 3600, "meter-1"), expelled(base, "meter-1"))
    append(bench.log, connected(base + 1.9, "other"))
    daemon.line("caught up")
    append(bench.log, connected(base + 2.1, "other"))
    raised = daemon.alert("NOT_RETURNED", device="meter-1")
    append(bench.log, connected(base + 10, "meter-1"), connected(base + 11.9, "other"))
    append(bench.log, refused(base + 11.95, "fence"))
    daemon.alert("AUTH_FAIL", device="fence")
    expect(daemon.alerts(state="cleared"), [], "cleared before it has settled")
    append(bench.log, connected(base + 12.1, "other"))
    cleared = daemon.alert("NOT_RETURNED", "cleared", "meter-1")
    expect((cleared["episode"], cleared["severity"]), (raised["episode"], 5), "episode, severity")
    expect(daemon.stop()["away"], 1, "episodes ended as not-returned")


@story("an alert is withdrawn when late records tell that the device had long been back")
def back_unseen(bench):
    daemon = bench.start(kind="azure", settings=QUICK | BY_RECORDS)
    base = now() - 600
    append(bench.log, connected(base - 3600, "meter-1"), expelled(base, "meter-1"), connected(base + 100, "other"))
    raised = daemon.alert("NOT_RETURNED", device="meter-1")
    append(bench.log, connected(base + 1, "meter-1"))
    withdrawn = daemon.alert("NOT_RETURNED", "withdrawn", "meter-1")
    expect(withdrawn["episode"], raised["episode"], "episode")
    counts = daemon.stop()
    expect((counts["expiry"], counts["away"]), (1, 0), "episodes ended as token-expiry, as not-returned")


def backlog(base):
    """Troubles that are over, and two that are not: of "lost" and "quiet"."""
    over = [connected(base, "expired"), expelled(base + 3600, "expired"),
            record(base + 3600, "expired", "disconnect", "404104"), connected(base + 3603, "expired"),
            connected(base, "wrong"), *(refused(base + 4000 + s, "wrong") for s in range(4)),
            connected(base + 4100, "wrong"),
            expelled(base + 4200, "slow"), connected(base + 6000, "slow")]
    still = [connected(base, "lost"), expelled(base + 7000, "lost"), refused(base + 7001, "lost"),
             connected(base, "quiet"), expelled(base + 7100, "quiet")]
    return over, still


@story("of a backlog only what is still open is told, once, and a restart gives the same episodes")
def restart(bench):
    base = now() - 86400
    over, still = backlog(base)
    append(bench.log, *over)
    daemon = bench.start(settings={})
    expect(daemon.told(), [], "told of troubles that are over")
    counts = daemon.stop()
    expect((counts["read"], counts["malformed"], counts["expiry"], counts["standing"]), (len(over), 0, 1, 0), "counts")
    append(bench.log, *still)
    first, second = ids(bench), ids(bench)
    expect([key[:2] for key in first], [("AUTH_FAIL", "lost"), ("NOT_RETURNED", "quiet")], "told")
    expect(second, first, "after a restart")


def ids(bench):
    """What one daemon tells of the backlog; then it ends."""
    daemon = bench.start(settings={})
    append(bench.log, connected(now(), "other"))
    daemon.stop()                                    # it reads to the end first
    expect({a["state"] for a in daemon.alerts()}, {"raised"}, "states")
    return sorted((a["msgid"], a["device"], a["episode"]) for a in daemon.alerts())


@story("muted devices raise nothing")
def muted(bench):
    daemon = bench.start(devices={"mute": ["old-*", "plant/retired"]})
    append(bench.log, *(refused(now(), device) for device in ("old-7", "retired")), expelled(now(), "old-8"))
    append(bench.log, expelled(now(), "new-8"), refused(now(), "new-7"))
    daemon.alert("AUTH_FAIL", device="new-7")
    daemon.alert("NOT_RETURNED", device="new-8")     # so old-8 is overdue as well
    daemon.stop()
    expect({a["device"] for a in daemon.alerts()}, {"new-7", "new-8"}, "devices told")


@story("a listed X.509 device that is expelled and stays away is an auth-failure", syslog=True)
def x509(bench):
    append(bench.log, connected(now() - 3600, "cert-1"), connected(now() - 3600, "token-1"))
    daemon = bench.start(devices={"x509": ["cert-*"]})
    append(bench.log, expelled(now(), "cert-1"), expelled(now(), "token-1"))
    alert = daemon.alert("AUTH_FAIL", device="cert-1")
    expect((alert["reason"], alert["cause"], alert["severity"]), ("x509", "2", 3), "the alert")
    daemon.alert("NOT_RETURNED", device="token-1")
    daemon.stop()
    expect({(m["sd"][SD]["device"], m["sd"][SD]["verdict"]) for m in daemon.reached()},
           {("cert-1", "auth-failure"), ("token-1", "not-returned")}, "messages")


FLEET = {"settle": 2, "delay_local": 0, "lateness": 0, "return_within": 600}


def fail_together(bench, fail):
    """8 of 20 devices are turned down by one policy, and come back."""
    begun = now() - 7200
    append(bench.log, *(connected(begun, f"truck-{n}") for n in range(20)))
    daemon = bench.start(settings=FLEET)
    for n in range(8):
        append(bench.log, *fail(f"truck-{n}"))
        if n == 0:                                   # the first is told by itself
            daemon.alert("AUTH_FAIL", device="truck-0")
    raised = daemon.alert("FLEET_ALERT")
    holds("reason rule-denied" in raised["sentence"] and "policy fleet-2024" in raised["sentence"],
          f"what they share: {raised['sentence']}")
    expect((raised["severity"], raised["hub"], raised["verdict"]), (2, "plant", "auth-failure"), "the alert")
    wait("truck-0's own alert is folded", lambda: daemon.alerts("AUTH_FAIL", "cleared", "truck-0"))
    append(bench.log, *(connected(now(), f"truck-{n}") for n in range(7)))
    append(bench.log, refused(now(), "truck-19"))    # fails otherwise: told by itself, or with the fleet
    append(bench.log, connected(now(), "truck-7"), connected(now() + 0.01, "truck-19"))
    cleared = daemon.alert("FLEET_ALERT", "cleared")
    expect(cleared["episode"], raised["episode"], "episode")
    counts = daemon.stop()
    expect(counts["standing"], 0, "alerts that stand")
    alerts = daemon.alerts("AUTH_FAIL")
    for device in {a["device"] for a in alerts}:
        expect([a["state"] for a in alerts if a["device"] == device], ["raised", "cleared"], f"told of {device}")
    messages = [m for m in daemon.reached() if m["msgid"] == "FLEET_ALERT"]
    expect([m["sd"][SD]["state"] for m in messages], ["raised", "cleared"], "fleet alerts")
    expect(messages[0]["pri"], str(FACILITY * 8 + 2), "severity")


@story("8 of 20 devices expelled and refused by one policy are one fleet alert, cleared when all are back", syslog=True)
def fleet(bench):
    fail_together(bench, lambda device: [expelled(now(), device), refused(now(), device, DENIED.format(device))])


@story("so are 8 of 20 whose sessions the hub still holds", syslog=True)
def fleet_inside(bench):
    fail_together(bench, lambda device: [refused(now(), device, DENIED.format(device))])


@story("of a backlog many that fail alike are one fleet alert", syslog=True)
def fleet_of_backlog(bench):
    base = now() - 7200
    append(bench.log, *(connected(base - 60, f"truck-{n}") for n in range(20)))
    append(bench.log, *(line for n in range(8) for line in (
        expelled(base + n, f"truck-{n}"), refused(base + n + 1, f"truck-{n}", DENIED.format(n)))))
    daemon = bench.start(settings={})
    daemon.stop()
    expect(daemon.told(), [("FLEET_ALERT", "raised", None)], "told")
    messages = daemon.reached()
    expect([(m["msgid"], m["sd"][SD]["devices"]) for m in messages], [("FLEET_ALERT", "8")], "messages")
    holds("8 devices of hub plant" in messages[0]["msg"] and "policy fleet-2024" in messages[0]["msg"],
          f"MSG: {messages[0]['msg']}")


@story("a fleet alert that stands is repeated")
def fleet_repeated(bench):
    daemon = bench.start(settings=FLEET | {"repeat_every": 1})
    append(bench.log, *(refused(now(), f"truck-{n}") for n in range(4)))
    daemon.alert("FLEET_ALERT")
    daemon.alert("FLEET_ALERT", "repeated")


@story("one record that comes a day late does not put off what is due of other devices")
def late_record(bench):
    append(bench.log, connected(now() - 3600, "meter-1"))
    daemon = bench.start()
    append(bench.log, connected(now() - 86400, "meter-2"), expelled(now(), "meter-1"))
    daemon.alert("NOT_RETURNED", device="meter-1")


@story("token renewals by expulsion every ten minutes are excessive churn, and it ends", syslog=True)
def churn(bench):
    daemon = bench.start(kind="azure", settings=BY_RECORDS)
    base, gap = now() - 40000, 600
    append(bench.log, connected(base, "meter-1"))
    for n in range(1, 7):
        append(bench.log, expelled(base + n * gap, "meter-1"),
               record(base + n * gap + 1, "meter-1", "disconnect", "404104"), connected(base + n * gap + 5, "meter-1"))
    append(bench.log, connected(base + 7 * gap, "other"))
    raised = daemon.alert("CHURN_EXCESS", device="meter-1")
    expect((raised["severity"], raised["verdict"], raised["cause"]), (4, "token-expiry", "1"), "the alert")
    for n in range(4):
        late = base + 20000 + n * 5000
        append(bench.log, expelled(late, "meter-1"), connected(late + 5, "meter-1"), connected(late + 900, "other"))
    cleared = daemon.alert("CHURN_EXCESS", "cleared", "meter-1")
    expect(cleared["episode"], raised["episode"], "episode")
    expect(daemon.stop()["expiry"], 10, "episodes ended as token-expiry")
    expect([(m["msgid"], m["sd"][SD]["state"]) for m in daemon.reached()],
           [("CHURN_EXCESS", "raised"), ("CHURN_EXCESS", "cleared")], "messages")


@story("an alert that stands is repeated, with the same episode", syslog=True, long=True)
def repeated(bench):
    daemon = bench.start(settings=QUICK | {"repeat_every": 1})
    append(bench.log, refused(now(), "pump-1"))
    wait("two repeats", lambda: len(daemon.alerts("AUTH_FAIL", "repeated")) >= 2)
    append(bench.log, connected(now(), "pump-1"))
    daemon.alert("AUTH_FAIL", "cleared")
    daemon.stop()
    messages = daemon.reached()
    states = [m["sd"][SD]["state"] for m in messages]
    holds(re.fullmatch("raised (repeated ){2,8}cleared", " ".join(states)), f"states {states}")
    expect(len({m["sd"][SD]["episode"] for m in messages}), 1, "episodes")
    times = [wall(m["timestamp"]) for m in messages]
    holds(times[2] - times[0] >= 1, f"repeated too soon: {[m['timestamp'] for m in messages]}")
