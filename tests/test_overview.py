"""The overview of all tasks: the corpus that it makes, runs that are kept, and its tables."""

import json
import sys
from pathlib import Path

import pytest

from recurra.text.readers import Conll, Delimited

MEASURED = Path(__file__).parent.parent / "docs" / "measured"


@pytest.fixture(autouse=True)
def benches(monkeypatch, own_place):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "bench")
    import overview
    import table

    monkeypatch.setattr(table, "OUTPUTS", own_place / "bench")
    monkeypatch.setattr(overview, "OUTPUTS", own_place / "bench")


def test_words_of_one_kind_that_follow_one_another_are_one_name():
    from tagged_corpus import characters

    text = [("江", "nr"), ("泽民", "nr"), ("在", "p"), ("上海", "ns"), ("新华社", "nt")]
    told = [tag for _, tag in characters(text)]
    assert told == ["B-PER", "I-PER", "I-PER", "O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "I-ORG"]
    assert "".join(character for character, _ in characters(text)) == "江泽民在上海新华社"


def test_the_corpus_is_read_as_it_was_written(own_place):
    from tagged_corpus import write

    words, names, kinds = write(own_place / "pfr", 3)
    title = Conll().read(words, labelled=True)[1]
    assert title.text == "中共中央 总书记 、 国家 主席 江 泽民"
    assert title.labels == ("nt", "n", "w", "n", "n", "nr", "nr")
    title = Conll().read(names, labelled=True)[1]
    assert title.text == "中 共 中 央 总 书 记 、 国 家 主 席 江 泽 民"
    assert title.labels == ("B-ORG", *["I-ORG"] * 3, *["O"] * 8, "B-PER", "I-PER", "I-PER")
    rows = Delimited(",", label_separator="|").read(kinds, labelled=True)
    assert [(row.text, row.labels) for row in rows[1:]] == [
        ("中共中央总书记、国家主席江泽民", ("ORG", "PER")),
        ("（一九九七年十二月三十一日）", ()),
    ]


@pytest.mark.slow
def test_a_run_is_done_once_and_kept(topics, capsys):
    from overview import figures
    from runs import Runs

    file = Path("kept/runs.json")
    order = ["data=csv", f"data.train={topics}", "model.hidden_size=4", "trainer.max_epochs=1"]
    first = Runs(file, figures).do({"a run": order})
    assert first["a run"]["test/accuracy"] <= 1
    assert capsys.readouterr().out.startswith("a run: ")
    assert Runs(file, figures).do({"a run": ["and nothing is asked of this one"]}) == first
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit, match="mode"):
        Runs(file, figures).do({"a mistake": ["mode=gru"]})
    assert json.loads(file.read_text()) == first


def test_tables_have_a_column_for_each_encoder_that_fits(monkeypatch, capsys, own_place):
    import overview

    (own_place / "mr.csv").touch()
    asked = overview.parser().parse_args(["--mr", "mr.csv", "--tasks", "language_model", "--paragraphs", "1"])
    (question,) = overview.questions(asked, own_place / "pfr")
    assert "TREC: left out, there is no ../shared/data/trec/train.csv" in capsys.readouterr().out
    known = {
        question.name(f"model={encoder}", f"seed={seed}"): {
            "validation/perplexity": 100.0 + 20 * seed,
            "validation/bits_per_character": 1.5,
            "seconds": 30.0,
        }
        for encoder in ("rnn", "lstm", "gru")
        for seed in (0, 1)
    }
    Path("bench").mkdir()
    Path("bench/overview_runs.json").write_text(json.dumps(known))
    typed = [
        "overview.py",
        "--mr",
        "mr.csv",
        "--tasks",
        "language_model",
        "--paragraphs",
        "1",
        "--seeds",
        "2",
        "--pages",
        ".",
    ]
    monkeypatch.setattr(sys, "argv", typed)
    overview.main()
    assert Path("language_model.md").read_text().splitlines() == [
        "|  |  | `rnn` | `lstm` | `gru` |",
        "| :-- | :-- | --: | --: | --: |",
        "| MR | `perplexity` | 110 ± 14 | 110 ± 14 | 110 ± 14 |",
        "| MR | `bits_per_character` | 1.500 ± 0.000 | 1.500 ± 0.000 | 1.500 ± 0.000 |",
        "| MR | `seconds` | 30 ± 0 | 30 ± 0 | 30 ± 0 |",
    ]
    (row, *_) = json.loads(Path("bench/overview.json").read_text())["rows"]
    assert (row["task"], row["data"], row["lstm"], row["rcnn"]) == ("language_model", "MR", "110 ± 14", "")


def test_the_pages_show_what_the_overview_measures(own_place):
    from overview import page, rows
    from questions import of_tags, of_texts, of_words

    files = {"train": own_place / "any.csv"}
    pages = {}
    for question in [*of_texts(files, files, files), *of_words(files), *of_tags(1, own_place)]:
        run = dict.fromkeys([*question.figures, "seconds"], 1.0)
        pages.setdefault(question.task, []).extend(rows(question, {each: [run] for each in question.encoders}))
    for task, table in pages.items():
        shown, expected = (MEASURED / f"{task}.md").read_text().splitlines(), page(table).splitlines()
        assert shown[:2] == expected[:2], task
        assert "TODO" not in "".join(shown), task
        assert [line.split("|")[:3] for line in shown] == [line.split("|")[:3] for line in expected], task
    assert {file.stem for file in MEASURED.glob("*.md")} == set(pages)
