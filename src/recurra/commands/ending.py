"""How a console script ends: its exit status, and one message for the user's mistake."""

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from recurra.errors import RecurraError


def end(command: Callable[[], int], *, interrupted: str = "") -> NoReturn:
    """Runs `command` and leaves with its status; 2 for the user's mistake, 1 where the system failed, 130 for Ctrl-C.

    Args:
        interrupted: what is said after Ctrl-C.
    """
    try:
        sys.exit(command())
    except RecurraError as error:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader, `head` for instance, has seen enough. Nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a full disk, a file that vanished
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        where = f"{error.filename}: " if error.filename else ""
        print(f"error: {where}{error.strerror or error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        if interrupted:
            print(interrupted, file=sys.stderr)
        sys.exit(130)
