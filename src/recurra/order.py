"""What is to be run, and where."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from recurra.checkpoint import versions
from recurra.results import Results, git_commit


@dataclass(frozen=True)
class Order:
    """One run, asked for.

    Attributes:
        config: the resolved configuration, plain containers.
        folder: of the run; it exists.
        choices: the option chosen in each group, such as `model: lstm`.
        overrides: as they were typed.
        resume: the checkpoint to go on from.
        sweep: what the run's sweep is called, if it belongs to one.
        number: of its trial there.
        varied: the keys in which the trials of the sweep differ.
        trial: where it stands in the sweep's study, if something may prune it.
        heard: what the terminal was told by earlier jobs of the sweep and need not hear again.
    """

    config: dict[str, Any]
    folder: Path
    choices: dict[str, str]
    overrides: list[str]
    resume: Path | None = None
    sweep: str | None = None
    number: int | None = None
    varied: list[str] = field(default_factory=list)
    trial: dict[str, Any] | None = None
    heard: set[str] = field(default_factory=set)

    def to_json(self) -> str:
        """One line, for another process; what this one's terminal has heard does not matter there."""
        parts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "heard"}
        return json.dumps(parts, default=str)

    @classmethod
    def from_json(cls, text: str) -> "Order":
        """What `to_json` wrote."""
        parts = json.loads(text)
        resume = None if parts["resume"] is None else Path(parts["resume"])
        return cls(**{**parts, "folder": Path(parts["folder"]), "resume": resume})

    def blank_results(self) -> Results:
        """Results with all that is known before the run."""
        return Results(
            folder=str(self.folder),
            model=self.choices.get("model", "own"),
            data=self.choices.get("data", "own"),
            task=self.choices.get("task", "own"),
            seed=self.config.get("seed", 0),  # nothing is checked yet
            tags=self.config.get("tags", []),
            overrides=self.overrides,
            versions=versions(),
            git=git_commit(),
        )
