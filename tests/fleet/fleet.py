#!/usr/bin/env python3
"""Generate the diagnostic log of a fleet of IoT devices, and the truth about it.

The log is JSON lines in the order of delivery, as Azure Monitor exports it. The
truth says of each device what it did and what may be concluded: "benign" (no
alert may ever be raised), "genuine" (one of the listed verdicts must be reached,
not before the given time), or "either". Equal arguments give equal files.
"""

import argparse
import json
import random
import sys

from behaviours import BEHAVIOURS, equip
from disguise import disguise
from records import Calendar, Hub, other_category, parse_moment, render
from timeline import HOUR, Timeline

HUBS = (("field-hub", "westeurope"), ("depot-hub", "northeurope"), ("plant-hub", "centralus"),
        ("harbour-hub", "southeastasia"))
KINDS = ("pump", "meter", "gate", "valve", "tank", "kiosk", "sensor", "heater")
SHORTEST_BUSY_SESSION_S = 60
SESSION_EDGE_S = 5
REPEAT_WITHIN_S = 120


def share(text):
    value = float(text)
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError("a share is at least 0 and below 1")
    return value


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--hours", type=float, required=True,
                        help="length of the log; genuine faults need at least 5 (with --outage 9)")
    parser.add_argument("--start", default="2024-03-05T00:00:00Z", help="RFC 3339")
    parser.add_argument("--disorder", type=float, default=0, metavar="SECONDS",
                        help="deliver each record up to this late")
    parser.add_argument("--repeat", type=share, default=0, help="share of records delivered twice")
    parser.add_argument("--lost", type=share, default=0, help="share of records never delivered")
    parser.add_argument("--noise", type=share, default=0,
                        help="share of all records that belong to other categories")
    parser.add_argument("--outage", action="store_true",
                        help="the hub fails for ten minutes; everyone is back after 15 to 19")
    parser.add_argument("--hubs", type=int, choices=range(1, len(HUBS) + 1), default=1,
                        help="over how many hubs the devices are spread")
    parser.add_argument("--disguise", action="store_true",
                        help="write each record as no exporter does: see disguise.py")
    parser.add_argument("--out", default="-", help="log file; - is standard output")
    parser.add_argument("--truth", help="truth file (JSON)")
    return parser.parse_args()


def deal_behaviours(rng, count):
    """Behaviours by weight; each of them occurs if there are devices enough."""
    names = list(BEHAVIOURS)
    total = sum(weight for weight, _, _ in BEHAVIOURS.values())
    dealt = []
    for name in names:
        dealt += [name] * max(1, round(count * BEHAVIOURS[name][0] / total))
    common = max(names, key=lambda name: BEHAVIOURS[name][0])
    while len(dealt) > count and common in dealt:
        dealt.remove(common)
    dealt += [common] * (count - len(dealt))
    rng.shuffle(dealt)
    return dealt[:count]


def build_fleet(rng, count, hub_count, length_s, outage_s):
    """The timelines of all devices, and for each its behaviour and truth."""
    hubs = [Hub(*hub) for hub in HUBS[:hub_count]]
    timelines, truths = [], []
    width = max(4, len(str(count)))
    for number, behaviour in enumerate(deal_behaviours(rng, count), 1):
        name = "%s-%0*d" % (rng.choice(KINDS), width, number)
        own = random.Random(rng.getrandbits(64))
        hub = hubs[number % hub_count]
        line = Timeline(own, equip(own, name, hub, behaviour), length_s, outage_s)
        truth = BEHAVIOURS[behaviour][2](line)
        line.finish()
        timelines.append(line)
        truths.append(dict(truth, behaviour=behaviour))
    return timelines, truths


def noise(rng, timelines, length_s, count):
    """Records of other categories. A device shows a sign of life of its own only
    inside a session."""
    busy = [(line.device, span) for line in timelines for span in line.sessions
            if span[1] - span[0] > SHORTEST_BUSY_SESSION_S]
    for _ in range(count):
        if busy and rng.random() < 0.4:
            device, (begin_s, end_s) = rng.choice(busy)
            time_s = rng.uniform(begin_s + SESSION_EDGE_S, end_s - SESSION_EDGE_S)
            yield other_category(rng, device, time_s, alive=True)
        else:
            device = rng.choice(timelines).device
            yield other_category(rng, device, rng.uniform(0, length_s), alive=False)


def deliver(rng, events, disorder_s, repeat, lost):
    """The events in the order in which they arrive."""
    arrivals = []
    for event in events:
        if rng.random() < lost:
            continue
        arrival_s = event.time_s + disorder_s * rng.random()
        arrivals.append((arrival_s, len(arrivals), event))
        if rng.random() < repeat:
            arrivals.append((arrival_s + REPEAT_WITHIN_S * rng.random(), len(arrivals), event))
    arrivals.sort()
    return [event for _, _, event in arrivals]


def truth_document(args, calendar, timelines, truths, records):
    devices = {}
    for line, truth in zip(timelines, truths):
        entry = {"behaviour": truth["behaviour"], "expect": truth["expect"]}
        if truth["expect"] == "genuine":
            entry["verdicts"] = truth["verdicts"]
            entry["not_before"] = calendar.second(truth["not_before_s"]) + "Z"
        devices[line.device.name] = entry
    return {"seed": args.seed, "hours": args.hours, "start": calendar.second(0) + "Z",
            "records": records, "devices": devices}


def main():
    args = arguments()
    rng = random.Random(args.seed)
    calendar = Calendar(parse_moment(args.start))
    length_s = args.hours * HOUR
    outage_s = length_s * 0.25 if args.outage else None

    timelines, truths = build_fleet(rng, args.devices, args.hubs, length_s, outage_s)
    events = [event for line in timelines for event in line.events]
    others = round(len(events) * args.noise / (1 - args.noise))
    events.extend(noise(rng, timelines, length_s, others))
    delivered = deliver(rng, events, args.disorder, args.repeat, args.lost)

    out = sys.stdout if args.out == "-" else open(args.out, "w", encoding="utf-8", newline="\n")
    lines = (render(event, calendar) for event in delivered)
    if args.disguise:
        lines = (disguise(rng, line) for line in lines)
    with out:
        out.writelines(lines)
    if args.truth:
        with open(args.truth, "w", encoding="utf-8") as file:
            json.dump(truth_document(args, calendar, timelines, truths, len(delivered)),
                      file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
