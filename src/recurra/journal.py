"""What a run says: to a person on the terminal, and with times to train.log."""

import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich import get_console

log = logging.getLogger("recurra")

_QUIETED = ("lightning", "lightning.pytorch", "lightning.fabric")


class _Terminal(logging.Handler):
    """Prints messages above a progress bar, if there is one, as they are: no markup, no colours of guessed meaning."""

    def emit(self, record: logging.LogRecord) -> None:
        get_console().print(self.format(record), markup=False, highlight=False, emoji=False, soft_wrap=True)


@contextmanager
def journal(file: Path, *, leading: bool = True) -> Iterator[None]:
    """While it lasts, what Recurra says reaches the terminal and `file`; what libraries say and warn reaches `file`.

    Everything is put back at the end, since a notebook or a sweep goes on in the same process.

    Args:
        leading: false on all ranks but the first, which then say nothing.
    """
    root = logging.getLogger()
    kept = {name: list(logging.getLogger(name).handlers) for name in (*_QUIETED, "recurra")}
    states = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in kept}
    level, shown = root.level, warnings.showwarning
    handlers: list[logging.Handler] = []
    if leading:
        to_file = logging.FileHandler(file, encoding="utf-8")
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers = [to_file]
        root.addHandler(to_file)
        root.setLevel(logging.INFO)
    for name in kept:
        logger = logging.getLogger(name)
        logger.handlers = [_Terminal()] if name == "recurra" and leading else []
        logger.setLevel(logging.INFO if leading else logging.ERROR)
        logger.propagate = leading
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        warnings.showwarning = shown
        root.setLevel(level)
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()
        for name, (own_level, propagate) in states.items():
            logger = logging.getLogger(name)
            logger.handlers = kept[name]
            logger.setLevel(own_level)
            logger.propagate = propagate


def interactive() -> bool:
    """Whether a person watches: a bar suits a terminal or a notebook, not a file or CI."""
    return get_console().is_jupyter or (sys.stdout.isatty() and get_console().is_terminal)
