import multiprocessing
import os

import pytest

from recurra.data import tokenization
from recurra.data.tokenization import tokenize
from recurra.text.corpus import prepare
from recurra.text.sources import Source
from recurra.text.tokenizers import Word
from recurra.types import Example


class Given(Source):
    name = "given"

    def __init__(self, rows):
        self.rows = rows

    def splits(self):
        return {"train": [Example(text, (label,)) for label, text in self.rows]}


@pytest.fixture
def corpus():
    return prepare(Given([(label, f"{label} number {n}") for n in range(20) for label in ("a", "b")]))


@pytest.fixture
def builds(monkeypatch):
    """How often the tokens were built."""
    counted = []
    build = tokenization._build
    monkeypatch.setattr(tokenization, "_build", lambda *given: counted.append(1) or build(*given))
    return counted


def ids(tokenized):
    return {split: store.ids.tolist() for split, store in tokenized.stores.items()}


def test_the_second_run_finds_the_tokens_of_the_first(corpus, builds):
    first = tokenize(corpus, Word())
    second = tokenize(corpus, Word())
    assert len(builds) == 1
    assert ids(first) == ids(second)
    assert first.tokenizer == second.tokenizer


def test_other_texts_and_other_options_are_other_tokens(corpus, builds):
    tokenize(corpus, Word())
    tokenize(corpus, Word(lowercase=False))
    tokenize(prepare(Given([("a", f"x {n}") for n in range(9)] + [("b", f"y {n}") for n in range(9)])), Word())
    assert len(builds) == 3


def test_the_tokenizer_is_fitted_on_train_alone(corpus):
    corpus.splits["test"][0] = Example("zebra zebra zebra", ("a",))
    tokenized = tokenize(corpus, Word(min_frequency=1))
    assert "zebra" not in tokenized.tokenizer.vocabulary
    assert set(tokenized.stores["test"].ids[:3].tolist()) == {tokenized.tokenizer.unknown_id}


@pytest.mark.parametrize("name", ["train.ids.npy", "test.offsets.npy", "tokenizer.json"])
@pytest.mark.parametrize("keep", [0, 40])
def test_a_damaged_entry_is_built_again(corpus, builds, tmp_path, name, keep, caplog):
    expected = ids(tokenize(corpus, Word()))
    (file,) = (tmp_path / "cache").glob(f"*/{name}")
    file.write_bytes(file.read_bytes()[:keep])
    assert ids(tokenize(corpus, Word())) == expected
    assert len(builds) == 2
    assert "damaged" in caplog.text
    tokenize(corpus, Word())
    assert len(builds) == 2


def test_a_cache_that_cannot_be_written_keeps_tokens_in_memory(corpus, monkeypatch, tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    expected = ids(tokenize(corpus, Word()))
    monkeypatch.setenv("RECURRA_CACHE", str(tmp_path / "file" / "cache"))
    assert ids(tokenize(corpus, Word())) == expected
    assert "kept in memory" in caplog.text


def _tokenize_once(folder, started):
    os.environ["RECURRA_CACHE"] = folder
    corpus = prepare(Given([(label, f"{label} number {n}") for n in range(2000) for label in ("a", "b")]))
    started.wait()
    tokenize(corpus, Word())


def test_processes_that_start_cold_at_once_build_one_whole_entry(tmp_path):
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(3)
    processes = [context.Process(target=_tokenize_once, args=(str(tmp_path / "shared"), started)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    entries = [entry for entry in (tmp_path / "shared").iterdir() if entry.is_dir()]
    assert len(entries) == 1
    assert not entries[0].name.endswith(".draft")
