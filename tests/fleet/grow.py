#!/usr/bin/env python3
"""Play a day of two small plants into a log file, for a demonstration.

The day ends when the play ends; it is written evenly over the given seconds, in
many small steps. Most devices only renew their tokens. The others, in hours of
the day (each begins when a token ends, or a few minutes after):

     5  heater-5    stays away, and is back three hours later
     7  meter-112   its certificate was replaced, its thumbprint was not; repaired
     8  tank-14     comes back at once, but that record arrives two hours late
     9  camera-2    has a twin: two clients with one identity
    11  bus-01..08  their common policy lost its rights; repaired an hour later
    13  pump-07     its key was rotated
    15  valve-21    stays away
    17  gate-3      was disabled
"""

import argparse
import random
import sys
import time

from behaviours import (DISPLACED, RENEW, TokenLapses, DropsOnly, PatchyNetwork, RenewsInTime,
                        StaysConnected)
from fleet import noise
from records import SDKS, X509_AUTH, Calendar, Device, Hub, render
from timeline import HOUR, LONG_ENOUGH, MINUTE, Timeline, begin, live

DAY_S = 24 * HOUR
DISORDER_S = 4
NOISE_RECORDS = 500
STEPS_PER_SECOND = 20
LATE_BY_S = 2 * HOUR
FLEET_FAILS_S = 11.5 * HOUR

PLANT = Hub("plant-hub")
DEPOT = Hub("depot-hub", "northeurope")


class Scene:
    """One device in the play, and what the delivery does to its records."""

    def __init__(self, rng, name, hub, sdk, habit, protocol="Mqtt", auth=None):
        address = "10.%d.%d.XXX" % (hub is DEPOT, rng.randrange(16))
        device = Device(name, hub, protocol, SDKS[sdk], address, auth, rng.random() < 0.7)
        self.rng, self.name, self.habit = rng, name, habit
        self.line = Timeline(rng, device, DAY_S)
        self.late = None            # the event that is delivered late
        self.silent = (0, 0)        # when nothing else may be heard of the device

    def play(self, story):
        since_s = begin(self.line, self.habit, seen=True)
        if story:
            since_s = story(self, since_s)
        if since_s is not None:
            live(self.line, self.habit, since_s, DAY_S)
        self.line.finish()

    def until(self, since_s, hour):
        """Live well until that hour: when then, settled, and when the token ends."""
        since_s, end_s = live(self.line, self.habit, since_s, hour * HOUR)
        return max(since_s + LONG_ENOUGH, hour * HOUR), end_s

    def back(self, time_s):
        self.line.connect(time_s)
        return time_s


# Stories: from the beginning of the first session to that of the last, or None.

def stays_away(hour, back_after_s=None):
    def story(scene, since_s):
        _, end_s = scene.until(since_s, hour)
        scene.line.expel(end_s)
        return scene.back(end_s + back_after_s) if back_after_s else None
    return story


def heard_of_late(hour):
    def story(scene, since_s):
        _, end_s = scene.until(since_s, hour)
        scene.line.expel(end_s)
        back_s = scene.back(end_s + 38)
        scene.late = scene.line.events[-1]
        scene.silent = (end_s, end_s + LATE_BY_S + MINUTE)
        return back_s
    return story


def locked_out(hour, message, repaired_after_s=None, code="401003"):
    def story(scene, since_s):
        line, rng = scene.line, scene.rng
        fault_s, _ = scene.until(since_s, hour)
        if code == "403012":
            line.log(fault_s, "deviceDisconnect", code, message)
            line.absent(fault_s)
        else:
            line.leave(fault_s)
        repaired_s = fault_s + repaired_after_s if repaired_after_s else DAY_S
        knock_s, pause_s = fault_s + 6, 15
        while knock_s < repaired_s - 5:
            line.refuse(knock_s, code, message)
            knock_s += pause_s * rng.uniform(0.9, 1.1)
            pause_s = min(2 * pause_s, 20 * MINUTE)
        return scene.back(repaired_s) if repaired_after_s else None
    return story


def policy_lost_its_rights(scene, since_s):
    line, rng = scene.line, scene.rng
    since_s, _ = live(line, scene.habit, since_s, FLEET_FAILS_S)
    fault_s = max(FLEET_FAILS_S + rng.uniform(0, 90), since_s + 20)
    line.leave(fault_s)
    message = "Authorization rule 'fleet-policy' does not allow access for '%s'" % scene.name
    knock_s, pause_s = fault_s + rng.uniform(3, 12), 30
    repaired_s = FLEET_FAILS_S + HOUR + rng.uniform(0, 90)
    while knock_s < repaired_s - 5:
        line.refuse(knock_s, "401003", message)
        knock_s += pause_s * rng.uniform(0.9, 1.1)
        pause_s = min(2 * pause_s, 10 * MINUTE)
    return scene.back(repaired_s)


def has_a_twin(hour):
    def story(scene, since_s):
        time_s, _ = scene.until(since_s, hour)
        for _ in range(24):
            scene.line.log(time_s, "deviceDisconnect", "400027", DISPLACED)
            scene.line.absent(time_s)
            since_s = scene.back(time_s + 0.4)
            time_s += scene.rng.uniform(15, 30)
        return since_s
    return story


WRONG_THUMBPRINT = (
    "Thumbprint does not match configuration: "
    "Thumbprint: SHA1Hash=9C41D27B5A0E83F6C2D94B17E5A860F3D1B7C24E, "
    "SHA2Hash=5E2A9D0C47B1F86394ED0A75C8B6213F9E4D7C5021AB86F3D49E7B05C1628FA3; Configuration: "
    "PrimaryThumbprint=1F60B8A3C95D72E4A08B3D96F7C512E0DA49B683, "
    "SecondaryThumbprint=1F60B8A3C95D72E4A08B3D96F7C512E0DA49B683")

STORIES = {
    "heater-5": stays_away(5, 3 * HOUR),
    "meter-112": locked_out(7, WRONG_THUMBPRINT, repaired_after_s=2.5 * HOUR),
    "tank-14": heard_of_late(8),
    "camera-2": has_a_twin(9),
    "pump-07": locked_out(13, RENEW),
    "valve-21": stays_away(15),
    "gate-3": locked_out(17, "Device is disabled", code="403012"),
    **{"bus-%02d" % number: policy_lost_its_rights for number in range(1, 9)},
}


def cast(rng):
    """Everybody, on both plants."""
    def devices(pattern, numbers, hub, sdk, habit_type, lifespan_s=HOUR, **more):
        return [Scene(random.Random(rng.getrandbits(64)), pattern % number, hub, sdk,
                      habit_type(rng, lifespan_s), **more) for number in numbers]

    return (devices("pump-%02d", range(1, 9), PLANT, "Java", TokenLapses)
            + devices("meter-%d", range(110, 112), PLANT, "Node", RenewsInTime)
            + devices("meter-%d", (112, 113), PLANT, "C", DropsOnly, auth=X509_AUTH)
            + devices("gate-%d", range(1, 5), PLANT, ".NET", StaysConnected, protocol="Amqp")
            + devices("valve-%d", range(20, 24), PLANT, "Python", TokenLapses)
            + devices("heater-%d", range(4, 7), PLANT, ".NET", TokenLapses, 30 * MINUTE)
            + devices("tank-%d", range(12, 15), PLANT, "Python", TokenLapses, 4 * HOUR)
            + devices("camera-%d", (1, 2), PLANT, "Java", TokenLapses, protocol="MqttWs")
            + devices("bus-%02d", range(1, 9), DEPOT, ".NET", TokenLapses)
            + devices("charger-%d", (1, 2), DEPOT, "Java", TokenLapses)
            + devices("tracker-%d", (1, 2), DEPOT, "Python", PatchyNetwork))


def arrivals_of_the_day(seed):
    """(arrival, event) in the order of arrival, both in seconds of the day."""
    rng = random.Random(seed)
    scenes = cast(rng)
    arrivals = []
    for scene in scenes:
        scene.play(STORIES.get(scene.name))
        for event in scene.line.events:
            delay_s = LATE_BY_S if event is scene.late else rng.uniform(0, DISORDER_S)
            arrivals.append((event.time_s + delay_s, event))
    silent = {scene.name: scene.silent for scene in scenes}
    for event in noise(rng, [scene.line for scene in scenes], DAY_S, NOISE_RECORDS):
        from_s, to_s = silent[event.device.name]
        if not from_s <= event.time_s < to_s:
            arrivals.append((event.time_s + rng.uniform(0, DISORDER_S), event))
    return sorted(arrivals, key=lambda arrival: arrival[0])


def play(arrivals, calendar, seconds, out):
    """Write the day evenly over the given seconds."""
    steps = max(1, int(seconds * STEPS_PER_SECOND))
    started = time.monotonic()
    written = 0
    for step in range(1, steps + 1):
        time.sleep(max(0, started + seconds * step / steps - time.monotonic()))
        reached_s = DAY_S * step / steps if step < steps else float("inf")
        while written < len(arrivals) and arrivals[written][0] <= reached_s:
            out.write(render(arrivals[written][1], calendar))
            written += 1
        out.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="how long the play takes")
    parser.add_argument("--out", required=True, help="log file, appended to")
    args = parser.parse_args()

    calendar = Calendar(time.time() + args.seconds - DAY_S)
    with open(args.out, "a", encoding="utf-8", newline="\n") as out:
        play(arrivals_of_the_day(args.seed), calendar, args.seconds, out)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
