"""`python -m recurra.commands.rank`: one of several processes of a run; its order comes through standard input."""

import os
import sys
import threading
import traceback
from typing import NoReturn

from recurra.commands.ending import end
from recurra.process import settle


def main() -> NoReturn:
    """Does the order that the leading process wrote, and ends with it, whatever ends it."""
    order = sys.stdin.readline()
    threading.Thread(target=_follow, daemon=True).start()
    status = 1
    try:
        end(lambda: _do(order))
    except SystemExit as left:
        if isinstance(left.code, int):
            status = left.code
        elif left.code is not None:  # as Python ends with a message
            print(left.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    # At once: the leading process learns of a lost connection when this one is gone, and asks then what it died of.
    os._exit(status)


def _do(text: str) -> int:
    settle()
    from recurra.order import Order
    from recurra.run import run

    run(Order.from_json(text))
    return 0


def _follow() -> None:
    """Leaves when the other end of the pipe is closed: the leading process is gone."""
    # Not by sys.stdin, whose lock a process that assembles batches would inherit, and wait for as it begins.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
