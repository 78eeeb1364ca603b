"""What every bad input gets, whatever is bad about it."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from conftest import typed


def refusal(capsys, command: Callable[[Sequence[str]], None], *arguments: str, status: int = 2) -> str:
    """Types a command that must be refused, and returns its one message.

    It ends with `status`, without a traceback, having run nothing and left no file behind nor changed one.
    """
    before = fingerprints(Path())
    code, out, err = typed(capsys, command, *arguments)
    assert code == status, err
    assert err.startswith("error: ")
    assert "Traceback" not in err
    assert err.count("error: ") == 1
    assert "epoch 1/" not in out
    assert fingerprints(Path()) == before
    return err


def fingerprints(place: Path) -> dict[str, str]:
    """Of every file below a folder."""
    files = sorted(path for path in place.rglob("*") if path.is_file())
    return {str(path): hashlib.blake2b(path.read_bytes()).hexdigest() for path in files}
