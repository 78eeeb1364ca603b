"""Where a run's files go: a folder that no other run has, or that of the run that is gone on with."""

from pathlib import Path

from omegaconf import OmegaConf

from recurra.errors import CheckpointError
from recurra.results import FILE, Results
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
    """`last.ckpt` of the newest unfinished run under outputs/ that was started with the same overrides.

    A run that is still going on is left alone.
    """
    for checkpoint in sorted(OUTPUTS.glob("*/*/checkpoints/last.ckpt"), key=lambda p: p.stat().st_mtime, reverse=True):
        folder = checkpoint.parent.parent
        if not (folder / FILE).is_file():
            continue
        results = Results.load(folder)
        if results.status != "finished" and sorted(results.overrides) == sorted(overrides) and not is_owned(folder):
            return checkpoint
    return None


def run_folder(checkpoint: Path) -> Path:
    """The folder of the run that wrote `checkpoint`.

    Raises:
        CheckpointError: it stands elsewhere, so there is no run to go on with.
    """
    folder = checkpoint.resolve().parent.parent
    if checkpoint.resolve().parent.name != "checkpoints" or not (folder / "config.yaml").is_file():
        raise CheckpointError(
            f"{checkpoint} does not stand in a run's folder (RUN/checkpoints/...), so there is no run to go on with. "
            f"To begin a new run with its weights: init_from={checkpoint}"
        )
    return folder
