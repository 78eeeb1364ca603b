"""What a run found, as a value and as results.json."""

import json
import math
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path
from signal import Signals
from typing import TYPE_CHECKING, Any, Literal

from recurra.run_files import RESULTS
from recurra.whole_file import whole_file

if TYPE_CHECKING:
    from recurra.tasks.base import Evaluation  # at run time it would bring torch

Status = Literal["running", "finished", "interrupted", "failed", "pruned"]


@dataclass
class Results:
    """The figures of one run; `save` writes them as results.json.

    Attributes:
        folder: where all files of the run are.
        validation, test: `loss` and the task's scores, over how many `rows` or `tokens`, and `per_class`; of the best
            checkpoint.
        data_hash: of the rows of all splits, by which a file that changed under its name is known; empty in
            older files.
        error: why it failed.
        signal: what interrupted it, such as SIGTERM.
        verb, sample: what `recurra` can do with its checkpoints, beside evaluating, and a text to do it with; empty if
            nothing.
        monitor, mode: the score, without its prefix, that runs are compared by.
        baselines: by name the figures of models that are not recurrent, with baselines=true; `error` where one failed.
    """

    folder: str
    model: str
    data: str
    task: str
    seed: int
    data_hash: str = ""
    status: Status = "running"
    error: str | None = None
    signal: str | None = None
    parameters: int = 0
    epochs: int = 0
    steps: int = 0
    train_seconds: float = 0.0
    tokens_per_second: float = 0.0
    verb: str = "predict"
    sample: str = ""
    monitor: str = ""
    mode: str = "max"
    validation: dict[str, Any] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)
    best_checkpoint: str | None = None
    baselines: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    overrides: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    git: str | None = None

    @property
    def score(self) -> float:
        """The validation score that runs are compared by; NaN if there is none."""
        return float(self.validation.get(self.monitor, math.nan))

    @property
    def exit_code(self) -> int:
        """Of a process that did nothing but this run: 0, 1 where it failed, 128 and the signal where one ended it."""
        return 128 + Signals[self.signal] if self.signal else int(self.status == "failed")

    def save(self) -> None:
        """Writes results.json whole or not at all."""
        write_json(Path(self.folder) / RESULTS, asdict(self))

    @classmethod
    def load(cls, folder: str | Path) -> "Results":
        """Reads what `save` wrote."""
        return cls(**json.loads((Path(folder) / RESULTS).read_text(encoding="utf-8")))


def found(folder: str | Path) -> Results | None:
    """The results that a run has left; None before it has left any."""
    return Results.load(folder) if (Path(folder) / RESULTS).is_file() else None


def figures(evaluation: "Evaluation") -> dict[str, Any]:
    """The part of results.json that tells one split."""
    return {**evaluation.scores, **evaluation.counted, "per_class": evaluation.per_class}


def write_json(path: Path, content: Any) -> None:
    """Writes JSON whole or not at all."""
    with whole_file(path) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def git_commit() -> str | None:
    """The commit of the folder where the command was typed, `+` if it has changes; None outside a repository."""
    try:
        commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, timeout=5, check=True)
        changes = subprocess.run(
            ["git", "status", "--porcelain"], capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return commit.stdout.strip() + ("+" if changes.stdout.strip() else "")
