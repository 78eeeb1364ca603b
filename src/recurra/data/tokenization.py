"""A corpus, tokenized: the fitted tokenizer and one store a split."""

import hashlib
import json
import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from recurra.data import cache
from recurra.data.token_store import TokenStore
from recurra.errors import RecurraError
from recurra.text.corpus import Corpus
from recurra.text.tokenizers import Tokenizer, TokenizerRecipe

log = logging.getLogger(__name__)


class TokenizedCorpus(NamedTuple):
    """The tokenizer fitted on the training split alone, and the tokens of every split."""

    tokenizer: Tokenizer
    stores: dict[str, TokenStore]


def tokenize(corpus: Corpus, recipe: TokenizerRecipe) -> TokenizedCorpus:
    """Fits `recipe` and tokenizes all splits, or finds what an earlier run made of the same texts in the cache.

    A cache that cannot be written costs time, never the run: the tokens then stay in memory. A damaged entry is built
    anew.
    """
    root = cache.cache_folder()
    key = _key(corpus, recipe)
    for _ in range(2):
        try:
            return _open(cache.entry(root, key, lambda folder: _save(_build(corpus, recipe), folder)), corpus)
        except OSError as error:
            log.warning("The token cache %s cannot be used (%s); tokens are kept in memory.", root, error)
            break
        except _Damaged as error:
            log.warning("The cached tokens in %s are damaged (%s); they are built again.", root / key, error)
            cache.drop(root, key)
    return _build(corpus, recipe)


class _Damaged(Exception):
    pass


def _save(tokenized: TokenizedCorpus, folder: Path) -> None:
    (folder / "tokenizer.json").write_text(tokenized.tokenizer.to_json(), encoding="utf-8")
    for split, store in tokenized.stores.items():
        store.save(folder, split)


def _build(corpus: Corpus, recipe: TokenizerRecipe) -> TokenizedCorpus:
    tokenizer = recipe.fit(example.text for example in corpus.splits["train"])
    return TokenizedCorpus(
        tokenizer,
        {
            split: TokenStore.of_texts(tokenizer, [example.text for example in examples])
            for split, examples in corpus.splits.items()
        },
    )


def _open(folder: Path, corpus: Corpus) -> TokenizedCorpus:
    try:
        tokenizer = Tokenizer.from_json((folder / "tokenizer.json").read_text(encoding="utf-8"))
        stores = {split: TokenStore.open(folder, split) for split in corpus.splits}
    except (OSError, EOFError, ValueError, AssertionError, RecurraError) as error:
        raise _Damaged(str(error) or type(error).__name__) from error
    for split, examples in corpus.splits.items():
        if len(stores[split]) != len(examples):
            raise _Damaged(f"{len(stores[split])} rows of {split} instead of {len(examples)}")
    return TokenizedCorpus(tokenizer, stores)


def _key(corpus: Corpus, recipe: TokenizerRecipe) -> str:
    """A hash of the texts, the recipe and the versions of the code that turns one into the other."""
    digest = hashlib.sha256()
    for part in _identity(corpus, recipe):
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()[:32]


def _identity(corpus: Corpus, recipe: TokenizerRecipe) -> Iterator[str]:
    yield version("recurra")
    yield version("tokenizers")
    yield f"{type(recipe).__module__}.{type(recipe).__qualname__}"
    yield json.dumps(vars(recipe), sort_keys=True, default=str)
    for split, examples in corpus.splits.items():
        yield f"{split} {len(examples)}"
        yield from (example.text for example in examples)
