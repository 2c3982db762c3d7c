"""What field devices do in a day: well behaved, broken, and hard to tell.

Each behaviour writes the events of one device to a Timeline and returns what an
honest watcher may conclude from them. BEHAVIOURS, at the end, lists them all.
"""

from records import SAS_AUTH, SDKS, X509_AUTH, Device
from timeline import (BARE, HOUR, LONG_ENOUGH, MINUTE, DropsOnly, PatchyNetwork, RenewsInTime,
                      StaysConnected, TokenLapses, begin, live)

RECOVERY = 2 * HOUR      # a genuine fault is due at least this long before the end

EXPIRED = "The specified SAS token is expired"
RENEW = "Authentication failed for this device, renew token or certificate and reconnect"
DISPLACED = "Connection closed because a newer one of the same device was accepted"
INVALID_SIGNATURE = ("The specified SAS token has an invalid signature. It does not match "
                     "either the primary or secondary key.")


# Truths. A time in them is the earliest at which the verdict can be known.

BENIGN = {"expect": "benign"}
EITHER = {"expect": "either"}


def genuine(verdict, not_before_s):
    return {"expect": "genuine", "verdicts": [verdict], "not_before_s": not_before_s}


# Devices that nobody needs to look at.

def by_habit(habit_type):
    def behave(line):
        habit = habit_type(line.rng)
        live(line, habit, begin(line, habit), line.length_s)
        return BENIGN
    return behave


def sleeper(line):
    rng = line.rng
    every_s = rng.uniform(2, 6) * HOUR
    wake_s = rng.uniform(0, every_s)
    while wake_s < line.length_s:
        sleep_s = wake_s + rng.uniform(15, 40) * MINUTE
        outage_s = line.outage_s
        if outage_s is not None and wake_s < outage_s + 20 * MINUTE and sleep_s > outage_s - MINUTE:
            wake_s = outage_s + rng.uniform(20, 25) * MINUTE
            continue
        line.connect(wake_s)
        line.leave(sleep_s)
        wake_s += every_s + rng.uniform(-20, 20)
    return BENIGN


# Devices that somebody has to look at. Each lives well until its fault.

def live_until_fault(line, habit, seen=None):
    """Live well up to the fault. Returns when it strikes, inside a settled
    session, and when that session would have ended by itself; or None if the
    log is too short for a fault to come out in time."""
    rng = line.rng
    first_s = HOUR if line.outage_s is None else line.outage_s + 1.5 * HOUR
    last_s = line.length_s - RECOVERY - 2 * HOUR
    wish_s = rng.uniform(first_s, max(first_s, last_s))
    if last_s < first_s:
        live(line, habit, begin(line, habit), line.length_s)
        return None
    since_s, end_s = live(line, habit, begin(line, habit, seen), wish_s)
    return max(wish_s, since_s + LONG_ENOUGH), end_s


def keep_knocking(line, habit, first_s, code, message):
    """Refused again and again, ever more seldom, until somebody repairs it (or
    nobody does). Returns the times of the refusals."""
    rng = line.rng
    repaired_s = first_s + rng.uniform(1, 4) * HOUR if rng.random() < 0.5 else line.length_s
    longest_s = rng.uniform(10, 40) * MINUTE
    times, time_s, pause_s = [], first_s, rng.uniform(5, 15)
    while time_s < repaired_s - 5:
        line.refuse(time_s, code, message)
        times.append(time_s)
        time_s += pause_s * rng.uniform(0.9, 1.1)
        pause_s = min(pause_s * 2, longest_s)
    if repaired_s < line.length_s:
        line.connect(repaired_s)
        live(line, habit, repaired_s, line.length_s)
    return times


def locked_out(habit_type, endings, message, code="401003", decisive=True, ended_by_hub=False):
    """The session ends, and from then on the hub refuses the device."""
    def behave(line):
        rng, device = line.rng, line.device
        habit = habit_type(rng, HOUR)
        fault = live_until_fault(line, habit)
        if fault is None:
            return BENIGN
        fault_s, _ = fault
        text = fill(rng, rng.choice(message) if isinstance(message, tuple) else message, device)
        if ended_by_hub:
            line.log(fault_s, "deviceDisconnect", code, text)
            line.absent(fault_s)
        else:
            line.end(rng.choice(endings), fault_s)
        times = keep_knocking(line, habit, fault_s + rng.uniform(3, 20), code, text)
        known_s = fault_s if ended_by_hub else times[0] if decisive else times[2]
        return genuine("auth-failure", known_s)
    return behave


def fill(rng, text, device):
    """The hub's sentences with this device's particulars."""
    def digits(count):
        return "%0*X" % (count, rng.getrandbits(4 * count))

    return text.format(hub=device.hub.name, device=device.name, sha1=digits(40), sha2=digits(64),
                       primary=digits(40), secondary=digits(40), policy="device-policy",
                       user="svc-meter@contoso.example")


def old_key_after_restart(line):
    """Restarted with a rotated key while the hub still holds its old session."""
    habit = TokenLapses(line.rng, HOUR)
    fault = live_until_fault(line, habit, seen=True)
    if fault is None:
        return BENIGN
    fault_s, _ = fault
    line.absent(fault_s)
    line.lose(fault_s + line.rng.uniform(3, 7) * MINUTE)   # its keep-alive runs out
    times = keep_knocking(line, habit, fault_s + 2, "401003", BARE)
    return genuine("auth-failure", times[2])


def second_key(line):
    """Its first key is refused twice; then it tries the second, and is in."""
    rng, habit = line.rng, RenewsInTime(line.rng, HOUR)
    fault = live_until_fault(line, habit)
    if fault is not None:
        time_s = fault[0]
        line.leave(time_s)
        line.refuse(time_s + rng.uniform(2, 6))
        line.refuse(time_s + rng.uniform(9, 15))
        back_s = time_s + rng.uniform(20, 40)
        line.connect(back_s)
        live(line, habit, back_s, line.length_s)
    return BENIGN


def stays_away(habit_type, verdict):
    """Expelled, and then not heard of: for good, or for hours."""
    def behave(line):
        rng, habit = line.rng, habit_type(line.rng, HOUR)
        fault = live_until_fault(line, habit)
        if fault is None:
            return BENIGN
        gone_s = max(fault) if habit.token else fault[0]
        line.expel(gone_s)
        if rng.random() < 0.4:
            back_s = gone_s + rng.uniform(2.5, 6) * HOUR
            line.connect(back_s)
            live(line, habit, back_s, line.length_s)
        return genuine(verdict, int(gone_s) + 600)
    return behave


def x509_blip(line):
    """Has no token to lapse, was expelled all the same, and was back at once."""
    habit = DropsOnly(line.rng, HOUR)
    fault = live_until_fault(line, habit)
    if fault is None:
        return BENIGN
    line.expel(fault[0])
    back_s = fault[0] + line.rng.uniform(2, 30)
    line.connect(back_s)
    live(line, habit, back_s, line.length_s)
    return EITHER


def clock_drift(line):
    """Never seen before, and its tokens are expired when it makes them."""
    rng = line.rng
    first_s = 60 if line.outage_s is None else line.outage_s + 1.5 * HOUR
    last_s = line.length_s - RECOVERY - HOUR
    if last_s < first_s:
        return BENIGN
    times = keep_knocking(line, TokenLapses(rng, HOUR), rng.uniform(first_s, last_s),
                          "401003", EXPIRED)
    return genuine("auth-failure", times[0])


def imposter(line):
    """Somebody else presents its identity and is refused, while it works on."""
    rng, habit = line.rng, StaysConnected(line.rng, HOUR)
    fault = live_until_fault(line, habit, seen=True)
    if fault is None:
        return BENIGN
    times = [fault[0]]
    for _ in range(3):
        times.append(times[-1] + rng.uniform(3, 12) * MINUTE)
    line.absent(times[0] - 30)      # it is there, but shows no sign of life meanwhile
    for time_s in times:
        line.refuse(time_s)
    works_s = times[-1] + 40 * MINUTE
    line.present(works_s)
    line.work(works_s + 5 * MINUTE)
    line.work(works_s + 31 * MINUTE)
    left_s = works_s + rng.uniform(50, 80) * MINUTE
    line.leave(left_s)
    line.connect(left_s + rng.uniform(3, 20))
    return genuine("auth-failure", times[2])


def duplicate_identity(line):
    """Two clients with one identity throw each other out."""
    rng, habit = line.rng, TokenLapses(line.rng, HOUR)
    fault = live_until_fault(line, habit)
    if fault is None:
        return BENIGN
    time_s, times = fault[0], []
    for _ in range(rng.randrange(15, 40)):
        times.append(time_s)
        line.log(time_s, "deviceDisconnect", "400027", DISPLACED)
        line.absent(time_s)
        since_s = time_s + rng.uniform(0.1, 0.8)
        line.connect(since_s)
        time_s += rng.uniform(10, 40)
    live(line, habit, since_s, line.length_s)
    return genuine("identity-conflict", times[2])


def token_loop(line):
    """Each new token is good for half a minute only."""
    rng, habit = line.rng, TokenLapses(line.rng, HOUR)
    fault = live_until_fault(line, habit)
    if fault is None:
        return BENIGN
    time_s, times = fault[0], []
    for _ in range(rng.randrange(15, 60)):
        line.expel(time_s)
        times.append(time_s)
        since_s = time_s + rng.uniform(2, 6)
        line.connect(since_s)
        time_s = since_s + rng.uniform(22, 28)
    live(line, habit, since_s, line.length_s)
    return genuine("reconnect-loop", times[3])   # the first one ended a good session


TOKEN_SDKS = ((".NET", "Java", "Python"), ("Mqtt", "Mqtt", "Mqtt", "MqttWs"), False)
NODE = (("Node",), ("Mqtt", "MqttWs"), False)
AMQP = ((".NET", "Java", "C"), ("Amqp", "AmqpWs"), False)
X509 = (("C", ".NET"), ("Mqtt",), True)

ANY_END = ("left", "lost", "expelled")
NO_TOKEN_END = ("left", "lost")

# name: (weight, client, behaviour)
BEHAVIOURS = {
    "token-lapses": (46.0, TOKEN_SDKS, by_habit(TokenLapses)),
    "patchy-network": (9.0, TOKEN_SDKS, by_habit(PatchyNetwork)),
    "renews-in-time": (10.0, NODE, by_habit(RenewsInTime)),
    "stays-connected": (9.0, AMQP, by_habit(StaysConnected)),
    "x509-drops-only": (6.0, X509, by_habit(DropsOnly)),
    "sleeper": (4.0, TOKEN_SDKS, sleeper),
    "second-key": (0.5, NODE, second_key),
    "x509-blip": (0.5, X509, x509_blip),
    "key-rotated": (2.5, TOKEN_SDKS, locked_out(
        TokenLapses, ("left", "left", "expelled"), (BARE, RENEW, ""), decisive=False)),
    "header-missing": (0.6, TOKEN_SDKS, locked_out(
        TokenLapses, ANY_END, "Authorization header missing")),
    "unknown-to-hub": (0.6, TOKEN_SDKS, locked_out(
        TokenLapses, ANY_END, "IotHub '{hub}' does not contain the specified device '{device}'")),
    "rule-denied": (0.8, TOKEN_SDKS, locked_out(
        TokenLapses, ANY_END,
        "Authorization rule '{policy}' does not allow access for '{device}'")),
    "wrong-thumbprint": (0.8, X509, locked_out(
        DropsOnly, NO_TOKEN_END,
        "Thumbprint does not match configuration: Thumbprint: SHA1Hash={sha1}, SHA2Hash={sha2}; "
        "Configuration: PrimaryThumbprint={primary}, SecondaryThumbprint={secondary}")),
    "principal-denied": (0.5, TOKEN_SDKS, locked_out(
        TokenLapses, ANY_END, "Principal {user} is not authorized for GET on /devices "
        "due to no assigned permissions")),
    "invalid-signature": (0.8, TOKEN_SDKS, locked_out(TokenLapses, ANY_END, INVALID_SIGNATURE)),
    "disabled": (0.9, TOKEN_SDKS, locked_out(
        TokenLapses, (), "Device is disabled", "403012", ended_by_hub=True)),
    "deleted": (0.8, TOKEN_SDKS, locked_out(
        TokenLapses, NO_TOKEN_END, "Device not found", "404001")),
    "certificate-gone": (0.4, X509, locked_out(
        DropsOnly, NO_TOKEN_END, "Certificate not found", "404008")),
    "policy-key-invalid": (0.4, TOKEN_SDKS, locked_out(
        TokenLapses, NO_TOKEN_END, "Invalid policy key", "400035")),
    "old-key-after-restart": (0.6, TOKEN_SDKS, old_key_after_restart),
    "stays-away": (2.2, TOKEN_SDKS, stays_away(TokenLapses, "not-returned")),
    "x509-expelled": (0.7, X509, stays_away(DropsOnly, "auth-failure")),
    "clock-drift": (0.8, TOKEN_SDKS, clock_drift),
    "imposter": (0.8, AMQP, imposter),
    "duplicate-identity": (0.6, TOKEN_SDKS, duplicate_identity),
    "token-loop": (0.6, TOKEN_SDKS, token_loop),
}
TELLS_X509 = {"x509-expelled", "x509-blip"}   # the verdict needs their authType


def equip(rng, name, hub, behaviour):
    """A device that fits the behaviour."""
    sdks, protocols, x509 = BEHAVIOURS[behaviour][1]
    auth = X509_AUTH if x509 else SAS_AUTH
    tells = behaviour in TELLS_X509 or rng.random() < 0.1
    return Device(name, hub, rng.choice(protocols), SDKS[rng.choice(sdks)],
                  "10.%d.%d.XXX" % (rng.randrange(256), rng.randrange(256)),
                  auth if tells else None, rng.random() < 0.7)
