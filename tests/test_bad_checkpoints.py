"""Files that are no checkpoint of Recurra, or no longer, through `recurra predict`, `evaluate` and `recurra-train`."""

import io
import json
import operator
import pickle
import zipfile
from functools import reduce
from pathlib import Path

import pytest
import torch
from conftest import TINY, place_apart, sentences, write_csv
from refusals import fingerprints, refusal

import recurra
from recurra.commands import main as recurra_command
from recurra.commands.train import main as train


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    with place_apart(tmp_path_factory, 120) as place:
        results = recurra.train([*TINY, "trainer.max_steps=3"])
        return (place / results.folder / "checkpoints" / "best.ckpt").resolve()


class Code:
    def __reduce__(self):
        return Path.touch, (Path("hacked"),)


def saved(content):
    stream = io.BytesIO()
    torch.save(content, stream)
    return stream.getvalue()


def changed(good, change):
    content = torch.load(good, weights_only=True)
    change(content)
    return saved(content)


def archive(good, name, data):
    """The checkpoint's zip archive with one of its members replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(stream, "w") as made:
        for member in source.infolist():
            made.writestr(member, data if member.filename.endswith(name) else source.read(member))
    return stream.getvalue()


def at(*keys, value):
    """Sets a value deep inside."""
    return lambda content: operator.setitem(reduce(operator.getitem, keys[:-1], content), keys[-1], value)


def without(*keys):
    return lambda content: operator.delitem(reduce(operator.getitem, keys[:-1], content), keys[-1])


def huge(content):
    """One number that claims to be a matrix of 4 TiB: a view that repeats it."""
    name = next(name for name, value in content["state_dict"].items() if value.dim() == 2)
    content["state_dict"][name] = torch.zeros(1).expand(2**20, 2**20)


MODEL = ("recurra", "config", "model")
MADE = {
    "empty": lambda good: b"",
    "text": lambda good: b"hello\n",
    "json": lambda good: json.dumps({"a": 1}).encode(),
    "pickle": lambda good: pickle.dumps({"state_dict": {}}),
    "pickled code": lambda good: pickle.dumps(Code()),
    "zip of nothing": lambda good: b"PK\x05\x06" + bytes(18),
    "torch, pickled code": lambda good: saved(Code()),
    "torch, pickled code within": lambda good: changed(good, at("recurra", "labels", value=Code())),
    "torch, a tensor": lambda good: saved(torch.zeros(3)),
    "torch, a list": lambda good: saved([1, 2]),
    "torch, weights alone": lambda good: saved(torch.load(good, weights_only=True)["state_dict"]),
    "torch, another program's": lambda good: saved({"state_dict": {}, "epoch": 3}),
    "no state_dict": lambda good: changed(good, without("state_dict")),
    "no card": lambda good: changed(good, without("recurra")),
    "card a list": lambda good: changed(good, at("recurra", value=[1])),
    "no config": lambda good: changed(good, without("recurra", "config")),
    "no labels": lambda good: changed(good, without("recurra", "labels")),
    "labels a number": lambda good: changed(good, at("recurra", "labels", value=3)),
    "other labels": lambda good: changed(good, at("recurra", "labels", value=["a"])),
    "no tokenizer": lambda good: changed(good, without("recurra", "tokenizer")),
    "tokenizer no JSON": lambda good: changed(good, at("recurra", "tokenizer", value="{")),
    "config a text": lambda good: changed(good, at("recurra", "config", value="lstm")),
    "no model": lambda good: changed(good, without(*MODEL)),
    "model a number": lambda good: changed(good, at(*MODEL, value=3)),
    "os.system": lambda good: changed(good, at(*MODEL, value={"_target_": "os.system", "command": "touch hacked"})),
    "builtins.exec": lambda good: changed(good, at(*MODEL, "_target_", value="builtins.exec")),
    "recurra.run.os.system": lambda good: changed(good, at(*MODEL, "_target_", value="recurra.run.os.system")),
    "lost target": lambda good: changed(good, at(*MODEL, "_target_", value="recurra.nn.encoders.LSTN")),
    "target a number": lambda good: changed(good, at(*MODEL, "_target_", value=3)),
    "huge hidden_size": lambda good: changed(good, at(*MODEL, "hidden_size", value=10**9)),
    "hidden_size too large for memory": lambda good: changed(good, at(*MODEL, "hidden_size", value=10**6)),
    "huge num_layers": lambda good: changed(good, at(*MODEL, "num_layers", value=10**9)),
    "negative hidden_size": lambda good: changed(good, at(*MODEL, "hidden_size", value=-1)),
    "hidden_size a text": lambda good: changed(good, at(*MODEL, "hidden_size", value="wide")),
    "other hidden_size": lambda good: changed(good, at(*MODEL, "hidden_size", value=13)),
    "huge embedding": lambda good: changed(good, at("recurra", "config", "embedding", "size", value=10**12)),
    "huge tensor": lambda good: changed(good, huge),
    "an option more": lambda good: changed(good, at(*MODEL, "extra", value=1)),
    "weights no dictionary": lambda good: changed(good, at("state_dict", value=[1])),
    "weights not tensors": lambda good: changed(good, at("state_dict", "embedding.weight", value=3)),
    "a weight more": lambda good: changed(good, at("state_dict", "extra", value=torch.zeros(1))),
    "no weights": lambda good: changed(good, at("state_dict", value={})),
    "archive, garbled pickle": lambda good: archive(good, "data.pkl", b"\x80\x02garbage."),
    "archive, empty pickle": lambda good: archive(good, "data.pkl", b""),
    "archive, short tensors": lambda good: archive(good, "data/0", b"1"),
}
WEIGHTS_ARE_THERE = {  # and init_from= looks at nothing else
    "labels a number",
    "other labels",
    "model a number",
    "os.system",
    "builtins.exec",
    "recurra.run.os.system",
    "lost target",
    "target a number",
    "huge hidden_size",
    "hidden_size too large for memory",
    "huge num_layers",
    "negative hidden_size",
    "hidden_size a text",
    "other hidden_size",
    "huge embedding",
    "huge tensor",
    "an option more",
    "a weight more",
    "tokenizer no JSON",
}
CUTS = [1, 2, 4, 30, 64, 100, 500, 1000, 2000, -1, -2, -22, -50, -100, -1000] + [
    round(share / 16, 4) for share in range(1, 16)
]


@pytest.mark.parametrize("kind", MADE)
def test_what_is_no_checkpoint_is_refused(capsys, own_place, good, kind):
    (own_place / "bad.ckpt").write_bytes(MADE[kind](good))
    before = fingerprints(good.parent.parent)
    for arguments in (["predict", "bad.ckpt", "the coach"], ["evaluate", "bad.ckpt"]):
        message = refusal(capsys, recurra_command.main, *arguments)
        assert "bad.ckpt" in message
    assert fingerprints(good.parent.parent) == before
    assert not (own_place / "hacked").exists()


@pytest.mark.parametrize("kind", MADE)
def test_a_run_goes_on_from_no_such_file(capsys, own_place, good, kind):
    (own_place / "bad.ckpt").write_bytes(MADE[kind](good))
    assert "bad.ckpt" in refusal(capsys, train, "resume=bad.ckpt")
    assert not (own_place / "hacked").exists()


@pytest.mark.parametrize("kind", [kind for kind in MADE if kind not in WEIGHTS_ARE_THERE])
def test_no_weights_are_taken_from_such_a_file(capsys, own_place, good, kind):
    (own_place / "bad.ckpt").write_bytes(MADE[kind](good))
    write_csv(own_place / "topics.csv", sentences(60))
    assert "bad.ckpt" in refusal(capsys, train, *TINY, "init_from=bad.ckpt")
    assert not (own_place / "hacked").exists()


@pytest.mark.parametrize("cut", CUTS)
def test_a_checkpoint_that_was_cut_short_is_refused(capsys, own_place, good, cut):
    data = good.read_bytes()
    (own_place / "cut.ckpt").write_bytes(data[: int(len(data) * cut) if isinstance(cut, float) else cut])
    message = refusal(capsys, recurra_command.main, "predict", "cut.ckpt", "the coach", "--output", "answers.csv")
    assert "cut.ckpt" in message
