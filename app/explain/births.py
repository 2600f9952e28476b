"""What a node was given that made its result no number, in words."""

from ..words import say
from .facts import Birth


def reason_of(birth: Birth) -> str:
    """Why what the node made is no finite number."""
    number = "?" if birth.operand is None else f"{birth.operand:g}"
    words = {
        "logarithm": say("the logarithm of {number}", number=number),
        "logarithm of one more than": say("log1p() of {number}, which wants more than -1", number=number),
        "arc": say("{number} lies where the function is not defined", number=number),
        "root": say("the root of a negative number"),
        "division": say("a division by 0"),
        "exponential": say("the exponential of a number too large"),
        "softmax": say("a softmax over nothing but -inf"),
    }
    return words[birth.kind]
