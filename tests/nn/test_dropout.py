import pytest
import torch

from recurra.errors import ConfigError
from recurra.nn.dropout import Dropout


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_elements_are_dropped_alone_and_the_mean_stays(p):
    torch.manual_seed(0)
    dropped = Dropout(p)(torch.ones(1000, 1001))  # no multiple of four
    kept = dropped != 0
    deviation = (p * (1 - p) / dropped.numel()) ** 0.5
    assert abs(kept.double().mean() - (1 - p)) < 4 * deviation
    assert dropped[kept].unique().tolist() == [pytest.approx(1 / (1 - p), rel=1e-4)]
    # Neighbours share a draw, and must not share a fate.
    pairs = kept.flatten()[: 4 * 250_000].view(-1, 4).double()
    assert (torch.corrcoef(pairs.T) - torch.eye(4)).abs().max() < 4 / 250_000**0.5


def test_the_mask_is_of_the_seed_and_differs_between_calls():
    dropout, x = Dropout(0.5), torch.ones(64, 8)
    torch.manual_seed(0)
    first, second = dropout(x), dropout(x)
    torch.manual_seed(0)
    assert torch.equal(dropout(x), first)
    assert not torch.equal(first, second)


def test_gradients_go_where_elements_stayed():
    x = torch.randn(16, 8, requires_grad=True)
    dropped = Dropout(0.5)(x)
    dropped.sum().backward()
    assert torch.equal(x.grad, (dropped != 0) * 2.0)


@pytest.mark.parametrize("dropout", [Dropout(0.0), Dropout(1e-9), Dropout(0.5).eval()])
def test_nothing_is_touched_in_evaluation_or_where_nothing_is_dropped(dropout):
    x = torch.randn(4, 8)
    assert dropout(x) is x


def test_everything_can_be_dropped():
    assert not Dropout(1.0)(torch.ones(4, 8)).any()


def test_other_layouts_and_precisions():
    x = torch.ones(5, 8, 3, dtype=torch.bfloat16).transpose(0, 1)
    assert Dropout(0.5)(x).unique().tolist() == [0.0, 2.0]
    assert Dropout(0.5)(torch.ones(0, 8)).shape == (0, 8)


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_what_is_no_share_is_refused(p):
    with pytest.raises(ConfigError, match="between 0 and 1"):
        Dropout(p)
