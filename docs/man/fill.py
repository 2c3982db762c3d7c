#!/usr/bin/env python3
"""Fills a manual page's source from the rows that the programs themselves read.

usage: fill.py PAGE.scd >OUT

A line of the page that begins with @ is replaced:
  @options VERB    the options of a verb of lapsectl, or of the daemon (daemon/command/command.c)
  @settings        every number of the configuration (daemon/core/rules/settings.h)
  @verdicts        message id, severity and meaning of the verdicts (rules/verdicts.json)
  @reasons         ids of the reasons (rules/reasons.json)
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STRING = r'(?:\s*"(?:[^"\\]|\\.)*")+'
SETTING = re.compile(r'X\(\w+,\s*"(\w+)",\s*"([^"]+)",\s*(\d+),\s*(\d+),\s*(\d+),[\s\\]*(' + STRING + r")\)")
OPTION = re.compile(r"\{'(.)', \"([\w-]+)\", (?:\"([^\"]+)\"|NULL), (?:\"([^\"]+)\"|NULL),\s*([^}]+)\}")
MACROS = {"LAPSED_CONFIG_FILE": '"/etc/lapsed/lapsed.json"', "LAPSED_RULES_FOLDER": '"/usr/share/lapsed/rules"',
          "LAPSED_STATE_FOLDER": '"/var/lib/lapsed"'}


def joined(strings):
    """C's adjacent strings, with the macros of build.h among them, as one text."""
    for name, value in MACROS.items():
        strings = strings.replace(name, value)
    return "".join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', strings))


def escaped(text):
    return re.sub(r"([\\_*#`|<>~@])", r"\\\1", text)


def sentence(text):
    return escaped(text[0].upper() + text[1:]) + "."


def table(path):
    """Our rule files: JSON in which a comma may stand before a closing bracket."""
    return json.loads(re.sub(r",(\s*[\]}])", r"\1", path.read_text()))


def options(verb):
    rows = OPTION.findall((ROOT / "daemon/command/command.c").read_text())
    for letter, name, value, of, text in rows:
        if not of or verb in of.split():
            yield f"*-{letter}*, *--{name}*" + (f" _{value}_" if value else "")
            yield "\t" + sentence(joined(text))
            yield ""


def settings():
    for key, unit, fallback, least, most, text in SETTING.findall((ROOT / "daemon/core/rules/settings.h").read_text()):
        yield f"*{escaped(key)}* ({unit}; default {fallback}, {least} to {most})"
        yield "\t" + sentence(joined(text))
        yield ""


def verdicts():
    for row in table(ROOT / "rules/verdicts.json")["verdicts"]:
        yield f"*{escaped(row['msgid'])}* ({row['severity']}; verdict {escaped(row['verdict'])})"
        yield "\t" + sentence(row["title"])
        yield ""


def reasons():
    for row in table(ROOT / "rules/reasons.json")["reasons"]:
        yield f"*{escaped(row['id'])}*" + (" (decisive)" if row.get("decisive") else "")
        yield "\t" + sentence(row["title"])
        yield ""


def main():
    fillers = {"options": options, "settings": settings, "verdicts": verdicts, "reasons": reasons}
    for line in pathlib.Path(sys.argv[1]).read_text().splitlines():
        if not line.startswith("@"):
            print(line)
            continue
        name, *words = line[1:].split()
        filled = list(fillers[name](*words))
        if not filled:
            sys.exit(f"{sys.argv[1]}: no rows for {line}")
        print("\n".join(filled[:-1]))


if __name__ == "__main__":
    main()
