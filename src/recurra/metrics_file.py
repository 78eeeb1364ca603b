"""metrics.csv of a resumed run holds what was logged before the interruption, too."""

import csv
from collections.abc import Sequence
from pathlib import Path

from lightning.pytorch.loggers import CSVLogger, Logger
from torch import Tensor

from recurra.checkpoint import read


def replay(checkpoint: Path, metrics: Path, loggers: Sequence[Logger]) -> None:
    """Logs the rows of an earlier part again, up to the checkpoint's step.

    Lightning's CSV logger starts its file anew, so the rows are read before it does.
    """
    if not metrics.is_file():
        return
    with open(metrics, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    reached = read(checkpoint)["global_step"]
    for logger in loggers:
        if isinstance(logger, CSVLogger):
            for row in rows:
                if int(row["step"]) < reached:
                    logger.log_metrics(_figures(row), step=int(row["step"]))
            logger.save()


def _figures(row: dict[str, str]) -> dict[str, Tensor | float]:
    return {
        name: int(value) if value.isdigit() else float(value) for name, value in row.items() if name != "step" and value
    }
