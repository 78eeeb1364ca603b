"""Spans of words, as their tags tell them: names, phrases."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

OUTSIDE = "O"
_INSIDE = re.compile(r"([BIES])(?:-(.+))?")


class Span(NamedTuple):
    """Words `begin` to `end`, the last one not included, and what they are."""

    kind: str
    begin: int
    end: int


def tell_spans(tags: Iterable[str]) -> bool:
    """Whether a set of tags tells of spans: all but O have the form B-X, I-X, E-X or S-X, and one is a B or an I."""
    inside = [tag for tag in tags if tag != OUTSIDE]
    return all(_INSIDE.fullmatch(tag) for tag in inside) and any(tag[0] in "BI" for tag in inside)


def spans(tags: Sequence[str]) -> list[Span]:
    """The spans of a sentence, in their order.

    As conlleval, the script of CoNLL's shared tasks, reads them, and so the same for IOB1, IOB2 and IOBES, whole or
    not: a span begins at B and S, after O, E and S, and where the kind changes; it ends before the next one, and at O.
    torchmetrics has no such score, and seqeval, which is no longer kept, needs scikit-learn for it.
    """
    found: list[Span] = []
    before, kind_before, begin = OUTSIDE, "", 0
    for place, tag in enumerate([*tags, OUTSIDE]):
        match = _INSIDE.fullmatch(tag)
        mark, kind = (match[1], match[2] or "span") if match else (OUTSIDE, "")
        begins = mark in "BS" or before in "OES" or kind != kind_before
        if before != OUTSIDE and (begins or mark == OUTSIDE):
            found.append(Span(kind_before, begin, place))
        if begins:
            begin = place
        before, kind_before = mark, kind
    return found


class Counts(NamedTuple):
    """How many there are of each kind: predicted rightly, predicted, and in truth."""

    right: Counter[str]
    predicted: Counter[str]
    gold: Counter[str]


def count_spans(sentences: Iterable[tuple[Sequence[str], Sequence[str]]]) -> Counts:
    """Counts the spans of pairs of gold and predicted tags; one is right if kind, begin and end are."""
    counts = Counts(Counter(), Counter(), Counter())
    for gold, predicted in sentences:
        true, told = spans(gold), spans(predicted)
        counts.right.update(span.kind for span in set(true) & set(told))
        counts.predicted.update(span.kind for span in told)
        counts.gold.update(span.kind for span in true)
    return counts
