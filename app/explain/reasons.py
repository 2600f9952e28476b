"""Why a tensor's `.grad` is what it is, in one sentence, from the facts of the run.

Knows no torch: facts in, words out.
"""

from dataclasses import dataclass

from ..events import Tensor, TensorValue


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
    name, numbers = tensor.name, _numbers(tensor.grad)
    if not tensor.is_leaf:
        why = "retain_grad() was called on it before a backward()" if tensor.retains_grad else "it was asked for"
        return f"{name} is not a leaf, but it has a gradient because {why}.{numbers}"
    if facts.arrivals == 0:
        other = ", or by a backward() that raised after it" if facts.raised else ", not by a backward()"
        return f"{name}.grad was set by the program itself{other}.{numbers}"
    where = _on("", facts.arrived_line)
    if facts.arrivals == 1:
        return f"{name} is a leaf that requires grad, and backward(){where} reached it.{numbers}"
    return (
        f"{name} is a leaf that requires grad, and {facts.arrivals} backwards reached it since .grad was None, the"
        f" last{where}: each adds to what is there.{numbers}"
    )


def _requires_grad_false(tensor: Tensor, facts: GradFacts) -> str:
    name = tensor.name
    if tensor.dtype.startswith(("int", "uint", "bool", "q")):
        return f"{name} holds {tensor.dtype} numbers; only floating-point and complex tensors can require grad."
    start = f"{name} does not require grad, so autograd does not record what is done with it and .grad stays None."
    if not facts.can_require:
        return f"{start} It was made in inference mode, which is final: make it under torch.no_grad() instead."
    return f"{start} Where you want its gradient, call {name}.requires_grad_() before using it."


def _not_a_leaf(tensor: Tensor, _: GradFacts) -> str:
    return (
        f"{tensor.name} was computed ({tensor.grad_fn}), so it is not a leaf: backward() passes its gradient on and"
        f" keeps none. Call {tensor.name}.retain_grad() before backward() to keep it."
    )


def _unreachable(tensor: Tensor, facts: GradFacts) -> str:
    where = _on("", facts.backward_line)
    if not tensor.is_leaf:
        return (
            f"{tensor.name} retains its gradient from the moment retain_grad() is called, and no backward() has brought"
            f" one since, or it was set back to None. The last backward() ran{where}: call retain_grad() before it."
        )
    return (
        f"{tensor.name} is a leaf that requires grad, but backward(){where} brought it no gradient: it was not used to"
        " compute the root, the path was cut on the way, or inputs= named other tensors."
    )


def _no_backward_yet(tensor: Tensor, facts: GradFacts) -> str:
    what = "is a leaf that requires grad" if tensor.is_leaf else "retains its gradient"
    if facts.arrivals:
        return (
            f"backward(){_on('', facts.arrived_line)} filled {tensor.name}.grad, but it was set back to None since then"
            " (zero_grad() does that), and no backward() has reached it after."
        )
    if facts.backwards:
        return f"{tensor.name} {what}, but it was assigned after the last backward(){_on('', facts.backward_line)}."
    if facts.asked:
        return f"{tensor.name} {what}; torch.autograd.grad() returned gradients and, unlike backward(), fills no .grad."
    if facts.raised:
        return f"{tensor.name} {what}, but the backward() that ran raised before it brought a gradient here."
    return f"{tensor.name} {what}, but no backward() has run yet, so .grad is None."


def _on(words: str, line: int | None) -> str:
    return words if line is None else f"{words} on line {line}"


def _numbers(grad: TensorValue | None) -> str:
    """A remark where the gradient holds what nobody wants, else nothing."""
    if grad is None or grad.nonfinite is None:
        return ""
    if grad.nonfinite:
        return f" {grad.nonfinite} of its numbers {'is' if grad.nonfinite == 1 else 'are'} NaN or infinite."
    if grad.norm == 0 and grad.shape != (0,):
        return " It is zero now."
    return ""
