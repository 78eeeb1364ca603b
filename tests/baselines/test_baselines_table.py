import pytest

from recurra.baselines.table import sentence, table
from recurra.results import Results


def results(**baselines):
    return Results(
        folder="run",
        model="lstm",
        data="mr",
        task="classification",
        seed=0,
        monitor="f1_macro",
        parameters=673_670,
        train_seconds=94.6,
        validation={"f1_macro": 0.79},
        test={"f1_macro": 0.78},
        baselines=baselines,
    )


def found(better, low, high, score=0.75):
    difference = {"better": better, "low": low, "high": high, "rows": 1066}
    scores = {"validation": {"f1_macro": score}, "test": {"f1_macro": score}}
    return {"parameters": 4000, "seconds": 3.4, **scores, "difference": difference}


def test_the_run_stands_first_and_what_failed_says_why():
    told = table(results(tfidf=found(0.03, 0.0, 0.05), bag={"error": "MemoryError: too much"}), "mr")
    assert [line.split() for line in told.splitlines()[-3:]] == [
        ["lstm", "673,670", "95", "0.7900", "0.7800"],
        ["tfidf", "4,000", "3", "0.7500", "0.7500", "-0.0300", "[-0.0500,", "+0.0000]"],
        ["bag", "MemoryError:", "too", "much"],
    ]


def test_where_the_test_was_left_alone_there_is_no_column_of_it():
    untested = results(tfidf=found(0.03, 0.01, 0.05))
    untested.test = {}
    assert "test" not in table(untested, "mr")
    assert sentence(untested).endswith("over 1066 validation rows)")


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (
            (0.03, 0.01, 0.05),
            "lstm pays on this text: lstm is better than tfidf by 0.0300 f1_macro (95 % interval 0.0100",
        ),
        ((-0.03, -0.05, -0.01), "lstm does not pay on this text: tfidf is better than lstm by 0.0300 f1_macro (95 % "),
        ((0.01, -0.01, 0.03), "whether lstm pays on this text, these rows do not tell: lstm is better than tfidf by 0"),
        ((-0.01, -0.03, 0.01), "whether lstm pays on this text, these rows do not tell: tfidf is better than lstm by"),
    ],
)
def test_the_sentence_goes_by_the_baseline_that_comes_nearest(interval, expected):
    told = sentence(results(bag=found(0.06, 0.04, 0.08), tfidf=found(*interval)))
    assert told.startswith(expected)


def test_an_interval_is_told_from_its_lower_end():
    told = sentence(results(tfidf=found(-0.03, -0.05, -0.01)))
    assert told.endswith("(95 % interval 0.0100 to 0.0500, over 1066 test rows)")


def test_a_zero_that_was_turned_round_has_no_sign():
    assert "interval 0.0000 to 0.0300" in sentence(results(tfidf=found(-0.01, -0.03, 0.0)))


def test_nothing_is_said_where_nothing_could_be_compared():
    told = sentence(results(tfidf={"error": "it broke"}, bag={**found(0, 0, 0), "difference": None}))
    assert told == "whether lstm pays on this text is not known: nothing was compared with it"
