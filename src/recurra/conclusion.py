"""After training: the best checkpoint is scored, and what it answered is written down."""

import logging
from pathlib import Path
from typing import Any

from lightning.pytorch import Trainer
from lightning.pytorch.callbacks import ModelCheckpoint, WeightAveraging

from recurra import pictures, tables
from recurra.checkpoint import read
from recurra.data.base import DataModule
from recurra.module import SequenceModule
from recurra.predictions import write_predictions
from recurra.requeue import forget_saved
from recurra.results import Results, figures
from recurra.run_files import BEST, CHECKPOINTS

log = logging.getLogger("recurra")


def conclude(trainer: Trainer, module: SequenceModule, data: DataModule, results: Results, *, test: bool) -> None:
    """Scores validation, and test if wanted: the only time that a run touches it.

    Fills `validation`, `test` and `best_checkpoint` of `results`, and writes predictions and pictures to its folder.
    """
    forget_saved(trainer, Path(results.folder))
    best = score_best(trainer, module, data, Path(results.folder), test=test)
    splits = [split for split in ("validation", "test") if split in module.evaluations]  # limits may leave one out
    if not trainer.is_global_zero:
        return
    folder = Path(results.folder)
    for split in splits:
        evaluation = module.evaluations[split]
        setattr(results, split, figures(evaluation))
        write_predictions(folder / f"predictions_{split}.parquet", data, split, evaluation, module.task)
    results.best_checkpoint = best
    if splits:
        log.info("\n%s", tables.scores(getattr(results, splits[-1]), f"{splits[-1]} of {data.title}"))
        _draw(folder, module, splits[-1])


def score_best(trainer: Trainer, module: SequenceModule, data: DataModule, folder: Path, *, test: bool) -> str | None:
    """Takes over the weights of the best checkpoint, and scores them: the module then has an evaluation of each split.

    Args:
        folder: of the run.

    Returns:
        The checkpoint; None where nothing was trained.
    """
    best = _best(trainer, folder)
    if best is not None:
        module.load_state_dict(read(best)["state_dict"])
    options: dict[str, Any] = {"datamodule": data, "verbose": False}
    # best.ckpt holds averaged weights as its own; an averaging callback would put others in their place.
    trainer.callbacks = [c for c in trainer.callbacks if not isinstance(c, WeightAveraging)]  # type: ignore[attr-defined]
    module.evaluations.clear()
    loggers, trainer.loggers = trainer.loggers, []  # it would log one epoch's validation a second time, at another step
    trainer.validate(module, **options)
    trainer.loggers = loggers
    if test and data.has("test"):  # data.test_share=0 leaves none
        trainer.test(module, **options)
    return best


def _best(trainer: Trainer, folder: Path) -> str | None:
    """The best checkpoint of this training, the last one where none was compared; None where nothing was trained."""
    for callback in trainer.checkpoint_callbacks:
        if isinstance(callback, ModelCheckpoint) and callback.best_model_path:
            return callback.best_model_path
    kept = folder / CHECKPOINTS / BEST
    return str(kept) if kept.is_file() else None


def _draw(folder: Path, module: SequenceModule, split: str) -> None:
    metrics = folder / "metrics.csv"
    if metrics.is_file():
        pictures.learning_curve(folder / "learning_curve.png", metrics, module.task.monitor, module.task.unit)
    confusion = module.evaluations[split].confusion
    if confusion is not None:
        title = f"Confusion matrix, {split}"
        sentence = pictures.confusion_matrix(folder / "confusion_matrix.png", confusion, module.task.labels, title)
        if sentence:
            log.info(sentence)
