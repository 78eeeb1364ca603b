"""Where tokenized corpora are kept: built once on a machine, shared by every run and process."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
from filelock import FileLock


def cache_folder() -> Path:
    """`$RECURRA_CACHE`, or `recurra` in the user's cache folder (`$XDG_CACHE_HOME`)."""
    return Path(os.environ.get("RECURRA_CACHE") or platformdirs.user_cache_dir("recurra"))


def entry(root: Path, key: str, build: Callable[[Path], None]) -> Path:
    """The folder `root/key`, built if it is not there.

    `build` writes into a temporary folder that is renamed when it is whole, so a folder that exists is complete,
    whatever killed its builder. Processes that ask for the same key at once wait for the first one.

    Raises:
        OSError: the cache cannot be written.
    """
    folder = root / key
    if folder.is_dir():
        return folder
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{key}.lock"):
        if not folder.is_dir():
            for left in root.glob(f"{key}-*.draft"):  # by a builder that was killed; the lock says that none is at work
                shutil.rmtree(left, ignore_errors=True)
            draft = Path(tempfile.mkdtemp(prefix=f"{key}-", suffix=".draft", dir=root))
            try:
                build(draft)
                draft.rename(folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return folder


def drop(root: Path, key: str) -> None:
    """Removes a damaged entry."""
    with FileLock(root / f"{key}.lock"):
        shutil.rmtree(root / key, ignore_errors=True)
