"""What a finished run suggests to type next."""

import pytest

from recurra.commands.next_steps import next_steps
from recurra.results import Results


def suggested(*overrides, verb="predict"):
    results = Results("run", "lstm", "csv", "classification", 0, overrides=list(overrides), verb=verb)
    return [line.partition("recurra-train ")[2] for line in next_steps(results).splitlines() if "recurra-train" in line]


def test_other_encoders_on_the_same_data():
    assert suggested() == ["-m model=rnn,lstm,gru,textrnn,rcnn", "data=csv data.train=YOUR.csv", "--help"]
    same = ["data=csv", "data.train='my texts.csv'", "task=language_model"]
    assert suggested(*same, "seed=3", verb="generate") == [
        "-m data=csv 'data.train='\"'\"'my texts.csv'\"'\"'' task=language_model model=rnn,lstm,gru",
        "--help",
    ]


@pytest.mark.parametrize(
    "overrides",
    [
        ["experiment=textrnn_toy"],
        ["experiment=textrnn_original", "data=csv", "data.train=my.csv"],
        ["data=csv", "data.train=my.csv", "tokenizer=checkpoint", "init_from=lm.ckpt"],
    ],
)
def test_none_where_other_encoders_may_not_fit(overrides):
    assert suggested(*overrides) == ["--help"]
