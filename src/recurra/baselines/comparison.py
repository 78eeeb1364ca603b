"""What a run with baselines=true ends with: models that are not recurrent, on the same rows, beside it."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from recurra.analysis.paired import paired
from recurra.baselines.bag import BAG, bag
from recurra.baselines.baseline import Baseline
from recurra.baselines.table import sentence, table
from recurra.baselines.tfidf import tfidf
from recurra.callbacks import Interrupted
from recurra.data.base import DataModule
from recurra.data.datamodule import TextDataModule
from recurra.errors import first_line
from recurra.module import SequenceModule
from recurra.order import Order
from recurra.predictions import write_predictions
from recurra.ranks import part
from recurra.results import Results, figures
from recurra.signals import Signals
from recurra.tasks.base import Evaluation
from recurra.tasks.single_label import SingleLabel

log = logging.getLogger("recurra")

FOLDER = "baselines"
"""Of a run's folder; in it one of each baseline, with predictions as the run's own."""


def compare(order: Order, module: SequenceModule, data: DataModule, results: Results, signals: Signals) -> None:
    """Fills `baselines` of the results of a run that has been scored, and tells them.

    A baseline that fails is told, and loses nothing: the results are saved before.

    Args:
        order: of the run.
        module: what it trained, with its evaluations.
        data: its data.
        results: its figures.
        signals: on which it stops.

    Raises:
        Interrupted: a signal came.
    """
    task = module.task
    if not isinstance(task, SingleLabel) or not isinstance(data, TextDataModule):
        log.info(
            "baselines: left out, TF-IDF gives one label to a text and has no answer to task=%s here", results.task
        )
        return
    results.status = "finished"
    results.save()
    part()  # the other ranks have done theirs, and nobody must wait for them
    evaluations = dict(module.evaluations)
    last = list(evaluations)[-1]
    ways: dict[str, Callable[[], Baseline]] = {"tfidf": lambda: tfidf(data, task, test=last == "test")}
    if order.config["model"]["_target_"] != BAG["_target_"]:
        ways["bag"] = lambda: bag(order, data, signals, test=last == "test")
    for name, train in ways.items():
        log.info("baselines: %s", name)
        try:
            found = train()
            _keep(found, Path(results.folder) / FOLDER / name, data, task)
            against = difference(task, results.monitor, evaluations[last], found.evaluations[last])
            results.baselines[name] = {**_figures(found), "difference": against}
        except Interrupted:
            raise
        except Exception as error:  # of whatever kind: the run has finished
            results.baselines[name] = {"error": f"{type(error).__name__}: {first_line(error)}"}
    log.info("\n%s\n%s", table(results, data.title), sentence(results))


def difference(task: SingleLabel, score: str, run: Evaluation, baseline: Evaluation) -> dict[str, Any] | None:
    """By how much the run is better on the same rows, with its 95 % interval over other choices of them.

    None where it has not scored all rows.
    """
    own, other = task.columns(run.answers), task.columns(baseline.answers)
    first, second = task.tally(score, own), task.tally(score, other)
    if own["row"] != other["row"] or first is None or second is None:
        return None
    found = paired([(first, second)])
    return {"better": found.mean, "low": found.low, "high": found.high, "rows": len(own["row"])}


def _keep(found: Baseline, folder: Path, data: DataModule, task: SingleLabel) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    splits: tuple[Literal["validation", "test"], ...] = ("validation", "test")
    for split in splits:
        if split in found.evaluations:
            write_predictions(folder / f"predictions_{split}.parquet", data, split, found.evaluations[split], task)


def _figures(found: Baseline) -> dict[str, Any]:
    told = {"settings": found.settings, "parameters": found.parameters, "seconds": found.seconds}
    return {**told, **{split: figures(evaluation) for split, evaluation in found.evaluations.items()}}
