import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.losses import BinaryCrossEntropy, CrossEntropy, Focal, Loss, MeanSquaredError

HEAD = nn.Identity()
LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.0, 0.0, 0.0], [1.0, 3.0, 1.0]])
CLASSES = torch.tensor([0, 2, 1])
BITS = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])


def test_the_base_is_abstract() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Loss(None)  # type: ignore[abstract]


def test_what_each_takes() -> None:
    assert (CrossEntropy.targets, BinaryCrossEntropy.targets, Focal.targets) == ("classes", "bits", "classes")
    assert MeanSquaredError.targets == "values"


def test_the_mean_squared_error() -> None:
    numbers = torch.tensor([[1.0], [2.0], [-1.0]])
    loss = MeanSquaredError(None)(HEAD, numbers, torch.tensor([[1.0], [0.0], [0.0]]))
    assert loss.item() == pytest.approx((0 + 4 + 1) / 3)


def test_the_head_makes_the_logits() -> None:
    head = nn.Linear(2, 3)
    features = torch.randn(3, 2)
    loss = CrossEntropy(None)(head, features, CLASSES)
    torch.testing.assert_close(loss, functional.cross_entropy(head(features), CLASSES))


def test_cross_entropy_of_a_uniform_answer_is_the_log_of_the_classes() -> None:
    assert CrossEntropy(None)(HEAD, torch.zeros(4, 3), torch.tensor([0, 1, 2, 0])).item() == pytest.approx(math.log(3))


def test_balanced_weights() -> None:
    loss = CrossEntropy(class_counts=[6, 3, 1], class_weights="balanced")
    assert loss.weights is not None
    assert loss.weights.tolist() == pytest.approx([10 / 18, 10 / 9, 10 / 3])
    each = functional.cross_entropy(LOGITS, CLASSES, reduction="none")
    weights = loss.weights[CLASSES]
    torch.testing.assert_close(loss(HEAD, LOGITS, CLASSES), (weights * each).sum() / weights.sum())


@pytest.mark.parametrize("kind", [CrossEntropy, Focal])
def test_a_class_that_training_lacks_gives_a_finite_loss(kind: type[Loss]) -> None:
    loss = kind([8, 2, 0], class_weights="balanced")  # type: ignore[call-arg]
    assert loss.weights is not None
    assert loss.weights.tolist() == pytest.approx([10 / 24, 10 / 6, 1.0])
    assert math.isfinite(loss(HEAD, LOGITS, torch.tensor([2, 2, 2])).item())


def test_label_smoothing() -> None:
    log = LOGITS.log_softmax(1)
    expected = -(0.9 * log[torch.arange(3), CLASSES] + 0.1 * log.mean(1)).mean()
    torch.testing.assert_close(CrossEntropy(None, label_smoothing=0.1)(HEAD, LOGITS, CLASSES), expected)


def test_bits() -> None:
    probability = LOGITS.sigmoid()
    expected = -(BITS * probability.log() + (1 - BITS) * (1 - probability).log()).mean()
    torch.testing.assert_close(BinaryCrossEntropy(None)(HEAD, LOGITS, BITS), expected)


def test_balanced_bits_weigh_the_yes() -> None:
    probability, weights = LOGITS.sigmoid(), torch.tensor([10 / 18, 10 / 9, 10 / 3])
    expected = -(weights * BITS * probability.log() + (1 - BITS) * (1 - probability).log()).mean()
    loss = BinaryCrossEntropy([6, 3, 1], class_weights="balanced")
    torch.testing.assert_close(loss(HEAD, LOGITS, BITS), expected)


@pytest.mark.parametrize(("choice", "counts"), [("balanced", [9, 3]), ([0.5, 1.5], [9, 3])])
def test_one_logit_for_two_classes_weighs_yes_against_no(choice, counts: list[int]) -> None:
    """Nine rows of no and three of yes: a yes counts three times."""
    logits, bits = torch.tensor([[1.0], [-2.0]]), torch.tensor([[1.0], [0.0]])
    expected = -(3 * logits[0].sigmoid().log() + (1 - logits[1].sigmoid()).log()).squeeze() / 2
    torch.testing.assert_close(BinaryCrossEntropy(counts, class_weights=choice)(HEAD, logits, bits), expected)


@pytest.mark.parametrize("weights", ["none", "balanced", [1.0, 2.0, 3.0]])
def test_focal_with_gamma_zero_is_cross_entropy(weights) -> None:
    arguments = {"class_counts": [6, 3, 1], "class_weights": weights}
    ours, plain = Focal(**arguments, gamma=0.0), CrossEntropy(**arguments)
    torch.testing.assert_close(ours(HEAD, LOGITS, CLASSES), plain(HEAD, LOGITS, CLASSES))


def test_focal_by_hand() -> None:
    probability = LOGITS.softmax(1)[torch.arange(3), CLASSES]
    expected = -((1 - probability) ** 1.5 * probability.log()).mean()
    torch.testing.assert_close(Focal(None, gamma=1.5)(HEAD, LOGITS, CLASSES), expected)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_focal_of_a_row_that_is_certain_has_a_finite_gradient(gamma: float) -> None:
    logits = torch.tensor([[200.0, 0.0]], requires_grad=True)
    loss: Tensor = Focal(None, gamma=gamma)(HEAD, logits, torch.tensor([0]))
    loss.backward()
    assert logits.grad is not None
    assert loss.item() == 0.0
    assert logits.grad.isfinite().all()


@pytest.mark.parametrize("kind", [CrossEntropy, BinaryCrossEntropy, Focal])
def test_weights_of_the_wrong_number_are_refused(kind: type[Loss]) -> None:
    with pytest.raises(ConfigError, match="2 weights came, and 3 are expected"):
        kind([1, 2, 3], class_weights=[1.0, 2.0])  # type: ignore[call-arg]


def test_nothing_to_balance_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"class_weights=none"):
        CrossEntropy(None, class_weights="balanced")


def test_weights_move_with_the_module_but_not_into_a_checkpoint() -> None:
    loss = CrossEntropy([1, 2, 3], class_weights="balanced").to(torch.bfloat16)
    assert loss.weights is not None
    assert loss.weights.dtype == torch.bfloat16
    assert not loss.state_dict()
    assert loss(HEAD, LOGITS.to(torch.bfloat16), CLASSES).dtype == torch.float32


def test_the_penalty_is_half_the_squares_of_all_but_recurrent_biases() -> None:
    """By hand: with all numbers 2 each counts 2, and l2 times that."""
    model = nn.ModuleDict({"embedding": nn.Embedding(5, 3), "lstm": nn.LSTM(3, 2, 2), "projection": nn.Linear(2, 4)})
    for weight in model.parameters():
        nn.init.constant_(weight, 2.0)
    counted = 5 * 3 + (8 * 3 + 8 * 2) + (8 * 2 + 8 * 2) + (2 * 4 + 4)
    penalty = CrossEntropy(None, l2=0.01).penalty(model.named_parameters())
    assert penalty.item() == pytest.approx(0.01 * 2 * counted)
    penalty.backward()
    assert model["lstm"].bias_ih_l0.grad is None
    assert torch.equal(model["projection"].bias.grad, torch.full((4,), 0.02))
    model["embedding"].weight.requires_grad_(False)  # what is not trained is not held small
    assert CrossEntropy(None, l2=0.01).penalty(model.named_parameters()).item() == pytest.approx(
        0.01 * 2 * (counted - 15)
    )


@pytest.mark.parametrize("kind", [CrossEntropy, BinaryCrossEntropy, Focal])
def test_double_precision_stays(kind: type[Loss]) -> None:
    targets = CLASSES if kind.targets == "classes" else BITS
    loss = kind([6, 3, 1], class_weights="balanced")  # type: ignore[call-arg]
    found = loss(HEAD, LOGITS.double(), targets)
    assert found.dtype == torch.float64
    assert found.item() == pytest.approx(loss(HEAD, LOGITS, targets).item(), rel=1e-6)
