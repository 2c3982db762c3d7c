"""Diagnostic log records of an IoT Hub, in the shape that Azure Monitor exports.

Knows how a record looks, not when a device causes one: that is behaviours.py.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import NamedTuple, Optional, Union

TICKS_PER_SECOND = 10_000_000

CODE_NAMES = {
    "400027": "ConnectionForcefullyClosedOnNewConnection",
    "400035": "InvalidPolicyKey",
    "401003": "IoTHubUnauthorized",
    "403004": "DeviceMaximumQueueDepthExceeded",
    "403012": "DeviceDisabled",
    "404001": "DeviceNotFound",
    "404008": "CertificateNotFound",
    "404103": "DeviceNotOnline",
    "404104": "DeviceConnectionClosedRemotely",
    "500001": "ServerError",
    "503001": "ServiceUnavailable",
}

SAS_AUTH = ('{"scope":"device","type":"sas","issuer":"iothub",'
            '"acceptingIpFilterRule":null}')
X509_AUTH = ('{"scope":"device","type":"x509Certificate","issuer":"external",'
             '"acceptingIpFilterRule":null}')

SDKS = {
    ".NET": ".NET/1.42.3 (.NET 8.0.11; Linux; X64)",
    "Java": "com.microsoft.azure.sdk.iot.iot-device-client/2.5.0",
    "Python": "azure-iot-device-iothub-py/2.13.0 (3.11.2;Linux;aarch64)",
    "Node": "azure-iot-device/1.18.4 (node v20.11.1; Linux 6.1.0; x64)",
    "C": "iothubclient/1.14.0 (native; Linux; armv7l)",
}

encode = json.JSONEncoder(separators=(",", ":")).encode


class Hub:
    def __init__(self, name, location="westeurope"):
        self.name = name
        self.location = location
        self.resource_id = (
            "/SUBSCRIPTIONS/7D1A5C9E-0B44-4F5E-9C7B-2E1F6A3D8B90/RESOURCEGROUPS/RG-FIELD"
            "/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/" + name.upper())


@dataclass(frozen=True)
class Device:
    name: str
    hub: Hub
    protocol: str
    sdk: str
    address: str                # masked, as the hub prints it
    auth: Optional[str] = None  # the hub leaves authType null for most devices
    whole_seconds: bool = True  # some records bear 7 digits of a second, most bear none


class Event(NamedTuple):
    """Something the hub logs. `time_s` counts from the start of the day."""
    time_s: float
    device: Device
    operation: str
    code: Optional[str] = None           # None: it succeeded; "": it did, and the record says so with an empty code
    detail: Union[str, dict, None] = ""  # Connections: the message; else more properties
    category: str = "Connections"


class Calendar:
    """Turns seconds since the start of the day into stamps."""

    def __init__(self, start):
        self.start_s = int(start)
        self._seconds = {}

    def second(self, time_s):
        moment = datetime.fromtimestamp(self.start_s + int(time_s), timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S")

    def stamp(self, time_s, whole_seconds):
        second = int(time_s)
        text = self._seconds.get(second)
        if text is None:
            text = self._seconds[second] = self.second(second)
        if whole_seconds:
            return text + "Z"
        return "%s.%07dZ" % (text, int((time_s - second) * TICKS_PER_SECOND))


def parse_moment(text):
    """RFC 3339 to seconds since 1970."""
    moment = datetime.fromisoformat(text.strip().upper().replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def render(event, calendar):
    """One event as one line of JSON."""
    device = event.device
    record = {
        "time": calendar.stamp(event.time_s, device.whole_seconds),
        "resourceId": device.hub.resource_id,
        "operationName": event.operation,
        "category": event.category,
    }
    if event.code == "":
        record["resultType"] = record["resultDescription"] = ""
    record["level"] = "Error" if event.code else "Information"
    if event.code:
        record["resultType"] = event.code
        record["resultDescription"] = CODE_NAMES[event.code]
    if event.category == "Connections":
        properties = _connection_properties(event)
    else:
        properties = dict(event.detail)
        duration_ms = properties.pop("durationMs", None)
        if duration_ms is not None:
            record["durationMs"] = str(duration_ms)
    record["properties"] = encode(properties)
    record["location"] = device.hub.location
    return encode(record) + "\n"


def _connection_properties(event):
    device = event.device
    properties = {"deviceId": device.name}
    if event.operation == "deviceConnect":
        properties["sdkVersion"] = device.sdk
    properties["protocol"] = device.protocol
    properties["authType"] = device.auth
    properties["maskedIpAddress"] = device.address
    properties["statusCode"] = event.code[:3] if event.code else None
    properties["errorMessage"] = event.detail
    return properties


def other_category(rng, device, time_s, alive):
    """A record that is not about connections.

    alive: it is a success that only the device itself can have caused, so it
    may only be asked for at a time when the device is connected.
    """
    if alive:
        return Event(time_s, device, rng.choice(("update", "read")), None, {
            "deviceId": device.name, "protocol": device.protocol,
            "authenticationType": device.auth or SAS_AUTH,
            "durationMs": rng.randrange(1, 90)}, "D2CTwinOperations")
    kind = rng.randrange(7)
    if kind == 0:
        code = rng.choice((None, None, "404103"))
        return Event(time_s, device, "send", code, {
            "deviceId": device.name, "RequestSize": rng.randrange(2, 900),
            "ResponseSize": rng.randrange(2, 900), "sdkVersion": "2021-04-12",
            "statusCode": code[:3] if code else None,
            "durationMs": rng.randrange(3, 9000)}, "DirectMethods")
    if kind == 1:
        return Event(time_s, device, rng.choice(("read", "update")), None, {
            "deviceId": device.name, "sdkVersion": "2021-04-12",
            "messageSize": str(rng.randrange(20, 4000)),
            "durationMs": rng.randrange(1, 400)}, "C2DTwinOperations")
    if kind == 2:
        return Event(time_s, device, "get", None, {
            "maskedIpAddress": "198.51.100.XXX", "deviceId": device.name,
            "statusCode": "200"}, "DeviceIdentityOperations")
    if kind == 3:
        return Event(time_s, device, "ReadManyConfigurations", "", {
            "configurationId": "", "sdkVersion": "2018-06-30", "messageSize": "0",
            "statusCode": None, "durationMs": rng.randrange(1, 90)}, "Configurations")
    if kind == 4:
        return Event(time_s, device, "invoke", "", {
            "deviceId": device.name, "moduleId": "remote-shell", "sdkVersion": "2019-05-01-preview",
            "requestSize": str(rng.randrange(2, 90)), "responseSize": str(rng.randrange(2, 9000)),
            "statusCode": None, "requestName": "open", "direction": "c2d",
            "durationMs": rng.randrange(3, 9000)}, "DeviceStreams")
    if kind == 5:
        return Event(time_s, device, "messageExpired", "403004", {
            "deviceId": device.name, "messageId": "%032x" % rng.getrandbits(128),
            "messageSizeInBytes": str(rng.randrange(10, 900)), "protocol": "Amqp",
            "deliveryAcknowledgement": "Full", "deliveryCount": "0",
            "expiryTime": "0001-01-01T00:00:00", "timeInSystem": "01:00:00", "ttl": rng.randrange(60, 86400),
            "maskedIpAddress": "198.51.100.XXX", "statusCode": "4XX"}, "C2DCommands")
    return Event(time_s, device, "endpointUnhealthy", "403004", {
        "deviceId": None, "endpointName": "telemetry-lake", "messageId": None,
        "details": "DeviceMaximumQueueDepthExceeded", "routeName": None,
        "statusCode": "403"}, "Routes")
