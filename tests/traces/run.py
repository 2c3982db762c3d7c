#!/usr/bin/env python3
"""Golden traces: what `lapsectl explain` says of a device, sentence by sentence. Each
*.trace holds a log in the words of the stories and, after a line `says:`, the text that
must come. `run.py --lapsectl PATH --write` writes it anew: read the difference before you
commit it. Prints TAP."""
import argparse
import difflib
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

from stage import tap

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("stories", HERE.parent / "stories" / "run.py")
stories = importlib.util.module_from_spec(spec)
spec.loader.exec_module(stories)


def explain(lapsectl, log, device):
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        with open(pathlib.Path(folder) / "day.jsonl", "w") as file:
            file.writelines(json.dumps(stories.record(line)) + "\n" for line in lines)
        run = subprocess.run([lapsectl, "explain", "--device", device, "day.jsonl"], cwd=folder, capture_output=True,
                             text=True)
    return run.stdout + run.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lapsectl", required=True, type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    paths = sorted(HERE.glob("*.trace"))
    report = tap.Report(len(paths))
    for path in paths:
        head, _, wanted = path.read_text().partition("says:\n")
        title, _, log = head.partition("log:\n")
        device = log.split()[1]
        got = explain(options.lapsectl.resolve(), log, device)
        if options.write:
            path.write_text(f"{head}says:\n{got}")
            wanted = got
        report.tell(title.strip(), list(difflib.unified_diff(wanted.splitlines(), got.splitlines(), "wanted", "got",
                                                             lineterm="")))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
