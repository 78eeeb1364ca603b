"""`recurra-train`, typed as its user would type it."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import conftest
import pytest
from conftest import TINY, sentences, write_csv
from processes import ended, start

import recurra
from recurra.choices import groups
from recurra.commands.train import main


def typed(capsys, *arguments):
    return conftest.typed(capsys, main, *arguments)


def test_help_is_a_page_for_a_person(capsys):
    code, page, _ = typed(capsys, "--help")
    assert code == 0
    for group, options in groups().items():
        assert f"\n{group}=" in page
        assert all(re.search(rf"^  {option} +\S", page, re.MULTILINE) for option in options)
    assert "recurra-train -m model=rnn,lstm,gru,textrnn,rcnn" in page


def test_cfg_job_prints_the_configuration_and_makes_no_folder(own_place):
    code = "import sys; from recurra.commands.train import main\n"
    code += "try: main(['model=gru', '--cfg', 'job'])\n"
    code += "finally: assert not {'torch', 'lightning', 'pydantic'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "GRU" in done.stdout
    assert list(own_place.iterdir()) == []


@pytest.mark.parametrize(
    ("override", "parts"),
    [
        ("model=lstn", ["option of model", "'lstn'", "Did you mean 'lstm'?", "rcnn"]),
        ("modle=lstm", ["'modle'", "Did you mean 'model'?", "tokenizer"]),
        ("sed=1", ["'sed'", "Did you mean 'seed'?"]),
        ("model.hiden_size=64", ["Did you mean 'hidden_size'?"]),
        ("model.hidden_size=0", ["greater than 0"]),
        ("data=csv", ["data.train=..."]),
        ("trainer.max_epochs=many", ["trainer.max_epochs='many'"]),
        ("model=null", ["option of model", "lstm"]),
        ("experiment=lost", ["'lost'"]),
        ("resume=lost.ckpt", ["lost.ckpt"]),
    ],
)
def test_a_mistake_gets_one_message_status_2_and_leaves_nothing(capsys, own_place, override, parts):
    code, out, err = typed(capsys, override)
    assert code == 2, err
    assert err.startswith("error: ")
    assert all(part in err for part in parts), err
    assert "Traceback" not in out + err
    assert not list(own_place.rglob("results.json"))
    assert not list(own_place.glob("outputs/*/*"))


def test_hydra_full_error_shows_it_all(monkeypatch):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(ValueError, match="Did you mean 'lstm'"):
        main(["model=lstn"])


def test_data_errors_name_file_and_line(capsys, own_place):
    (own_place / "bad.csv").write_text('label,text\na,fine\n"a,broken\n')
    code, _, err = typed(capsys, "data=csv", "data.train=bad.csv")
    assert code == 2
    assert "bad.csv:3" in err


@pytest.mark.slow
def test_a_run_says_each_thing_once_and_nothing_of_its_libraries(topics):
    done = subprocess.run(
        [sys.executable, "-m", "recurra.commands.train", *TINY], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    assert len(lines) == len(set(lines))
    for word in ("Warning", "LOCAL_RANK", "GPU available", "litlogger", "tip", "\r", "\x1b"):
        assert word not in done.stdout, done.stdout
    assert sum(line.startswith("epoch ") for line in lines) == 3
    assert "recurra predict" in done.stdout


@pytest.mark.slow
def test_a_sweep_ends_with_one_table_best_first(capsys, topics):
    code, out, err = typed(capsys, *TINY, "-m", "model=gru,lstm", "model.pooling=max,mean", "optimizer.lr=0.01")
    assert code == 0, err
    table = out[out.index("All runs, best first") :]
    scores = [float(row) for row in re.findall(r"pooling=\w+ +(\d\.\d+)", table)]
    assert len(scores) == 4
    assert scores == sorted(scores, reverse=True)
    (sweep,) = Path("outputs/sweeps").glob("*/*")
    assert sorted(folder.name for folder in sweep.glob("[0-9]*")) == ["0", "1", "2", "3"]
    told = [json.loads((sweep / str(n) / "results.json").read_text()) for n in range(4)]
    assert [r["model"] for r in told] == ["gru", "gru", "lstm", "lstm"]


def test_a_sweep_says_once_what_its_data_is(capsys, topics):
    _, out, _ = typed(capsys, *TINY, "-m", "seed=0,1", "trainer.max_steps=1")
    assert out.count("data: topics, 240 rows\n  train:") == 1
    assert out.count("data: topics, 240 rows, as before") == 1
    (sweep,) = Path("outputs/sweeps").glob("*/*")
    assert all("train: 192 rows" in (sweep / str(n) / "train.log").read_text() for n in range(2))


@pytest.mark.slow
def test_a_terminal_gets_a_bar_and_keeps_the_epochs(topics):
    command = [sys.executable, "-m", "recurra.commands.train", *TINY]
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("CI", None)
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    said = b""
    while True:
        try:
            part = os.read(leader, 1 << 16)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        said += part
    assert process.wait(60) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())
    assert b"\x1b[?25l" in said  # the bar hides the cursor while it moves
    assert re.search(r"Epoch 0/2 .*━", text)
    assert [line[:9] for line in text.replace("\r", "\n").splitlines() if line.startswith("epoch ")] == [
        "epoch 1/3", "epoch 2/3", "epoch 3/3"
    ]  # fmt: skip
    assert "Warning" not in text


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ("defaults:\n  - override /model: lstn\n", ["lstn"]),
        ("model:\n  hiden_size: 3\n", ["hiden_size", "Did you mean 'hidden_size'?"]),
        ("model:\n  hidden_size: many\n", ["model.hidden_size='many'", "integer"]),
        ("optimizer:\n  lr: -1\n", ["optimizer", "-1"]),
        ("trainr:\n  max_epochs: 3\n", ["trainr", "Did you mean 'trainer'?"]),
        ("model: [\n", ["mine.yaml"]),
    ],
)
def test_a_mistake_inside_a_file_gets_one_message(capsys, own_place, content, parts):
    (own_place / "mine" / "experiment").mkdir(parents=True)
    (own_place / "mine" / "experiment" / "mine.yaml").write_text(f"# @package _global_\n{content}")
    code, out, err = typed(capsys, "--config-dir", "mine", "experiment=mine")
    assert code == 2, err
    assert err.startswith("error: ")
    assert all(part in err for part in parts), err
    assert "Traceback" not in out + err
    assert not list(own_place.glob("outputs/*/*"))


@pytest.mark.slow
def test_runs_of_the_same_second_never_share_a_folder(topics):
    runs = [start(*TINY, "trainer.max_steps=1") for _ in range(3)]
    assert [ended(run) for run in runs] == [0, 0, 0]
    assert len(list(Path("outputs").glob("*/*/results.json"))) == 3


def test_an_option_of_one_s_own(capsys, topics, own_place):
    (own_place / "mine" / "model").mkdir(parents=True)
    (own_place / "mine" / "model" / "small.yaml").write_text("defaults: [gru]\nhidden_size: 4\n")
    arguments = [o for o in TINY if not o.startswith("model.")]
    code, out, err = typed(capsys, "--config-dir", "mine", "model=small", *arguments)
    assert code == 0, err
    assert "model: small" in out
    code, _, err = typed(capsys, "--config-dir", "mine", "model=smal", *arguments)
    assert "Did you mean 'small'" in err


@pytest.mark.parametrize("name", ["数据 集.csv", "it's (1), great=yes.csv", "[draft] 10.csv", "${x}.csv", "100"])
def test_awkward_paths_are_read_as_typed(capsys, own_place, name):
    write_csv(own_place / name, sentences(60))
    code, _, err = typed(capsys, *TINY[:1], f"data.train={name}", "trainer.max_steps=1", "hydra.run.dir=r,u=n 1")
    assert code == 0, err
    assert Path("r,u=n 1/results.json").is_file()


def test_a_sweep_with_mistakes_tells_all_of_them_and_starts_nothing(capsys, topics, own_place):
    (own_place / "broken.csv").write_text("label,text\nsport,coach\nmusic\n")
    code, out, err = typed(capsys, "-m", *TINY, "data.train=broken.csv,topics.csv", "optimizer.lr=0.01,-1")
    assert (code, out) == (2, "")
    assert "3 of 4 jobs cannot be done, and none was started." in err
    assert f"\njob 0 (data.train=broken.csv optimizer.lr=0.01): {own_place}/broken.csv:3: 1 field, expected 2" in err
    assert "\njob 1 (data.train=broken.csv optimizer.lr=-1), 3 (data.train=topics.csv optimizer.lr=-1): " in err
    assert sorted(path.name for path in own_place.rglob("*") if path.is_file()) == ["broken.csv", "topics.csv"]


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("hydra.launcher.n_job=2", "no key in hydra.launcher 'n_job'. Did you mean 'n_jobs'?"),
        ("hydra.sweeper.n_trial=2", "no key in hydra.sweeper 'n_trial'. Did you mean 'n_trials'?"),
        ("hydra/sweeper/sampler=tpee", "no option of hydra/sweeper/sampler 'tpee'. Did you mean 'tpe'?"),
        ("hydra.sweeper.n_trials=0", "hydra.sweeper.n_trials=0 does not fit: it should be greater than 0"),
    ],
)
def test_what_is_asked_of_a_sweep_is_checked(capsys, topics, override, told):
    code, _, err = typed(capsys, "-m", *TINY, "hydra/launcher=processes", "seed=0,1", override)
    assert code == 2
    assert told in err


def test_nothing_to_train_from_is_told(capsys, topics):
    code, _, err = typed(capsys, *TINY, "train=false")
    assert code == 2
    assert "init_from=" in err


def test_a_folder_of_hydra_s_is_a_path_and_no_sweep(topics, own_place):
    with pytest.raises(SystemExit) as left:
        main(["-m", *TINY, "seed=0,1", "trainer.max_steps=2", "hydra.sweep.dir=a,b [1]"])
    assert not left.value.code
    assert len(list(own_place.glob("a,b [[]1]/*/results.json"))) == 2


@pytest.mark.slow
def test_a_reader_that_leaves_does_not_end_the_run(topics, own_place):
    command = f"'{sys.executable}' -m recurra.commands.train {' '.join(TINY)} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(next(own_place.rglob("results.json")).read_text())["status"] == "finished"


@pytest.mark.parametrize(
    ("override", "part"),
    [("init_from=lost.ckpt", "lost.ckpt"), ("embedding=pretrained embedding.vectors=lost.vec", "lost.vec")],
)
def test_a_file_that_is_not_there_is_told_before_data_is_read(capsys, own_place, override, part):
    (own_place / "topics.csv").write_text("this,is\nno,data\n")
    code, _, err = typed(capsys, *[o for o in TINY if "size" not in o], *override.split())
    assert code == 2
    assert part in err
    assert "topics.csv:" not in err


def test_a_run_without_training_names_no_checkpoint_of_its_own(topics, capsys):
    first = recurra.train([*TINY, "trainer.max_epochs=1"])
    code, out, _ = typed(capsys, *TINY, "train=false", f"init_from={first.best_checkpoint}", "hydra.run.dir=seen")
    assert code == 0
    assert "seen/checkpoints" not in out
    assert "recurra-train -m" in out
