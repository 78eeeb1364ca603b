"""`init_from=`: takes matching weights over from another run."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from recurra.errors import CheckpointError
from recurra.module import SequenceModule
from recurra.nn.ngrams import NGrams, ids_of, keys_of
from recurra.text.tokenizers import Tokenizer

_TOKENS = "embedding.vectors.weight"
_NGRAMS = "embedding.ngrams.vectors.weight"
_KEYS = "embedding.ngrams.keys"


def take_over(module: SequenceModule, vocabulary: Sequence[str], content: Mapping[str, Any], path: str) -> str:
    """Copies every weight of equal name and shape; rows of tokens and n-grams by what they stand for.

    Args:
        vocabulary: of this run; empty where sequences are no text.
        content: of the checkpoint at `path`, as `checkpoint.read` returns it.

    Returns:
        A sentence for the user.

    Raises:
        CheckpointError: nothing fits.
    """
    theirs: dict[str, torch.Tensor] = content["state_dict"]
    own = module.state_dict()
    own.pop(_KEYS, None)  # no weight, but what those of n-grams belong to
    if _TOKENS in own:  # an output may share the embedding's weights, and then has none to take over
        place_of = own[_TOKENS].data_ptr()
        own = {name: value for name, value in own.items() if name == _TOKENS or value.data_ptr() != place_of}
    fitting = {name: value for name, value in theirs.items() if name in own and own[name].shape == value.shape}
    fitting.pop(_NGRAMS, None)
    rows = ngrams = 0
    written = content["recurra"]["tokenizer"]
    by_token = _TOKENS in theirs and _TOKENS in own and theirs[_TOKENS].shape[1] == own[_TOKENS].shape[1]
    if (written is None) != (not vocabulary):
        fitting.pop(_TOKENS, None)  # one has names for its tokens, the other numbers alone
    elif by_token and written is not None:
        before = Tokenizer.from_json(written).vocabulary
        # What their task adds, such as a mask, is told by nothing but its place after the vocabulary.
        added = list(module.task.added_inputs) if len(theirs[_TOKENS]) > len(before) else []
        place = {token: number for number, token in enumerate([*before, *added])}
        pairs = [(i, place[token]) for i, token in enumerate([*vocabulary, *added]) if token in place]
        mine, other = torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T
        fitting[_TOKENS] = own[_TOKENS].clone().index_copy_(0, mine, theirs[_TOKENS][other])
        rows = len(pairs) - len(added)
        if _NGRAMS in own and _NGRAMS in theirs:
            number = torch.full((len(theirs[_TOKENS]),), -1).index_copy_(0, other, mine)
            places = _places(module.get_submodule("embedding.ngrams"), theirs[_KEYS], number)
            known = places > 0
            fitting[_NGRAMS] = own[_NGRAMS].clone().index_copy_(0, places[known], theirs[_NGRAMS][known])
            ngrams = int(known.sum())
    if content["recurra"]["labels"] != module.task.labels:
        # A head of equal shape for other labels would start with other classes' weights.
        fitting = {name: value for name, value in fitting.items() if not name.startswith("task.")}
    if not fitting:
        raise CheckpointError(f"init_from={path}: no weight there has the name and shape of one of this model.")
    module.load_state_dict(fitting, strict=False)
    left = sorted(set(own) - set(fitting))
    told = f"init_from: {len(fitting)} of {len(own)} weight tensors taken over"
    told += f", {rows} of {len(vocabulary)} embedding rows" if rows else ""
    told += f", {ngrams} of {len(own[_NGRAMS]) - 1} n-grams" if ngrams else ""
    return told + (f"; new: {', '.join(left)}" if left else "")


def _places(ngrams: nn.Module, keys: torch.Tensor, number: torch.Tensor) -> torch.Tensor:
    """Where the n-grams of another model have their rows here; 0 where they have none.

    Args:
        keys: of the other model, (rows + 1,).
        number: (V,) what each of its V tokens has for a number here; -1 where there is no such token.
    """
    assert isinstance(ngrams, NGrams)
    ids = number[ids_of(keys, 3, len(number))]
    places: torch.Tensor = ngrams.rows(keys_of(ids, ngrams.vocabulary_size)) * (ids >= 0).all(1)
    return places
