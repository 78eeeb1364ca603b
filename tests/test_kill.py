"""Killed with SIGKILL at any moment, a run that is gone on with ends like one that was never stopped."""

import json
import os
import random
import time
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import TINY, place_apart
from processes import batches, die, ended, start
from test_resume import assert_equal_ends

COMMAND = [
    *TINY,
    "trainer.max_epochs=4",
    "data.batch_size=16",
    "data.max_length=8",  # shorter than the texts: random pieces in training
    "callbacks.last.every_n_steps=5",
    "callbacks.early_stopping=null",
]

pytestmark = pytest.mark.slow


def run_folder():
    """The one run of this folder that ended."""
    (folder,) = [
        told.parent
        for told in Path("outputs").glob("*/*/results.json")
        if json.loads(told.read_text())["status"] == "finished"
    ]
    return folder.resolve()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """An uninterrupted run: its folder, its batches, how long it took."""
    with place_apart(tmp_path_factory, 240):
        assert ended(start(*COMMAND, "trainer.max_steps=1", "hydra.run.dir=first")) == 0  # the server is warm now
        began = time.monotonic()
        assert ended(start(*COMMAND)) == 0
        return run_folder(), batches(), time.monotonic() - began


def assert_ends_like(whole):
    folder, seen, _ = whole
    ours = run_folder()
    assert_equal_ends(folder, ours)
    one, other = (json.loads((each / "results.json").read_text()) for each in (folder, ours))
    for key in ("validation", "test", "epochs", "steps", "parameters"):
        assert one[key] == other[key], key
    for split in ("validation", "test"):
        assert pq.read_table(folder / f"predictions_{split}.parquet") == pq.read_table(
            ours / f"predictions_{split}.parquet"
        )
    assert batches() == seen
    left = [file.name for file in ours.rglob("*") if file.name.endswith(".draft")]
    assert left == []


@pytest.mark.parametrize("number", range(12))
def test_killed_at_a_random_moment(topics, whole, number):
    process = start(*COMMAND)
    time.sleep(random.Random(number).uniform(0, whole[2]))
    process.kill()
    process.join()
    if not any(json.loads(t.read_text())["status"] == "finished" for t in Path("outputs").glob("*/*/results.json")):
        assert ended(start(*COMMAND, "resume=auto")) == 0
    assert_ends_like(whole)


def in_the_middle_of(file: str, number: int) -> None:
    """Dies when half of the `number`-th file of that name is written."""
    write = Path.write_bytes
    count = 0

    def write_bytes(self, data):
        nonlocal count
        if self.name == f"{file}.draft":
            count += 1
            if count == number:
                write(self, bytes(data)[: len(data) // 2])
                die()
        return write(self, data)

    Path.write_bytes = write_bytes


def at_a_naming(number: int) -> None:
    """Dies before the `number`-th file takes its name, or a second one."""
    count = 0

    def counted(name):
        def named(source, target):
            nonlocal count
            count += 1
            if count == number:
                die()
            name(source, target)

        return named

    os.replace, os.link = counted(os.replace), counted(os.link)


def in_the_store() -> None:
    """Dies when one split of the token store is written and another is not."""
    from recurra.data.token_store import TokenStore

    save = TokenStore.save

    def saved(self, folder, split):
        if split != "train":
            die()
        save(self, folder, split)

    TokenStore.save = saved


def while_answering(stage: str, number: int) -> None:
    """Dies in the `number`-th batch of validation inside training, or of the last validation, or of the test."""
    from recurra.module import SequenceModule

    answer = SequenceModule.answer
    count = 0

    def answered(self, *given):
        nonlocal count
        if self.trainer.state.fn == stage:
            count += 1
            if count == number:
                die()
        answer(self, *given)

    SequenceModule.answer = answered


MOMENTS = {
    "the first last.ckpt": partial(in_the_middle_of, "next.ckpt", 1),
    "a later last.ckpt": partial(in_the_middle_of, "next.ckpt", 4),
    "best.ckpt": partial(in_the_middle_of, "best.ckpt", 2),
    **{f"naming {number}": partial(at_a_naming, number) for number in (3, 6, 7, 8, 9)},
    "the token store": in_the_store,
    "validation": partial(while_answering, "fit", 3),
    "the last validation": partial(while_answering, "validate", 1),
    "the test": partial(while_answering, "test", 2),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_in(topics, whole, moment):
    assert ended(start(*COMMAND, prepare=MOMENTS[moment])) == -9
    assert ended(start(*COMMAND, "resume=auto")) == 0
    assert_ends_like(whole)
    assert not list(Path(os.environ["RECURRA_CACHE"]).glob("*.draft"))


def after_steps(number: int) -> None:
    """Dies after so many steps of this process."""
    from recurra.callbacks import Throughput

    count = Throughput.on_train_batch_end
    steps = 0

    def on_train_batch_end(self, *given):
        nonlocal steps
        count(self, *given)
        steps += 1
        if steps == number:
            die()

    Throughput.on_train_batch_end = on_train_batch_end


def test_killed_again_and_again(topics, whole):
    for _ in range(5):
        assert ended(start(*COMMAND, "resume=auto", prepare=partial(after_steps, 9))) == -9
    assert ended(start(*COMMAND, "resume=auto")) == 0
    assert_ends_like(whole)
