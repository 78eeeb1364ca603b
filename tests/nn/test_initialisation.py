import math

import pytest
import torch
from torch import nn

from recurra.nn.initialisation import initialise
from recurra.nn.recurrence import Recurrence

INPUT, HIDDEN = 6, 8


def _made(cell: type[nn.RNNBase], *arguments, size: int = HIDDEN, **options) -> Recurrence:
    torch.manual_seed(0)
    recurrence = Recurrence(cell, INPUT, size, num_layers=2, bidirectional=True)
    initialise(recurrence, *arguments, **options)
    return recurrence


@pytest.mark.parametrize(("cell", "gates"), [(nn.RNN, 1), (nn.GRU, 3), (nn.LSTM, 4)])
def test_each_gate_is_orthogonal_of_its_own(cell: type[nn.RNNBase], gates: int) -> None:
    for layer in _made(cell, "orthogonal").layers:
        blocks = layer.weight_hh_l0.detach().split(HIDDEN)
        assert len(blocks) == gates
        for block in blocks:
            torch.testing.assert_close(block @ block.T, torch.eye(HIDDEN), rtol=0, atol=1e-5)
        assert len({block[0, 0].item() for block in blocks}) == gates


def test_identity() -> None:
    for layer in _made(nn.RNN, "identity").layers:
        assert torch.equal(layer.weight_hh_l0, torch.eye(HIDDEN))


def test_uniform_has_torchs_bounds() -> None:
    for layer in _made(nn.LSTM, "uniform").layers:
        assert 0.95 * HIDDEN**-0.5 < layer.weight_hh_l0.abs().max().item() <= HIDDEN**-0.5


def test_input_weights_are_xavier_by_gate() -> None:
    for layer in _made(nn.LSTM, "orthogonal").layers:
        bound = (6 / (layer.input_size + HIDDEN)) ** 0.5  # not 6 / (input + 4 hidden)
        for block in layer.weight_ih_l0.split(HIDDEN):
            assert 0.85 * bound < block.abs().max().item() <= bound


def test_the_forget_bias_stands_in_the_input_bias_of_the_second_gate() -> None:
    for layer in _made(nn.LSTM, "orthogonal", 1.5).layers:
        assert layer.bias_ih_l0.tolist() == [0.0] * HIDDEN + [1.5] * HIDDEN + [0.0] * 2 * HIDDEN
        assert not layer.bias_hh_l0.any()


def test_biases_are_zero_without_one() -> None:
    for layer in _made(nn.GRU, "orthogonal").layers:
        assert not layer.bias_ih_l0.any()
        assert not layer.bias_hh_l0.any()
        assert layer.weight_ih_l0.requires_grad


@pytest.mark.parametrize("longest", [3, 400])
def test_chrono_draws_the_gates_for_every_span_up_to_the_longest(longest: int) -> None:
    size = 300
    for layer in _made(nn.LSTM, "uniform", 1.0, size=size, chrono=longest).layers:
        to_input, forget, cell, output = layer.bias_ih_l0.detach().split(size)
        assert torch.equal(to_input, -forget)
        assert not torch.cat([cell, output, layer.bias_hh_l0]).any()
        spans = forget.exp()
        assert forget.min() >= 0
        assert forget.max() <= math.log(longest - 1) + 1e-6
        # The spans are uniform: one in 20,000 draws of so many leaves a thirtieth out on one side.
        width = longest - 2
        assert abs(spans.mean() - longest / 2) < 4.5 * width / (12 * size) ** 0.5
        assert spans.min() < 1 + width / 30
        assert spans.max() > longest - 1 - width / 30


def test_the_shortest_chrono_forgets_half_at_each_step() -> None:
    for layer in _made(nn.LSTM, "orthogonal", 1.0, chrono=2).layers:
        assert not layer.bias_ih_l0.any()  # log of U(1, 1)


def test_irnn_is_the_paper_s() -> None:
    for layer in _made(nn.RNN, "identity", size=200, input_sd=0.001).layers:
        assert torch.equal(layer.weight_hh_l0, torch.eye(200))
        assert not layer.bias_ih_l0.any()
        assert not layer.bias_hh_l0.any()
        drawn = layer.weight_ih_l0.detach().double() / 0.001
        assert abs(drawn.mean()) < 4.5 / drawn.numel() ** 0.5
        assert abs(drawn.square().mean() - 1) < 4.5 * (2 / drawn.numel()) ** 0.5
        assert abs((drawn**4).mean() - 3) < 4.5 * (96 / drawn.numel()) ** 0.5  # a normal, no uniform (1.8)
