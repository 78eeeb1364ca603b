import math

import pytest
import torch

from recurra.nn.losses import CrossEntropy, SampledSoftmax
from recurra.tasks.head import Head

COUNTS = [5, 40, 1, 12, 12, 90, 3, 0, 7, 2]
"""Training rows of ten classes; their ranks are by hand below."""
RANKS = [5, 1, 8, 2, 3, 0, 6, 9, 4, 7]


def chance(label: int) -> float:
    """Of a draw."""
    return math.log((RANKS[label] + 2) / (RANKS[label] + 1)) / math.log(len(RANKS) + 1)


def drawn_head() -> Head:
    head = Head(4, 10)
    torch.nn.init.normal_(head.projection.bias)
    return head


@pytest.mark.parametrize("tries", [3, 11])
def test_it_is_the_softmax_over_the_true_class_and_the_samples_by_hand(tries: int) -> None:
    torch.manual_seed(0)
    head, features, targets = drawn_head(), torch.randn(6, 4), [5, 1, 2, 7, 5, 3]
    sampled = [5, 4, 2]  # of ranks 0, 3 and 8; among them are the true classes of three rows
    logits = head(features).tolist()
    expected = []
    for row, target in zip(logits, targets, strict=True):
        odds = {}
        for label in {target, *sampled}:
            often = chance(label) * tries if tries == 3 else 1 - (1 - chance(label)) ** tries
            odds[label] = math.exp(row[label]) / often
        expected.append(-math.log(odds[target] / sum(odds.values())))
    found = SampledSoftmax(COUNTS, num_sampled=3).contrast(
        head, features, torch.tensor(targets), torch.tensor([0, 3, 8]), tries
    )
    assert found.item() == pytest.approx(sum(expected) / 6, rel=1e-5)


def test_in_expectation_nothing_is_left_to_learn_where_the_likelihood_is_right() -> None:
    """Over all pairs of a true class and a single sample, each as often as it comes."""
    loss, features = SampledSoftmax(COUNTS, num_sampled=1), torch.ones(1, 1)
    truth = torch.tensor([0.05, 0.3, 0.02, 0.1, 0.08, 0.25, 0.04, 0.01, 0.1, 0.05])

    def slopes(believed: torch.Tensor) -> torch.Tensor:
        head = Head(1, 10)
        torch.nn.init.zeros_(head.projection.weight)
        with torch.no_grad():
            head.projection.bias.copy_(believed.log())
        for target in range(10):
            for label in range(10):
                found = loss.contrast(head, features, torch.tensor([target]), torch.tensor([RANKS[label]]), 1)
                (truth[target] * chance(label) * found).backward()
        gradient = head.projection.bias.grad
        assert gradient is not None
        return gradient

    assert slopes(truth).abs().max() < 1e-6
    wrong = truth.clone()
    wrong[[1, 6]] = wrong[[6, 1]]
    assert slopes(wrong)[1] < -0.01  # more of the class that is thought too rare ...
    assert slopes(wrong)[6] > 0.01  # ... and less of the other


def test_a_sample_that_is_the_true_class_says_nothing() -> None:
    torch.manual_seed(0)
    head, features = drawn_head(), torch.randn(2, 4)
    found = SampledSoftmax(COUNTS, num_sampled=1).contrast(head, features, torch.tensor([1, 1]), torch.tensor([1]), 1)
    found.backward()
    assert found.item() == 0
    assert head.projection.weight.grad is not None
    assert not head.projection.weight.grad.any()


@pytest.mark.parametrize("num_sampled", [10, 11])
def test_where_all_classes_are_sampled_it_is_the_cross_entropy(num_sampled: int) -> None:
    torch.manual_seed(0)
    head, features, targets = drawn_head(), torch.randn(6, 4), torch.tensor([5, 1, 2, 7, 5, 3])
    found = SampledSoftmax(COUNTS, num_sampled=num_sampled)(head, features, targets)
    assert torch.equal(found, CrossEntropy(COUNTS)(head, features, targets))


def test_several_threads_give_the_same_gradients_each_time() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        torch.manual_seed(0)
        head, features, targets = Head(128, 1000), torch.randn(3000, 128), torch.randint(50, (3000,))
        loss = SampledSoftmax([1000 - rank for rank in range(1000)], num_sampled=64)

        def gradients() -> list[torch.Tensor]:
            head.zero_grad()
            loss.contrast(head, features, targets, torch.arange(64), 64).backward()
            return [weight.grad.clone() for weight in head.parameters() if weight.grad is not None]

        first = gradients()
        assert all(torch.equal(*pair) for _ in range(20) for pair in zip(first, gradients(), strict=True))
    finally:
        torch.set_num_threads(threads)
