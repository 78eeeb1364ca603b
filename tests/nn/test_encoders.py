from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from recurra.errors import ConfigError
from recurra.nn.encoders import CNN, GRU, LSTM, RCNN, RNN, Bag, Encoder, RCNNLai, TextRNN
from recurra.nn.encoders.recurrent import Recurrent

SHAPE: dict[str, Any] = {"num_layers": 1, "dropout": 0.0, "recurrent_init": "orthogonal"}
X = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
LENGTHS = torch.tensor([5, 2, 0])


@pytest.mark.parametrize("abstract", [Encoder, Recurrent])
def test_bases_are_abstract(abstract: type) -> None:
    with pytest.raises(TypeError, match="abstract"):
        abstract()


BUILDS = [
    lambda **o: RNN(4, hidden_size=3, nonlinearity="tanh", **SHAPE | o),
    lambda **o: LSTM(4, hidden_size=3, forget_bias=1.0, **SHAPE | o),
    lambda **o: GRU(4, hidden_size=3, **SHAPE | o),
]


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("build", BUILDS)
def test_sizes_and_causality_follow_the_directions(build, bidirectional: bool) -> None:
    encoder = build(bidirectional=bidirectional, pooling=["max", "mean"])
    width = 6 if bidirectional else 3
    assert (encoder.input_size, encoder.states_size, encoder.summary_size) == (4, width, 2 * width)
    assert encoder.causal is not bidirectional
    assert (encoder(X, LENGTHS).state is None) is bidirectional


@pytest.mark.parametrize("build", BUILDS)
def test_dropouts_reach_the_recurrence(build) -> None:
    shape = {"bidirectional": False, "pooling": "last"}
    plain = build(**shape).recurrence
    assert (plain.dropout.locked, plain.weight_dropout.p) == (False, 0.0)
    recurrence = build(locked=True, weight_dropout=0.3, **shape).recurrence
    assert (recurrence.dropout.locked, recurrence.weight_dropout.p) == (True, 0.3)


@pytest.mark.parametrize("build", BUILDS)
def test_layer_norm_reaches_the_recurrence(build) -> None:
    two = {"bidirectional": True, "pooling": "last", "num_layers": 2}
    assert [norm.normalized_shape for norm in build(layer_norm=True, **two).recurrence.norms] == [(6,)]
    assert not build(**two).recurrence.norms


@pytest.mark.parametrize("build", BUILDS)
def test_a_bag_of_what_was_read_stands_beside_the_states(build) -> None:
    encoder = build(bidirectional=True, pooling=["bag", "max"])
    assert encoder.summary_size == 4 + 6
    summary = encoder(X, LENGTHS).summary
    torch.testing.assert_close(summary[:, :4], torch.stack([X[0].mean(0), X[1, :2].mean(0), torch.zeros(4)]))


def test_chrono_stands_in_place_of_the_forget_bias() -> None:
    encoder = LSTM(4, hidden_size=3, bidirectional=True, pooling="last", forget_bias=9.0, chrono=8, **SHAPE)
    for layer in encoder.recurrence.layers:
        to_input, forget, _, _ = layer.bias_ih_l0.split(3)
        assert forget.min() > 0
        assert forget.max() <= np.log(7)
        assert torch.equal(to_input, -forget)


def test_input_sd_is_of_the_input_weights() -> None:
    encoder = RNN(
        400, hidden_size=50, bidirectional=False, pooling="last", nonlinearity="relu", input_sd=0.001, **SHAPE
    )
    assert encoder.recurrence.layers[0].weight_ih_l0.std().item() == pytest.approx(0.001, rel=0.03)


def test_textrnn_reads_the_true_last_states() -> None:
    encoder = TextRNN(4, hidden_size=3, forget_bias=1.0, **SHAPE)
    theirs = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    theirs.load_state_dict(encoder.recurrence.torch_state_dict())
    for row, length in ((0, 5), (1, 2)):
        _, (hidden, _) = theirs(X[row : row + 1, :length])
        torch.testing.assert_close(encoder(X, LENGTHS).summary[row], hidden.flatten())
    assert not encoder(X, LENGTHS).summary[2].any()


def test_textrnn_s_faithful_readout_is_the_output_at_the_last_step() -> None:
    encoder = TextRNN(4, hidden_size=3, forget_bias=1.0, readout="faithful", **SHAPE)
    assert encoder.reads_padding
    theirs = nn.LSTM(4, 3, batch_first=True, bidirectional=True)
    theirs.load_state_dict(encoder.recurrence.torch_state_dict())
    encoding = encoder(X, LENGTHS)
    torch.testing.assert_close(encoding.states, theirs(X)[0])
    torch.testing.assert_close(encoding.summary, theirs(X)[0][:, -1])
    torch.testing.assert_close(encoding.summary[:, 3:], theirs(X[:, -1:])[0][:, 0, 3:])  # it has read one token
    assert encoding.summary[2].all()  # an empty text is all padding, and that is read


def test_rcnn_s_faithful_readout_is_that_of_texts_as_long_as_they_are_padded() -> None:
    torch.manual_seed(0)
    shape: dict[str, Any] = {"hidden_size": 3, "cell": "lstm", "filters": 2}
    faithful, correct = RCNN(4, readout="faithful", **shape), RCNN(4, **shape)
    correct.load_state_dict(faithful.state_dict())
    assert (faithful.reads_padding, correct.reads_padding) == (True, False)
    for found, expected in zip(faithful(X, LENGTHS)[:2], correct(X, torch.tensor([5, 5, 5]))[:2], strict=True):
        torch.testing.assert_close(found, expected)
    assert not torch.allclose(faithful(X, LENGTHS).summary[1], correct(X, LENGTHS).summary[1])


@pytest.mark.parametrize(
    "encoder",
    [
        TextRNN(4, hidden_size=3, forget_bias=1.0, **SHAPE),
        RCNN(4, hidden_size=3, cell="lstm"),
        RCNNLai(4, hidden_size=3, latent_size=5),
        CNN(4, filters=2, widths=[3]),
        Bag(4),
    ],
)
def test_an_encoder_that_is_not_causal_refuses_a_state(encoder: Encoder) -> None:
    with pytest.raises(ConfigError, match="is not causal"):
        encoder(X, LENGTHS, (torch.zeros(2, 3, 3), torch.zeros(2, 3, 3)))


def test_rcnn_by_hand() -> None:
    """Every window that lies wholly inside each text, one at a time."""
    torch.manual_seed(0)
    encoder = RCNN(4, hidden_size=3, cell="gru", filters=2, widths=[1, 3])
    assert (encoder.states_size, encoder.summary_size) == (4 + 6, 2 * 2 * 2)
    encoding = encoder(X, LENGTHS)
    assert torch.equal(encoding.states[0, :, :4], X[0])
    torch.testing.assert_close(encoding.states[0, :, 4:], encoder.recurrence(X, LENGTHS)[0][0])
    for row, length in ((0, 5), (1, 2)):
        parts = []
        for width, convolution in zip([1, 3], encoder.convolutions, strict=True):
            text = encoding.states[row, :length]
            if length < width:  # extended with zeros to a single window
                text = torch.cat([text, torch.zeros(width - length, 10)])
            windows = [text[start : start + width] for start in range(len(text) - width + 1)]
            products = [torch.einsum("kd,fdk->f", window, convolution.weight) for window in windows]
            found = (torch.stack(products) + convolution.bias).relu()
            parts += [found.mean(0), found.amax(0)]
        torch.testing.assert_close(encoding.summary[row], torch.cat(parts))
    assert not encoding.summary[2].any()


@pytest.mark.parametrize(("cell", "made"), [("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)])
def test_rcnn_cells(cell, made: type) -> None:
    encoder = RCNN(4, hidden_size=3, cell=cell)
    assert all(type(layer) is made for layer in encoder.recurrence.layers)
    assert len(encoder.recurrence.layers) == 2
    assert encoder.recurrence.layers[0].bias_ih_l0.sum().item() == (3.0 if cell == "lstm" else 0.0)


@pytest.mark.parametrize(
    "build", [lambda **o: RCNN(4, hidden_size=3, cell="lstm", **o), lambda **o: CNN(4, filters=2, **o)]
)
def test_convolutions_need_a_width(build) -> None:
    with pytest.raises(ConfigError, match=r"model\.widths"):
        build(widths=[])


def test_cnn_by_hand() -> None:
    """Every window that lies wholly inside each text, and those around each step, one at a time."""
    torch.manual_seed(0)
    encoder = CNN(4, filters=2, widths=[2, 3, 5])
    assert (encoder.input_size, encoder.states_size, encoder.summary_size, encoder.causal) == (4, 6, 6, False)
    for convolution in encoder.convolutions:
        torch.nn.init.normal_(convolution.bias)
    encoding = encoder(X, LENGTHS)

    def found(convolution: nn.Module, window: torch.Tensor) -> torch.Tensor:
        return (torch.einsum("kd,fdk->f", window, convolution.weight) + convolution.bias).relu()

    for row, length in ((0, 5), (1, 2)):
        states, summary = [], []
        for width, convolution in zip([2, 3, 5], encoder.convolutions, strict=True):
            text = X[row, :length]
            wide = torch.cat([torch.zeros((width - 1) // 2, 4), text, torch.zeros(width, 4)])
            states.append(torch.stack([found(convolution, wide[step : step + width]) for step in range(length)]))
            if length < width:  # extended with zeros to a single window
                text = torch.cat([text, torch.zeros(width - length, 4)])
            starts = range(len(text) - width + 1)
            summary.append(torch.stack([found(convolution, text[at : at + width]) for at in starts]).amax(0))
        torch.testing.assert_close(encoding.states[row, :length], torch.cat(states, dim=1))
        torch.testing.assert_close(encoding.summary[row], torch.cat(summary))
    assert not encoding.summary[2].any()


def test_a_bag_is_the_mean_whatever_the_order() -> None:
    encoder = Bag(4)
    assert (encoder.input_size, encoder.states_size, encoder.summary_size, encoder.causal) == (4, 8, 4, False)
    assert not list(encoder.parameters())
    encoding = encoder(X, LENGTHS)
    for row, length in ((0, 5), (1, 2)):
        mean = X[row, :length].mean(0)
        torch.testing.assert_close(encoding.summary[row], mean)
        torch.testing.assert_close(encoding.states[row, :length, 4:], mean.expand(length, 4))
        assert torch.equal(encoding.states[row, :length, :4], X[row, :length])
    turned = encoder(X[:1].flip(1), LENGTHS[:1])
    torch.testing.assert_close(turned.summary[0], encoding.summary[0])
    assert not encoding.summary[2].any()


def lai(encoder: RCNNLai, words: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Equations 1 to 5 of the paper for one text (T, E), a word at a time: y (T, L) and their maximum."""
    numbers = {name: value.detach().numpy() for name, value in encoder.named_parameters()}

    def step(layer: int, context: np.ndarray, word: np.ndarray) -> np.ndarray:
        w_e, w_c, b_e, b_c = (
            numbers[f"recurrence.layers.{layer}.{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        return np.tanh(w_c @ context + w_e @ word + b_e + b_c)

    left, right = [numbers["ends"][0]], [numbers["ends"][1]]
    for word in words[:-1]:
        left.append(step(0, left[-1], word))
    for word in words[:0:-1]:
        right.insert(0, step(1, right[0], word))
    weight, bias = numbers["projection.weight"], numbers["projection.bias"]
    latent = [np.tanh(weight @ np.concatenate(each) + bias) for each in zip(left, words, right, strict=True)]
    return np.array(latent), np.max(latent, axis=0)


def test_rcnn_lai_is_the_paper_s() -> None:
    torch.manual_seed(0)
    encoder = RCNNLai(4, hidden_size=3, latent_size=5).double()
    assert (encoder.input_size, encoder.states_size, encoder.summary_size) == (4, 5, 5)
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.normal_()
    encoding = encoder(X.double(), LENGTHS)
    for row, length in ((0, 5), (1, 2)):
        states, summary = lai(encoder, X[row, :length].double().numpy())
        torch.testing.assert_close(encoding.states[row, :length], torch.from_numpy(states))
        torch.testing.assert_close(encoding.summary[row], torch.from_numpy(summary))
        assert not encoding.states[row, length:].any()
    assert not encoding.summary[2].any()


def test_rcnn_lai_s_gradients_are_those_of_finite_differences() -> None:
    torch.manual_seed(0)
    encoder = RCNNLai(4, hidden_size=3, latent_size=5).double()
    weights = dict(encoder.named_parameters())

    def summary(x: torch.Tensor, *values: torch.Tensor) -> torch.Tensor:
        given = dict(zip(weights, values, strict=True))
        return torch.func.functional_call(encoder, given, (x, LENGTHS)).summary

    inputs = (X.double().requires_grad_(), *(value.detach().requires_grad_() for value in weights.values()))
    assert torch.autograd.gradcheck(summary, inputs)
