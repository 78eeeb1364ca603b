"""Running text read in parallel streams, a window of each at a time."""

import heapq
from itertools import pairwise
from typing import Literal, final

import numpy as np

from recurra.data.batches import Batches
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.running_text import RunningText, Windows
from recurra.types import Batch

Carry = Literal["always", "document", "never"]


@final
class StreamBatches(Batches):
    """Windows for truncated backpropagation through time (Williams & Peng 1990): batch after batch, each of the streams
    goes on where it stood.

    With `document` every stream is a sequence of whole texts, in another order every epoch, and a window ends where its
    text does. Otherwise the running text is cut into as many equal parts as there are streams, and every epoch of
    training begins with a first window of another length, so that the windows' borders move. Every token is predicted
    once an epoch. All ranks have equally many batches.

    Args:
        text: what is read.
        batching: its `batch_size` is the number of streams of each rank.
        window: tokens.
        carry: over what a state is carried from window to window: `always`, inside a `document`, or `never`.
        training: whether epochs differ.
    """

    def __init__(self, text: RunningText, batching: Batching, *, window: int, carry: Carry, training: bool) -> None:
        super().__init__(reshuffle=batching.reshuffle and training, rank=batching.rank, world_size=batching.world_size)
        self._text = text
        most = len(text.spans) if carry == "document" else len(text)
        self._streams = max(min(batching.batch_size * batching.world_size, most), batching.world_size)
        self._window = window
        self._carry = carry
        self._training = training
        self._seed = batching.seed

    def _plan(self, epoch: int) -> list[Windows]:
        generator = np.random.default_rng([self._seed, epoch]) if self.reshuffle else None
        plan = self._documents(generator) if self._carry == "document" else self._parts(generator)
        mine = slice(self.rank, None, self.world_size)
        return [Windows(w.starts[mine], w.lengths[mine], w.continues[mine]) for w in plan]

    def _parts(self, generator: np.random.Generator | None) -> list[Windows]:
        borders = np.linspace(0, len(self._text), self._streams + 1).astype(np.int64)
        lengths = np.diff(borders)
        plan = []
        for low, high in pairwise(self._cuts(int(lengths.max()), generator)):
            continues = np.full(self._streams, low > 0 and self._carry == "always")
            plan.append(Windows(borders[:-1] + low, np.clip(lengths, low, high) - low, continues))
        return plan

    def _cuts(self, longest: int, generator: np.random.Generator | None) -> list[int]:
        """Where the windows of a stream begin and end: equally many in every epoch, since Lightning counts but once."""
        if generator is None:
            return [*range(0, longest, self._window), longest]
        first = self._window - int(generator.integers(self._window))
        cuts = [0, *range(first, longest, self._window), longest]
        most = 1 - (1 - longest) // self._window  # windows, where the first is a single token
        if len(cuts) - 1 < most:
            widths = np.diff(cuts)
            widest = int(widths.argmax())
            cuts.insert(widest + 1, cuts[widest] + int(widths[widest]) // 2)
        return cuts

    def _documents(self, generator: np.random.Generator | None) -> list[Windows]:
        begins, spans = self._text.begins, self._text.spans
        # Which stream has which texts stays, so that all epochs have equally many windows; their order does not.
        order = np.random.default_rng(self._seed).permutation(len(spans)) if self._training else np.arange(len(spans))
        texts: list[list[int]] = [[] for _ in range(self._streams)]
        waiting = [(0, number) for number in range(self._streams)]
        for document in order.tolist():
            windows, number = heapq.heappop(waiting)  # the shortest stream takes the next text
            texts[number].append(document)
            heapq.heappush(waiting, (windows - (-int(spans[document]) // self._window), number))
        streams: list[list[tuple[int, int, bool]]] = []
        for own in texts:
            stream = []
            for document in own if generator is None else generator.permutation(own).tolist():
                begin, end = int(begins[document]), int(begins[document] + spans[document])
                stream += [
                    (start, min(self._window, end - start), start > begin) for start in range(begin, end, self._window)
                ]
            streams.append(stream)
        nothing = (0, 0, False)
        plan = []
        for step in range(max(map(len, streams))):
            starts, lengths, continues = zip(
                *(stream[step] if step < len(stream) else nothing for stream in streams), strict=True
            )
            plan.append(Windows(np.array(starts), np.array(lengths), np.array(continues)))
        return plan


@final
class StreamDataset(BatchDataset):
    """The batches of `StreamBatches`."""

    def __init__(self, text: RunningText, batches: StreamBatches) -> None:
        self.text = text
        self.batches = batches

    def __getitem__(self, windows: Windows) -> Batch:
        return self.text.batch(windows, carried=True)
