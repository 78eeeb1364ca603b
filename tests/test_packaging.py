"""The wheel carries everything, and works alone from another folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
from conftest import TINY, sentences, write_csv

ROOT = Path(__file__).parent.parent


def test_every_package_is_listed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {
        ".".join(file.parent.relative_to(ROOT / "src").parts)
        for file in (ROOT / "src").rglob("*.py")
        if "egg-info" not in str(file)
    }
    assert sorted(listed) == sorted(found | {"recurra.conf"})


@pytest.mark.slow
def test_the_wheel_alone_composes_trains_and_predicts(tmp_path):
    # A copy, since setuptools would put what it finds in an old build/ into the wheel.
    source = tmp_path / "source"
    source.mkdir()
    for name in ("src", "conf", "pyproject.toml", "README.md", "LICENSE"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        source,
    ]
    subprocess.run(build, check=True, capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (wheel,) = tmp_path.glob("recurra-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {str(file.relative_to(ROOT / "conf")) for file in (ROOT / "conf").rglob("*.yaml")}
    assert {f"recurra/report/page/page.{kind}" for kind in ("html", "css", "js")} <= set(names)
    assert {name.removeprefix("recurra/conf/") for name in names if name.endswith(".yaml")} == shipped

    venv = tmp_path / "a venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    site = next(venv.glob("lib/python*/site-packages"))
    # The packages of this environment are seen, but not its editable Recurra: the wheel stands first.
    zipfile.ZipFile(wheel).extractall(site)
    (site / "others.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_csv(elsewhere / "topics.csv", sentences(120))

    def python(*arguments):
        done = subprocess.run([venv / "bin" / "python", *arguments], cwd=elsewhere, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(site) in python("-c", "import recurra, recurra.conf; print(recurra.__file__, recurra.conf.__file__)")
    assert "model:" in python("-m", "recurra.commands.train", "--cfg", "job")
    python("-m", "recurra.commands.train", *TINY, "trainer.max_steps=1", "hydra.run.dir=run")
    assert "sport" in python("-m", "recurra.commands.main", "predict", "run/checkpoints/best.ckpt", "the coach")
