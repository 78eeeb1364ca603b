"""`recurra report`, typed as its user would type it."""

import io
import json
import re
import sys
from pathlib import Path

import conftest
import pytest
from conftest import TINY
from made_runs import answers, made_run

import recurra
from recurra.commands.main import main


def typed(capsys, *arguments):
    return conftest.typed(capsys, main, "report", *arguments)


@pytest.mark.slow
def test_runs_become_a_page_a_table_and_json(capsys, topics):
    for model in ("lstm", "gru"):
        recurra.train([*TINY, f"model={model}", f"hydra.run.dir=outputs/{model}", "callbacks=gradient_flow"])
    capsys.readouterr()
    code, out, err = typed(capsys, "outputs")
    assert (code, err) == (0, "")
    assert re.fullmatch(r"report\.html: 2 runs compared; \d\.\d MB, opens without a network\n", out)
    page = Path("report.html").read_text(encoding="utf-8")
    assert "recurra-train data=csv" in page
    assert "Gradient flow, layer 0, backward" in page
    Path("report.html").unlink()
    code, out, _ = typed(capsys, "outputs/lstm", "outputs/gru", "--table")
    assert code == 0
    assert out.startswith("data=csv data.train=topics.csv task=classification\nbest first by val f1_macro\n")
    assert len(re.findall(r"^  [12]   model=(?:lstm|gru)  .* \d\.\d{4} ", out, re.MULTILINE)) == 2
    code, out, _ = typed(capsys, "outputs", "--json")
    (comparison,) = json.loads(out)["comparisons"]
    assert (comparison["score"], comparison["direction"]) == ("f1_macro", "maximize")
    best, other = comparison["standings"]
    assert best["score"] >= other["score"]
    assert other["difference"]["rows"] == 24
    assert other["runs"][0]["folder"] == f"outputs/{other['name'].removeprefix('model=')}"
    assert not Path("report.html").exists()


def test_mistakes_are_told(capsys):
    code, _, err = typed(capsys, "outputs")
    assert (code, err.startswith("error: There is no folder outputs.")) == (2, True)
    code, _, err = typed(capsys, "outputs", "--output", "results.json")
    assert code == 2
    assert err == "error: --output results.json: the report is a page. Give a name that ends with .html.\n"


def test_what_is_no_report_is_not_written_over(capsys, own_place):
    made_run(Path("run"), answers(4, 2))
    Path("mine.html").write_text("<p>mine</p>")
    Path("folder.html").mkdir()
    for output, why in [
        ("mine.html", "this file is no report and stays as it is. Give another name."),
        ("folder.html", "this is a folder. Give a name in it, such as folder.html/report.html."),
        ("mine.html/deeper/x.html", f"{own_place / 'mine.html'} is a file, not a folder. Give a name in a folder."),
    ]:
        assert typed(capsys, "run", "--output", output) == (2, "", f"error: --output {output}: {why}\n")
    assert Path("mine.html").read_text() == "<p>mine</p>"
    code, out, _ = typed(capsys, "run", "--output", "new/report.html")
    assert (code, out.startswith("new/report.html: 1 run compared; ")) == (0, True)
    assert typed(capsys, "run/results.json", "--output", "new/report.html")[0] == 0  # its own may be written again


def test_where_nothing_can_be_compared_no_page_is_written(capsys, own_place):
    made_run(Path("run"), answers(4, 2), status="failed", error="no memory")
    for options in ((), ("--table",)):
        code, out, err = typed(capsys, "run", *options)
        assert (code, out) == (1, "not compared: 1\n  run: failed, no memory\n")
        assert err == "error: none of these runs can be compared: each stands above with the reason\n"
    code, out, _ = typed(capsys, "run", "--json")
    assert (code, json.loads(out)["comparisons"]) == (1, [])
    assert not Path("report.html").exists()


def test_a_terminal_that_knows_only_ascii(own_place, monkeypatch):
    for seed in (0, 1):
        made_run(Path(f"跑{seed}"), answers(4, 2), f"seed={seed}", "data.train=数据.csv")
    said = []
    for option in ("--table", "--json"):
        terminal = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        monkeypatch.setattr(sys, "stdout", terminal)
        with pytest.raises(SystemExit) as left:
            main(["report", ".", option])
        terminal.flush()
        said.append(terminal.buffer.getvalue().decode("ascii"))
        assert left.value.code == 0
    assert said[0].startswith("data=bbc_news data.train=??.csv task=classification\n")
    (comparison,) = json.loads(said[1])["comparisons"]
    assert comparison["standings"][0]["runs"][0]["folder"] == "跑0"


def test_without_plotly_the_cure_is_told(capsys, own_place, monkeypatch):
    made_run(Path("run"), answers(4, 2))
    monkeypatch.setitem(sys.modules, "plotly.offline", None)
    code, _, err = typed(capsys, "run")
    assert code == 2
    assert "pip install 'recurra[report]'" in err
    assert typed(capsys, "run", "--table")[0] == 0
