"""Spans and their scores, counted by hand."""

import random

import pytest

from recurra.tasks.per_class import of_counts
from recurra.tasks.spans import count_spans, spans, tell_spans


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("", []),
        ("O O", []),
        ("B-P I-P O B-L", [("P", 0, 2), ("L", 3, 4)]),  # IOB2
        ("I-P I-P O I-L", [("P", 0, 2), ("L", 3, 4)]),  # IOB1
        ("I-P B-P I-P", [("P", 0, 1), ("P", 1, 3)]),  # IOB1, one beside another
        ("B-P B-P", [("P", 0, 1), ("P", 1, 2)]),
        ("B-P I-L I-L", [("P", 0, 1), ("L", 1, 3)]),  # no whole IOB2: a change of kind begins a span
        ("O I-P E-P O", [("P", 1, 3)]),
        ("B-P I-P E-P S-P S-L B-P E-P", [("P", 0, 3), ("P", 3, 4), ("L", 4, 5), ("P", 5, 7)]),  # IOBES
        ("E-P E-P I-P", [("P", 0, 1), ("P", 1, 2), ("P", 2, 3)]),  # no whole IOBES: nothing goes over an end
        ("S-P I-P", [("P", 0, 1), ("P", 1, 2)]),
        ("B I I O B", [("span", 0, 3), ("span", 4, 5)]),
        ("B-a-b I-a-b", [("a-b", 0, 2)]),
    ],
)
def test_spans_are_those_of_conlleval(tags, expected):
    assert [tuple(span) for span in spans(tags.split())] == expected


def starts(tag, kind, before, kind_before):
    """conlleval's startOfChunk and endOfChunk, rule by rule."""
    pairs = {"EE", "EI", "SE", "SI", "OE", "OI"}
    return tag in "BS" or before + tag in pairs or (tag != "O" and kind != kind_before)


def ends(tag, kind, before, kind_before):
    pairs = {"BB", "BS", "BO", "IB", "IS", "IO"}
    return before in "ES" or before + tag in pairs or (before != "O" and kind != kind_before)


def test_any_sequence_is_divided_as_the_rules_of_conlleval_say():
    draw = random.Random(0)
    every = ["O", *(f"{mark}-{kind}" for mark in "BIES" for kind in "PL")]
    for _ in range(2000):
        tags = [draw.choice(every) for _ in range(draw.randint(0, 8))]
        found, begin, before, kind_before = [], None, "O", ""
        for place, tag in enumerate([*tags, "O"]):
            mark, kind = tag[0], tag[2:]
            if begin is not None and ends(mark, kind, before, kind_before):
                found.append((kind_before, begin, place))
                begin = None
            if starts(mark, kind, before, kind_before):
                begin = place
            before, kind_before = mark, kind
        assert [tuple(span) for span in spans(tags)] == found, tags


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("O B-P I-P", True),
        ("B-P O", True),
        ("B I O", True),
        ("O S-P", False),
        ("NN VB IN O", False),
        ("B-P NN", False),
        ("O", False),
        ("S E", False),
    ],
)
def test_tags_that_tell_of_spans(tags, told):
    assert tell_spans(tags.split()) is told


def test_counts_by_hand():
    sentences = [
        ("B-P I-P O B-L", "B-P I-P O B-P"),  # the name is right, the place is not
        ("B-P I-P O", "B-P O O"),  # one word too short is wrong
        ("O O", "O B-L"),
    ]
    counts = count_spans((gold.split(), predicted.split()) for gold, predicted in sentences)
    assert counts.right == {"P": 1}
    assert counts.predicted == {"P": 3, "L": 1}
    assert counts.gold == {"P": 2, "L": 1}
    place, person = of_counts(["L", "P"], *([part[kind] for kind in "LP"] for part in counts))
    assert place == {"label": "L", "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}
    assert person == {"label": "P", "precision": 1 / 3, "recall": 1 / 2, "f1": 2 / 5, "support": 2}
