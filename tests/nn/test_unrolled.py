from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from recurra.nn.initialisation import initialise
from recurra.nn.layer_run import run_fused
from recurra.nn.recurrence import Recurrence
from recurra.nn.reset_before import ResetBeforeGRU
from recurra.nn.unrolled import total_derivatives, unrolled

CELLS: dict[str, Callable[..., nn.RNNBase]] = {
    "tanh": nn.RNN,
    "relu": partial(nn.RNN, nonlinearity="relu"),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
STEPS: dict[str, Callable[..., nn.RNNCellBase]] = {
    "tanh": nn.RNNCell,
    "relu": partial(nn.RNNCell, nonlinearity="relu"),
    "lstm": nn.LSTMCell,
    "gru": nn.GRUCell,
}
ALL: dict[str, Callable[..., nn.RNNBase]] = {**CELLS, "gru, reset before": ResetBeforeGRU}
TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-10}
INPUT, HIDDEN = 4, 3
LENGTHS = torch.tensor([3, 5, 0, 1])


def made(cell: str, layers: int, bidirectional: bool, dtype: torch.dtype = torch.float64) -> Recurrence:
    torch.manual_seed(0)
    return Recurrence(ALL[cell], INPUT, HIDDEN, layers, bidirectional).to(dtype)


def loss_of(states: Tensor, final: Tensor) -> Tensor:
    """Of one text, (T, D) and (D,); the steps count differently, and it bends."""
    weights = torch.arange(1.0, states.numel() + 1, dtype=states.dtype).view(states.shape).sin()
    return (states * weights).sum().tanh() + final.square().sum()


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ALL)
def test_it_gives_what_the_kernels_give(
    cell: str, layers: int, bidirectional: bool, given: bool, dtype: torch.dtype
) -> None:
    recurrence = made(cell, layers, bidirectional, dtype)
    x = torch.randn(len(LENGTHS), 7, INPUT, dtype=dtype, requires_grad=True)  # two steps of garbage beyond the longest
    shape = (len(recurrence.layers), len(LENGTHS), HIDDEN)
    began = tuple(torch.randn(shape, dtype=dtype) for _ in range(2 if cell == "lstm" else 1)) if given else None

    def run() -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        states, final, end, _ = recurrence(x, LENGTHS, began, with_state=True)
        parts = (states, final, *end)
        return parts, torch.autograd.grad(sum(part.square().sum() for part in parts), [x, *recurrence.parameters()])

    expected = run()
    with unrolled(recurrence) as traces:
        found = run()
    assert len(traces) == len(recurrence.layers)
    torch.testing.assert_close(found, expected, rtol=TOLERANCES[dtype], atol=TOLERANCES[dtype])


@pytest.mark.parametrize("cell", ALL)
def test_dropout_is_that_of_training(cell: str) -> None:
    torch.manual_seed(0)
    recurrence = Recurrence(ALL[cell], INPUT, HIDDEN, 2, True, dropout=0.5, weight_dropout=0.5)
    x = torch.randn(len(LENGTHS), 5, INPUT)
    torch.manual_seed(1)
    expected, _, _, _ = recurrence(x, LENGTHS)
    with unrolled(recurrence):
        torch.manual_seed(1)
        found, _, _, _ = recurrence(x, LENGTHS)
    torch.testing.assert_close(found, expected)
    torch.manual_seed(2)
    assert not torch.equal(recurrence(x, LENGTHS)[0], expected)


def loss_step_by_step(
    recurrence: Recurrence, cells: list[nn.RNNCellBase], x: Tensor, nudged: tuple[int, int], nudge: Tensor
) -> Tensor:
    """The loss of one text (T, E), where `nudge` (H,) is added to the hidden state of layer and token `nudged`."""
    if not len(x):
        return loss_of(x.new_zeros(0, recurrence.output_size), x.new_zeros(recurrence.output_size))
    finals: list[Tensor] = []
    for depth in range(0, len(cells), recurrence.directions):
        outputs, finals = [], []
        for number in range(depth, depth + recurrence.directions):
            order = range(len(x)) if number == depth else range(len(x) - 1, -1, -1)
            state: tuple[Tensor, ...] = (x.new_zeros(1, HIDDEN),) * (2 if isinstance(cells[number], nn.LSTMCell) else 1)
            states = {}
            for token in order:
                after = cells[number](x[token : token + 1], state if len(state) > 1 else state[0])
                state = after if isinstance(after, tuple) else (after,)
                if nudged == (number, token):
                    state = (state[0] + nudge, *state[1:])
                states[token] = state[0][0]
            outputs.append(torch.stack([states[token] for token in range(len(x))]))
            finals.append(states[order[-1]])
        x = torch.cat(outputs, dim=1)
    return loss_of(x, torch.cat(finals))


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
@torch.no_grad()
def test_derivatives_are_total_as_finite_differences_are(cell: str, layers: int, bidirectional: bool) -> None:
    recurrence = made(cell, layers, bidirectional)
    cells = []
    for layer in recurrence.layers:
        copy = STEPS[cell](layer.input_size, HIDDEN).double()
        copy.load_state_dict({name.removesuffix("_l0"): value for name, value in layer.state_dict().items()})
        cells.append(copy)
    x = torch.randn(len(LENGTHS), 5, INPUT, dtype=torch.float64)
    with torch.enable_grad(), unrolled(recurrence) as traces:
        states, final, _, _ = recurrence(x, LENGTHS)
        losses = [loss_of(states[row, :length], final[row]) for row, length in enumerate(LENGTHS)]
        found = total_derivatives(sum(losses), traces)
    assert all(weight.grad is None for weight in recurrence.parameters())

    eps = 1e-5
    for number, derivatives in enumerate(found):
        expected = torch.zeros_like(derivatives)
        for row, length in enumerate(LENGTHS.tolist()):
            for token in range(length):
                for unit, nudge in enumerate(eps * torch.eye(HIDDEN, dtype=torch.float64)):
                    ahead, back = (
                        loss_step_by_step(recurrence, cells, x[row, :length], (number, token), sign * nudge)
                        for sign in (1, -1)
                    )
                    expected[row, token, unit] = (ahead - back) / (2 * eps)
        assert expected.any()
        torch.testing.assert_close(derivatives, expected, rtol=1e-7, atol=1e-8)


def test_layers_are_counted_on_from_one_recurrence_to_the_next() -> None:
    model = nn.ModuleList([made("gru", 2, False, torch.float32), made("lstm", 1, True, torch.float32)])
    x = torch.randn(2, 3, INPUT)
    with unrolled(model) as traces:
        for recurrence in model:
            recurrence(x, torch.tensor([3, 2]))
    assert [(trace.layer, trace.backward) for trace in traces] == [(0, False), (1, False), (2, False), (2, True)]


def test_what_it_exchanged_is_put_back_whatever_happens() -> None:
    recurrence = made("gru", 1, False)

    def fail() -> None:
        with unrolled(recurrence):
            assert recurrence.run is not run_fused
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        fail()
    assert recurrence.run is run_fused


@pytest.mark.parametrize(
    ("cell", "biases", "expected"),
    [
        (
            "lstm",
            [-10.0, 10.0, 0.0, 0.0],  # input, forget, cell, output
            {"input_low": 1, "input_high": 0, "forget_low": 0, "forget_high": 1, "output_low": 0, "output_high": 0},
        ),
        ("gru", [10.0, -10.0, 0.0], {"reset_low": 0, "reset_high": 1, "update_low": 1, "update_high": 0}),
        ("tanh", [-2.0], {"state_low": 1, "state_high": 0}),
        ("tanh", [1.0], {"state_low": 0, "state_high": 0}),  # tanh(1) = 0.76
        ("relu", [5.0], {}),
    ],
)
def test_saturated_gates_are_told(cell: str, biases: list[float], expected: dict[str, float]) -> None:
    recurrence = made(cell, 1, False)
    (layer,) = recurrence.layers
    with torch.no_grad():
        for weight in layer.parameters():
            weight.zero_()
        layer.bias_ih_l0.copy_(torch.tensor(biases).repeat_interleave(HIDDEN))
    with unrolled(recurrence) as traces:
        recurrence(torch.randn(2, 3, INPUT, dtype=torch.float64), torch.tensor([3, 1]))
    assert traces[0].saturated == expected


def test_padding_and_empty_texts_are_no_saturation() -> None:
    recurrence = made("tanh", 1, True)
    for layer in recurrence.layers:
        nn.init.ones_(layer.weight_ih_l0)
        nn.init.zeros_(layer.bias_ih_l0)
        nn.init.zeros_(layer.bias_hh_l0)
    x = torch.full((2, 4, INPUT), 100.0, dtype=torch.float64)
    x[0, :2] = 0
    x[1, 0] = 0
    with unrolled(recurrence) as traces:
        recurrence(x, torch.tensor([2, 1]))
        recurrence(x, torch.tensor([4, 1]))
        recurrence(x, torch.tensor([0, 0]))
    assert [trace.saturated.get("state_high") for trace in traces[::2]] == [0.0, 2 / 5, None]


def test_at_rest_a_plain_network_passes_back_powers_of_its_recurrent_matrix() -> None:
    recurrence = made("tanh", 1, False)
    initialise(recurrence, "uniform")
    with unrolled(recurrence) as traces:
        _, final, _, _ = recurrence(torch.zeros(1, 9, INPUT, dtype=torch.float64), torch.tensor([9]))
    (derivatives,) = total_derivatives(final.sum(), traces)
    matrix, ones = recurrence.layers[0].weight_hh_l0.detach(), torch.ones(HIDDEN, dtype=torch.float64)
    for token in range(9):
        torch.testing.assert_close(derivatives[0, token], ones @ torch.linalg.matrix_power(matrix, 8 - token))


def test_a_plain_network_forgets_orders_of_magnitude_sooner_than_an_lstm() -> None:
    decades = {}
    for cell, recurrent, forget_bias in (("tanh", "uniform", None), ("lstm", "orthogonal", 1.0)):
        torch.manual_seed(0)
        recurrence = Recurrence(CELLS[cell], 8, 32)
        initialise(recurrence, recurrent, forget_bias)
        with unrolled(recurrence) as traces:
            _, final, _, _ = recurrence(0.1 * torch.randn(4, 60, 8), torch.full((4,), 60))
        (derivatives,) = total_derivatives(final.sum(), traces)
        norms = derivatives.double().norm(dim=(0, 2))
        decades[cell] = float((norms[0] / norms[-1]).log10())
    assert decades["tanh"] < -8
    assert decades["lstm"] > -4
