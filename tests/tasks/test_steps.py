import pytest
import torch
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.tasks import Steps
from recurra.types import Batch, Encoding, Example

LABELS = ["x", "y", "blank"]


def batch(lengths, targets):
    return Batch(
        inputs=torch.zeros(len(lengths), max(lengths), 2),
        lengths=torch.tensor(lengths),
        targets=torch.tensor(targets),
        rows=torch.arange(len(lengths)),
    )


def test_every_real_step_is_asked():
    states = torch.arange(24.0).view(2, 3, 4)
    asked = Steps(LABELS, 4).features(Encoding(states, torch.zeros(2, 1)), batch([1, 3], [0] * 4))
    assert torch.equal(asked, torch.cat([states[0, :1], states[1]]))


@pytest.mark.parametrize(("last", "accuracy"), [("blank", 1 / 3), ("z", 3 / 6)])
def test_scores_by_hand_however_they_are_batched(last, accuracy):
    task = Steps(["x", "y", last], 4)
    targets = [0, 1, 0, 2, 2, 2]
    logits = 4 * functional.one_hot(torch.tensor([0, 0, 1, 2, 2, 0]), 3).float()
    gathered = task.collector()
    gathered.update(**task.answers(logits[:4], batch([1, 3], targets[:4])))
    gathered.update(**task.answers(logits[4:], batch([2], targets[4:])))
    found = task.evaluate(gathered.gather())
    assert found.scores["loss"] == pytest.approx(functional.cross_entropy(logits, torch.tensor(targets)).item())
    assert found.scores["accuracy"] == pytest.approx(accuracy)
    assert found.counted == {"steps": 6}
    assert task.columns(found.answers) == {}


def test_rows_of_text_are_refused_with_the_cure():
    with pytest.raises(ConfigError, match=r"task=classification"):
        Steps(LABELS, 4).encode([Example("a", ("x",))])
