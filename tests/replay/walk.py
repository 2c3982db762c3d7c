#!/usr/bin/env python3
"""walk.py --seed N --out FILE [--devices K] [--ties] [--ordered] [--frac]: a random log that stresses the state machine.
--ties also lets two different records of one device and one signal share a stamp (their order is not defined by the design).
--frac gives sub-second stamps to some devices."""
import argparse, json, random
from datetime import datetime, timezone

GAPS = (0, 1, 2, 5, 29, 30, 31, 100, 200, 359, 360, 361, 500, 599, 600, 601, 900, 1200, 1201, 1799, 1800, 1801, 3599, 3600, 3601, 4200, 7200,
        30000, 86399, 86400, 90000, 604800, 700000)
W = (4, 5, 5, 8, 5, 5, 5, 8, 6, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 2, 3, 2, 5, 3, 2, .5, .5, .5, .4, .3)
M4 = "Authentication failed for this device, renew token or certificate and reconnect"
EXP = "The specified SAS token is expired"
DEC = ("Authorization header missing", "IotHub 'h' does not contain the specified device 'd'",
       "Authorization rule 'device' does not allow access for 'h/devices/d'",
       "Thumbprint does not match configuration: Thumbprint: SHA1Hash=AA, SHA2Hash=BB; Configuration: PrimaryThumbprint=CC, SecondaryThumbprint=DD",
       "Principal x is not authorized for GET on /devices due to no assigned permissions",
       "The specified SAS token has an invalid signature. It does not match either the primary or secondary key.")
GEN = ("", "ErrorCode:IotHubUnauthorizedAccess;Unauthorized", "Unauthorized", M4, M4, EXP)
C401 = (401003, 401003, 401003, 401002, 401000)
NAME = {401000: 'GenericUnauthorized', 401002: 'IotHubUnauthorizedAccess', 401003: 'IoTHubUnauthorized', 404104: 'DeviceConnectionClosedRemotely'}


def step(rng, kind, pdec):
    """kind -> (operation, category, code, message)"""
    msg = lambda: rng.choice(DEC) if rng.random() < pdec else rng.choice(GEN)
    if kind == 'C':
        return ('deviceConnect', 'Connections', None, '')
    if kind == 'L':
        return ('deviceDisconnect', 'Connections', None, '')
    if kind == 'E':
        return ('deviceDisconnect', 'Connections', rng.choice(C401), msg())
    if kind == 'R':
        return ('deviceConnect', 'Connections', rng.choice(C401), msg())
    if kind == 'X':
        return (rng.choice(('deviceConnect', 'deviceDisconnect')), 'Connections', rng.choice((403012, 404001, 404008, 400035)), '')
    if kind == 'K':
        return ('deviceDisconnect', 'Connections', 404104, 'Device disconnected, see cause and resolution at https://aka.ms/iothub404104')
    if kind == 'D':
        return ('deviceDisconnect', 'Connections', rng.choice((400027, 409002)), '')
    if kind == 'P':
        return (rng.choice(('deviceConnect', 'deviceDisconnect')), 'Connections', rng.choice((500001, 429001, 503001, 404012, 400029)), '')
    if kind == 'A':
        return rng.choice((('update', 'D2CTwinOperations', None, ''), ('ingress', 'FileUploadOperations', None, '')))
    if kind == 'Q':
        return (rng.choice(('send', 'ingress')), rng.choice(('DirectMethods', 'DeviceTelemetry')), rng.choice(C401), msg())
    raise KeyError(kind)


SIG = {'C': 'connected', 'L': 'left', 'E': 'expelled', 'R': 'refused', 'X': 'refused', 'K': 'closed', 'D': 'displaced', 'P': 'platform', 'A': 'alive',
       'Q': 'denied'}
# chains: (gap before, kind); '?' = random gap, a tuple = one of
S, MI = (0, 1, 2, 5), (1, 2, 5, 29, 30, 31)
LIVE = (361, 900, 3600, 4200, 7200)
CHAINS = (
    [('?', 'C'), ((4200, 3600, 7200, 361, 360, 359), 'E'), (S, 'K'), (MI, 'C'), ((359, 360, 361, 4200), 'E')],
    [('?', 'C'), (LIVE, 'E'), (MI, 'K'), ((599, 600, 601, 1200, 1201, 5), 'C'), ((360, 361, 4200), 'A')],
    [('?', 'E'), (S, 'K'), ((5, 30, 100), 'C'), ((5, 100, 359), 'E'), (S, 'K'), ((5, 30), 'C'), ((5, 100, 359), 'E'), ((5, 31), 'C'), ((100, 200), 'E'),
     ((5,), 'C')],
    [('?', 'R'), ((1, 5, 100, 599, 600), 'R'), ((1, 5, 100, 600, 601), 'R'), ('?', 'C')],
    [('?', 'C'), (LIVE, 'R'), ((5, 100, 1800), 'R'), ((100, 1799, 1800, 1801, 3599, 3600, 3601), 'K'), ((1, 5, 100, 500), 'C')],
    [('?', 'C'), (LIVE, 'R'), ((5, 100), 'R'), ((5, 100), 'R'), ((100, 1801, 3601), 'A')],
    [('?', 'C'), (LIVE, 'R'), ((100, 1800, 1801, 3600, 3601), 'E'), ((1, 30, 31), 'K'), ((5, 599), 'C')],
    [('?', 'C'), (LIVE, 'R'), ((1801, 3601, 100), 'L'), (S, 'C')],
    [('?', 'E'), ((31, 100, 359, 360, 361, 601, 4200), 'E'), ((100, 360, 4200), 'A'), ('?', 'E'), ((100, 601), 'L'), (S, 'C')],
    [('?', 'E'), ((5, 100), 'R'), ((100, 500, 601), 'A'), ((359, 360, 361), 'E'), ((5, 601), 'C')],
    [('?', 'E'), ((5, 100), 'R'), ((100, 500, 601), 'E'), ((31, 100), 'R'), ((100, 601), 'E'), ((5, 601), 'C')],
    [('?', 'E'), ((200, 500, 599), 'P'), ((500, 599, 600, 601), 'P'), ((599, 600, 601), 'C'), ((361,), 'A')],
    [('?', 'E'), ((900, 1200, 4200, 30000), 'C'), (LIVE, 'E'), ((601, 1200, 1799, 1800, 1801, 7200), 'C'), ((360, 361), 'L')],
    [('?', 'C'), (LIVE, 'D'), (S, 'C'), ((100, 200, 5), 'D'), (S, 'C'), ((100, 200, 359, 500), 'D'), ((3599, 3600, 3601, 5), 'D')],
    [('?', 'Q'), ((5, 100, 200), 'Q'), ((200, 500, 599), 'Q'), ((3599, 3600, 3601), 'Q')],
    [('?', 'K'), (MI, 'E'), (MI, 'L'), (MI, 'E'), (MI, 'C'), (MI, 'K')],
    [('?', 'E'), ((86399, 86400, 604800, 700000), 'E'), ((5,), 'C')],
    [('?', 'X'), ('?', 'C'), ('?', 'X'), ('?', 'A')],
    [('?', 'C'), ((100, 359, 360), 'R'), ((100, 500), 'K'), ((5,), 'C')],
)


def walk(rng, http):
    n = rng.randrange(10, 41)
    out, mode = [], rng.random()
    while len(out) < n:
        if rng.random() < (.75 if mode < .7 else .2):
            for g, k in rng.choice(CHAINS):
                out.append((rng.choices(GAPS, W)[0] if g == '?' else rng.choice(g), k))
                if rng.random() < .08:
                    break                       # lost tail
            if rng.random() < .15 and out:
                out.pop(rng.randrange(max(0, len(out) - 4), len(out)))   # a lost record
        else:
            k = rng.choices('CLERXKDPAQ', (6, 2, 5, 4, .7, 4, 1.2, 1, 2, 1))[0]
            out.append((rng.choices(GAPS, W)[0], k))
    return out[:40]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--out', required=True)
    ap.add_argument('--devices', type=int, default=12)
    ap.add_argument('--ties', action='store_true')
    ap.add_argument('--ordered', action='store_true')
    ap.add_argument('--frac', action='store_true')
    a = ap.parse_args()
    rng = random.Random(a.seed)
    base = int(datetime(2026, 3, 1, tzinfo=timezone.utc).timestamp())
    recs = []
    for i in range(a.devices):
        dev = 'dev-%02d' % i if rng.random() < .9 else 'Dev:%02d/%%x' % i
        mod = 'mod1' if rng.random() < .12 else None
        proto = rng.choices(('Mqtt', 'MqttWs', None, 'Amqp', 'Http'), (6, 1.5, 1.5, 1, .5))[0]
        x509 = rng.random() < .15
        auth = rng.choices((None, 'sas'), (3, 1))[0]
        pdec = rng.choice((0, 0, 0, .05, .15))
        hubs = ['HUB-A'] if rng.random() < .6 else ['HUB-B']
        shared = rng.random() < .25
        t = base + rng.choice((0, 1, 100, 4200, 90000))
        frac = rng.randrange(10**7) if a.frac and rng.random() < .3 else None
        used = set()
        where = hubs[0]
        for g, k in walk(rng, proto == 'Http'):
            t += g
            if shared and rng.random() < .08:
                where = 'HUB-B' if where == 'HUB-A' else 'HUB-A'
            sig = SIG[k]
            if proto == 'Http' and k in 'ERX':
                sig = 'denied'
            if not a.ties:
                while (where, t, sig) in used:
                    t += 1
            used.add((where, t, sig))
            op, cat, code, msg = step(rng, k, pdec)
            p = {"deviceId": dev}
            if mod:
                p["moduleId"] = mod
            if proto:
                p["protocol"] = proto
            ak = 'authenticationType' if cat == 'D2CTwinOperations' else 'authType'
            if x509:
                p[ak] = json.dumps({"scope": "device", "type": rng.choice(("certificateAuthority", "x509Certificate", "X509")), "issuer": "external"})
            elif auth:
                p[ak] = json.dumps({"scope": "device", "type": "sas", "issuer": "iothub", "acceptingIpFilterRule": None})
            else:
                p[ak] = None
            if k == 'C':
                p["sdkVersion"] = ".NET/1.42.0"
            p["statusCode"] = str(code)[:3] if code else None
            p["errorMessage"] = msg
            hub = where if rng.random() < .8 else where.lower()
            ts = datetime.fromtimestamp(t, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S') + ('.%07d' % frac if frac is not None else '') + 'Z'
            o = {"time": ts, "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/" + hub, "operationName": op,
                 "category": cat, "level": "Error" if code else "Information"}
            if code:
                o["resultType"] = str(code)
                o["resultDescription"] = NAME.get(code, 'Code%d' % code)
            o["properties"] = json.dumps(p) if rng.random() < .85 else p
            o["location"] = "westeurope"
            recs.append(o)
            if rng.random() < .05:              # a duplicate, perhaps with more text
                d = json.loads(json.dumps(o))
                if code and rng.random() < .5:
                    q = dict(p)
                    q["errorMessage"] = (msg + ' ' if msg else '') + 'Tracking ID:0123 ' + (rng.choice(DEC) if rng.random() < pdec else '')
                    d["properties"] = json.dumps(q)
                recs.append(d)
    if a.ordered:
        recs.sort(key=lambda o: o['time'])
    else:
        rng.shuffle(recs)
    with open(a.out, 'w') as f:
        for o in recs:
            f.write(json.dumps(o, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
