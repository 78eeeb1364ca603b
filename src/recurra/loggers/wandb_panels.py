"""What a W&B run shows of its validation rows when it has ended; the test split is scored once and not looked into."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from recurra.analysis.answers import Answers, read_answers
from recurra.analysis.examples import AnsweredRow, at_random, worst
from recurra.analysis.precision_recall import precision_recall
from recurra.analysis.reliability import reliability
from recurra.analysis.slices import Slice, slices
from recurra.results import Results

_CLASSES_DRAWN = 20  # lines, rows or columns beyond which nobody finds one


def panels(results: Results, examples: int) -> dict[str, Any]:
    """W&B's tables and charts by name, from the files in the run's folder; those that say nothing of a task are absent.

    Args:
        results: of a run that has finished.
        examples: how many of the worst and of random rows are shown; 0 keeps all texts here.
    """
    found: dict[str, Any] = {}
    if per_class := results.validation.get("per_class"):
        found["per_class"] = _table(per_class)
    answers = read_answers(Path(results.folder))
    if answers is not None:
        found |= _charts(answers) | _slices(answers, results.monitor)
        if examples:
            found["worst"] = _examples(worst(answers, examples), answers)
            found["random"] = _examples(at_random(answers, examples), answers)
    return {f"validation/{name}": panel for name, panel in found.items() if panel is not None}


def _charts(answers: Answers) -> dict[str, Any]:
    import wandb

    found: dict[str, Any] = {}
    if answers.stated is not None:
        bins = [each for each in reliability(*answers.stated) if each.rows]
        found["calibration"] = wandb.plot.line_series(
            xs=[[each.confidence for each in bins], [0, 1]],
            ys=[[each.right for each in bins], [0, 1]],
            keys=["share right", "as stated"],
            title="Share right by confidence",
            xname="confidence",
        )
    curves = precision_recall(answers.probabilities, answers.gold, answers.labels) if answers.labels else []
    if curves:
        shown = sorted(curves, key=lambda curve: -curve.rows)[:_CLASSES_DRAWN]
        found["precision_recall"] = wandb.plot.line_series(
            xs=[curve.recall for curve in shown],
            ys=[curve.precision for curve in shown],
            keys=[f"{curve.label} ({curve.average_precision:.3f})" for curve in shown],
            title="Precision by recall (average precision)",
            xname="recall",
        )
    if answers.exclusive:
        places = {label: place for place, label in enumerate(answers.labels)}
        gold, told = ([places[label] for label in answers.columns[column]] for column in ("gold", "predicted"))
        found["confusion_matrix"] = wandb.plot.confusion_matrix(
            y_true=gold, preds=told, class_names=answers.labels, title="Confusion matrix, validation"
        )
    return found


def _slices(answers: Answers, score: str) -> dict[str, Any]:
    import wandb

    found: dict[str, Any] = {}
    by: Literal["length", "unknown"]
    for by, digits in (("length", 0), ("unknown", 3)):
        cut = slices(answers, score, by)
        if len(cut) > 1:
            rows = [
                {by: _bounds(part, digits), "rows": part.rows, score: part.score, "low": part.low, "high": part.high}
                for part in cut
            ]
            found[f"by_{by}"] = wandb.plot.bar(_table(rows), by, score, title=f"{score} by {by}")
    return found


def _bounds(part: Slice, digits: int) -> str:
    first, last = f"{part.first:.{digits}f}", f"{part.last:.{digits}f}"
    return first if first == last else f"{first} to {last}"


def _examples(rows: Sequence[AnsweredRow], answers: Answers) -> Any:
    """A column for the probability of each label, or for the likeliest ones together where these are many."""

    def chances(row: AnsweredRow) -> Mapping[str, Any]:
        if not row.probabilities:
            return {}
        if len(answers.labels) <= _CLASSES_DRAWN:
            return {f"probability {label}": row.probabilities[label] for label in answers.labels}
        return {"probabilities": "  ".join(f"{k} {v:.3f}" for k, v in list(row.probabilities.items())[:5])}

    told = [
        {"row": row.row, "text": row.text, "gold": row.gold, "prediction": row.predicted, answers.fault: row.loss}
        for row in rows
    ]
    return _table([{**one, **chances(row)} for one, row in zip(told, rows, strict=True)])


def _table(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Of rows with the same keys; None without any."""
    import wandb

    listed = list(rows)
    if not listed:
        return None
    return wandb.Table(columns=list(listed[0]), data=[list(row.values()) for row in listed])
