"""What a run says of its data before it trains on it."""

from collections.abc import Iterator

import numpy as np

from recurra.data.tokenization import TokenizedCorpus
from recurra.text.corpus import Corpus
from recurra.text.labels import label_counts

UNKNOWN_WARNING = 0.2
"""Above this share of tokens that the vocabulary lacks a run warns."""

_CLASSES_SHOWN = 8


def report(corpus: Corpus, tokenized: TokenizedCorpus, max_length: int | None) -> Iterator[str]:
    """Lines for a person: what was read and dropped, rows by split and class, lengths, what is cut or unknown.

    Args:
        max_length: of which longer texts are cut; None where none is.
    """
    tokenizer, stores = tokenized.tokenizer, tokenized.stores
    yield from _rows(corpus)
    if corpus.labelled or max_length is not None:
        lengths = np.concatenate([store.lengths for store in stores.values()])
        middle, most, longest = np.percentile(lengths, [50, 95, 100]).astype(int)
        told = f"lengths: {middle} tokens in the middle, {most} at 95 %, {longest} at most"
        if max_length is not None:
            told += f"; {np.mean(lengths > max_length):.1%} are longer than data.max_length={max_length}"
        yield told
    empty = {split: int((store.lengths == 0).sum()) for split, store in stores.items()}
    if any(empty.values()):
        counts = ", ".join(f"{split} {count}" for split, count in empty.items())
        yield f"texts without a token: {counts}; task=cloze, which has nothing to hide in them, leaves them out"
    unknown = {
        split: int((store.ids[:-1] == tokenizer.unknown_id).sum()) / max(len(store.ids) - 1, 1)
        for split, store in stores.items()
    }
    shares = ", ".join(f"{split} {share:.1%}" for split, share in unknown.items())
    yield f"vocabulary: {tokenizer.size} tokens; unknown: {shares}"
    worst = max(unknown, key=lambda split: unknown[split])
    if unknown[worst] > UNKNOWN_WARNING:
        yield (
            f"warning: {unknown[worst]:.0%} of the tokens of {worst} are unknown to the vocabulary. "
            "Try tokenizer=bpe (nothing is unknown), tokenizer=char for Chinese, or tokenizer.min_frequency=1."
        )


def _rows(corpus: Corpus) -> Iterator[str]:
    if not corpus.labelled:
        yield f"data: {corpus.name}"
        for split, texts in corpus.splits.items():
            characters = sum(len(text.text) for text in texts)
            yield f"  {split}: {characters} characters in {len(texts)} {'text' if len(texts) == 1 else 'texts'}"
        yield from corpus.notes
        return
    kept = sum(map(len, corpus.splits.values()))
    yield f"data: {corpus.name}, {kept} rows"
    for split, examples in corpus.splits.items():
        counts = label_counts(examples)
        shown = sorted(counts.items(), key=lambda item: -item[1])[:_CLASSES_SHOWN]
        more = f", and {len(counts) - len(shown)} more" if len(counts) > len(shown) else ""
        yield f"  {split}: {len(examples)} rows ({', '.join(f'{label} {n}' for label, n in shown)}{more})"
    yield from corpus.notes
