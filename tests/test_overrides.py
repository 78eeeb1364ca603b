"""What a person types reaches the program as typed."""

import pytest
from hydra import compose, initialize_config_module
from hydra.core.override_parser.overrides_parser import OverridesParser

from recurra.overrides import prepare, told, unquoted, value_of

AWKWARD = [
    "my.csv",
    "数据.csv",
    "data/数据 集.csv",
    "很好吃",
    "it's great",
    'he said "no"',
    "good, really",
    "a (b)?",
    "epoch=3-step=100.ckpt",
    "10",
    "1e3",
    "true",
    "null.csv",
    "[draft].csv",
    "my file [1].csv",
    "{a}.csv",
    "C:\\data\\my.csv",
    "ends with a backslash\\",
    "a\\'b",
    "two\\\\'quotes'",
    "$HOME/x.csv",
    "${oc.env:HOME}.csv",
    "~x.csv",
    "#1!%&*.csv",
    "a:b.csv",
    "x@y.csv",
    " leading and trailing ",
    "tab\there.csv",
    "-dash.csv",
    "emoji 😀.csv",
    "???.csv",
    "a=b,c=d.csv",
]


@pytest.mark.parametrize("typed", AWKWARD)
def test_a_path_arrives_as_typed(typed):
    (prepared,) = prepare([f"data.train={typed}"], multirun=False)
    with initialize_config_module("recurra.conf", version_base="1.3"):
        config = compose("train", overrides=["data=csv", prepared])
    assert config.data.train == typed
    assert told(prepared) == f"data.train={typed}"
    assert value_of([f"data.train={typed}"], "data.train") == typed


@pytest.mark.parametrize("typed", ["很好吃", "it's great", "a (b)?", "ends\\", "x y [z"])
def test_free_text_that_hydra_cannot_parse_is_quoted(typed):
    (prepared,) = prepare([f"model.note={typed}"], multirun=False)
    assert OverridesParser.create().parse_override(prepared).value() is not None
    assert unquoted(prepared.partition("=")[2]) == typed


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("model=gru", "model=gru"),
        ("seed=3", "seed=3"),
        ("optimizer.lr=1e-3", "++optimizer.lr=1e-3"),
        ("optimizer.betas=[0.9,0.98]", "++optimizer.betas=[0.9,0.98]"),
        ("+model.extra=1", "+model.extra=1"),
        ("~callbacks.early_stopping", "~callbacks.early_stopping"),
        ("tags=[a,b]", "tags=['a','b']"),
        ("tags=[很好, b c,10]", "tags=['很好','b c','10']"),
        ("tags=['a, b',\"it's\"]", "tags=['a, b',\"it's\"]"),
        ("tags=[]", "tags=[]"),
        ("data.test=null", "++data.test=null"),
        ("data.text=[title,body]", "++data.text=['title','body']"),
        ("data.train='already quoted.csv'", "++data.train='already quoted.csv'"),
        ("hydra/sweeper=basic", "hydra/sweeper=basic"),
        ("hydra.job.num=1", "hydra.job.num=1"),
    ],
)
def test_what_hydra_understands_is_left_to_it(typed, expected):
    assert prepare([typed], multirun=False) == [expected]


def test_a_sweep_over_paths_is_split_at_commas_unless_it_is_one_file(own_place):
    assert prepare(["data.train=a b.csv,c.csv"], multirun=True) == ["++data.train='a b.csv','c.csv'"]
    (own_place / "a,b.csv").write_text("")
    assert prepare(["data.train=a,b.csv"], multirun=True) == ["++data.train='a,b.csv'"]


def test_several_lists_are_a_sweep():
    assert prepare(["tags=[a],[b,c]"], multirun=True) == ["tags=[a],[b,c]"]
    assert prepare(["tags=[it's,b]"], multirun=True) == [r"tags=['it\'s','b']"]


def test_flags_and_their_values_are_left_alone():
    typed = ["--config-dir", "my=conf", "-m", "--cfg", "job"]
    assert prepare(typed, multirun=True) == typed


def test_a_comma_alone_is_a_separator_and_no_sweep():
    assert prepare(["data.label_separator=,"], multirun=True) == ["++data.label_separator=','"]
    assert prepare(["data.label_separator=;,|"], multirun=True) == ["++data.label_separator=';','|'"]


def test_a_path_may_begin_at_home(monkeypatch, own_place, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert prepare(["data.train=~/x.csv"], multirun=False) == [f"++data.train='{tmp_path}/x.csv'"]
    assert value_of(["resume=~/last.ckpt"], "resume") == f"{tmp_path}/last.ckpt"
    assert prepare(["data.text=~/x"], multirun=False) == ["++data.text='~/x'"]
    (own_place / "~").mkdir()
    (own_place / "~" / "x.csv").write_text("")
    assert prepare(["data.train=~/x.csv"], multirun=False) == ["++data.train='~/x.csv'"]


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("++optimizer.lr=0.1", "optimizer.lr=0.1"),
        ("++data.train='my file.csv'", "data.train=my file.csv"),
        ("~callbacks", "callbacks=null"),
        ("logger=[]", "logger=null"),
        ("~callbacks.early_stopping", "~callbacks.early_stopping"),
        ("++data.label='null'", "++data.label='null'"),
        ("++model.note='1'", "++model.note='1'"),
        ("++data.train='a.csv','b.csv'", "++data.train='a.csv','b.csv'"),
    ],
)
def test_an_override_is_told_as_it_may_be_typed_again(override, expected):
    assert told(override) == expected
    assert prepare([told(override)], multirun=False) == [override]
