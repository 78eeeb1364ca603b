"""What every encoder must hold to, for those who write one: call `check_encoder` in a test of yours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.errors import ConfigError
from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import mask
from recurra.types import Encoding

LENGTHS = (7, 1, 0, 4, 3, 7)
"""Of the texts that are tried: an empty one and one of a single token among them."""

LONGEST = max(LENGTHS)

TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-10}
"""How far an answer may be off, absolutely, or relatively where it is greater than 1."""


def check_encoder(build: Callable[[int], Encoder], input_size: int = 5, seed: int = 0) -> None:
    """Checks that an encoder keeps the contract of `recurra.nn.encoders.base.Encoder`.

    The sizes that it states are true. The same text gives the same states, summary and gradients alone, in a batch,
    with extra padding, with garbage in the padding and in any order. An empty text has zero states, a zero summary and
    zero gradients. A causal encoder goes on from its state, and the future does not touch the past. All of it in
    evaluation mode, in float32 and in float64. The random state of the caller is left alone.

    One that says that it reads padding is tried on texts of one length, where the rest still holds: company and order
    change nothing.

    Args:
        build: the encoder from its input size; it may be a class with all else bound by `functools.partial`.
        input_size: E.
        seed: of weights and texts.

    Raises:
        AssertionError: a property fails; the message says which.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        encoder = build(input_size).eval()
        for dtype, tolerance in TOLERANCES.items():
            check = _Check(encoder.to(dtype), dtype, tolerance)
            lengths = (LONGEST,) * len(LENGTHS) if encoder.reads_padding else LENGTHS
            texts = [torch.randn(length, input_size, dtype=dtype) for length in lengths]
            check.sizes(texts, input_size)
            check.company(texts)
            if not encoder.reads_padding:
                check.empty(input_size)
            check.state(texts)
            check.sides(texts)


@dataclass(frozen=True)
class _Check:
    encoder: Encoder
    dtype: torch.dtype
    tolerance: float

    def sizes(self, texts: Sequence[Tensor], input_size: int) -> None:
        encoder, rows = self.encoder, len(texts)
        encoding = encoder(*_batch(texts))
        self.require(encoder.input_size == input_size, f"it states input_size {encoder.input_size}, not {input_size}")
        for name, found, stated in (
            ("states", encoding.states, (rows, LONGEST, encoder.states_size)),
            ("summary", encoding.summary, (rows, encoder.summary_size)),
        ):
            self.require(tuple(found.shape) == stated, f"the {name} are {tuple(found.shape)}, but it states {stated}")
            self.require(found.dtype == self.dtype, f"the {name} are {found.dtype} for inputs of {self.dtype}")

    def company(self, texts: Sequence[Tensor]) -> None:
        """The same text, alone and among others."""
        alone = [self.run(*_batch([text])) for text in texts]
        expected_gradients = [sum(parts[1:], parts[0]) for parts in zip(*(run[2] for run in alone), strict=True)]
        as_it_is = list(range(len(texts)))
        reversed_order = as_it_is[::-1]
        for how, order, padding, garbage in (
            ("in a batch", as_it_is, 0, 0.0),
            ("with extra padding", as_it_is, 5, 0.0),
            ("with garbage in the padding", as_it_is, 5, 100.0),
            ("in another order", reversed_order, 0, 0.0),
        ):
            if padding and self.encoder.reads_padding:
                continue
            batch = _batch([texts[index] for index in order], LONGEST + padding, garbage)
            encoding, slopes, gradients = self.run(*batch)
            for row, index in enumerate(order):
                own, length = alone[index][0], len(texts[index])
                self.equal(encoding.summary[row], own.summary[0], f"the summary of a text changes {how}")
                self.equal(encoding.states[row, :length], own.states[0], f"the states of a text change {how}")
                self.zero(encoding.states[row, length:], f"the states at padding are not zero {how}")
            for row, index in enumerate(order):
                length = len(texts[index])
                self.equal(slopes[row, :length], alone[index][1][0], f"the gradients of the inputs change {how}")
                self.zero(slopes[row, length:], f"gradients reach the padding {how}")
            for found, expected in zip(gradients, expected_gradients, strict=True):
                self.equal(found, expected, f"the gradients of the parameters change {how}")

    def empty(self, input_size: int) -> None:
        """Nothing but empty texts."""
        for steps in (3, 0):
            x, lengths = _batch([torch.zeros(0, input_size, dtype=self.dtype)] * 2, steps, garbage=1.0)
            encoding = self.encoder(x, lengths)
            self.require(encoding.states.shape[:2] == (2, steps), f"empty texts in {steps} steps have other states")
            self.zero(encoding.states, "the states of an empty text are not zero")
            self.zero(encoding.summary, "the summary of an empty text is not zero")
        x, lengths = _batch([torch.zeros(0, input_size, dtype=self.dtype)] * 2, 3, garbage=1.0)
        _, slopes, gradients = self.run(x, lengths)
        for gradient in (slopes, *gradients):
            self.zero(gradient, "the gradients of an empty text are not zero")

    def state(self, texts: Sequence[Tensor]) -> None:
        """Going on from a state, or refusing to."""
        x, lengths = _batch(texts)
        whole = self.encoder(x, lengths)
        if not self.encoder.causal:
            self.require(whole.state is None, "it is not causal, yet returns a state")
            try:
                self.encoder(x, lengths, (x.new_zeros(1, len(texts), 1),))
            except ConfigError:
                return
            self.require(False, "it is not causal, yet takes a state without a ConfigError")
        self.require(isinstance(whole.state, tuple), "it is causal, yet returns no state")
        for cut in range(1, LONGEST):
            changed = torch.cat([x[:, :cut], torch.randn_like(x[:, cut:])], dim=1)
            past = self.encoder(changed, lengths).states[:, :cut]
            self.equal(past, whole.states[:, :cut], "it is causal, yet the future touches the past")
            first = self.encoder(x[:, :cut], lengths.clamp(max=cut))
            second = self.encoder(x[:, cut:], (lengths - cut).clamp(min=0), first.state)
            carried = torch.cat([first.states, second.states], dim=1)
            self.equal(carried, whole.states, "two halves with the state carried over differ from one pass")
            for found, expected in zip(second.state, whole.state, strict=True):
                self.equal(found, expected, "the state after two halves differs from that after one pass")

    def sides(self, texts: Sequence[Tensor]) -> None:
        """What was read on one side of a step knows nothing of the other."""
        x, lengths = _batch(texts)
        sides, size = self.encoder.sides, self.encoder.side_size
        whole = self.encoder(x, lengths).sided
        found = None if whole is None else tuple(whole.shape)
        expected = (len(texts), LONGEST, sides * size) if sides else None
        self.require(found == expected, f"what was read on its sides is {found}, but it states {expected}")
        if whole is None:
            return
        real = mask(lengths, LONGEST).unsqueeze(2)
        for cut in range(1, LONGEST):
            before, after = slice(None, cut), slice(cut, None)
            for side, (kept, other) in enumerate([(before, after), (after, before)][:sides]):
                changed = x.clone()
                changed[:, other] = torch.randn_like(changed[:, other])
                units = slice(side * size, (side + 1) * size)
                one, two = ((self.encoder(read, lengths).sided * real)[:, kept, units] for read in (x, changed))
                self.equal(one, two, "what was read on one side of a step changes with the other")

    def run(self, x: Tensor, lengths: Tensor) -> tuple[Encoding, Tensor, list[Tensor]]:
        """The encoding, and the gradients of all that it says: of the inputs (B, T, E), and of each parameter."""
        x = x.requires_grad_()
        parameters = [parameter for parameter in self.encoder.parameters() if parameter.requires_grad]
        encoding: Encoding = self.encoder(x, lengths)
        said = sum((part + part.square() / 2).sum() for part in (encoding.states, encoding.summary))
        assert isinstance(said, Tensor)
        if not said.requires_grad:
            return encoding, torch.zeros_like(x), [torch.zeros_like(parameter) for parameter in parameters]
        slopes, *gradients = torch.autograd.grad(said, [x, *parameters], materialize_grads=True)
        return encoding, slopes, list(gradients)

    def equal(self, found: Tensor, expected: Tensor, sentence: str) -> None:
        if not expected.numel():
            return
        off = ((found - expected).abs() / expected.abs().max().clamp(min=1)).max().item()
        self.require(off <= self.tolerance, f"{sentence}: off by {off:.2g}, {self.tolerance:.0g} is allowed")

    def zero(self, found: Tensor, sentence: str) -> None:
        self.require(bool((found == 0).all()), sentence)

    def require(self, holds: bool, sentence: str) -> None:
        if not holds:
            raise AssertionError(f"{type(self.encoder).__name__}, {self.dtype}: {sentence}.")


def _batch(texts: Sequence[Tensor], steps: int | None = None, garbage: float = 0.0) -> tuple[Tensor, Tensor]:
    """(L, E) texts -> (B, T, E) with noise of the given size at padding, and (B,) lengths."""
    lengths = torch.tensor([len(text) for text in texts])
    size = int(lengths.max()) if steps is None else steps
    x = garbage * torch.randn(len(texts), size, texts[0].size(1), dtype=texts[0].dtype)
    for row, text in zip(x, texts, strict=True):
        row[: len(text)] = text
    return x, lengths
