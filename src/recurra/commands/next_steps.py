"""What a finished run says last: where its files lie, and what to type next."""

import os
import shlex
import shutil
import sys
from pathlib import Path

from recurra.results import Results
from recurra.run_files import BEST, CHECKPOINTS


def next_steps(results: Results) -> str:
    """Where the files lie, and commands that can be copied as they stand, also outside an activated environment."""
    place = "" if shutil.which("recurra") else f"{shlex.quote(os.path.relpath(Path(sys.executable).parent))}/"
    folder = os.path.relpath(results.folder)
    best = shlex.quote(os.path.join(folder, CHECKPOINTS, BEST))
    same = [shlex.quote(o) for o in results.overrides if o.startswith(("data", "experiment", "tokenizer", "task"))]
    models = "rnn,lstm,gru" if results.verb == "generate" else "rnn,lstm,gru,textrnn,rcnn"
    encoders = " ".join(["-m", *same, f"model={models}"])
    own = "" if same else f"\n  {place}recurra-train data=csv data.train=YOUR.csv"
    return f"""
files: {folder}

next:
  {place}recurra {results.verb} {best} "{results.sample}"
  {place}recurra evaluate {best}
  {place}recurra-train {encoders}{own}
  {place}recurra-train --help"""
