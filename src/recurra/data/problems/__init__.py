"""Problems that are made up: how far back does a model remember, does it learn at all?"""

from recurra.data.problems.adding import Adding
from recurra.data.problems.base import Problem
from recurra.data.problems.constant import Constant
from recurra.data.problems.copying import Copying
from recurra.data.problems.temporal_order import TemporalOrder

__all__ = ["Adding", "Constant", "Copying", "Problem", "TemporalOrder"]
