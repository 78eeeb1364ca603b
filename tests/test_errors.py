"""What is told of an exception."""

from recurra.errors import first_line


def test_its_first_line_or_else_its_name():
    assert first_line(ValueError("\nwhat came\nand a trace")) == "what came"
    assert first_line(TimeoutError()) == "TimeoutError"  # some of W&B's come so
