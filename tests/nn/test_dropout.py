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


def test_a_locked_mask_is_one_a_sequence_and_differs_between_sequences_and_passes():
    torch.manual_seed(0)
    dropout, x = Dropout(0.25, locked=True), torch.ones(200, 7, 500)
    masks = [dropout(x) for _ in range(2)]
    for mask in masks:
        assert torch.equal(mask, mask[:, :1].expand_as(mask))
        kept = mask[:, 0] != 0
        assert abs(kept.double().mean() - 0.75) < 4.5 * (0.25 * 0.75 / kept.numel()) ** 0.5
        torch.testing.assert_close(mask[:, 0][kept], torch.full((int(kept.sum()),), 1 / 0.75))
        assert len(kept.unique(dim=0)) == 200
    assert not torch.equal(*masks)


def test_locked_gradients_go_where_elements_stayed():
    x = torch.rand(16, 5, 8, requires_grad=True)
    dropped = Dropout(0.5, locked=True)(x)
    dropped.sum().backward()
    assert torch.equal(x.grad, (dropped != 0) * 2.0)


def test_locked_shapes_layouts_and_precisions():
    dropout = Dropout(0.5, locked=True)
    for shape in ((0, 3, 4), (2, 0, 4), (1, 1, 4)):
        assert dropout(torch.ones(shape)).shape == shape
    time_major = torch.ones(5, 3, 8, dtype=torch.bfloat16).transpose(0, 1)
    dropped = dropout(time_major)
    assert dropped.stride() == time_major.stride()
    assert dropped.unique().tolist() == [0.0, 2.0]
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))


@pytest.mark.parametrize(
    "dropout",
    [Dropout(0.0), Dropout(1e-9), Dropout(0.5).eval(), Dropout(0.0, locked=True), Dropout(0.5, locked=True).eval()],
)
def test_nothing_is_touched_in_evaluation_or_where_nothing_is_dropped(dropout):
    x = torch.randn(4, 8, 2)
    assert dropout(x) is x


def test_everything_can_be_dropped():
    assert not Dropout(1.0)(torch.ones(4, 8)).any()
    assert not Dropout(1.0, locked=True)(torch.ones(4, 8, 2)).any()


def test_other_layouts_and_precisions():
    x = torch.ones(5, 8, 3, dtype=torch.bfloat16).transpose(0, 1)
    assert Dropout(0.5)(x).unique().tolist() == [0.0, 2.0]
    assert Dropout(0.5)(torch.ones(0, 8)).shape == (0, 8)


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan")])
def test_what_is_no_share_is_refused(p):
    with pytest.raises(ConfigError, match="between 0 and 1"):
        Dropout(p)
