"""Disks that are full, mounts that are read-only, and data that vanishes: one error, and what was finished stays."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import TINY
from processes import ended, start

from recurra.predictor import Predictor

pytestmark = pytest.mark.slow

ON_A_DISK_OF_ITS_OWN = """
mkdir disk kept
mount -t tmpfs -o "$1" tmpfs disk || exit 99
shift
"$@"
left=$?
cp -r disk/. kept
exit $left
"""
"""Mounts memory at `disk`, does a command, and keeps what it left, since the mount goes with its namespace."""


@pytest.fixture
def on_disk(topics):
    """Does `recurra-train` where `disk` is mounted with the options: exit status, standard output and error."""

    def do(options, *arguments):
        command = [sys.executable, "-m", "recurra.commands.train", *TINY, *arguments]
        apart = ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_A_DISK_OF_ITS_OWN, "sh", options]
        done = subprocess.run([*apart, *command], capture_output=True, text=True, timeout=300)
        if done.returncode == 99 or done.stderr.startswith("unshare:"):
            pytest.skip(f"this system lets no test mount a disk: {done.stderr.strip()}")
        return done.returncode, done.stdout, done.stderr

    if shutil.which("unshare") is None:
        pytest.skip("unshare is not there: mounts of one's own are a thing of Linux")
    return do


def test_a_disk_of_a_megabyte_gets_full(on_disk):
    # Two checkpoints of 400 kB fit, the best and the last of the first epoch; a third one does not.
    status, _, told = on_disk("size=1m", "model.hidden_size=56", "hydra.run.dir=disk/run")
    assert status == 1
    assert told.splitlines()[-1].startswith("error: ")
    assert told.count("No space left on device") == 1
    assert "Traceback" not in told
    results = json.loads(Path("kept/run/results.json").read_text())
    assert results["status"] == "failed"
    assert "No space left on device" in results["error"]
    last = Path("kept/run/checkpoints/last.ckpt")
    assert Predictor.load(last).predict(["the team of the season"])[0].label in ("sport", "money", "music")
    left = sorted(file.name for file in last.parent.iterdir())
    assert left == ["best.ckpt", "last.ckpt"]

    # With room again it goes on where it stood.
    assert ended(start(f"resume={last}")) == 0
    assert json.loads(Path("kept/run/results.json").read_text())["status"] == "finished"


def test_a_run_folder_on_a_read_only_mount(on_disk):
    status, _, told = on_disk("ro", "hydra.run.dir=disk/run")
    assert status == 1
    assert told == "error: disk/run: Read-only file system\n"


@pytest.mark.parametrize(("mounted", "why"), [("ro", "Read-only file system"), ("size=4k", "No space left on device")])
def test_a_cache_that_cannot_be_written_costs_time_alone(on_disk, monkeypatch, mounted, why):
    monkeypatch.setenv("RECURRA_CACHE", os.path.abspath("disk/cache"))
    status, told, _ = on_disk(mounted, "hydra.run.dir=run")
    assert status == 0
    assert told.count("cannot be used") == 1
    assert why in told
    assert not any(Path("kept").rglob("*.npy"))


def lose_the_data():
    """The data file goes when the first run has ended."""
    import recurra.run

    conclude = recurra.run.conclude

    def conclude_and_lose(*arguments, **named):
        conclude(*arguments, **named)
        Path("topics.csv").unlink(missing_ok=True)

    recurra.run.conclude = conclude_and_lose


def test_data_that_vanishes_ends_the_later_jobs_of_a_sweep(topics):
    assert ended(start("-m", *TINY, "seed=1,2", prepare=lose_the_data)) == 1
    told = [json.loads(file.read_text()) for file in sorted(Path("outputs").rglob("results.json"))]
    assert [each["status"] for each in told] == ["finished", "failed"]
    assert "topics.csv" in told[1]["error"]
    best = next(Path("outputs").rglob("best.ckpt"))
    assert Predictor.load(best).labels == ["money", "music", "sport"]


def test_data_that_vanishes_in_training_is_not_missed(topics):
    process = start(*TINY, "trainer.max_epochs=5")
    while process.is_alive() and not Path("seen.jsonl").exists():
        process.join(0.01)
    topics.unlink()
    assert process.is_alive()
    shutil.rmtree(os.environ["RECURRA_CACHE"])  # what is mapped into memory stays there
    assert ended(process) == 0
    (results,) = Path("outputs").rglob("results.json")
    assert json.loads(results.read_text())["status"] == "finished"
