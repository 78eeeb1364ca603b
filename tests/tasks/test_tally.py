import numpy as np
import pytest
import torch

from recurra.tasks import Binary, Classification, LanguageModel, Multilabel, Regression, Tagging
from recurra.tasks.tally import f1_macro, mean
from recurra.types import Example

ROWS = 60
DRAW = torch.Generator().manual_seed(0)
FEW = torch.randint(0, 3, (ROWS,), generator=DRAW)
BITS = torch.rand(ROWS, 3, generator=DRAW) < 0.4
SOME = [tuple(label for label, bit in zip("abc", row, strict=True) if bit) for row in BITS]
"""Labels by row: one each, or several."""


def answered(task, labels, outputs):
    """The answers of a task whose logits were drawn, and its encoded targets."""
    logits = 2 * torch.randn(ROWS, outputs, generator=DRAW)
    targets = torch.from_numpy(task.encode([Example("text", row) for row in labels]))
    return {
        "rows": torch.arange(ROWS),
        "probabilities": task.outputs(logits),
        "targets": targets,
        "losses": task.log_loss(logits, targets).double(),
    }


def chosen(answers, often):
    """The answers with each row as often as said."""
    kept = {name: part.repeat_interleave(torch.tensor(often), dim=0) for name, part in answers.items()}
    return {**kept, "rows": torch.arange(int(sum(often))), "loss": kept["losses"].sum()}


OFTEN = np.random.default_rng(0).integers(0, 3, ROWS)


@pytest.mark.parametrize("often", [np.ones(ROWS, dtype=int), OFTEN], ids=["every row", "some rows"])
@pytest.mark.parametrize(
    ("task", "labels", "outputs", "scores"),
    [
        (Classification(["a", "b", "c"], 4), [("abc"[n],) for n in FEW], 3, ["accuracy", "f1_macro", "loss"]),
        (Binary(["a", "b"], 4), [("aab"[n],) for n in FEW], 1, ["accuracy", "f1_macro", "loss"]),
        (Multilabel(["a", "b", "c"], 4), SOME, 3, ["accuracy", "f1_macro", "f1_micro", "loss"]),
    ],
    ids=["classification", "binary", "multilabel"],
)
def test_sums_over_rows_give_the_scores_of_these_rows(task, labels, outputs, scores, often):
    answers = answered(task, labels, outputs)
    columns = task.columns(answers)
    expected = task.evaluate(chosen(answers, often)).scores
    for score in scores:
        tally = task.tally(score, columns)
        assert tally.score(often @ tally.parts) == pytest.approx(expected[score], abs=1e-6), score
    assert task.tally("calibration_error", columns) is None


def test_sums_over_rows_give_the_scores_of_a_regression():
    task = Regression([], 4)
    answers = {"rows": torch.arange(5), "values": torch.rand(5, 1), "targets": torch.rand(5, 1)}
    expected = task.evaluate(answers).scores
    for score in ("loss", "mae"):
        tally = task.tally(score, task.columns(answers))
        assert tally.score(tally.parts.sum(0)) == pytest.approx(expected[score])
    assert task.tally("r2", task.columns(answers)) is None


def test_sums_over_rows_of_words_count_words_and_spans():
    columns = {"gold": [["B-P"], ["B-P", "I-P", "O", "B-L"]], "predicted": [["B-P"], ["B-P", "I-P", "O", "B-P"]]}
    accuracy, f1 = (Tagging.tally(score, columns) for score in ("accuracy", "f1"))
    assert accuracy.parts.tolist() == [[1, 1], [3, 4]]
    assert f1.score(np.array([[1, 1], [3, 0]]) @ f1.parts).tolist() == [2 * 2 / (3 + 3), 1.0]


def test_tasks_without_answers_for_rows_have_no_sums():
    assert LanguageModel.tally("perplexity", {}) is None


def test_of_no_rows_there_is_no_score():
    assert np.isnan(mean([1.0, 2.0]).score(np.zeros(2)))
    nothing = f1_macro([[True]], [[False]])
    assert np.isnan(nothing.score(nothing.parts.sum(0)))
