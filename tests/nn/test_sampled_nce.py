import math

import numpy as np
import pytest
import torch
from torch import nn

from recurra.errors import ConfigError
from recurra.nn.log_uniform import LogUniform
from recurra.nn.losses import SampledNCE
from recurra.tasks.head import Head

COUNTS = [5, 40, 1, 12, 12, 90, 3, 0, 7, 2]
"""Training rows of ten classes; their ranks are by hand below."""
RANKS = [5, 1, 8, 2, 3, 0, 6, 9, 4, 7]


def test_chances_fall_with_the_rank_and_sum_to_one() -> None:
    noise = LogUniform(7)
    chances = noise.log_expected(torch.arange(7), 1, 1).exp()
    assert chances.sum().item() == pytest.approx(1)
    assert chances.tolist() == pytest.approx([math.log((k + 2) / (k + 1)) / math.log(8) for k in range(7)])


def test_draws_are_different_and_as_frequent_as_they_should_be() -> None:
    torch.manual_seed(0)
    noise, seen, expected, rounds = LogUniform(50), torch.zeros(50), torch.zeros(50), 4000
    first = torch.zeros(50)
    for _ in range(rounds):
        ranks, tries = noise.draw(8)
        assert len(set(ranks.tolist())) == 8 <= tries
        seen[ranks] += 1
        first[ranks[0]] += 1
        expected += noise.log_expected(torch.arange(50), 8, tries).exp()
    chances = noise.log_expected(torch.arange(50), 1, 1).exp()
    deviation = (rounds * chances * (1 - chances)).sqrt()
    assert ((first - rounds * chances).abs() < 4.5 * deviation).all()
    # What TensorFlow takes for the chance to be among the different ones is near to it, no more.
    assert expected.sum().item() == pytest.approx(8 * rounds, rel=0.05)
    assert (seen / expected).tolist() == pytest.approx([1] * 50, abs=0.25)


def test_all_ranks_can_be_drawn() -> None:
    torch.manual_seed(0)
    ranks, tries = LogUniform(12).draw(12)
    assert sorted(ranks.tolist()) == list(range(12))
    assert tries >= 12


def test_draws_are_of_the_seed() -> None:
    def drawn() -> list[int]:
        torch.manual_seed(3)
        return LogUniform(1000).draw(20)[0].tolist()

    assert drawn() == drawn()


def by_hand(weight, bias, features, targets, sampled_classes, tries):
    """TensorFlow's nce_loss, a row and a class at a time: logits less log Q, binary cross entropies summed."""

    def log_expected(label: int) -> float:
        chance = math.log((RANKS[label] + 2) / (RANKS[label] + 1)) / math.log(len(RANKS) + 1)
        return math.log(chance * tries if tries == len(sampled_classes) else 1 - (1 - chance) ** tries)

    losses = []
    for feature, target in zip(features, targets, strict=True):
        true = weight[target] @ feature + bias[target] - log_expected(target)
        loss = -math.log(1 / (1 + math.exp(-true)))
        for label in sampled_classes:
            other = weight[label] @ feature + bias[label] - log_expected(label)
            loss -= math.log(1 - 1 / (1 + math.exp(-other)))
        losses.append(loss)
    return np.mean(losses)


@pytest.mark.parametrize("tries", [3, 11])
def test_it_is_tensorflow_s_nce_loss(tries: int) -> None:
    torch.manual_seed(0)
    head = Head(4, 10)
    nn.init.normal_(head.projection.bias)
    features, targets = torch.randn(6, 4), torch.tensor([5, 1, 2, 7, 5, 3])
    sampled = torch.tensor([0, 3, 8])  # ranks, of the classes 5, 4 and 2
    found = SampledNCE(COUNTS, num_sampled=3).contrast(head, features, targets, sampled, tries)
    weight, bias = head.projection.weight.detach().numpy(), head.projection.bias.detach().numpy()
    assert found.item() == pytest.approx(
        by_hand(weight, bias, features.numpy(), targets.tolist(), [5, 4, 2], tries), rel=1e-5
    )


def test_gradients_are_those_of_finite_differences_and_reach_the_chosen_classes_alone() -> None:
    torch.manual_seed(0)
    head, features = Head(4, 10).double(), torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    targets, sampled, loss = torch.tensor([5, 1, 1]), torch.tensor([2, 8]), SampledNCE(COUNTS, num_sampled=2)

    def contrast(features, weight, bias):
        given = {"projection.weight": weight, "projection.bias": bias}
        return torch.func.functional_call(Around(head, loss), {f"head.{k}": v for k, v in given.items()}, (features,))

    class Around(nn.Module):
        def __init__(self, head, loss):
            super().__init__()
            self.head, self.loss = head, loss

        def forward(self, features):
            return self.loss.contrast(self.head, features, targets, sampled, 4)

    # Logits are compared in float32 for the sake of mixed precision: the step of the differences is chosen for that.
    inputs = (features, head.projection.weight, head.projection.bias)
    assert torch.autograd.gradcheck(contrast, inputs, eps=1e-2, atol=5e-3, rtol=5e-3)
    loss.contrast(head, features, targets, sampled, 4).backward()
    touched = head.projection.weight.grad.abs().sum(1).nonzero().flatten().tolist()
    assert touched == [1, 2, 3, 5]  # the targets 1 and 5, and the classes of ranks 2 and 8


def test_it_learns_what_the_softmax_then_knows() -> None:
    torch.manual_seed(0)
    classes, rows = 60, 64
    centres = torch.randn(classes, 32)
    head, loss = Head(32, classes), SampledNCE([classes - n for n in range(classes)], num_sampled=20)
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)

    def drawn(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        targets = torch.multinomial(1 / torch.arange(1.0, classes + 1), count, replacement=True)  # Zipf's law
        return centres[targets] + 0.5 * torch.randn(count, 32), targets

    for _ in range(400):
        features, targets = drawn(rows)
        optimizer.zero_grad()
        loss(head, features, targets).backward()
        optimizer.step()
    features, targets = drawn(2000)
    assert (head(features).argmax(1) == targets).float().mean() > 0.95


@pytest.mark.parametrize("num_sampled", [10, 20])
def test_as_many_samples_as_classes_are_refused(num_sampled: int) -> None:
    with pytest.raises(ConfigError, match=r"num_sampled=.*less than the 10 classes.*cross_entropy"):
        SampledNCE(COUNTS, num_sampled=num_sampled)


def test_it_is_built_where_nothing_is_trained() -> None:
    assert SampledNCE(None, num_sampled=20).num_sampled == 20


@pytest.mark.parametrize("prior", [True, False])
def test_a_head_may_begin_at_the_classes_frequencies(prior: bool) -> None:
    head = Head(4, 10)
    SampledNCE(COUNTS, num_sampled=3, prior=prior).begin(head)
    expected = [math.log((count + 1) / (sum(COUNTS) + 10)) if prior else 0.0 for count in COUNTS]
    assert head.projection.bias.tolist() == pytest.approx(expected)
    assert head.projection.bias.requires_grad
    assert not prior or head.projection.bias.exp().sum().item() == pytest.approx(1)
