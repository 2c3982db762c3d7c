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
    """User and system time of the program."""
    with open(out, "wb") as file:
        process = subprocess.Popen(command, stdout=file, env={**os.environ, "LC_ALL": "C"})
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Unmeasured(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def against(other, log):
    """How many times its throughput per CPU second."""
    def measure(bench):
        path = corpus(bench, log)
        out = os.path.join(bench.work, "output")
        # What is done with the output is not compared; but grep ends at the first match if it goes nowhere.
        ours, others = (scan(bench, path), os.devnull), (other(path), out)
        cpu_s(ours[0], out)
        if os.path.getsize(out) < os.path.getsize(path) / 100:
            raise Unmeasured("the scan said next to nothing")
        rounds = [(cpu_s(*ours), cpu_s(*others)) for _ in range(bench.rounds)]
        os.unlink(out)
        ours_s, others_s = (min(taken) for taken in zip(*rounds))
        size_mb = os.path.getsize(path) / 1e6
        return others_s / ours_s, (f"{size_mb / ours_s:,.0f} MB in a CPU second, "
                                   f"{others[0][0]} {size_mb / others_s:,.0f} MB")
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
