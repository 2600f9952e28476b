"""Facts -> sentences. No torch here, so it is tested on recorded facts."""

from .arithmetic import Line, arithmetic
from .failures import Explained, Failure, explain_failure
from .finding import find_mistakes
from .reasons import GradFacts, explain_grad

__all__ = ["Explained", "Failure", "GradFacts", "Line", "arithmetic", "explain_failure", "explain_grad", "find_mistakes"]
