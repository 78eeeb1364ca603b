"""What one run of the memory suite found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from recurra import build
from recurra.data.level import Level
from recurra.pictures import curves
from recurra.results import Results


@dataclass(frozen=True)
class Run:
    """An encoder on sequences of one length.

    Attributes:
        level: what guessing reaches, and what counts as solved.
        curve: (steps, score on validation), after each epoch.
        seconds: of training.
        finished: whether it needs nothing more.
    """

    encoder: str
    length: int
    level: Level
    curve: list[tuple[int, float]]
    seconds: float
    finished: bool

    @classmethod
    def read(cls, encoder: str, length: int, folder: Path) -> "Run | None":
        """The run whose files are in a folder; None where it has not come to a result."""
        if not (folder / "results.json").exists() or not (folder / "metrics.csv").exists():
            return None
        results = Results.load(folder)
        level = build.datamodule(yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))).level
        assert level is not None
        (told,) = curves(folder / "metrics.csv", [f"val/{level.metric}"]).values()
        curve = [(step + 1, score) for step, score in told]
        return cls(encoder, length, level, curve, results.train_seconds, results.status == "finished")

    @property
    def solved_after(self) -> int | None:
        """After how many steps it was solved; None if it was not."""
        return next((step for step, score in self.curve if self.level.reached(score)), None)

    def row(self) -> dict[str, Any]:
        """A row of the table."""
        scores = [score for _, score in self.curve]
        better = max if self.level.solved > self.level.chance else min
        return {
            "encoder": self.encoder,
            "length": self.length,
            "solved": "no" if self.solved_after is None else f"after {self.solved_after:,} steps",
            f"best {self.level.metric}": better(scores) if scores else float("nan"),
            "chance": self.level.chance,
            "steps": self.curve[-1][0] if scores else 0,
            "seconds": round(self.seconds),
        }
