"""Facts -> sentences. No torch here, so it is tested on recorded facts."""

from .failures import Explained, Failure, explain_failure
from .reasons import GradFacts, explain_grad

__all__ = ["Explained", "Failure", "GradFacts", "explain_failure", "explain_grad"]
