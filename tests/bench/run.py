#!/usr/bin/env python3
"""What ./dev bench may not do: call a missed bound reached, be content with what was not measured, or compare unequal
work. Prints TAP."""

import argparse
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))
from row import Row, Unmeasured  # noqa: E402
from run import BELOW_FLOOR, BELOW_TARGET, OK, UNMEASURED, figure, print_table, verdict_of  # noqa: E402

RECORD = ('{"time":"2024-03-05T00:01:22Z","resourceId":"/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/FIELD-HUB",'
          '"operationName":"deviceConnect","category":"Connections","level":"Information",'
          '"properties":"{\\"deviceId\\":\\"pump-%d\\",\\"protocol\\":\\"Mqtt\\",\\"authType\\":null}"}\n')


def row_of(measure=None, at_most=False):
    bounds = (90, 80) if at_most else (80, 90)
    return Row("key", "what", "x", *bounds, at_most, measure)


def missing(bench):
    raise Unmeasured("it is not there")


def broken(bench):
    return {}["nothing"]


def decoded(decode, records):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as log:
        log.writelines(records)
        log.flush()
        return subprocess.run([decode, "1", log.name, "jansson", "lapsed"], capture_output=True, text=True)


def a_ratio_is_judged(_):
    judged = [verdict_of(row_of(), value) for value in (90, 89.99, 80, 79.99)]
    assert judged == [OK, BELOW_TARGET, BELOW_TARGET, BELOW_FLOOR], judged


def an_upper_bound_is_judged(_):
    judged = [verdict_of(row_of(at_most=True), value) for value in (80, 80.01, 90, 90.01)]
    assert judged == [OK, BELOW_TARGET, BELOW_TARGET, BELOW_FLOOR], judged


def a_figure_is_cut_towards_the_worse(_):
    shown = [figure(row_of(), 79.999), figure(row_of(at_most=True), 90.001), figure(row_of(), 0.29), figure(row_of(), 80)]
    assert shown == ["79.9x", "90.1x", "0.29x", "80x"], shown


def a_row_without_a_value_is_no_success(_):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        verdicts = print_table([row_of(missing), row_of(broken), row_of(lambda bench: (91, "fine"))], None)
    assert verdicts == [UNMEASURED, UNMEASURED, OK], verdicts
    assert "it is not there" in printed.getvalue() and "KeyError" in printed.getvalue(), printed.getvalue()


def equal_work_is_timed(decode):
    ended = decoded(decode, [RECORD % number for number in range(3)])
    said = json.loads(ended.stdout)
    assert ended.returncode == 0 and said["records"] == 3 and min(said["cpu_ns"].values()) > 0, ended


def unequal_work_is_told(decode):
    """A plain load takes the last of two equal keys, and the decoder refuses the record."""
    twice = (RECORD % 3).replace('{"time"', '{"category":"Routes","time"')
    ended = decoded(decode, [RECORD % 1, RECORD % 2, twice])
    assert ended.returncode == 1 and ended.stderr.endswith("unequal work, first at record 3\n"), ended


CHECKS = (a_ratio_is_judged, an_upper_bound_is_judged, a_figure_is_cut_towards_the_worse,
          a_row_without_a_value_is_no_success, equal_work_is_timed, unequal_work_is_told)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decode", required=True)
    options = parser.parse_args()
    print(f"TAP version 13\n1..{len(CHECKS)}")
    failed = 0
    for number, check in enumerate(CHECKS, 1):
        try:
            check(options.decode)
            outcome, remark = "ok", ""
        except Exception as error:  # a check that cannot run has failed
            outcome, remark = "not ok", f"# {type(error).__name__}: {error}\n"
            failed += 1
        print(f"{outcome} {number} - {check.__name__.replace('_', ' ')}\n{remark}", end="")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
