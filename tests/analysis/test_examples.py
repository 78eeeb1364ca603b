import math

from made_answers import answers, by_probability

from recurra.analysis.answers import Answers
from recurra.analysis.examples import AnsweredRow, at_random, worst
from recurra.tasks import Multilabel, Regression, Tagging

TEN = by_probability("yyyyynnnnn", [0.9, 0.8, 0.1, 0.6, 0.6, 0.2, 0.95, 0.2, 0.2, 0.0])


def test_the_worst_has_the_greatest_loss_of_the_gold_answer():
    first, second = worst(TEN, 2)
    assert (first.row, first.gold, first.predicted) == (6, "n", "y")
    assert first.loss == -math.log(1 - 0.95)
    assert list(first.probabilities.items()) == [("y", 0.95), ("n", 1 - 0.95)]
    assert second.row == 2
    assert len(worst(TEN, 99)) == 10


def test_rows_at_random_are_the_same_for_the_same_seed():
    assert [row.row for row in at_random(TEN, 4)] == [row.row for row in at_random(TEN, 4)]
    assert {row.row for seed in range(20) for row in at_random(TEN, 4, seed)} == set(range(10))
    assert [row.row for row in at_random(TEN, 99)] == list(range(10))


def test_several_labels_tags_and_numbers_are_one_string():
    several = answers(Multilabel, gold=[["a", "b"]], predicted=[[]], probabilities=[{"a": 0.4, "b": 0.3}])
    (row,) = worst(several, 1)
    assert (row.gold, row.predicted, row.text) == ("a | b", "", "")
    (row,) = worst(answers(Tagging, gold=[["O", "B"]], predicted=[["O", "O"]], text=["so it"]), 1)
    assert row == AnsweredRow(0, "so it", gold="O | B", predicted="O | O", probabilities={}, loss=0.5)
    (row,) = worst(answers(Regression, gold=[2.0], predicted=[0.123456789]), 1)
    assert (row.gold, row.predicted) == ("2", "0.123457")


def test_where_no_loss_is_known_of_rows_there_is_no_worst():
    run = Answers({"row": [0], "gold": ["a"], "predicted": ["b"]}, lambda score, columns: None)
    assert worst(run, 1) == []
    (row,) = at_random(run, 1)
    assert math.isnan(row.loss)
