#!/usr/bin/env python3
"""Builds the RPM package from its spec and looks at what comes out. Debian's rpmbuild lacks
Fedora's macros for meson and systemd: fedora.macros has them in short. Prints TAP.

usage: rpm.py --root TREE
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from deb import FILES
from stage import tap

HERE = pathlib.Path(__file__).resolve().parent


def build(root, top):
    for program in ("rpmbuild", "scdoc"):
        if not shutil.which(program):
            raise tap.Skipped(f"{program} is not installed")
    spec = root / "packaging/lapsed.spec"
    name = "lapsed-" + re.search(r"^Version:\s*(\S+)", spec.read_text(), re.M)[1]
    (top / "SOURCES").mkdir()
    subprocess.run(["tar", "-C", root, "--exclude=./.git", "--exclude=./build*", "--exclude=__pycache__",
                    f"--transform=s|^[.]|{name}|", "-czf", top / f"SOURCES/{name}.tar.gz", "."], check=True)
    done = subprocess.run(["rpmbuild", "-bb", "--nodeps", "--nocheck", "--load", HERE / "fedora.macros",
                           "--define", f"_topdir {top}", spec], capture_output=True, text=True)
    tap.holds(done.returncode == 0, f"{done.stdout[-600:]}{done.stderr[-600:]}")


def query(package, *what):
    return subprocess.run(["rpm", "--query", "--package", *what, package], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def plain(path):
    """A path as both packages have it: Debian compresses pages, and has /lib beside /usr/lib."""
    return re.sub("^/lib/", "/usr/lib/", path).removesuffix(".gz").rstrip("/")


def lacks(top):
    package = next(top.glob("RPMS/*/*.rpm"))
    there = {plain(path) for path in query(package, "--list")}
    for path in FILES:
        if "/doc/" not in path and plain(path) not in there:
            yield f"{path} is in the .deb, but not in it"
    if query(package, "--configfiles") != ["/etc/lapsed/lapsed.json"]:
        yield "its configuration files are not just lapsed.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", required=True, type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        wrong, skipped = tap.outcome(build, options.root.resolve(), pathlib.Path(folder))
        if skipped:
            return tap.skip_all(skipped)
        report = tap.Report()
        report.tell("it is built from its spec", wrong)
        if not wrong:
            report.play("it has what the .deb has", lacks, pathlib.Path(folder))
        return report.finish()


if __name__ == "__main__":
    sys.exit(main())
