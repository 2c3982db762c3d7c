#!/usr/bin/env python3
"""Builds the Debian package twice, in different folders, time zones and locales, and looks at
what comes out. Prints TAP.

usage: deb.py --root TREE [--keep FILE]
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from stage import tap

FILES = ("/etc/lapsed/conf.d/", "/etc/lapsed/lapsed.json", "/etc/lapsed/rules.d/", "/lib/systemd/system/lapsed.service",
         "/usr/bin/lapsectl", "/usr/sbin/lapsed", "/usr/share/lapsed/rules/signals.json",
         "/usr/share/man/man1/lapsectl.1.gz", "/usr/share/man/man5/lapsed.json.5.gz",
         "/usr/share/man/man5/lapsed-alerts.5.gz", "/usr/share/man/man5/lapsed-rules.5.gz",
         "/usr/share/man/man8/lapsed.8.gz", "/usr/share/doc/lapsed/copyright",
         "/usr/share/doc/lapsed/README.md", "/usr/share/doc/lapsed/docs/recipes.md")
SOURCES_ONLY = ("bench/", "tests/", "LICENSE")      # what a document may link to though no package has it


def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def build(root, into, nested, **environment):
    """Where it is built is as long as nested says."""
    place = into / nested
    place.mkdir(parents=True)
    ended = subprocess.run([root / "packaging/build-deb", into], capture_output=True, text=True,
                           env=os.environ | environment | {"TMPDIR": str(place)})
    return ended.returncode, ended.stdout + ended.stderr


def differ(first, second):
    for one in sorted(first.glob("*.deb")):
        if one.read_bytes() != (second / one.name).read_bytes():
            yield f"{one.name} differs"
    if not list(first.glob("*.deb")):
        yield "no package"


def lacks(deb):
    listing = said("dpkg-deb", "--contents", deb)
    for name in FILES:
        if not re.search(r" \.(/usr)?" + re.escape(name) + "$", listing, re.M):
            yield f"{name} is not in it"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--control", deb, folder], check=True)
        if pathlib.Path(folder, "conffiles").read_text().split() != ["/etc/lapsed/lapsed.json"]:
            yield "its conffiles are not just lapsed.json"


def dead_links(deb):
    """Of the installed documents."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--extract", deb, folder], check=True)
        top = pathlib.Path(folder, "usr/share/doc/lapsed").resolve()
        for document in sorted(top.rglob("*.md")):
            for link in re.findall(r"\]\(([^):#]+)\)", document.read_text()):
                target = (document.parent / link).resolve()
                if not target.exists() and not str(target.relative_to(top)).startswith(SOURCES_ONLY):
                    yield f"{document.relative_to(top)}: there is no {link}"
        if not list(top.rglob("*.md")):
            yield "there is no document"


def hardening(deb):
    """Position independent, all relocations read-only, and nothing bound late."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--extract", deb, folder], check=True)
        for name in ("usr/sbin/lapsed", "usr/bin/lapsectl"):
            headers = said("readelf", "--wide", "--file-header", "--program-headers", "--dynamic", f"{folder}/{name}")
            for wanted in (r"Type:\s+DYN", "GNU_RELRO", "BIND_NOW"):
                if not re.search(wanted, headers):
                    yield f"{name} lacks {wanted}"


def lint(changes):
    if not shutil.which("lintian"):
        raise tap.Skipped("lintian is not installed")
    out = subprocess.run(["lintian", "--allow-root", "--fail-on", "none", "--tag-display-limit", "0", changes],
                         capture_output=True, text=True).stdout
    return [line for line in out.splitlines() if re.match("[EW]: ", line)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="where a good package is left, as old as the tree that it is of")
    options = parser.parse_args()
    root, begun = options.root.resolve(), time.time()
    with tempfile.TemporaryDirectory() as folder:
        first, second = pathlib.Path(folder, "first"), pathlib.Path(folder, "second")
        code, words = build(root, first, "a", TZ="UTC", LC_ALL="C.UTF-8")
        if code == 2:
            return tap.skip_all(([line for line in words.splitlines() if line] or ["it cannot be built here"])[-1])
        report = tap.Report()
        report.tell("it builds", [words] if code else [])
        if code == 0:
            deb, changes = next(first.glob("lapsed_*.deb")), next(first.glob("*.changes"))
            again, words = build(root, second, "a/rather/longer/way", TZ="Asia/Tokyo", LC_ALL="C",
                                 DEB_BUILD_OPTIONS="nocheck")
            report.tell("built again elsewhere, it is the same to the bit", [words] if again else list(differ(first, second)))
            if options.keep:
                shutil.copy(deb, options.keep)
                os.utime(options.keep, (begun, begun))
            report.play("everything is in it", lacks, deb)
            report.play("the links of its documents lead somewhere", dead_links, deb)
            report.play("its programs are hardened", hardening, deb)
            report.play("lintian finds neither error nor warning", lint, changes)
        return report.finish()


if __name__ == "__main__":
    sys.exit(main())
