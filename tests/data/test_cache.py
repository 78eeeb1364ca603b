"""The cache of token stores, shared by processes that start at once or are killed."""

import os
from pathlib import Path

import numpy as np
import pytest
from processes import CONTEXT

from recurra.data import cache

ROUNDS = 20


def tokenize(root, place, barrier):
    """Reads and tokenizes as a run does, at the same moment as others; says in `built` whether it built the store."""
    os.environ["RECURRA_CACHE"] = root
    os.chdir(place)
    from functools import partial

    from recurra.data import tokenization
    from recurra.data.datamodule import TextDataModule
    from recurra.text.readers import Delimited
    from recurra.text.sources import Files
    from recurra.text.tokenizers import Word

    build = tokenization._build

    def noted(*given):
        with open("built", "a") as file:
            file.write("built\n")
        return build(*given)

    tokenization._build = noted
    data = TextDataModule(partial(Files, partial(Delimited, ",")), train="topics.csv")
    assert data.corpus.splits["train"]
    barrier.wait(30)
    data.fit_tokenizer(Word(min_frequency=1))
    train = data.stores["train"]
    np.savez(f"{os.getpid()}.npz", ids=train.ids, offsets=train.offsets)


@pytest.mark.slow
def test_two_cold_starts_at_once_build_once(topics, tmp_path):
    for number in range(ROUNDS):
        root = tmp_path / f"cache {number}"
        barrier = CONTEXT.Barrier(2)
        processes = [CONTEXT.Process(target=tokenize, args=(str(root), str(Path.cwd()), barrier)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0, 0]
        assert Path("built").read_text() == "built\n" * (number + 1)
        one, other = (np.load(f"{process.pid}.npz") for process in processes)
        assert np.array_equal(one["ids"], other["ids"])
        assert np.array_equal(one["offsets"], other["offsets"])
        assert not list(root.glob("*.draft"))


def test_what_a_killed_builder_left_is_cleared_away(tmp_path):
    (tmp_path / "key-1.draft").mkdir()
    (tmp_path / "other-1.draft").mkdir()
    folder = cache.entry(tmp_path, "key", lambda draft: (draft / "x").write_text("whole"))
    assert (folder / "x").read_text() == "whole"
    assert sorted(path.name for path in tmp_path.glob("*.draft")) == ["other-1.draft"]


def test_a_builder_that_fails_leaves_nothing(tmp_path):
    def fail(draft):
        (draft / "half").write_text("")
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        cache.entry(tmp_path / "cache", "key", fail)
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["key.lock"]
