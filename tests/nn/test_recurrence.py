import copy
from collections.abc import Callable, Iterator
from functools import partial
from itertools import combinations
from typing import final

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from recurra.nn.recurrence import Recurrence

CELLS: dict[str, Callable[..., nn.RNNBase]] = {
    "tanh": nn.RNN,
    "relu": partial(nn.RNN, nonlinearity="relu"),
    "lstm": nn.LSTM,
    "gru": nn.GRU,
}
TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-10}
INPUT, HIDDEN = 5, 4
MIXES = {"ragged": [3, 7, 1, 5, 7], "full": [6, 6, 6], "short": [1, 2], "one": [1]}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread: with tensors this small, threads that wait for each other on a busy machine cost tenfold."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _like(cell: str, layers: int, bidirectional: bool, dtype: torch.dtype) -> tuple[nn.RNNBase, Recurrence]:
    """torch's module, and ours with its weights."""
    torch.manual_seed(0)
    theirs = CELLS[cell](INPUT, HIDDEN, layers, batch_first=True, bidirectional=bidirectional).to(dtype)
    ours = Recurrence(CELLS[cell], INPUT, HIDDEN, layers, bidirectional).to(dtype)
    ours.load_torch_state_dict(theirs.state_dict())
    return theirs, ours


def _state(cell: str, layers: int, bidirectional: bool, rows: int, dtype: torch.dtype) -> tuple[Tensor, ...]:
    shape = (layers * (2 if bidirectional else 1), rows, HIDDEN)
    return tuple(torch.randn(shape, dtype=dtype) for _ in range(2 if cell == "lstm" else 1))


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("given", [False, True], ids=["from zeros", "from a state"])
@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_equals_torch_on_a_packed_batch(
    cell: str, layers: int, bidirectional: bool, mix: str, given: bool, dtype: torch.dtype
) -> None:
    theirs, ours = _like(cell, layers, bidirectional, dtype)
    lengths = torch.tensor(MIXES[mix])
    rows, steps = len(lengths), int(lengths.max())
    x = torch.randn(rows, steps + 2, INPUT, dtype=dtype)  # two steps of garbage more than any text has
    began = _state(cell, layers, bidirectional, rows, dtype) if given else None

    def leaves() -> tuple[Tensor, tuple[Tensor, ...] | None]:
        return x.clone().requires_grad_(), None if began is None else tuple(p.clone().requires_grad_() for p in began)

    x_theirs, began_theirs = leaves()
    packed = pack_padded_sequence(x_theirs, lengths, batch_first=True, enforce_sorted=False)
    hx = began_theirs if began_theirs is None or cell == "lstm" else began_theirs[0]
    output, end = theirs(packed, hx)
    states_theirs, _ = pad_packed_sequence(output, batch_first=True, total_length=steps + 2)
    end_theirs = end if isinstance(end, tuple) else (end,)

    x_ours, began_ours = leaves()
    states, final, end_ours, _ = ours(x_ours, lengths, began_ours, with_state=True)
    assert end_ours is not None

    close = partial(torch.testing.assert_close, rtol=TOLERANCES[dtype], atol=TOLERANCES[dtype])
    close(states, states_theirs)
    close(end_ours, end_theirs)
    top = end_theirs[0][-ours.directions :]
    close(final, torch.cat(list(top), dim=1))
    close(ours(x, lengths, began)[0], states_theirs)  # the path on which nobody asks for the state

    weights = [torch.randn_like(part) for part in (states, *end_ours)]

    def gradients(parts: tuple[Tensor, ...], leaves: list[Tensor]) -> tuple[Tensor, ...]:
        said = sum((part * weight).sum() for part, weight in zip(parts, weights, strict=True))
        return torch.autograd.grad(said, leaves)

    names = list(theirs.state_dict())
    theirs_by_name = dict(theirs.named_parameters())
    ours_by_name = {torch_name: ours.get_parameter(name) for name, torch_name in ours._names()}
    close(
        gradients((states, *end_ours), [x_ours, *(began_ours or ()), *(ours_by_name[name] for name in names)]),
        gradients(
            (states_theirs, *end_theirs), [x_theirs, *(began_theirs or ()), *(theirs_by_name[name] for name in names)]
        ),
    )


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_an_empty_sequence_has_zero_states_and_passes_its_state_on(cell: str, bidirectional: bool) -> None:
    _, ours = _like(cell, 2, bidirectional, torch.float32)
    x, lengths = torch.randn(3, 4, INPUT), torch.tensor([0, 4, 0])
    began = _state(cell, 2, bidirectional, 3, torch.float32)
    states, final, end, _ = ours(x, lengths, began, with_state=True)
    assert not states[[0, 2]].any()
    for part, before in zip(end, began, strict=True):
        assert torch.equal(part[:, [0, 2]], before[:, [0, 2]])
        assert not torch.equal(part[:, 1], before[:, 1])
    assert torch.equal(final, torch.cat(list(end[0][-ours.directions :]), dim=1))

    _, final, end, _ = ours(x, lengths, with_state=True)
    assert not final[[0, 2]].any()
    assert all(not part[:, [0, 2]].any() for part in end)


@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_no_steps_at_all(cell: str, bidirectional: bool, with_state: bool) -> None:
    _, ours = _like(cell, 2, bidirectional, torch.float32)
    began = _state(cell, 2, bidirectional, 3, torch.float32)
    lengths = torch.zeros(3, dtype=torch.long)
    states, final, end, _ = ours(torch.zeros(3, 0, INPUT), lengths, began, with_state=with_state)
    assert states.shape == (3, 0, ours.output_size)
    assert (end is not None) == with_state
    if with_state:
        assert all(torch.equal(part, before) for part, before in zip(end, began, strict=True))
    _, final, _, _ = ours(torch.zeros(3, 0, INPUT), lengths, with_state=with_state)
    final.sum().backward()
    assert not final.any()
    # Zero, not None: distributed training waits for every parameter's gradient.
    assert all(weight.grad is not None and not weight.grad.any() for weight in ours.parameters())


def test_the_cell_state_stands_still_over_any_padding() -> None:
    _, ours = _like("lstm", 1, False, torch.float32)
    x = torch.randn(1, 6, INPUT)
    _, _, exact, _ = ours(x, torch.tensor([6]), with_state=True)
    for extra, size in ((1, 0.0), (500, 1.0), (50, 1e6)):
        padded = torch.cat([x, size * torch.randn(1, extra, INPUT)], dim=1)
        _, _, end, _ = ours(padded, torch.tensor([6]), with_state=True)
        torch.testing.assert_close(end[1], exact[1], rtol=1e-6, atol=1e-6)


def test_relu_states_that_overflow_at_padding_are_not_seen() -> None:
    ours = Recurrence(CELLS["relu"], INPUT, HIDDEN, bidirectional=True)
    with torch.no_grad():
        for layer in ours.layers:
            layer.weight_hh_l0.copy_(10 * torch.eye(HIDDEN))
            layer.bias_ih_l0.fill_(1.0)
    x, lengths = torch.zeros(1, 100, INPUT), torch.tensor([2])
    assert not ours.layers[0](x)[0][0, -1].isfinite().any()  # 10^99 is beyond float32
    states, final, _, _ = ours(x, lengths)
    short_states, short_final, _, _ = ours(x[:, :2], lengths)
    assert torch.equal(states[:, :2], short_states)
    assert not states[:, 2:].any()
    assert torch.equal(final, short_final)


def test_weights_go_to_torch_and_back() -> None:
    theirs, ours = _like("lstm", 3, True, torch.float32)
    there = ours.torch_state_dict()
    assert list(there) == list(theirs.state_dict())
    assert all(torch.equal(there[name], value) for name, value in theirs.state_dict().items())


def test_weights_of_another_shape_or_name_are_refused() -> None:
    _, ours = _like("gru", 1, False, torch.float32)
    with pytest.raises(RuntimeError, match="weight_ih_l0_reverse"):
        ours.load_torch_state_dict(nn.GRU(INPUT, HIDDEN, bidirectional=True).state_dict())
    with pytest.raises(RuntimeError, match="Missing key"):
        ours.load_torch_state_dict({})
    with pytest.raises(RuntimeError, match="size mismatch"):
        ours.load_torch_state_dict(nn.GRU(INPUT, HIDDEN + 1).state_dict())


@pytest.mark.parametrize(("layers", "times"), [(1, 0), (2, 1), (3, 2)])
def test_dropout_is_between_layers(layers: int, times: int) -> None:
    recurrence = Recurrence(nn.GRU, INPUT, HIDDEN, layers, bidirectional=True, dropout=0.5)
    seen: list[torch.Size] = []
    recurrence.dropout.register_forward_hook(lambda _module, inputs, _output: seen.append(inputs[0].shape))
    x, lengths = torch.randn(2, 3, INPUT), torch.tensor([3, 2])
    states = recurrence(x, lengths)[0]
    assert seen == [(2, 3, 2 * HIDDEN)] * times
    assert states[0].all()  # what comes out of the last layer is whole
    assert torch.equal(recurrence(x, lengths)[0], states) == (layers == 1)
    recurrence.eval()
    assert torch.equal(recurrence(x, lengths)[0], recurrence(x, lengths)[0])


def test_without_being_asked_there_is_no_state() -> None:
    assert Recurrence(nn.LSTM, INPUT, HIDDEN)(torch.randn(1, 2, INPUT), torch.tensor([2]))[2] is None


@pytest.mark.parametrize("weight_dropout", [0.0, 0.5])
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_mixed_precision_runs_on_every_cpu(cell, weight_dropout):
    torch.manual_seed(0)
    recurrence = Recurrence(cell, 4, 3, bidirectional=True, weight_dropout=weight_dropout)
    x, lengths = torch.randn(3, 5, 4), torch.tensor([5, 0, 2])
    torch.manual_seed(1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states, _, _, _ = recurrence(x, lengths)
    states.float().sum().backward()
    torch.manual_seed(1)
    expected, _, _, _ = recurrence(x, lengths)
    torch.testing.assert_close(states.float(), expected, atol=0.05, rtol=0.05)
    assert all(torch.isfinite(weight.grad).all() for weight in recurrence.parameters())


@pytest.mark.parametrize("bidirectional", [False, True])
def test_locked_dropout_between_layers_is_the_product_with_one_mask(bidirectional: bool) -> None:
    torch.manual_seed(0)
    recurrence = Recurrence(nn.LSTM, INPUT, HIDDEN, 2, bidirectional, dropout=0.5, locked=True)
    masks: list[Tensor] = []
    recurrence.dropout.register_forward_hook(lambda _module, _inputs, output: masks.append((output != 0).float()))
    x, lengths = torch.randn(3, 6, INPUT), torch.tensor([6, 6, 6])
    states = recurrence(x, lengths)[0]
    assert torch.equal(masks[0], masks[0][:, :1].expand_as(masks[0]))
    assert len(masks[0][:, 0].unique(dim=0)) == 3

    def read(depth: int, below: Tensor) -> Tensor:
        """A layer without anything of ours: each direction by torch."""
        there, *back = recurrence.layers[depth * recurrence.directions :][: recurrence.directions]
        return torch.cat([there(below)[0], *(layer(below.flip(1))[0].flip(1) for layer in back)], dim=2)

    torch.testing.assert_close(states, read(1, read(0, x) * masks[0][:, :1] * 2))
    recurrence(x, lengths)
    assert not torch.equal(masks[0], masks[1])


@final
class ResetFirst(nn.GRU):
    """A layer of someone's own: torch's parameters, and a forward that reads them in its own way."""

    def forward(self, input: Tensor, hx: Tensor | None = None) -> tuple[Tensor, Tensor]:
        weights = (self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0)
        state = input.new_zeros(len(input), self.hidden_size) if hx is None else hx[0]
        states = []
        for x in input.unbind(1):
            (state,) = reset_first(x, (state,), *weights)
            states.append(state)
        return torch.stack(states, dim=1), state.unsqueeze(0)


def reset_first(x: Tensor, state: tuple[Tensor, ...], *weights: Tensor) -> tuple[Tensor, ...]:
    """One step of a GRU whose reset gate acts before the product (Cho et al. 2014)."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    (h,) = state
    x_r, x_z, x_n = (x @ weight_ih.T + bias_ih + bias_hh).chunk(3, dim=1)
    w_r, w_z, w_n = weight_hh.chunk(3)
    r, z = (x_r + h @ w_r.T).sigmoid(), (x_z + h @ w_z.T).sigmoid()
    return ((1 - z) * (x_n + (r * h) @ w_n.T).tanh() + z * h,)


KINDS = CELLS | {"own": ResetFirst}

STEPS: dict[str, Callable[..., tuple[Tensor, ...]]] = {
    "tanh": lambda x, state, *weights: (torch.rnn_tanh_cell(x, *state, *weights),),
    "relu": lambda x, state, *weights: (torch.rnn_relu_cell(x, *state, *weights),),
    "lstm": torch.lstm_cell,
    "gru": lambda x, state, *weights: (torch.gru_cell(x, *state, *weights),),
    "own": reset_first,
}
"""One step of each, from a state of parts (1, H)."""


def _masked(cell: str, dtype: torch.dtype, bidirectional: bool) -> tuple[Recurrence, list[Tensor]]:
    """Two layers with weight dropout, and where the recurrent weights of each pass will stand, layer after layer."""
    torch.manual_seed(0)
    recurrence = Recurrence(KINDS[cell], INPUT, HIDDEN, 2, bidirectional, weight_dropout=0.4).to(dtype)
    matrices: list[Tensor] = []
    recurrence.weight_dropout.register_forward_hook(lambda _module, _inputs, output: matrices.append(output))
    return recurrence, matrices


@pytest.mark.parametrize("dtype", TOLERANCES, ids=str)
@pytest.mark.parametrize("mix", [[6, 2, 4], [6, 6]], ids=["ragged", "full"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("cell", KINDS)
def test_weight_dropout_is_a_loop_with_the_masked_matrix(
    cell: str, bidirectional: bool, mix: list[int], dtype: torch.dtype
) -> None:
    recurrence, matrices = _masked(cell, dtype, bidirectional)
    x = torch.randn(len(mix), max(mix), INPUT, dtype=dtype)
    states, _, end, _ = recurrence(x, torch.tensor(mix), with_state=True)
    assert end is not None
    close = partial(torch.testing.assert_close, rtol=TOLERANCES[dtype], atol=TOLERANCES[dtype])
    for layer, matrix in zip(recurrence.layers, matrices, strict=True):
        assert 0 < matrix.eq(0).sum() < matrix.numel()
        torch.testing.assert_close(matrix, torch.where(matrix == 0, 0.0, layer.weight_hh_l0 / 0.6), rtol=1e-4, atol=0)

    for row, length in enumerate(mix):
        below = x[row, :length]
        for depth in range(0, len(recurrence.layers), recurrence.directions):
            sides = []
            for number in range(depth, depth + recurrence.directions):
                weight_ih, _, bias_ih, bias_hh = recurrence.layers[number].parameters()
                state = tuple(x.new_zeros(1, HIDDEN) for _ in end)
                outputs = []
                for step in (below.flip(0) if number > depth else below).split(1):
                    state = STEPS[cell](step, state, weight_ih, matrices[number], bias_ih, bias_hh)
                    outputs.append(state[0])
                sides.append(torch.cat(outputs).flip(0) if number > depth else torch.cat(outputs))
                close(tuple(part[number, row] for part in end), tuple(part[0] for part in state))
            below = torch.cat(sides, dim=1)
        close(states[row, :length], below)


@pytest.mark.parametrize("mix", [[3, 1], [3, 3]], ids=["ragged", "full"])
@pytest.mark.parametrize("cell", KINDS)
def test_weight_dropout_passes_the_gradients_of_finite_differences_on(cell: str, mix: list[int]) -> None:
    recurrence, matrices = _masked(cell, torch.float64, False)
    names = [f"layers.{number}.weight_hh_l0" for number in range(2)]
    x = torch.randn(2, 3, INPUT, dtype=torch.float64)

    def read(*weights: Tensor) -> tuple[Tensor, ...]:
        torch.manual_seed(1)
        given = dict(zip(names, weights, strict=True))
        found = torch.func.functional_call(recurrence, given, (x, torch.tensor(mix)), {"with_state": True})
        return found.states, found.final, *found.state

    weights = tuple(recurrence.get_parameter(name).detach().clone().requires_grad_() for name in names)
    assert torch.autograd.gradcheck(read, weights)

    matrices.clear()
    torch.manual_seed(1)
    recurrence(x, torch.tensor(mix))[0].sum().backward()
    for layer, matrix in zip(recurrence.layers, matrices, strict=True):
        assert not layer.weight_hh_l0.grad[matrix == 0].any()
        assert layer.weight_hh_l0.grad[matrix != 0].any()


def test_the_share_of_the_recurrent_weights_and_a_mask_of_its_own_for_each_layer_direction_and_pass() -> None:
    torch.manual_seed(0)
    p = 0.3
    recurrence = Recurrence(nn.LSTM, INPUT, 100, 2, bidirectional=True, weight_dropout=p)
    kept: list[Tensor] = []
    recurrence.weight_dropout.register_forward_hook(lambda _module, _inputs, output: kept.append(output != 0))
    for _ in range(2):
        recurrence(torch.randn(1, 2, INPUT), torch.tensor([2]))
    assert len(kept) == 2 * 4
    for mask in kept:
        assert abs(mask.double().mean() - (1 - p)) < 4.5 * (p * (1 - p) / mask.numel()) ** 0.5
    for one, other in combinations(kept, 2):  # independent: both keep a weight with the product of their chances
        both = (1 - p) ** 2
        assert abs((one & other).double().mean() - both) < 4.5 * (both * (1 - both) / one.numel()) ** 0.5


@pytest.mark.parametrize("cell", KINDS)
def test_without_weight_dropout_and_in_evaluation_nothing_is_drawn_or_changed(cell: str) -> None:
    dropping, _ = _masked(cell, torch.float32, True)
    plain = Recurrence(KINDS[cell], INPUT, HIDDEN, 2, bidirectional=True)
    assert list(plain.state_dict()) == list(dropping.state_dict())
    assert list(plain.torch_state_dict()) == list(dropping.torch_state_dict())
    plain.load_state_dict(dropping.state_dict())
    x, lengths = torch.randn(3, 5, INPUT), torch.tensor([5, 0, 2])
    before = torch.get_rng_state()
    expected = plain(x, lengths, with_state=True)
    assert torch.equal(torch.get_rng_state(), before)

    trained = dropping(x, lengths, with_state=True)
    assert not torch.equal(trained[0], expected[0])
    trained[0].sum().backward()
    for name, value in plain.state_dict().items():  # what is kept is the weight, not what dropout left of it
        assert torch.equal(dropping.state_dict()[name], value)
    for other in (dropping, copy.deepcopy(dropping), dropping.double().float()):
        other.eval()
        states, final, end, _ = other(x, lengths, with_state=True)
        assert torch.equal(states, expected[0])
        assert torch.equal(final, expected[1])
        assert all(torch.equal(part, before) for part, before in zip(end, expected[2], strict=True))


@pytest.mark.parametrize("cell", KINDS)
def test_weight_dropout_leaves_no_weight_without_a_gradient(cell: str) -> None:
    recurrence, _ = _masked(cell, torch.float32, True)
    recurrence(torch.zeros(2, 0, INPUT), torch.tensor([0, 0]))[1].sum().backward()
    # Zero, not None: distributed training waits for every parameter's gradient.
    assert all(weight.grad is not None and not weight.grad.any() for weight in recurrence.parameters())


@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
def test_layer_norm_stands_between_layers(bidirectional: bool) -> None:
    """Layer by layer, with torch's own normalisation of what each text has read."""
    torch.manual_seed(0)
    whole = Recurrence(nn.GRU, INPUT, HIDDEN, 3, bidirectional, layer_norm=True).double()
    for norm in whole.norms:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    lengths = torch.tensor(MIXES["ragged"])
    x = torch.randn(5, 7, INPUT, dtype=torch.float64)
    read = x
    for depth in range(3):
        layer = Recurrence(nn.GRU, read.size(2), HIDDEN, 1, bidirectional).double()
        begin = depth * whole.directions
        layer.layers = whole.layers[begin : begin + whole.directions]
        if depth:
            norm = whole.norms[depth - 1]
            read = nn.functional.layer_norm(read, (layer.input_size,), norm.weight, norm.bias)
        read, final, _, _ = layer(read, lengths)
    torch.testing.assert_close(whole(x, lengths)[0], read)
    torch.testing.assert_close(whole(x, lengths)[1], final)


def test_one_layer_has_nothing_to_normalise() -> None:
    assert not list(Recurrence(nn.GRU, INPUT, HIDDEN, layer_norm=True).norms)
    assert not list(Recurrence(nn.GRU, INPUT, HIDDEN, 2).norms)
