"""A file appears under its name when it is whole, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A draft to write, beside `path`; when it is written and on the disk it takes the name, else it is removed.

    Whatever ends the process, an older file of that name stays until then.

    Raises:
        OSError: naming `path`, which the system often does not.
    """
    draft = Path(f"{path}.draft")
    try:
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
