from made_answers import YES_OR_NO, answers, by_probability

from recurra.analysis.confusion import confusion
from recurra.tasks import Classification, Regression


def test_gold_is_counted_by_what_was_predicted():
    assert confusion(by_probability("yyynn", [0.9, 0.8, 0.1, 0.7, 0.2])) == [[1, 1], [1, 2]]
    columns = {**YES_OR_NO, "probabilities": [{"no": 0.5, "maybe": 0.1, "yes": 0.4}] * 4}
    assert confusion(answers(Classification, **columns)) == [[1, 0, 1], [0, 0, 0], [1, 0, 1]]


def test_numbers_have_none():
    assert confusion(answers(Regression, gold=[1.0], predicted=[1.0])) is None
