"""Where a run's files go: a folder that no other run has, or that of the run that is gone on with."""

from pathlib import Path

from omegaconf import OmegaConf

from recurra.errors import CheckpointError
from recurra.results import Results
from recurra.run_files import CHECKPOINTS, LAST, PREVIOUS, RESULTS
from recurra.run_lock import is_owned

OUTPUTS = Path("outputs")


class FreshFolders:
    """Claims folders: each is made exactly once, so that two runs of the same second never share one.

    Attributes:
        claimed: what was claimed, in order.
    """

    def __init__(self, *, claim: bool = True) -> None:
        self.claimed: list[Path] = []
        self._claim = claim

    def register(self) -> None:
        """Makes `${fresh_folder:PATH}` call this one. Its answer is kept in the configuration that asked."""
        OmegaConf.register_new_resolver("fresh_folder", self.fresh, use_cache=True, replace=True)

    def fresh(self, wanted: str) -> str:
        """`wanted`, or `wanted-2` and so on; made and empty."""
        if not self._claim:
            return wanted
        number = 1
        while True:
            folder = Path(wanted if number == 1 else f"{wanted}-{number}")
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                number += 1
            else:
                self.claimed.append(folder)
                return str(folder)


def newest_unfinished(overrides: list[str]) -> Path | None:
    """The last checkpoint of the newest unfinished run under outputs/ that was started with the same overrides.

    A run that is still going on is left alone.
    """
    for told in sorted(OUTPUTS.glob(f"*/*/{RESULTS}"), key=lambda file: file.stat().st_mtime, reverse=True):
        folder = told.parent
        checkpoint = last_checkpoint(folder)
        if checkpoint is None:
            continue
        results = Results.load(folder)
        if results.status != "finished" and sorted(results.overrides) == sorted(overrides) and not is_owned(folder):
            return checkpoint
    return None


def last_checkpoint(folder: Path) -> Path | None:
    """The newest of a run; a kill may have come between the renaming of two."""
    files = (folder / CHECKPOINTS / name for name in (LAST, PREVIOUS))
    return next((file for file in files if file.is_file()), None)


def intact(checkpoint: Path) -> Path:
    """`checkpoint`, or the one before it where it is a run's last one and damaged.

    Raises:
        CheckpointError: neither can be read.
    """
    from recurra.checkpoint import read

    try:
        read(checkpoint)
    except CheckpointError as error:
        if checkpoint.name != LAST or not (previous := checkpoint.with_name(PREVIOUS)).is_file():
            raise
        read(previous)
        print(f"{error} The one before it is used: {previous}")
        return previous
    return checkpoint


def run_folder(checkpoint: Path) -> Path:
    """The folder of the run that wrote `checkpoint`.

    Raises:
        CheckpointError: it stands elsewhere, so there is no run to go on with.
    """
    folder = checkpoint.resolve().parent.parent
    if checkpoint.resolve().parent.name != CHECKPOINTS or not (folder / "config.yaml").is_file():
        raise CheckpointError(
            f"{checkpoint} does not stand in a run's folder (RUN/checkpoints/...), so there is no run to go on with. "
            f"To begin a new run with its weights: init_from={checkpoint}"
        )
    return folder
