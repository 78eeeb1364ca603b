import math

import pytest
import torch

from recurra.errors import DataError
from recurra.tasks import Estimate, Regression
from recurra.types import Example

TASK = Regression([], 4)


def rows(*labels):
    return [Example("text", labels, "my.csv", n + 2) for n, labels in enumerate(labels)]


def scored(values, targets):
    gathered = TASK.collector()
    for rows, cut in ((torch.tensor([1, 2]), slice(1, 3)), (torch.tensor([0]), slice(0, 1))):
        answers = {"rows": rows, "values": torch.tensor(values)[cut, None], "targets": torch.tensor(targets)[cut, None]}
        gathered.update(**answers)
    return TASK.evaluate(gathered.gather())


def test_labels_are_numbers():
    encoded = TASK.encode(rows(("3.5",), ("-2",), ("1e3",)))
    assert (encoded.tolist(), encoded.dtype, encoded.shape) == ([[3.5], [-2.0], [1000.0]], "f4", (3, 1))


@pytest.mark.parametrize("labels", [("good",), ("nan",), ("inf",), ("",), ("1", "2"), ()])
def test_what_is_no_number_is_told_with_file_and_line(labels):
    with pytest.raises(DataError, match=r"^my\.csv:3: .*expects one number.*task=classification"):
        TASK.encode(rows(("1",), labels))


def test_scores_by_hand_however_they_are_batched():
    found = scored([1.0, 2.0, 5.0], [1.0, 4.0, 4.0])
    assert found.scores["loss"] == pytest.approx((0 + 4 + 1) / 3)
    assert found.scores["rmse"] == pytest.approx(math.sqrt(5 / 3))
    assert found.scores["mae"] == pytest.approx(1.0)
    assert found.scores["r2"] == pytest.approx(1 - 5 / (4 + 1 + 1))
    assert found.counted == {"rows": 3}
    assert (found.per_class, found.confusion) == ([], None)
    assert TASK.columns(found.answers) == {"row": [0, 1, 2], "gold": [1.0, 4.0, 4.0], "predicted": [1.0, 2.0, 5.0]}


def test_there_is_no_variance_to_explain_where_all_numbers_are_equal():
    assert scored([1.0, 2.0, 3.0], [2.0, 2.0, 2.0]).scores["r2"] == 0.0
    assert TASK.evaluate({"values": torch.ones(1, 1), "targets": torch.zeros(1, 1)}).scores["r2"] == 0.0


def test_windows_of_a_text_are_averaged():
    logits = torch.tensor([[1.0], [3.0], [5.0]])
    assert TASK.merge(logits, torch.tensor([0, 0, 1]), 2).tolist() == [[2.0], [5.0]]


def test_an_answer_is_a_number():
    (answer,) = TASK.decide(torch.tensor([[2.5]]))
    assert answer == Estimate(2.5)
    assert answer.record() == answer.cells() == {"value": 2.5}
    assert answer.shown("text") == "2.5\ttext"
