"""Problems that are made up to see how far back a model remembers."""

from recurra.data.problems.adding import Adding
from recurra.data.problems.base import Problem
from recurra.data.problems.copying import Copying
from recurra.data.problems.temporal_order import TemporalOrder

__all__ = ["Adding", "Copying", "Problem", "TemporalOrder"]
