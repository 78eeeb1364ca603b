import pytest
import torch

from recurra.errors import ConfigError, DataError
from recurra.tasks import Binary, Classification, Multilabel
from recurra.tasks.answers import Answers
from recurra.text.labels import label_set
from recurra.types import Example


def rows(*labels):
    return [
        Example("text", label if isinstance(label, tuple) else (label,), "my.csv", n + 2)
        for n, label in enumerate(labels)
    ]


def answers(probabilities, targets, loss=0.0):
    rows = torch.arange(len(targets))
    return {"rows": rows, "probabilities": probabilities, "targets": targets, "loss": torch.tensor(loss)}


def test_labels_are_sorted_by_value_where_all_are_numbers():
    assert label_set(rows("10", "9", "1")) == ["1", "9", "10"]
    assert label_set(rows("b", "10", "a")) == ["10", "a", "b"]


class TestClassification:
    task = Classification(["a", "b", "c"], 4)

    def test_encodes_by_place(self):
        assert self.task.encode(rows("c", "a")).tolist() == [2, 0]

    def test_names_file_line_and_known_labels_where_a_label_is_new(self):
        with pytest.raises(DataError, match=r"my\.csv:3: label 'd' .*a, b, c"):
            self.task.encode(rows("a", "d"))

    def test_sends_several_labels_to_multilabel(self):
        with pytest.raises(DataError, match=r"my\.csv:2: 2 labels .*task=multilabel"):
            self.task.encode(rows(("a", "b")))

    def test_needs_two_classes(self):
        with pytest.raises(DataError, match="two classes"):
            Classification(["only"], 4)

    def test_scores_are_those_of_the_confusion_matrix(self):
        gold = torch.tensor([0, 0, 0, 1, 1, 2])
        predicted = torch.tensor([0, 0, 1, 1, 1, 0])
        probabilities = torch.full((6, 3), 0.1)
        probabilities[torch.arange(6), predicted] = 0.8
        found = self.task.evaluate(answers(probabilities, gold, loss=3.0))
        assert found.scores["loss"] == 0.5
        assert found.counted == {"rows": 6}
        assert found.confusion == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
        assert found.scores["accuracy"] == pytest.approx(4 / 6)
        assert [row["f1"] for row in found.per_class] == pytest.approx([2 / 3, 4 / 5, 0])
        assert [row["precision"] for row in found.per_class] == pytest.approx([2 / 3, 2 / 3, 0])
        assert [row["support"] for row in found.per_class] == [3, 2, 1]
        assert found.scores["f1_macro"] == pytest.approx((2 / 3 + 4 / 5 + 0) / 3)
        # All answers are given with 0.8 and 4 of 6 are right.
        assert found.scores["calibration_error"] == pytest.approx(0.8 - 4 / 6)

    def test_a_class_that_neither_occurs_nor_is_predicted_does_not_count(self):
        found = self.task.evaluate(answers(torch.eye(3)[:2], torch.tensor([0, 1])))
        assert found.scores["f1_macro"] == 1.0

    def test_windows_are_averaged_as_probabilities(self):
        logits = torch.randn(5, 3)
        windows = torch.tensor([0, 0, 1, 2, 2])
        merged = self.task.probabilities(self.task.merge(logits, windows, 3))
        each = logits.softmax(1)
        expected = torch.stack([each[:2].mean(0), each[2], each[3:].mean(0)])
        torch.testing.assert_close(merged, expected)
        assert torch.isfinite(self.task.merge(torch.tensor([[200.0, 0, 0]]), torch.tensor([0]), 1)).all()

    def test_decides_for_the_most_probable(self):
        (answer,) = self.task.decide(torch.tensor([[0.2, 0.5, 0.3]]))
        assert answer.label == "b"
        assert answer.probabilities == pytest.approx({"a": 0.2, "b": 0.5, "c": 0.3})


class TestBinary:
    def test_the_logit_speaks_of_the_positive_label(self):
        task = Binary(["no", "yes"], 4, positive="no")
        assert task.labels == ["yes", "no"]
        assert task.encode(rows("no", "yes")).tolist() == [[1.0], [0.0]]
        torch.testing.assert_close(
            task.probabilities(torch.tensor([[0.0], [30.0]])), torch.tensor([[0.5, 0.5], [0, 1]])
        )

    def test_refuses_three_classes_and_an_unknown_positive(self):
        with pytest.raises(DataError, match="task=classification"):
            Binary(["a", "b", "c"], 4)
        with pytest.raises(ConfigError, match="Did you mean 'yes'"):
            Binary(["no", "yes"], 4, positive="yess")

    def test_equals_a_two_class_softmax(self):
        binary, softmax = Binary(["no", "yes"], 4), Classification(["no", "yes"], 4)
        logits = torch.randn(6, 1)
        both = torch.cat([torch.zeros_like(logits), logits], 1)
        gold = torch.tensor([0, 1, 1, 0, 1, 0])
        torch.testing.assert_close(binary.probabilities(logits), softmax.probabilities(both))
        torch.testing.assert_close(binary.log_loss(logits, gold[:, None].float()), softmax.log_loss(both, gold))
        windows = torch.tensor([0, 0, 1, 1, 1, 2])
        torch.testing.assert_close(
            binary.probabilities(binary.merge(logits, windows, 3)),
            softmax.probabilities(softmax.merge(both, windows, 3)),
        )

    def test_a_probability_near_one_survives_the_average(self):
        merged = Binary(["no", "yes"], 4).merge(torch.tensor([[40.0], [40.0]]), torch.tensor([0, 0]), 1)
        torch.testing.assert_close(merged, torch.tensor([[40.0]]))


class TestMultilabel:
    task = Multilabel(["a", "b"], 4)

    def test_encodes_bits_and_allows_none(self):
        assert self.task.encode(rows(("b",), (), ("a", "b"))).tolist() == [[0, 1], [0, 0], [1, 1]]

    def test_the_threshold_that_fits_validation_best_is_taken(self):
        task = Multilabel(["a", "b"], 4)
        task.tune(answers(torch.tensor([[0.35, 0.1], [0.3, 0.2], [0.1, 0.32]]), torch.tensor([[1, 0], [1, 0], [0, 1]])))
        assert 0.2 < float(task.threshold) < 0.31
        assert [answer.labels for answer in task.decide(torch.tensor([[0.31, 0.1], [0.9, 0.9]]))] == [
            ("a",),
            ("a", "b"),
        ]
        assert "threshold" in task.state_dict()

    def test_scores(self):
        gold = torch.tensor([[1.0, 0], [1, 1], [0, 1]])
        probabilities = torch.tensor([[0.9, 0.6], [0.8, 0.7], [0.1, 0.4]])
        found = Multilabel(["a", "b"], 4).evaluate(answers(probabilities, gold))
        # a: tp 2; b: predicted rows 0 and 1, gold rows 1 and 2: tp 1, fp 1, fn 1.
        assert found.scores["f1_micro"] == pytest.approx(2 * 3 / (2 * 3 + 1 + 1))
        assert found.scores["f1_macro"] == pytest.approx((1 + 0.5) / 2)
        assert found.scores["accuracy"] == pytest.approx(1 / 3)
        # b ranks row 1, row 0, row 2: precision 1 at the first gold row, 2/3 at the second.
        assert found.scores["mean_average_precision"] == pytest.approx((1 + (1 + 2 / 3) / 2) / 2)
        assert found.confusion is None


def test_answers_come_back_by_row_and_a_single_row_keeps_its_shape():
    gathered = Answers(joined=["rows", "probabilities"], summed=["loss"])
    gathered.update(rows=torch.tensor([2, 0]), probabilities=torch.tensor([[0.2], [0.0]]), loss=torch.tensor(4.0))
    gathered.update(rows=torch.tensor([1]), probabilities=torch.tensor([[0.1]]), loss=torch.tensor(5.0))
    found = gathered.gather()
    assert found["rows"].tolist() == [0, 1, 2]
    assert found["probabilities"].flatten().tolist() == pytest.approx([0.0, 0.1, 0.2])
    assert float(found["loss"]) == 9.0
    gathered.reset()
    gathered.update(rows=torch.tensor([0]), probabilities=torch.tensor([[0.1]]), loss=torch.tensor(5.0))
    assert gathered.gather()["rows"].shape == (1,)
    assert float(gathered.gather()["loss"]) == 5.0


def test_the_steps_of_a_row_keep_their_order():
    gathered = Answers(joined=["rows", "predicted"], summed=[])
    gathered.update(rows=torch.tensor([1, 1, 1, 0]), predicted=torch.tensor([7, 8, 9, 5]))
    gathered.update(rows=torch.tensor([2, 2]), predicted=torch.tensor([3, 4]))
    assert gathered.gather()["predicted"].tolist() == [5, 7, 8, 9, 3, 4]


@pytest.mark.parametrize(
    ("task", "labels", "gold"),
    [
        (Classification(["a", "b"], 4), ["b", "a"], ["b", "a"]),
        (Binary(["a", "b"], 4, positive="a"), ["b", "a"], ["b", "a"]),
        (Multilabel(["a", "b"], 4), [("b", "a"), ()], [["a", "b"], []]),
    ],
)
def test_what_is_told_of_a_row(task, labels, gold):
    targets = torch.from_numpy(task.encode(rows(*labels)))
    columns = task.columns(answers(torch.tensor([[0.9, 0.1], [0.4, 0.6]]), targets))
    assert columns["gold"] == gold
    first, second = (task.labels[0], task.labels[1]) if task.exclusive else (["a"], ["b"])
    assert columns["predicted"] == [first, second]
    assert columns["probabilities"][0] == pytest.approx({task.labels[0]: 0.9, task.labels[1]: 0.1})
