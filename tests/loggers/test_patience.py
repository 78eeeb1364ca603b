"""Calls that somebody else may hold up."""

import threading

import pytest

from recurra.loggers.patience import within


def test_a_call_that_ends_in_time_is_done():
    done = []
    within(10, lambda: done.append(1))
    assert done == [1]


def test_one_that_does_not_is_left():
    with pytest.raises(TimeoutError, match="no answer"):
        within(0.01, threading.Event().wait)


def test_what_it_raises_is_raised():
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        within(10, fail)
