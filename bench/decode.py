"""The decoder against jansson: CPU time, and instructions, which no neighbour on the machine can disturb."""

import json
import pathlib
import re
import shutil
import subprocess

from corpus import corpus
from row import Row, Unmeasured

MUTATIONS = 334_000   # of each of three logs


def program(bench, name, folder="bench"):
    path = pathlib.Path(bench.build) / folder / name
    if not path.exists():
        raise Unmeasured(f"{path} is not built")
    return str(path)


def run(command):
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        raise Unmeasured(ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else f"exit {ended.returncode}")
    return ended


def cpu(method, log):
    """How many times the CPU time jansson needs. The log is small enough for a cache, where a decoder finds what has
    just been read; and more turns are taken."""
    def measure(bench):
        command = [program(bench, "decode"), str(3 * bench.rounds), corpus(bench, log), "jansson", method]
        said = json.loads(run(command).stdout)
        plain_ns, ours_ns = (said["cpu_ns"][name] / said["records"] for name in ("jansson", method))
        return plain_ns / ours_ns, (f"{ours_ns:,.0f} ns a record of {said['bytes'] / said['records']:.0f} bytes, "
                                    f"jansson {plain_ns:,.0f} ns")
    return measure


def counted(bench, method, path):
    """Instructions that one pass over the log takes, and its bytes."""
    ended = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=pass_*",
                 program(bench, "decode"), "1", path, method])
    return int(re.search(r"Collected : (\d+)", ended.stderr)[1]), json.loads(ended.stdout)["bytes"]


def instructions(log):
    """How many times the instructions jansson needs."""
    def measure(bench):
        if not shutil.which("valgrind"):
            raise Unmeasured("valgrind is not installed")
        path = corpus(bench, log)
        run([program(bench, "decode"), "1", path, "jansson", "lapsed"])  # which looks whether they find the same
        (plain, size), (ours, _) = counted(bench, "jansson", path), counted(bench, "lapsed", path)
        return plain / ours, f"{ours / size:.2f} instructions a byte, jansson {plain / size:.0f}"
    return measure


def mutation(bench):
    """Lines of three logs, damaged at random: how many come out otherwise than from jansson."""
    said = []
    for seed, log in enumerate(("connections-small", "mixed-small", "hostile-small"), 1):
        ended = subprocess.run([program(bench, "mutate", "tests/decode"), corpus(bench, log), str(MUTATIONS),
                                str(seed)], capture_output=True, text=True)
        if ended.returncode not in (0, 1):
            raise Unmeasured(f"mutate ended with {ended.returncode}: {ended.stderr.strip()[-200:]}")
        said.append(json.loads(ended.stdout))
    records, fast, different = (sum(log[key] for log in said) for key in ("records", "by_the_fast_way", "different"))
    return different, f"{records:,} records, {fast:,} of them not read by jansson anyway"


ROWS = [
    Row("decode", "decoder against three jansson loads a record, Connections only, CPU",
        "x", 60, 100, False, cpu("lapsed", "connections-small")),
    Row("decode-mixed", "the same, 60 % of the records of other categories",
        "x", 50, 90, False, cpu("lapsed", "mixed-small")),
    Row("decode-instructions", "the same as decode, in instructions",
        "x", 60, 110, False, instructions("connections-small")),
    Row("decode-instructions-mixed", "the same as decode-mixed, in instructions",
        "x", 50, 90, False, instructions("mixed-small")),
    Row("scanner", "the scanner alone, no shape remembered, against jansson, CPU",
        "x", 35, 50, False, cpu("scanner", "connections-small")),
    Row("scanner-hostile", "the same, records as no exporter writes them",
        "x", 15, 22, False, cpu("scanner", "hostile-small")),
    Row("mutation", "of a million damaged lines, decoded unlike jansson",
        "", 0, 0, True, mutation),
]
