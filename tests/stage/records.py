"""Log records as the hub writes them."""
import json
import time

NAMES = {"400027": "ConnectionForcefullyClosedOnNewConnection", "401003": "IoTHubUnauthorized",
         "404001": "DeviceNotFound", "404104": "DeviceConnectionClosedRemotely"}
THUMBPRINT = ("Thumbprint does not match configuration: Thumbprint: SHA1Hash=0A1B, SHA2Hash=2C3D; "
              "Configuration: PrimaryThumbprint=4E5F, SecondaryThumbprint=6071")
DENIED = "Authorization rule 'fleet-2024' does not allow access for 'PLANT/devices/{}'"


def now():
    """To the millisecond, so that a stamp says exactly the same."""
    return round(time.time(), 3)


def stamp(at):
    """As the daemon writes a time: the fraction no longer than it need be."""
    ms = round(at * 1000)
    fraction = f".{ms % 1000:03}".rstrip("0").rstrip(".")
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + fraction + "Z"


def record(at, device, operation, code=None, message="", hub="PLANT", protocol="Mqtt", sdk="", **inner):
    """One line of a log; operation is "connect", "disconnect" or another category's."""
    category, _, operation = operation.rpartition("/")
    operation = {"connect": "deviceConnect", "disconnect": "deviceDisconnect"}.get(operation, operation)
    inner = {"deviceId": device, "protocol": protocol, "authType": None, "maskedIpAddress": "203.0.113.XXX",
             "statusCode": code[:3] if code else None, "errorMessage": message} | inner
    if operation == "deviceConnect":
        inner["sdkVersion"] = sdk
    outer = {"time": stamp(at),
             "resourceId": "/SUBSCRIPTIONS/6F1D3C52-0A7B-4E0E-9C0B-2D1B7F4A9E11/RESOURCEGROUPS/RG"
                           f"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{hub}",
             "operationName": operation, "category": category or "Connections",
             "level": "Error" if code else "Information"}
    if code:
        outer |= {"resultType": code, "resultDescription": NAMES.get(code, "")}
    return json.dumps(outer | {"properties": json.dumps(inner), "location": "westeurope"}) + "\n"


def connected(at, device, **more):
    return record(at, device, "connect", **more)


def expelled(at, device, **more):
    return record(at, device, "disconnect", "401003", **more)


def refused(at, device, message=THUMBPRINT, **more):
    """By default with a message that proves it at once."""
    return record(at, device, "connect", "401003", message, **more)


def append(path, *lines):
    """In one write, as a log shipper does."""
    with open(path, "ab", buffering=0) as file:
        file.write("".join(lines).encode())
