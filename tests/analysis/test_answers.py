import math

import numpy as np
import pytest
from made_answers import YES_OR_NO, answers, by_probability
from made_sweep import run_folder

from recurra.analysis.answers import read_answers
from recurra.errors import ConfigError
from recurra.tasks import Multilabel, Regression, Tagging

WRONG = -math.log(0.1)
RIGHT = -math.log(0.9)


def test_answers_are_read_from_the_files_of_a_run(tmp_path):
    found = read_answers(run_folder(tmp_path / "run", YES_OR_NO))
    assert len(found) == 4
    assert found.labels == ["no", "yes"]
    assert found.exclusive
    assert found.probabilities == pytest.approx(np.array([[0.1, 0.9], [0.9, 0.1], [0.9, 0.1], [0.1, 0.9]]))
    assert found.gold.tolist() == [[False, True], [False, True], [True, False], [True, False]]
    assert found.losses.tolist() == pytest.approx([RIGHT, WRONG, RIGHT, WRONG])
    assert found.by_row("accuracy").tolist() == [1, 0, 1, 0]
    assert found.by_row("calibration_error") is None
    confidence, right = found.stated
    assert confidence.tolist() == [0.9] * 4
    assert right.tolist() == [True, False, True, False]


def test_there_are_none_where_the_run_kept_none(tmp_path):
    assert read_answers(run_folder(tmp_path / "language model", None, "LanguageModel")) is None
    nothing = {name: column[:0] for name, column in YES_OR_NO.items() if name != "probabilities"}
    assert read_answers(run_folder(tmp_path / "no rows", nothing)) is None


def test_a_task_that_is_gone_is_told(tmp_path):
    folder = run_folder(tmp_path / "run", YES_OR_NO, "NoSuchTask")
    with pytest.raises(ConfigError, match=r"task\._target_: 'recurra\.tasks\.NoSuchTask' cannot be imported"):
        read_answers(folder)


def test_a_probability_of_zero_is_an_infinite_loss():
    assert by_probability("yn", [0.0, 0.0]).losses.tolist() == [math.inf, 0.0]


def test_each_label_is_a_statement_where_a_text_may_have_several():
    found = answers(
        Multilabel,
        gold=[["a", "b"], []],
        predicted=[["a"], []],
        probabilities=[{"a": 0.8, "b": 0.4}, {"a": 0.3, "b": 0.2}],
    )
    assert not found.exclusive
    assert found.gold.tolist() == [[True, True], [False, False]]
    assert [part.tolist() for part in found.stated] == [[0.8, 0.4, 0.3, 0.2], [True, True, False, False]]
    assert found.losses.tolist() == pytest.approx(
        [-(math.log(0.8) + math.log(0.4)) / 2, -(math.log(0.7) + math.log(0.8)) / 2]
    )


def test_numbers_have_losses_and_no_probabilities():
    found = answers(Regression, gold=[1.0, 2.0], predicted=[1.5, 2.0])
    assert (found.losses.tolist(), found.fault) == ([0.25, 0], "loss")
    assert (found.labels, found.stated, found.probabilities.shape) == ([], None, (2, 0))
    assert not found.exclusive


def test_of_tags_the_share_that_is_wrong_stands_for_the_loss():
    found = answers(Tagging, gold=[["A", "B", "B", "B"], ["A"]], predicted=[["A", "A", "B", "B"], ["A"]])
    assert (found.losses.tolist(), found.fault) == ([0.25, 0], "share wrong")
    assert found.stated is None
