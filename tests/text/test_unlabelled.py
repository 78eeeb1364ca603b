"""More texts to train on: of any format, none that is held back, and no other split is moved."""

from dataclasses import replace

import pytest

from recurra.errors import DataError
from recurra.text.corpus import Corpus
from recurra.text.unlabelled import Unlabelled
from recurra.types import Example


def rows(*texts, labels=("a",)):
    return [Example(text, labels) for text in texts]


def corpus():
    return Corpus(
        "c", {"train": rows("one", "two"), "validation": rows("three"), "test": rows("four")}, {}, 0, ["as it was"]
    )


def test_what_is_held_back_repeated_or_empty_stays_out(own_place):
    before = corpus()
    (own_place / "m.csv").write_text('text\nfive\n three\n"four\n"\none\nfive \n" "\nsix  seven\n')
    after = Unlabelled("m.csv").join(before)
    joined = [replace(row, source="", line=0) for row in after.splits["train"]]
    assert joined == [*rows("one", "two"), *rows("five", "six  seven", labels=())]
    assert [after.splits[split] for split in ("validation", "test")] == [rows("three"), rows("four")]
    assert [row.line for row in after.splits["train"]] == [0, 0, 2, 9]
    assert before == corpus()
    assert after.fingerprint() != before.fingerprint()
    assert after.notes == [
        "as it was",
        "Texts of data.unlabelled that join train: 2; left out: 2 (standing in validation or test), "
        "2 (repeated text), 1 (empty text).",
    ]


def test_where_nothing_is_left_out_nothing_is_said_of_it(own_place):
    (own_place / "m.txt").write_text("five\n")
    assert Unlabelled("m.txt").join(corpus()).notes[-1] == "Texts of data.unlabelled that join train: 1."


def test_files_of_several_formats_are_read_without_their_labels(own_place):
    (own_place / "a.csv").write_text("label,review\n,good\nx,bad\n")
    (own_place / "b.jsonl").write_text('{"review": "so so", "other": 1}\n')
    (own_place / "c.txt").write_text("a line\nanother\n", encoding="utf-16")
    found = Unlabelled(["a.csv", "b.jsonl"], text="review").read()
    assert [(row.text, row.labels, row.source, row.line) for row in found] == [
        ("good", (), "a.csv", 2),
        ("bad", (), "a.csv", 3),
        ("so so", (), "b.jsonl", 1),
    ]
    assert [row.text for row in Unlabelled("a.csv").read()] == ["good", "bad"]
    assert [row.text for row in Unlabelled("c.txt", text="review", encoding="utf-16").read()] == ["a line", "another"]


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ('text\nfine\n"never closed\n', ["m.csv:3", "never closed"]),
        ("other,columns,here\na,b,c\n", ["m.csv:1", "data.text"]),
    ],
)
def test_errors_name_file_and_line(own_place, content, parts):
    (own_place / "m.csv").write_text(content)
    with pytest.raises(DataError) as told:
        Unlabelled("m.csv").read()
    for part in parts:
        assert part in str(told.value)


def test_a_name_that_tells_no_format_is_refused(own_place):
    with pytest.raises(DataError, match=r"m\.doc: the suffix '\.doc' names no format"):
        Unlabelled("m.doc").read()
