#!/usr/bin/env python3
"""Looks at what is shipped beside the programs: the unit, the manual pages, and whether the
packages' versions agree. Prints TAP.

usage: run.py --root TREE [--lapsed PATH]
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from stage import tap

EXPOSURE_MOST = 13                                   # in tenths
PAGES = ("lapsectl.1", "lapsed.json.5", "lapsed-alerts.5", "lapsed-rules.5", "lapsed.8")
ROW = re.compile(r'X\(\w+, "([\w-]+)"')               # of a setting or a receiver
KEY = re.compile(r'\[KEY_\w+\] = \{(?:NULL, |"(\w+)", )?"(\w+)"')
ASKED = {                                            # what the unit must say, whatever its exposure is
    "Type": "notify", "NotifyAccess": "main", "WatchdogSec": "30", "Restart": "always", "RestartSec": "2",
    "RestartPreventExitStatus": "2", "StartLimitIntervalSec": "0", "DynamicUser": "yes", "StateDirectory": "lapsed",
    "ConfigurationDirectory": "lapsed", "SupplementaryGroups": "systemd-journal adm", "MemoryDenyWriteExecute": "no",
}


def need(program):
    found = shutil.which(program)
    if not found:
        raise tap.Skipped(f"{program} is not installed")
    return found


def run(*command, text=None):
    """What it said, if it did not end well; else nothing."""
    ended = subprocess.run(command, input=text, capture_output=True, text=True)
    return ended.returncode, ended.stdout, ended.stderr


def unit_says_what_is_asked(options):
    unit = (options.root / "packaging/lapsed.service").read_text()
    for key, value in ASKED.items():
        if f"\n{key}={value}\n" not in unit:
            yield f"it lacks {key}={value}"


def unit_is_understood(options):
    analyze = need("systemd-analyze")
    with tempfile.TemporaryDirectory() as folder:
        unit = pathlib.Path(folder, "lapsed.service")
        text = (options.root / "packaging/lapsed.service").read_text()
        # It has to be there; and where manual pages are, is none of the unit's business.
        unit.write_text(text.replace("/usr/sbin/lapsed", str(options.lapsed or "/bin/true")))
        code, out, err = run(analyze, "verify", "--man=no", str(unit))
        for line in (out + err).splitlines():
            if "lapsed.service" in line:
                yield line


def unit_runs_what_is_always_there(options):
    """/bin/kill, say, is of a package that a small system does without; sh is not."""
    unit = (options.root / "packaging/lapsed.service").read_text()
    for key, program in re.findall(r"^(Exec\w+)=[-@:+!]*(\S+)", unit, re.M):
        if program not in ("/usr/sbin/lapsed", "/bin/sh"):
            yield f"{key}= runs {program}"


def unit_is_little_exposed(options):
    analyze = need("systemd-analyze")
    code, out, err = run(analyze, "security", "--offline=true", f"--threshold={EXPOSURE_MOST}",
                         str(options.root / "packaging/lapsed.service"))
    if "unrecognized option" in err or "offline" in err:
        raise tap.Skipped("systemd-analyze cannot do it offline")
    if code:
        yield from [out.strip().splitlines()[-1] if out.strip() else err.strip(), f"more than {EXPOSURE_MOST / 10}"]


def page(options, name):
    """The page, as roff."""
    code, filled, err = run(sys.executable, str(options.root / "docs/man/fill.py"), str(options.root / f"docs/man/{name}.scd"))
    if code:
        return None, err
    code, roff, err = run(need("scdoc"), text=filled)
    return roff if code == 0 else None, err


def pages_are_made(options):
    man = shutil.which("man")
    for name in PAGES:
        roff, err = page(options, name)
        if not roff:
            yield f"{name}: {err}"
            continue
        if man:
            with tempfile.NamedTemporaryFile("w", suffix="." + name) as file:
                file.write(roff)
                file.flush()
                for line in run(man, "--warnings", "-E", "UTF-8", "-l", "-Tutf8", file.name)[2].splitlines():
                    yield f"{name}: {line}"


def pages_have_every_row(options):
    daemon = options.root / "daemon"
    keys = [key for name in ("core/rules/settings.h", "host/sink_config.h") for key in ROW.findall((daemon / name).read_text())]
    for path, place in (("host/config.c", ""), ("host/sink_config.c", "alerts[].")):
        for section, key in KEY.findall((daemon / path).read_text()):
            keys.append(place + (section + "." if section else "") + key)
    wanted = {"lapsed.json.5": keys}
    if options.lapsed:
        code, out, err = run(str(options.lapsed), "--help")
        wanted["lapsed.8"] = re.findall(r"--[\w-]+", out)
    for name, words in wanted.items():
        roff, err = page(options, name)
        text = re.sub(r"\\(.)", r"\1", re.sub(r"\\f[BIR]|\\&", "", roff or ""))
        if not words:
            yield f"{name}: nothing to look for"
        for word in words:
            if not re.search(r"(?<![\w-])" + re.escape(word) + r"(?![\w-])", text):
                yield f"{name} does not tell {word}"


def versions_agree(options):
    def find(path, pattern):
        return re.search(pattern, (options.root / path).read_text(), re.M).group(1)
    version = find("meson.build", r"version: '([^']+)'")
    for path, pattern in (("packaging/debian/changelog", r"^lapsed \(([^)]+)\)"), ("CHANGELOG.md", r"^## \[([^]]+)\]"),
                          ("packaging/lapsed.spec", r"^Version:\s*(\S+)"), ("packaging/lapsed.spec", r"> - (\S+)-1$")):
        if find(path, pattern) != version:
            yield f"{path}: {find(path, pattern)} instead of {version}"


def spec_is_clean(options):
    code, out, err = run(need("rpmlint"), str(options.root / "packaging/lapsed.spec"))
    yield from (line for line in out.splitlines() if ": E: " in line)


CHECKS = (
    ("the unit says what is asked of it", unit_says_what_is_asked),
    ("systemd understands the unit", unit_is_understood),
    ("the unit runs what every system has", unit_runs_what_is_always_there),
    (f"systemd-analyze security rates the unit {EXPOSURE_MOST / 10} or better", unit_is_little_exposed),
    ("the manual pages are made without a warning", pages_are_made),
    ("the manual pages tell every setting, key and option", pages_have_every_row),
    ("all versions agree", versions_agree),
    ("rpmlint finds no error in the spec", spec_is_clean),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--lapsed", type=pathlib.Path)
    options = parser.parse_args()
    options.lapsed = options.lapsed and options.lapsed.resolve()
    report = tap.Report(len(CHECKS))
    for title, check in CHECKS:
        report.play(title, check, options)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
