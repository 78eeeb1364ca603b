"""`recurra generate`: a language model goes on with a text."""

import argparse
import sys
from typing import Any

from recurra.errors import ConfigError


def add_to(verbs: Any) -> None:
    """Adds the verb to the parser."""
    parser = verbs.add_parser(
        "generate",
        help="let a language model go on with a text",
        description='recurra generate best.ckpt "Once upon a time" --temperature 0.8',
    )
    parser.add_argument("checkpoint", help="a run's checkpoints/best.ckpt, of task=language_model")
    parser.add_argument("prompt", nargs="?", default="", help="where the text begins; nothing if left out")
    parser.add_argument("--length", type=int, default=500, help="tokens at most (500)")
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="below 1 likelier, above 1 bolder, 0 always the likeliest (1)"
    )
    parser.add_argument("--top-k", type=int, help="draw from so many of the likeliest only")
    parser.add_argument("--top-p", type=float, help="draw from the likeliest that together have this probability only")
    parser.add_argument("--seed", type=int, help="of the draws; others every time if left out")
    parser.add_argument(
        "--trust", action="append", default=[], metavar="PACKAGE", help="a package of yours that the model is made of"
    )
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Prints the prompt and what follows, as it is drawn."""
    for name, fits, expected in (
        ("length", asked.length > 0, "above 0"),
        ("temperature", 0 <= asked.temperature < float("inf"), "0 or more"),
        ("top-k", asked.top_k is None or asked.top_k > 0, "above 0"),
        ("top-p", asked.top_p is None or 0 < asked.top_p <= 1, "above 0 and at most 1"),
        ("seed", asked.seed is None or 0 <= asked.seed < 2**63, "0 or more, and below 2^63"),
    ):
        if not fits:
            came = getattr(asked, name.replace("-", "_"))
            raise ConfigError(f"--{name} {came} does not fit: it should be {expected}.")
    from recurra.generator import Generator

    generator = Generator.load(asked.checkpoint, trust=asked.trust)
    sys.stdout.write(asked.prompt)
    options = {"length": asked.length, "temperature": asked.temperature, "top_k": asked.top_k, "top_p": asked.top_p}
    for piece in generator.stream(asked.prompt, seed=asked.seed, **options):
        sys.stdout.write(piece)
        sys.stdout.flush()
    print()
    return 0
