"""Gradwalk: what PyTorch's autograd really does, shown in the browser.

This package holds nothing itself; ARCHITECTURE.md says which room holds what and who may import whom.
"""

__version__ = "0.1.0"
