"""Calls that somebody else may hold up."""

import threading
from collections.abc import Callable


def within(seconds: float, call: Callable[[], None]) -> None:
    """Calls it, and goes on without it when it has taken so long.

    Raises:
        TimeoutError: it had not ended by then; it goes on until it does, or this process ends.
        Exception: what it raised.
    """
    raised: list[Exception] = []

    def work() -> None:
        try:
            call()
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    if raised:
        raise raised[0]
