"""`check_encoder` passes every encoder that we ship, and rejects broken ones by name of what is broken."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hydra.utils import instantiate
from omegaconf import OmegaConf
from torch import Tensor

from recurra.errors import ConfigError
from recurra.nn.encoders import Encoder
from recurra.nn.recurrence import Recurrence
from recurra.nn.sequences import mask, masked_mean
from recurra.testing import check_encoder
from recurra.types import Encoding

MODELS = sorted((Path(__file__).parent.parent / "conf" / "model").glob("*.yaml"))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread: with tensors this small, threads that wait for each other on a busy machine cost tenfold."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _build(path: Path, **changes: object):
    return instantiate(OmegaConf.load(path), _convert_="all", **changes)


def test_there_are_models() -> None:
    assert {"rnn", "lstm", "gru", "textrnn", "rcnn"} <= {path.stem for path in MODELS}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_model(path: Path) -> None:
    check_encoder(_build(path))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_model_with_layers(path: Path) -> None:
    if "num_layers" in OmegaConf.load(path):
        check_encoder(_build(path, num_layers=2, hidden_size=4, dropout=0.5), seed=1)


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention", "bag", ["attention", "bag", "mean"]])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_poolings_and_directions(name: str, bidirectional: bool, pooling: str | list[str]) -> None:
    path = next(path for path in MODELS if path.stem == name)
    check_encoder(_build(path, hidden_size=4, bidirectional=bidirectional, pooling=pooling), input_size=3)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_layer_norm(name: str, bidirectional: bool) -> None:
    path = next(path for path in MODELS if path.stem == name)
    check_encoder(_build(path, hidden_size=4, num_layers=3, bidirectional=bidirectional, layer_norm=True), input_size=3)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_reset_before(bidirectional: bool) -> None:
    path = next(path for path in MODELS if path.stem == "gru")
    changes = {"reset": "before", "num_layers": 2, "hidden_size": 4, "pooling": ["last", "max"]}
    check_encoder(_build(path, bidirectional=bidirectional, **changes))


@pytest.mark.parametrize("name", ["textrnn", "rcnn"])
def test_readouts_that_read_padding_hold_to_the_rest(name: str) -> None:
    path = next(path for path in MODELS if path.stem == name)
    check_encoder(_build(path, readout="faithful", num_layers=2, hidden_size=4))


@pytest.mark.parametrize("bidirectional", [False, True])
def test_relu(bidirectional: bool) -> None:
    path = next(path for path in MODELS if path.stem == "rnn")
    changes = {"nonlinearity": "relu", "recurrent_init": "identity", "hidden_size": 4}
    check_encoder(_build(path, bidirectional=bidirectional, **changes))


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("name", "initial"),
    [
        ("rnn", {"nonlinearity": "relu", "recurrent_init": "identity", "input_sd": 0.001}),
        ("lstm", {"chrono": 50}),
        ("gru", {}),
    ],
)
def test_dropouts_and_initial_weights(name: str, initial: dict[str, object], bidirectional: bool) -> None:
    path = next(path for path in MODELS if path.stem == name)
    dropouts = {"num_layers": 2, "dropout": 0.5, "locked": True, "weight_dropout": 0.5}
    check_encoder(_build(path, hidden_size=4, bidirectional=bidirectional, **dropouts, **initial))


def test_the_callers_random_state_is_left_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    check_encoder(Good)
    assert torch.equal(torch.rand(2), expected)


class Good(Encoder):
    """Each vector times two, and their mean: right, and the pattern that the broken ones depart from."""

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.input_size = self.states_size = self.summary_size = input_size
        self.causal = False
        self.scale = torch.nn.Parameter(torch.full((input_size,), 2.0))

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        return self.encode(x, lengths)

    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states = x.masked_fill(~mask(lengths, x.size(1)).unsqueeze(2), 0.0) * self.scale
        return Encoding(states, masked_mean(states, lengths))


class ReadsPadding(Good):
    """Right as long as padding is zero."""

    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        return super().encode(x, lengths)._replace(summary=(x.detach() * self.scale).sum(1))


class SaysThatItReadsPadding(ReadsPadding):
    reads_padding = True

    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        return Encoding(x * self.scale, (x * self.scale).sum(1))


class GradientsReachPadding(Good):
    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states, summary, *_ = super().encode(x, lengths)
        return Encoding(states, summary + (x.sum(1) - x.sum(1).detach()))


class CountsPadding(Good):
    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states = super().encode(x, lengths).states
        return Encoding(states, states.sum(1) / max(1, x.size(1)))


class OrderMatters(Good):
    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states, summary, *_ = super().encode(x, lengths)
        places = torch.arange(len(x), dtype=x.dtype).unsqueeze(1)
        return Encoding(states, summary * (1 + places))


class OrderMattersAndPaddingIsRead(OrderMatters):
    reads_padding = True


class StatesAtPadding(Good):
    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states, summary, *_ = super().encode(x, lengths)
        return Encoding(states.masked_fill(~mask(lengths, x.size(1)).unsqueeze(2), 1.0), summary)


class GradientsFromNeighbours(Good):
    """The value is right, but a gradient of one row reaches the others."""

    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states, summary, *_ = super().encode(x, lengths)
        everything = x.sum()
        return Encoding(states, summary + (everything - everything.detach()))


class EmptySummaryNotZero(Good):
    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        states, summary, *_ = super().encode(x, lengths)
        return Encoding(states, summary + 1.0)


class LiesAboutSummary(Good):
    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.summary_size = input_size + 1


class LiesAboutStates(Good):
    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.states_size = 2 * input_size


class LiesAboutInput(Good):
    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.input_size = input_size - 1


class TakesAnyState(Good):
    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        return self.encode(x, lengths)


class HasNoState(Good):
    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.causal = True


class Forgets(Encoder):
    """Causal, but begins anew whatever it is given."""

    bidirectional = False

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.recurrence = Recurrence(torch.nn.GRU, input_size, 4, bidirectional=self.bidirectional)
        self.input_size, self.causal = input_size, True
        self.states_size = self.summary_size = self.recurrence.output_size

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        return Encoding(*self.recurrence(x, lengths, with_state=True)[:3])


class LiesAboutSides(Good):
    sides = 1


class SeesBothSides(Good):
    """Its states are wholly of each step, and of the whole text."""

    def __init__(self, input_size: int) -> None:
        super().__init__(input_size)
        self.sides, self.side_size = 1, input_size

    def encode(self, x: Tensor, lengths: Tensor) -> Encoding:
        found = super().encode(x, lengths)
        return found._replace(sided=found.states + found.summary.unsqueeze(1))


class SeesTheFuture(Forgets):
    bidirectional = True


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (ReadsPadding, "the summary of a text changes with garbage in the padding"),
        (LiesAboutSides, r"what was read on its sides is None, but it states"),
        (SeesBothSides, "what was read on one side of a step changes with the other"),
        (GradientsReachPadding, "gradients reach the padding in a batch"),
        (CountsPadding, "the summary of a text changes in a batch"),
        (OrderMatters, "the summary of a text changes in a batch"),
        (OrderMattersAndPaddingIsRead, "the summary of a text changes in a batch"),
        (StatesAtPadding, "the states at padding are not zero in a batch"),
        (GradientsFromNeighbours, "the gradients of the inputs change in a batch"),
        (EmptySummaryNotZero, "the summary of an empty text is not zero"),
        (LiesAboutSummary, r"the summary are \(6, 5\), but it states \(6, 6\)"),
        (LiesAboutStates, r"the states are \(6, 7, 5\), but it states \(6, 7, 10\)"),
        (LiesAboutInput, "it states input_size 4, not 5"),
        (TakesAnyState, "it is not causal, yet takes a state without a ConfigError"),
        (HasNoState, "it is causal, yet returns no state"),
        (Forgets, "two halves with the state carried over differ from one pass"),
        (SeesTheFuture, "it is causal, yet the future touches the past"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_broken_encoders_are_rejected(broken: type[Encoder], sentence: str) -> None:
    with pytest.raises(AssertionError, match=f"^{broken.__name__}, torch.float32: {sentence}"):
        check_encoder(broken)


@pytest.mark.parametrize("good", [Good, SaysThatItReadsPadding])
def test_good_is_good(good: type[Encoder]) -> None:
    check_encoder(good)


def test_a_state_is_refused_with_the_cure() -> None:
    with pytest.raises(ConfigError, match=r"model\.bidirectional=false"):
        Good(2)(torch.zeros(1, 1, 2), torch.tensor([1]), (torch.zeros(1, 1, 2),))
