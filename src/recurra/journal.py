"""What a run says: to a person on the terminal, and with times to train.log."""

import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich import get_console

log = logging.getLogger("recurra")

ONCE: Mapping[str, object] = {"once": True}
"""`log.info(..., extra=ONCE)`: what the terminal has heard from an earlier job of a sweep is not repeated there."""

_QUIETED = ("lightning", "lightning.pytorch", "lightning.fabric")


class _Terminal(logging.Handler):
    """Prints messages above a progress bar, if there is one, as they are: no markup, no colours of guessed meaning."""

    def __init__(self, heard: set[str]) -> None:
        super().__init__()
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        message = self.format(record)
        if hasattr(record, "once"):
            if message in self._heard:
                message = f"{message.splitlines()[0]}, as before"
            self._heard.add(message)
        try:
            get_console().print(message, markup=False, highlight=False, emoji=False, soft_wrap=True)
        except SystemExit:
            # So rich ends a program whose reader, `head` for instance, has left. Training goes on, and train.log tells.
            get_console().quiet = True


class _File(logging.FileHandler):
    """train.log; where it cannot be written, a full disk stops the run itself soon enough, with one message."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (its name in logging)
        """Says nothing."""


@contextmanager
def journal(file: Path, *, leading: bool, heard: set[str]) -> Iterator[None]:
    """While it lasts, what Recurra says reaches the terminal and `file`; what libraries say and warn reaches `file`.

    Everything is put back at the end, since a notebook or a sweep goes on in the same process.

    Args:
        leading: false on all ranks but the first, which then say nothing.
        heard: what the terminal has heard once, from earlier jobs too.
    """
    root = logging.getLogger()
    kept = {name: list(logging.getLogger(name).handlers) for name in (*_QUIETED, "recurra")}
    states = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in kept}
    level, shown = root.level, warnings.showwarning
    handlers: list[logging.Handler] = []
    if leading:
        to_file = _File(file, encoding="utf-8")
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers = [to_file]
        to_file.addFilter(lambda record: "Tip: For seamless" not in record.getMessage())  # advertisements
        root.addHandler(to_file)
        root.setLevel(logging.INFO)
    for name in kept:
        logger = logging.getLogger(name)
        logger.handlers = [_Terminal(heard)] if name == "recurra" and leading else []
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
