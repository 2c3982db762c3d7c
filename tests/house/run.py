#!/usr/bin/env python3
"""The arrow between the layers: command -> host -> core, and in the core -> tell -> judge -> decode -> rules -> basic;
the width of lines; and whether the files that the documents name are there. A file includes its own folder and folders
to the right; the core does no I/O, asks no clock and knows no libuv. Looks at the includes and at the symbols that the
core leaves undefined. Prints TAP."""
import argparse
import pathlib
import re
import subprocess
import sys

from stage import tap

COLUMNS = 120
LAYERS = ("command", "host", "core", "core/tell", "core/judge", "core/decode", "core/rules", "core/basic")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
# Headers whose business is the outside world.
IO_HEADERS = re.compile(r"^(uv\.h|time\.h|unistd\.h|fcntl\.h|poll\.h|signal\.h|syslog\.h|pthread\.h|netdb\.h|dirent\.h|systemd/.*|"
                        r"arpa/.*|netinet/.*|sys/(?!types).*)$")
IO_SYMBOLS = re.compile(r"^(uv_.*|open(at)?(64)?|read|write|p(read|write)(64)?|close|socket|connect|send(to|msg)?|recv.*|f?stat(at)?(64)?|"
                        r"time|clock(_gettime)?|gettimeofday|nanosleep|u?sleep|getrandom|rand(om)?|getenv|syslog|"
                        r"fopen(64)?|fread|fwrite|fputs|puts|putchar|printf|vprintf|fprintf|vfprintf|perror|"
                        r"fork|exec.*|system|pthread_.*|json_load_file|json_dump_file|json_dumpf|json_loadf)$")


def wrong_includes(daemon):
    daemon = daemon.resolve()
    for path in sorted(daemon.glob("*/**/*.[ch]")):
        layer = path.parent.relative_to(daemon).as_posix()
        if layer not in LAYERS:
            yield f"{path}: is in no known layer"
            continue
        for kind, name in INCLUDE.findall(path.read_text()):
            if kind == "<":
                if layer.startswith("core") and IO_HEADERS.match(name):
                    yield f"{path}: the core includes <{name}>"
                continue
            target = (path.parent / name).resolve().parent
            known = target.is_relative_to(daemon) and target.relative_to(daemon).as_posix() in LAYERS
            if known and LAYERS.index(target.relative_to(daemon).as_posix()) < LAYERS.index(layer):
                yield f"{path}: includes {name}, which is to its left"


def wrong_symbols(archive):
    listing = subprocess.run(["nm", "--undefined-only", "--format=posix", archive], capture_output=True, text=True, check=True)
    for line in listing.stdout.splitlines():
        name = re.sub(r"^__(\w+)_chk$", r"\1", line.split(" ")[0])
        if IO_SYMBOLS.match(name):
            yield f"the core needs {name}()"


def long_lines(daemon):
    for path in sorted(daemon.rglob("*.[ch]")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line.expandtabs(8)) > COLUMNS:
                yield f"{path}:{number}: {len(line.expandtabs(8))} columns"


def missing_files(daemon):
    """Links, and `core/judge/life`, with what stands beside it in a row of a table: `episode`."""
    root = daemon.resolve().parent
    for document in sorted([*root.glob("*.md"), *root.glob("docs/*.md")]):
        for number, line in enumerate(document.read_text().splitlines(), 1):
            cell = line.split("|")[1] if line.startswith("| `") else line
            folder = None
            for link in re.findall(r"\]\(([^):#]+)\)", line):
                if not (document.parent / link).exists():
                    yield f"{document.name}:{number}: there is no {link}"
            for name in re.findall(r"`(?:daemon/)?([\w./]+)`", cell):
                if re.match(r"(command|core|host|judge|decode|tell|basic)/", name):
                    folder = name.rpartition("/")[0]
                elif not (folder and line.startswith("| `")) or "/" in name:
                    continue
                else:
                    name = f"{folder}/{name}"
                found = [daemon / start / (name + end) for start in ("", "core") for end in ("", ".c", ".h")]
                if not any(path.exists() for path in found):
                    yield f"{document.name}:{number}: there is no {name}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--daemon", required=True, type=pathlib.Path)
    parser.add_argument("--core", required=True)
    options = parser.parse_args()
    report = tap.Report(4)
    report.play("no include goes against the arrow", wrong_includes, options.daemon)
    report.play("the core asks no clock and does no I/O", wrong_symbols, options.core)
    report.play(f"no line has more than {COLUMNS} columns", long_lines, options.daemon)
    report.play("the files that documents name are there", missing_files, options.daemon)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
