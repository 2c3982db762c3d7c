"""The logs to measure with: days of generated fleets (tests/fleet/fleet.py), made once and kept.

Their records look like those that an IoT hub exports: authType null for most devices and the document for the others,
sdkVersion only where a device connects, a message only where something failed, whole seconds and seven digits, five
SDKs, four protocols, 560 bytes a record of Connections. Most devices only renew their tokens; the others have the
generator's 26 habits and faults.
"""

import hashlib
import os
import pathlib
import subprocess
import sys

FLEET = pathlib.Path(__file__).resolve().parent.parent / "tests" / "fleet"
LOGS = {
    # Connections only: 150 MB, and a small one for the decoder alone.
    "connections": ["--seed", "1", "--devices", "5000", "--disorder", "30"],
    "connections-small": ["--seed", "1", "--devices", "90", "--disorder", "30"],
    # Several hubs, and 60 % of the records of other categories: 165 MB.
    "mixed": ["--seed", "2", "--devices", "2500", "--disorder", "30", "--hubs", "3", "--noise", "0.6"],
    "mixed-small": ["--seed", "2", "--devices", "60", "--disorder", "30", "--hubs", "3", "--noise", "0.6"],
    # As no exporter writes them (disguise.py).
    "hostile-small": ["--seed", "3", "--devices", "60", "--disorder", "30", "--hubs", "3", "--disguise"],
}


def recipe_of(arguments):
    """What the log depends on: another generator makes another log."""
    recipe = hashlib.sha256(" ".join(arguments).encode())
    for path in sorted(FLEET.glob("*.py")):
        recipe.update(path.read_bytes())
    return recipe.hexdigest()


def corpus(bench, name):
    """The path of the log; it is made if it is not there yet, or was made by another recipe."""
    folder = pathlib.Path(bench.work)
    log, note = folder / f"{name}.jsonl", folder / f"{name}.recipe"
    arguments = [*LOGS[name], "--hours", "24"]
    recipe = recipe_of(arguments)
    if log.exists() and note.exists() and note.read_text() == recipe:
        return str(log)
    folder.mkdir(parents=True, exist_ok=True)
    note.unlink(missing_ok=True)
    subprocess.run([sys.executable, FLEET / "fleet.py", *arguments, "--out", log], check=True,
                   env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    note.write_text(recipe)
    return str(log)
