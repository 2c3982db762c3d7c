"""What every runner stands on: how a test says what it expects, and how its answer is told,
as TAP. A test is a function that raises, or gives back what is wrong, line by line."""
import time
import traceback

POLL_S = 0.02
PATIENCE_S = 15
WIDTH = 600                                          # of a line of diagnosis


class Failed(Exception):
    """What was expected did not come, or something else did."""


class Skipped(Exception):
    """It cannot be tried here."""


def expect(got, wanted, what):
    if got != wanted:
        raise Failed(f"{what}: expected {wanted!r}, got {got!r}")


def holds(condition, what):
    if not condition:
        raise Failed(what)


def wait(what, look, seconds=PATIENCE_S):
    """The first true thing that look() returns. A machine that is so busy that we hardly get to look has the more
    time: nobody else gets to work there either."""
    end, looks = time.monotonic() + seconds, seconds / POLL_S / 4
    while not (found := look()):
        looks -= 1
        if time.monotonic() > end and looks < 0:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(POLL_S)
    return found


def outcome(test, *arguments):
    """Returns what is wrong, line by line, and why it was skipped, if it was."""
    try:
        return list(test(*arguments) or ()), None
    except Skipped as e:
        return [], str(e)
    except Failed as e:
        return [str(e)], None
    except Exception:                                # the test itself is wrong
        return traceback.format_exc().splitlines(), None


class Report:
    """Prints TAP. Without a count, the plan comes at the end."""

    def __init__(self, count=None):
        self.count, self.number, self.failed = count, 0, 0
        print("TAP version 13" + ("" if count is None else f"\n1..{count}"), flush=True)

    def tell(self, title, wrong=(), skipped=None, todo=None):
        directive = f" # SKIP {skipped}" if skipped else f" # TODO {todo}" if todo else ""
        self.number += 1
        self.failed += bool(wrong) and not todo
        print(f"{'not ok' if wrong else 'ok'} {self.number} - {title}{directive}")
        print("".join(f"# {line[:WIDTH]}\n" for text in wrong for line in text.splitlines()), end="", flush=True)

    def play(self, title, test, *arguments):
        self.tell(title, *outcome(test, *arguments))

    def finish(self):
        """Returns the exit status."""
        if self.count is None:
            print(f"1..{self.number}")
        return 1 if self.failed else 0


def skip_all(why):
    print(f"TAP version 13\n1..0 # SKIP {why}")
    return 0
