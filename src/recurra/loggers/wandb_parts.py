"""What the processes of a W&B run leave on the disk, one after another, and how it is sent."""

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final


@final
@dataclass(frozen=True)
class WandbParts:
    """The folders of a run's parts.

    Attributes:
        folder: in which W&B keeps its own.
        run_id: of the run.
    """

    folder: Path
    run_id: str

    def online(self) -> set[Path]:
        """Of processes that were online."""
        return set(self._called("run"))

    def offline(self) -> list[Path]:
        """Of those that were not, in order."""
        return sorted(self._called("offline-run"))

    def sync(self) -> str:
        """What is typed to send all that was kept offline; what was sent before is left out by W&B itself."""
        return shlex.join(["wandb", "sync", *map(os.path.relpath, self.offline())])

    def _called(self, kind: str) -> Iterator[Path]:
        for end in ("", "-[0-9]*"):  # the second of two that begin in the same second
            yield from self.folder.glob(f"*wandb/{kind}-*-{self.run_id}{end}")


def rest(part: Path) -> str:
    """What is typed to send what is left of a part that was online."""
    return shlex.join(["wandb", "sync", "--include-online", os.path.relpath(part)])
