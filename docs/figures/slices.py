"""What a search leaves of each parameter: `slices.png` of thirty short trials, in three minutes of one core.

The sampler begins with the seed of the sweep, so that the trials are the same each time on the same machine.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

SETTINGS = [
    "model=rnn,lstm,gru",
    "model.hidden_size=16,32,64",
    "optimizer.lr=tag(log,interval(3e-4,3e-2))",
    "embedding.dropout=interval(0,0.6)",
    "data.max_length=32",
    "trainer.max_epochs=5",
    "hydra/sweeper/pruner=median",
    "hydra.sweeper.n_trials=30",
    "test=false",
    "logger=null",
]


def main() -> None:
    """Searches, and takes the picture over."""
    path = Path(__file__).with_suffix(".png")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "recurra.commands.train", "-m", *SETTINGS, f"hydra.sweep.dir={folder}/search"]
        subprocess.run(command, check=True)
        with Image.open(f"{folder}/search/slices.png") as picture:
            picture.convert("RGB").quantize(256).save(path, optimize=True)
    print(path)


if __name__ == "__main__":
    main()
