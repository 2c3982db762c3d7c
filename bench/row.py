"""One row of the benchmark: what is measured, the least that is asked of it, and what is aimed at."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Row:
    key: str            # its name on the command line
    what: str
    unit: str           # "x" for a ratio of two programs measured side by side, "B", "/min", ...
    floor: float        # worse than this is a failure
    target: float
    at_most: bool       # smaller is better: floor and target bound it from above
    measure: Callable   # (Bench) -> (value, remark); may raise Unmeasured


@dataclass(frozen=True)
class Bench:
    build: str          # folder of an optimised build with its bench programs
    rules: str
    work: str           # folder for corpora and whatever else is written
    rounds: int         # how often two programs take turns; the best of each counts


class Unmeasured(Exception):
    """Why there is no value: something is missing, or two programs did unequal work."""
