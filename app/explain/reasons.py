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
    grad = tensor.grad
    if not tensor.is_leaf:
        start = f"{tensor.name} is not a leaf, but it retains its gradient because retain_grad() was called on it"
        return f"{start}{_on(', filled by backward()', facts.arrived_line)}.{_numbers(grad)}"
    if facts.arrivals == 0:
        return f"{tensor.name}.grad was set by the program itself, not by a backward().{_numbers(grad)}"
    if facts.arrivals == 1:
        where = _on("", facts.arrived_line)
        return f"{tensor.name} is a leaf that requires grad, and backward(){where} reached it.{_numbers(grad)}"
    return (
        f"{tensor.name} is a leaf that requires grad, and {facts.arrivals} backwards reached it, the last"
        f"{_on('', facts.arrived_line)}: each adds to .grad until it is set to None or zero.{_numbers(grad)}"
    )


def _requires_grad_false(tensor: Tensor, _: GradFacts) -> str:
    if tensor.dtype.startswith(("int", "uint", "bool")):
        return f"{tensor.name} holds {tensor.dtype} numbers; only floating-point and complex tensors can require grad."
    return (
        f"{tensor.name} does not require grad, so autograd does not record what is done with it and .grad stays None."
        f" Where you want its gradient, call {tensor.name}.requires_grad_() before using it."
    )


def _not_a_leaf(tensor: Tensor, _: GradFacts) -> str:
    return (
        f"{tensor.name} was computed ({tensor.grad_fn}), so it is not a leaf: backward() passes its gradient on and"
        f" keeps none. Call {tensor.name}.retain_grad() before backward() to keep it."
    )


def _unreachable(tensor: Tensor, facts: GradFacts) -> str:
    what = "is a leaf that requires grad" if tensor.is_leaf else "retains its gradient"
    return (
        f"{tensor.name} {what}, but no path led from the root of backward(){_on('', facts.backward_line)} to it: it was"
        " not used to compute that root, or the path was cut on the way."
    )


def _no_backward_yet(tensor: Tensor, facts: GradFacts) -> str:
    what = "is a leaf that requires grad" if tensor.is_leaf else "retains its gradient"
    if facts.arrivals:
        return (
            f"backward(){_on('', facts.arrived_line)} filled {tensor.name}.grad, but it was set back to None since then"
            " (zero_grad() does that), and no backward() has reached it after."
        )
    if facts.backwards:
        return f"{tensor.name} {what}, but it was made after the last backward(){_on('', facts.backward_line)}."
    if facts.asked:
        return f"{tensor.name} {what}; torch.autograd.grad() returned gradients and, unlike backward(), fills no .grad."
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
        return " It is zero: to first order, changing the tensor does not change the root of backward()."
    return ""
