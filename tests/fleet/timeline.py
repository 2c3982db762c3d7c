"""How a device's sessions begin and end: its timeline, and its habits.

Gaps keep clear of the settings of the program under test (settle 360 s,
return_within 600 s, keepalive_max 1800 s), by a factor of two wherever the
story allows it.
"""

from records import Event, other_category

MINUTE, HOUR = 60, 3600
LONG_ENOUGH = 15 * MINUTE    # a session that lived so long has settled, with margin
OUTAGE_LENGTH = 10 * MINUTE

BARE = "ErrorCode:IotHubUnauthorizedAccess;Unauthorized"
SEE_401003 = "Device disconnected, see cause and resolution at https://aka.ms/iothub401003"
SEE_404104 = "Device disconnected, see cause and resolution at https://aka.ms/iothub404104"


class Timeline:
    """The events of one device, and when it is connected.

    Events outside [0, length_s) are not kept: a device may have lived before
    the log began. `outage_s` is when the hub as a whole fails, or None.
    """

    def __init__(self, rng, device, length_s, outage_s=None):
        self.rng = rng
        self.device = device
        self.length_s = length_s
        self.outage_s = outage_s
        self.events = []
        self.sessions = []        # (begin, end), where the device itself is there
        self._since = None

    def log(self, time_s, operation, code=None, detail=""):
        if 0 <= time_s < self.length_s:
            self.events.append(Event(time_s, self.device, operation, code, detail))

    def connect(self, time_s):
        self.log(time_s, "deviceConnect")
        self.present(time_s)

    def present(self, time_s):
        """The device is there from here on, though the hub logs nothing."""
        self._since = time_s

    def absent(self, time_s):
        """The device is gone from here on, whether or not the hub knows."""
        if self._since is not None:
            self.sessions.append((max(self._since, 0), min(time_s, self.length_s)))
            self._since = None

    def leave(self, time_s):
        self.log(time_s, "deviceDisconnect")
        self.absent(time_s)

    def lose(self, time_s):
        self.log(time_s, "deviceDisconnect", "404104", SEE_404104)
        self.absent(time_s)

    def expel(self, time_s, message=SEE_401003):
        self.log(time_s, "deviceDisconnect", "401003", message)
        self.lose(time_s + self.rng.uniform(0.05, 0.9))

    def end(self, how, time_s):
        {"left": self.leave, "lost": self.lose, "expelled": self.expel}[how](time_s)

    def refuse(self, time_s, code="401003", message=BARE):
        self.log(time_s, "deviceConnect", code, message)

    def work(self, time_s):
        """A request that succeeds, which only the connected device can have made."""
        self.events.append(other_category(self.rng, self.device, time_s, alive=True))

    def finish(self):
        self.absent(self.length_s)

    def ride_out(self, token):
        """The hub fails: the device falls off, knocks in vain, and is back in 15 to 19 minutes."""
        rng, start = self.rng, self.outage_s
        if token and rng.random() < 0.3:
            gone = start + rng.uniform(10, 480)
            self.expel(gone)
        else:
            gone = start + rng.uniform(1, 60)
            self.lose(gone)
        last = start + OUTAGE_LENGTH - rng.uniform(1, 10)
        knock = gone + rng.uniform(10, 40)
        while knock < last - 20:
            self.refuse(knock, rng.choice(("500001", "503001")), "Internal server error")
            knock += rng.uniform(40, 120)
        self.refuse(last, "503001", "Service unavailable")
        back = start + rng.uniform(15, 19) * MINUTE
        self.connect(back)
        return back


# Habits: how long the next session lasts and how it ends.

class TokenLapses:
    """An MQTT SDK that waits for the hub to expel it when its token has expired."""
    token = True

    def __init__(self, rng, lifespan_s=None):
        self.lifespan_s = lifespan_s or rng.choices(
            (1200, 1800, 2700, 3600, 7200, 14400, 86400), (2, 2, 2, 16, 4, 2, 1))[0]
        self.grace_s = rng.uniform(310, 590)

    def session(self, rng):
        return self.lifespan_s + self.grace_s + rng.uniform(-10, 10), "expelled"

    def away(self, rng, how):
        if how == "expelled":
            return min(45.0, 1 + rng.expovariate(1 / 6))
        return rng.uniform(5, 20 * MINUTE) if how == "lost" else rng.uniform(1.2, 6)


class PatchyNetwork(TokenLapses):
    """The same over a bad radio link: the network often ends the session first."""

    def session(self, rng):
        drop_s = LONG_ENOUGH + rng.expovariate(1 / (1.5 * HOUR))
        expiry_s, _ = super().session(rng)
        return (drop_s, "lost") if drop_s < expiry_s else (expiry_s, "expelled")


class RenewsInTime(TokenLapses):
    """Node: leaves cleanly before its token expires, and comes back with a new one."""
    token = False

    def session(self, rng):
        return 0.75 * self.lifespan_s + rng.uniform(-8, 8), "left"


class StaysConnected(TokenLapses):
    """AMQP: renews in place; somebody restarts the application now and then."""
    token = False

    def session(self, rng):
        return rng.uniform(6, 30) * HOUR, "left"


class DropsOnly(TokenLapses):
    """X.509: no token, so only the network ends a session."""
    token = False

    def session(self, rng):
        return LONG_ENOUGH + rng.expovariate(1 / (5 * HOUR)), "lost"


def live(line, habit, since_s, until_s):
    """Carry on by habit from a session that began at since_s. Returns when the
    session began that lives at until_s, and how and when it would have ended."""
    rng = line.rng
    while True:
        duration_s, how = habit.session(rng)
        end_s = since_s + duration_s
        longest_away_s = 21 * MINUTE if how == "lost" else MINUTE
        if line.outage_s is not None and since_s < line.outage_s < end_s + longest_away_s:
            since_s = line.ride_out(habit.token)
            continue
        if end_s > until_s:
            return since_s, end_s
        line.end(how, end_s)
        since_s = end_s + habit.away(rng, how)
        line.connect(since_s)


def begin(line, habit, seen=None):
    """The first session: begun in the first minutes, or before the log began."""
    rng = line.rng
    if rng.random() < 0.5 if seen is None else seen:
        since_s = rng.uniform(5, LONG_ENOUGH)
    else:
        since_s = -rng.uniform(1, habit.lifespan_s)
    line.connect(since_s)
    return since_s
