"""lapsectl scan as a whole process, against tools that only look for the codes in the text."""

import os
import pathlib
import subprocess

from corpus import corpus
from row import Row, Unmeasured

HERE = pathlib.Path(__file__).resolve().parent
CODES = ("401003", "404104", "400027")


def grep(path):
    return ["grep", "-c", "-F", *(word for code in CODES for word in ("-e", code)), path]


def awk(path):
    return ["mawk", "-f", str(HERE / "reconnects.awk"), path]


def scan(bench, path):
    return [str(pathlib.Path(bench.build) / "lapsectl"), "scan", "--json", "--quiet", "--rules", bench.rules, path]


def cpu_s(command, out):
    """User and system time of the program and its output. It goes into a file: writing to /dev/null, grep ends at the
    first match."""
    with open(out, "wb") as file:
        process = subprocess.Popen(command, stdout=file, env={**os.environ, "LC_ALL": "C"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0 or os.path.getsize(out) == 0:
        raise Unmeasured(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def against(other, log):
    """How many times its throughput per CPU second."""
    def measure(bench):
        path = corpus(bench, log)
        out = os.path.join(bench.work, "output")
        commands = (scan(bench, path), other(path))
        rounds = [[cpu_s(command, out) for command in commands] for _ in range(bench.rounds)]
        os.unlink(out)
        ours_s, others_s = (min(taken) for taken in zip(*rounds))
        size_mb = os.path.getsize(path) / 1e6
        return others_s / ours_s, (f"{size_mb / ours_s:,.0f} MB in a CPU second, "
                                   f"{commands[1][0]} {size_mb / others_s:,.0f} MB")
    return measure


ROWS = [
    Row("scan-grep", "lapsectl scan --json against grep -c -F of three codes, Connections only, throughput",
        "x", 0.8, 1.0, False, against(grep, "connections")),
    Row("scan-grep-mixed", "the same, 60 % of the records of other categories",
        "x", 1.5, 2.5, False, against(grep, "mixed")),
    Row("scan-awk", "the same against mawk, following each device through the text",
        "x", 6, 8, False, against(awk, "connections")),
    Row("scan-awk-mixed", "the same, 60 % of the records of other categories",
        "x", 6, 8, False, against(awk, "mixed")),
]
