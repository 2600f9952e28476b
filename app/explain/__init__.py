"""Facts -> sentences. No torch here, so it is tested on recorded facts."""

from .arithmetic import Line, arithmetic, change_of
from .failures import Explained, Failure, explain_failure
from .finding import find_mistakes
from .nonfinite import nan_because
from .reasons import GradFacts, explain_grad
from .vanishing import flows, zero_because
from .wording import added_again, cut_behind, retained_late

__all__ = [
    "Explained",
    "Failure",
    "GradFacts",
    "Line",
    "added_again",
    "arithmetic",
    "change_of",
    "cut_behind",
    "explain_failure",
    "explain_grad",
    "find_mistakes",
    "flows",
    "nan_because",
    "retained_late",
    "zero_because",
]
