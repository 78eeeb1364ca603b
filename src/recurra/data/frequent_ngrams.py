"""Which n-grams a split has most often."""

import numpy as np
import torch
from torch import Tensor

from recurra.data.token_store import TokenStore
from recurra.errors import DataError
from recurra.nn.ngrams import ids_of, ngram_keys
from recurra.types import PADDING

_LEAST = 2  # what stands in a single place tells nothing of other texts


def frequent_ngrams(store: TokenStore, longest: int, rows: int) -> Tensor:
    """The most frequent n-grams of 2 to `longest` tokens, no n-gram going from one text into the next.

    Args:
        store: the tokens.
        longest: n.
        rows: how many at most.

    Returns:
        (found, longest) int64, the most frequent first, padding before shorter ones; equals by their ids.

    Raises:
        DataError: none stands there twice.
    """
    text = torch.from_numpy(np.insert(store.ids[:-1], store.offsets[1:], PADDING).astype(np.int64)).unsqueeze(0)
    base = int(store.ids.max()) + 1
    parts = [np.unique(ngram_keys(text, n, base).numpy(), return_counts=True) for n in range(2, longest + 1)]
    keys, counts = (np.concatenate(part) for part in zip(*parts, strict=True))
    repeated = (keys != PADDING) & (counts >= _LEAST)
    keys, counts = keys[repeated], counts[repeated]
    order = np.argsort(-counts, kind="stable")[:rows]
    if not len(order):
        raise DataError(
            f"embedding.ngrams={longest}: no n-gram stands twice in the training texts, and what stands once tells "
            "nothing of others. Give more texts, or embedding.ngrams=1."
        )
    return ids_of(torch.from_numpy(keys[order]), longest, base)
