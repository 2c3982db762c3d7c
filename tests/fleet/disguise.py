"""The same record in another hand: what JSON allows and no exporter does.

Keys in random order at each of the three levels, blanks wherever they may be,
letters written as \\u escapes, escaped quotes, backslashes and line ends in
messages, and further members that are numbers, objects and arrays. Every field
keeps its value, but the message, which gets an ending.
"""

import json

BLANKS = ("", "", "", "", " ", "  ", "    ", "\t")
ENDINGS = ("", ' "quoted"', " C:\\temp\\key", "\nsecond line", " caf\u00e9", " \u2013 end")
ESCAPED_SHARE = 0.1       # of the texts, each in one letter
DOCUMENTS = ("properties", "authType", "authenticationType")     # texts that hold an object
STRANGERS = (0, -1, 17, 3.25, -0.5, 1e6, 4294967296, None, True, False,
             {"a": {"b": [1, 2.5, None, True]}, "deviceId": "not-this-one"},
             [{"category": "Connections"}, "time", []])


def disguise(rng, line):
    """One record in one line, as an exporter writes it, in one line again."""
    return _object(rng, json.loads(line)) + "\n"


def _object(rng, members):
    def blank():
        return rng.choice(BLANKS)

    members = [*members.items(), ("x%d" % rng.randrange(100), rng.choice(STRANGERS))]
    rng.shuffle(members)
    return "{%s}" % ",".join(
        "%s%s%s:%s%s%s" % (blank(), json.dumps(key), blank(), blank(), _value(rng, key, value), blank())
        for key, value in members)


def _value(rng, key, value):
    if not isinstance(value, str):
        return json.dumps(value)
    if key in DOCUMENTS:
        return json.dumps(_object(rng, json.loads(value)))
    if key == "errorMessage":
        value += rng.choice(ENDINGS)
    return _text(rng, value)


def _text(rng, value):
    text = json.dumps(value)
    if value == "" or "\\" in text or rng.random() >= ESCAPED_SHARE:
        return text
    at = rng.randrange(1, len(text) - 1)
    escape = rng.choice(("\\u%04x", "\\u%04X")) % ord(text[at])
    return text[:at] + escape + text[at + 1:]
