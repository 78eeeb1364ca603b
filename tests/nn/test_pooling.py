import pytest
import torch

from recurra.errors import ConfigError
from recurra.nn.attention import Attention
from recurra.nn.pooling import Pooling

STATES = torch.tensor([[[1.0, -4.0], [3.0, -2.0], [9.0, 9.0]], [[5.0, 5.0], [6.0, 6.0], [7.0, 7.0]]])
LENGTHS = torch.tensor([2, 0])
FINAL = torch.tensor([[10.0, 20.0], [0.0, 0.0]])
READ = torch.tensor([[[1.0, 2.0, 3.0], [3.0, 4.0, 7.0], [9.0, 9.0, 9.0]]]).repeat(2, 1, 1)


def test_side_by_side_in_the_order_given() -> None:
    pooling = Pooling(["max", "last", "mean"], 2, 3)
    assert pooling.output_size == 6
    assert pooling(STATES, LENGTHS, FINAL, READ).tolist() == [[3, -2, 10, 20, 2, -3], [0] * 6]


def test_a_bag_is_the_mean_of_what_was_read() -> None:
    pooling = Pooling(["mean", "bag"], 2, 3)
    assert pooling.output_size == 5
    assert pooling(STATES, LENGTHS, FINAL, READ).tolist() == [[2, -3, 2, 3, 5], [0] * 5]


def test_attention_weights_by_the_softmax_of_its_scores() -> None:
    pooling = Pooling(["attention"], 2, 3)
    attention = pooling.attention
    assert attention is not None
    with torch.no_grad():
        attention.hidden.weight.copy_(torch.eye(2))
        attention.hidden.bias.zero_()
        attention.score.weight.copy_(torch.tensor([[1.0, 0.0]]))
    weights = torch.tensor([1.0, 3.0]).tanh().softmax(0)
    expected = weights @ STATES[0, :2]
    torch.testing.assert_close(pooling(STATES, LENGTHS, FINAL, READ), torch.stack([expected, torch.zeros(2)]))


def test_attention_without_preference_is_the_mean() -> None:
    attention = Attention(2)
    torch.nn.init.zeros_(attention.score.weight)
    torch.testing.assert_close(attention(STATES, LENGTHS), torch.tensor([[2.0, -3.0], [0.0, 0.0]]))


def test_attention_over_nothing_has_zero_gradients() -> None:
    attention = Attention(2)
    attention(STATES, torch.tensor([0, 0])).sum().backward()
    assert all(weight.grad is not None and not weight.grad.any() for weight in attention.parameters())


def test_only_attention_has_weights() -> None:
    assert not list(Pooling(["last", "mean", "max", "bag"], 2, 3).parameters())
    assert len(list(Pooling(["attention", "max"], 2, 3).parameters())) == 3


def test_a_wrong_kind_is_told_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mean'"):
        Pooling(["meen"], 2, 3)  # type: ignore[list-item]


@pytest.mark.parametrize("kinds", [[], ["max", "max"]])
def test_none_or_one_twice_is_refused(kinds: list) -> None:
    with pytest.raises(ConfigError, match="each at most once"):
        Pooling(kinds, 2, 3)
