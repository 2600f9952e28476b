"""Why a tensor's `.grad` is what it is, in one sentence, from the facts of the run.

Knows no torch: facts in, words out.
"""

from dataclasses import dataclass

from ..events import Tensor, TensorValue
from ..words import say


@dataclass(frozen=True, slots=True)
class GradFacts:
    """What happened to one tensor's `.grad`, and around it.

    `arrivals` counts the backwards that reached it, `arrived_line` is the newest one's line; `backward_line` the
    line of the newest backward of all and `asked` whether torch.autograd.grad ran, which fills no `.grad`.
    """

    arrivals: int = 0
    arrived_line: int | None = None
    backwards: int = 0
    backward_line: int | None = None
    asked: bool = False
    raised: bool = False
    """Whether a backward raised an exception: it may have filled some leaves before."""
    can_require: bool = True
    """Whether torch lets this tensor require grad."""
    because: str | None = None
    """What is known of the cause, as a sentence: where a path was cut, which node gave zeros or no numbers."""


def explain_grad(tensor: Tensor, facts: GradFacts) -> str:
    """The sentence for one tensor's report."""
    sentences = {
        "present": _present,
        "requires_grad_false": _requires_grad_false,
        "not_a_leaf": _not_a_leaf,
        "unreachable": _unreachable,
        "no_backward_yet": _no_backward_yet,
    }
    return sentences[tensor.grad_reason](tensor, facts)


def _present(tensor: Tensor, facts: GradFacts) -> str:
    return " ".join(filter(None, [_brought(tensor, facts), _numbers(tensor.grad), facts.because]))


def _brought(tensor: Tensor, facts: GradFacts) -> str:
    name = tensor.name
    if not tensor.is_leaf and tensor.retains_grad:
        return say(
            "{name} is not a leaf, but it has a gradient because retain_grad() was called on it before a backward().",
            name=name,
        )
    if not tensor.is_leaf:
        return say("{name} is not a leaf, but it has a gradient because it was asked for.", name=name)
    if facts.arrivals == 0 and facts.raised:
        return say("{name}.grad was set by the program itself, or by a backward() that raised after it.", name=name)
    if facts.arrivals == 0:
        return say("{name}.grad was set by the program itself, not by a backward().", name=name)
    if facts.arrivals == 1:
        return say(
            "{name} is a leaf that requires grad, and {backward} reached it.",
            name=name,
            backward=_backward(facts.arrived_line),
        )
    return say(
        "{name} is a leaf that requires grad, and {count} backwards reached it since .grad was None, the last{where}:"
        " each adds to what is there.",
        name=name,
        count=facts.arrivals,
        where=_where(facts.arrived_line),
    )


def _requires_grad_false(tensor: Tensor, facts: GradFacts) -> str:
    name = tensor.name
    if tensor.dtype.startswith(("int", "uint", "bool", "q")):
        told = say(
            "{name} holds {dtype} numbers; only floating-point and complex tensors can require grad.",
            name=name,
            dtype=tensor.dtype,
        )
        return f"{told} {facts.because}" if facts.because else told
    start = say(
        "{name} does not require grad, so autograd does not record what is done with it and .grad stays None.",
        name=name,
    )
    if facts.because:
        return f"{start} {facts.because}"
    if not facts.can_require:
        final = say("It was made in inference mode, which is final: make it under torch.no_grad() instead.")
        return f"{start} {final}"
    wanted = say("Where you want its gradient, call {name}.requires_grad_() before using it.", name=name)
    return f"{start} {wanted}"


def _not_a_leaf(tensor: Tensor, facts: GradFacts) -> str:
    told = say(
        "{name} was computed ({grad_fn}), so it is not a leaf: backward() passes its gradient on and keeps none. Call"
        " {name}.retain_grad() before backward() to keep it.",
        name=tensor.name,
        grad_fn=tensor.grad_fn,
    )
    return f"{told} {facts.because}" if facts.because else told


def _unreachable(tensor: Tensor, facts: GradFacts) -> str:
    name, where = tensor.name, _where(facts.backward_line)
    if not tensor.is_leaf:
        return facts.because or say(
            "{name} retains its gradient from the moment retain_grad() is called, and no backward() has brought one"
            " since, or it was set back to None. The last backward() ran{where}: call retain_grad() before it.",
            name=name,
            where=where,
        )
    if facts.because:
        told = say(
            "{name} is a leaf that requires grad, but {backward} brought it no gradient.",
            name=name,
            backward=_backward(facts.backward_line),
        )
        return f"{told} {facts.because}"
    return say(
        "{name} is a leaf that requires grad, but {backward} brought it no gradient: it was not used to compute the"
        " root, the path was cut on the way, or inputs= named other tensors.",
        name=name,
        backward=_backward(facts.backward_line),
    )


def _no_backward_yet(tensor: Tensor, facts: GradFacts) -> str:
    name = tensor.name
    what = (
        say("{name} is a leaf that requires grad", name=name)
        if tensor.is_leaf
        else say("{name} retains its gradient", name=name)
    )
    if facts.arrivals:
        return say(
            "{backward} filled {name}.grad, but it was set back to None since then (zero_grad() does that), and no"
            " backward() has reached it after.",
            backward=_backward(facts.arrived_line),
            name=name,
        )
    if facts.backwards:
        return say(
            "{what}, but it was assigned after the last {backward}.", what=what, backward=_backward(facts.backward_line)
        )
    if facts.asked:
        return say(
            "{what}; torch.autograd.grad() returned gradients and, unlike backward(), fills no .grad.", what=what
        )
    if facts.raised:
        return say("{what}, but the backward() that ran raised before it brought a gradient here.", what=what)
    told = say("{what}, but no backward() has run yet, so .grad is None.", what=what)
    return f"{told} {facts.because}" if facts.because else told


def _backward(line: int | None) -> str:
    return "backward()" if line is None else say("backward() on line {line}", line=line)


def _where(line: int | None) -> str:
    return "" if line is None else say(" on line {line}", line=line)


def _numbers(grad: TensorValue | None) -> str:
    """A remark where the gradient holds what nobody wants, else nothing."""
    if grad is None or grad.nonfinite is None:
        return ""
    if grad.nonfinite == 1:
        return say("1 of its numbers is NaN or infinite.")
    if grad.nonfinite:
        return say("{count} of its numbers are NaN or infinite.", count=grad.nonfinite)
    if grad.norm == 0 and grad.shape != (0,):
        return say("It is zero now.")
    return ""
