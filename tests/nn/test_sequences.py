import pytest
import torch
from torch import Tensor

from recurra.nn.sequences import last, mask, masked_max, masked_mean, reverse

LENGTHS = torch.tensor([3, 0, 1])
X = torch.arange(1.0, 10.0).view(3, 3, 1)  # rows 1 2 3, 4 5 6, 7 8 9


def test_mask() -> None:
    assert mask(LENGTHS, 3).tolist() == [[True] * 3, [False] * 3, [True, False, False]]


def test_reverse_turns_the_real_part_round_and_leaves_padding() -> None:
    assert reverse(X, LENGTHS).squeeze(2).tolist() == [[3, 2, 1], [4, 5, 6], [7, 8, 9]]
    assert reverse(X, torch.tensor([2, 3, 0])).squeeze(2).tolist() == [[2, 1, 3], [6, 5, 4], [7, 8, 9]]


def test_reverse_is_its_own_inverse_in_either_memory_layout() -> None:
    torch.manual_seed(0)
    lengths = torch.tensor([4, 0, 7, 1])
    batch_major = torch.randn(4, 7, 3)
    time_major = batch_major.transpose(0, 1).contiguous().transpose(0, 1)
    assert torch.equal(reverse(reverse(batch_major, lengths), lengths), batch_major)
    assert torch.equal(reverse(time_major, lengths), reverse(batch_major, lengths))


def test_the_gradient_of_reverse_goes_back_to_where_it_came_from() -> None:
    x = X.clone().requires_grad_()
    (reverse(x, LENGTHS) * X).sum().backward()
    assert x.grad is not None
    assert x.grad.squeeze(2).tolist() == [[3, 2, 1], [4, 5, 6], [7, 8, 9]]


def test_last() -> None:
    assert last(X, LENGTHS).tolist() == [[3], [0], [7]]


def test_mean() -> None:
    assert masked_mean(X, LENGTHS).tolist() == [[2], [0], [7]]


def test_max_of_negative_states_is_not_the_zero_at_padding() -> None:
    assert masked_max(X, LENGTHS).tolist() == [[3], [0], [7]]
    assert masked_max(-X, LENGTHS).tolist() == [[-1], [0], [-7]]


@pytest.mark.parametrize("pool", [last, masked_mean, masked_max])
def test_not_even_nan_at_padding_is_read(pool) -> None:
    x = X.masked_fill(~mask(LENGTHS, 3).unsqueeze(2), torch.nan)
    assert torch.equal(pool(x, LENGTHS), pool(X, LENGTHS))


@pytest.mark.parametrize("pool", [last, masked_mean, masked_max])
def test_empty_sequences_get_no_gradient(pool) -> None:
    x = X.clone().requires_grad_()
    result: Tensor = pool(x, LENGTHS)
    result.sum().backward()
    assert x.grad is not None
    assert x.grad[1].tolist() == [[0], [0], [0]]
    assert x.grad.sum((1, 2)).tolist() == pytest.approx([1, 0, 1])


@pytest.mark.parametrize("pool", [last, masked_mean, masked_max])
def test_no_steps_at_all(pool) -> None:
    nothing = torch.zeros(2, dtype=torch.long)
    assert pool(torch.zeros(2, 0, 4), nothing).tolist() == [[0.0] * 4] * 2
    assert reverse(torch.zeros(2, 0, 4), nothing).shape == (2, 0, 4)
