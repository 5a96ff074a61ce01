"""The checker: a program of its own that reads a history and says what is wrong with it; it asks nobody else."""

from tests.chaos.checker.figures import Figures, figures_of
from tests.chaos.checker.finding import Finding, Harm
from tests.chaos.checker.history_index import HistoryIndex, read_history
from tests.chaos.checker.rules import RULES
from tests.chaos.checker.verdict import Verdict, judge

__all__ = ["RULES", "Figures", "Finding", "Harm", "HistoryIndex", "Verdict", "figures_of", "judge", "read_history"]
