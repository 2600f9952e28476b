"""What the commonest nodes compute, written as a person would: for each input the gradient that goes along its edge.

`grad` is what the node begins with (`grads` where it has several outputs); other names are those under which torch
saves tensors and numbers. `^` is a power; functions are torch's own, and these: `expand(g, shape, dim)` repeats,
`sum_to(g, shape)` sums what was repeated, `put(g, shape, ...)` lays g into zeros, `mT` swaps the last two dimensions.
"""

Formulas = tuple[tuple[str, str], ...]
"""For each input, in the order of the edges, its name and its formula."""

ELEMENTWISE: dict[str, Formulas] = {
    "AddBackward0": (("self", "grad"), ("other", "grad * alpha")),
    "AddBackward1": (("self", "grad"),),
    "SubBackward0": (("self", "grad"), ("other", "-grad * alpha")),
    "SubBackward1": (("self", "grad"),),
    "RsubBackward1": (("self", "-grad * alpha"),),
    "MulBackward0": (("self", "grad * other"), ("other", "grad * self")),
    "MulBackward1": (("self", "grad * other"),),
    "DivBackward0": (("self", "grad / other"), ("other", "-grad * self / other^2")),
    "DivBackward1": (("self", "grad / other"),),
    "NegBackward0": (("self", "-grad"),),
    "PowBackward0": (("self", "grad * exponent * self^(exponent-1)"),),
    "PowBackward1": (("self", "grad * exponent * self^(exponent-1)"), ("exponent", "grad * result * log(self)")),
    "PowBackward2": (("exponent", "grad * result * log(self)"),),
    "SqrtBackward0": (("self", "grad / (2 * result)"),),
    "RsqrtBackward0": (("self", "-grad / 2 * result^3"),),
    "ReciprocalBackward0": (("self", "-grad * result^2"),),
    "ExpBackward0": (("self", "grad * result"),),
    "Exp2Backward0": (("self", "grad * result * log(2)"),),
    "Expm1Backward0": (("self", "grad * (result + 1)"),),
    "LogBackward0": (("self", "grad / self"),),
    "Log2Backward0": (("self", "grad / (self * log(2))"),),
    "Log10Backward0": (("self", "grad / (self * log(10))"),),
    "Log1PBackward0": (("self", "grad / (1 + self)"),),
    "SinBackward0": (("self", "grad * cos(self)"),),
    "CosBackward0": (("self", "-grad * sin(self)"),),
    "TanBackward0": (("self", "grad * (1 + result^2)"),),
    "SinhBackward0": (("self", "grad * cosh(self)"),),
    "CoshBackward0": (("self", "grad * sinh(self)"),),
    "TanhBackward0": (("self", "grad * (1 - result^2)"),),
    "AsinBackward0": (("self", "grad / sqrt(1 - self^2)"),),
    "AcosBackward0": (("self", "-grad / sqrt(1 - self^2)"),),
    "AtanBackward0": (("self", "grad / (1 + self^2)"),),
    "Atan2Backward0": (
        ("self", "grad * other / (self^2 + other^2)"),
        ("other", "-grad * self / (self^2 + other^2)"),
    ),
    "ErfBackward0": (("self", "grad * 2 / sqrt(pi) * exp(-self^2)"),),
    "AbsBackward0": (("self", "grad * sign(self)"),),
    "SignBackward0": (("self", "grad * 0"),),
    "FloorBackward0": (("self", "grad * 0"),),
    "CeilBackward0": (("self", "grad * 0"),),
    "RoundBackward0": (("self", "grad * 0"),),
    "SigmoidBackward0": (("self", "grad * result * (1 - result)"),),
    "LogSigmoidBackward0": (("self", "grad * sigmoid(-self)"),),
    "ReluBackward0": (("self", "where(result > 0, grad, 0)"),),
    "LeakyReluBackward0": (("self", "where(self > 0, grad, grad * negative_slope)"),),
    "EluBackward0": (
        ("self", "where(self > 0, grad * scale, grad * scale * alpha * input_scale * exp(self * input_scale))"),
    ),
    "SoftplusBackward0": (("self", "grad * sigmoid(beta * self)"),),
    "SiluBackward0": (("self", "grad * sigmoid(self) * (1 + self * (1 - sigmoid(self)))"),),
    "GeluBackward0": (("self", "grad * ((1 + erf(self / sqrt(2))) / 2 + self * exp(-self^2 / 2) / sqrt(2 * pi))"),),
    "HardtanhBackward0": (("self", "where(self > min_val, where(self < max_val, grad, 0), 0)"),),
    "ThresholdBackward0": (("self", "where(self > threshold, grad, 0)"),),
    "ClampMinBackward0": (("self", "where(self >= min, grad, 0)"),),
    "ClampMaxBackward0": (("self", "where(self <= max, grad, 0)"),),
    "ClampBackward1": (("self", "where(self >= min, where(self <= max, grad, 0), 0)"),),
    "MaximumBackward0": (
        ("self", "where(self > other, grad, where(self == other, grad / 2, 0))"),
        ("other", "where(self < other, grad, where(self == other, grad / 2, 0))"),
    ),
    "MinimumBackward0": (
        ("self", "where(self < other, grad, where(self == other, grad / 2, 0))"),
        ("other", "where(self > other, grad, where(self == other, grad / 2, 0))"),
    ),
    "WhereBackward0": (("self", "where(condition, grad, 0)"), ("other", "where(condition, 0, grad)")),
    "MaskedFillBackward0": (("self", "where(mask, 0, grad)"),),
    "NativeDropoutBackward0": (("input", "grad * result1 / (1 - p)"),),
    "AddcmulBackward0": (
        ("self", "grad"),
        ("tensor1", "grad * tensor2 * value"),
        ("tensor2", "grad * tensor1 * value"),
    ),
    "LerpBackward0": (("self", "grad * (1 - weight)"), ("end", "grad * weight")),
    "CloneBackward0": (("self", "grad"),),
    "ToCopyBackward0": (("self", "grad"),),
    "FmodBackward0": (("self", "grad"),),
    "RemainderBackward0": (("self", "grad"),),
}
"""Nodes that work element by element: an input that was broadcast gets the sum of what its copies get."""

OTHER: dict[str, Formulas] = {
    "SumBackward0": (("self", "expand(grad, shape(self))"),),
    "SumBackward1": (("self", "expand(grad, shape(self), dim)"),),
    "MeanBackward0": (("self", "expand(grad, shape(self)) / numel(self)"),),
    "MeanBackward1": (("self", "expand(grad, shape(self), dim) / (numel(self) / numel(grad))"),),
    "ProdBackward0": (("self", "grad * result / self"),),
    "MaxBackward1": (("self", "grad * (self == result) / sum(self == result)"),),
    "MinBackward1": (("self", "grad * (self == result) / sum(self == result)"),),
    "MaxBackward0": (("self", "put(grad, shape(self), dim, indices)"),),
    "MinBackward0": (("self", "put(grad, shape(self), dim, indices)"),),
    "LogsumexpBackward0": (("self", "expand(grad, shape(self), dim) * exp(self - expand(result, shape(self), dim))"),),
    "SoftmaxBackward0": (("self", "result * (grad - sum(grad * result, dim))"),),
    "LogSoftmaxBackward0": (("self", "grad - exp(result) * sum(grad, dim)"),),
    "CumsumBackward0": (("self", "flip(cumsum(flip(grad, dim), dim), dim)"),),
    "MmBackward0": (("self", "grad @ mT(mat2)"), ("mat2", "mT(self) @ grad")),
    "BmmBackward0": (("self", "grad @ mT(mat2)"), ("mat2", "mT(self) @ grad")),
    "MvBackward0": (("self", "outer(grad, vec)"), ("vec", "mT(self) @ grad")),
    "DotBackward0": (("self", "grad * tensor"), ("tensor", "grad * self")),
    "AddmmBackward0": (
        ("self", "beta * sum_to(grad, shape(self))"),
        ("mat1", "alpha * grad @ mT(mat2)"),
        ("mat2", "alpha * mT(mat1) @ grad"),
    ),
    "TBackward0": (("self", "mT(grad)"),),
    "TransposeBackward0": (("self", "transpose(grad, dim0, dim1)"),),
    "ViewBackward0": (("self", "reshape(grad, shape(self))"),),
    "UnsafeViewBackward0": (("self", "reshape(grad, shape(self))"),),
    "ReshapeAliasBackward0": (("self", "reshape(grad, shape(self))"),),
    "SqueezeBackward0": (("self", "reshape(grad, shape(self))"),),
    "SqueezeBackward1": (("self", "reshape(grad, shape(self))"),),
    "UnsqueezeBackward0": (("self", "reshape(grad, shape(self))"),),
    "ExpandBackward0": (("self", "sum_to(grad, shape(self))"),),
    "SelectBackward0": (("self", "put(grad, shape(self), dim, index)"),),
    "FlipBackward0": (("self", "flip(grad, dims)"),),
    "TrilBackward0": (("self", "tril(grad, diagonal)"),),
    "TriuBackward0": (("self", "triu(grad, diagonal)"),),
    "UnbindBackward0": (("self", "stack(grads, dim)"),),
    "SplitBackward0": (("self", "cat(grads, dim)"),),
}

BY_REDUCTION: dict[str, dict[int, Formulas]] = {
    "MseLossBackward0": {
        0: (("self", "grad * 2 * (self - target)"), ("target", "grad * 2 * (target - self)")),
        1: (
            ("self", "grad * 2 * (self - target) / numel(self)"),
            ("target", "grad * 2 * (target - self) / numel(target)"),
        ),
    },
    "BinaryCrossEntropyBackward0": {
        0: (("self", "grad * (self - target) / (self * (1 - self))"),),
        1: (("self", "grad * (self - target) / (self * (1 - self)) / numel(self)"),),
    },
    "BinaryCrossEntropyWithLogitsBackward0": {
        0: (("self", "grad * (sigmoid(self) - target)"),),
        1: (("self", "grad * (sigmoid(self) - target) / numel(self)"),),
    },
}
"""Losses, which divide by the number of elements where their reduction is the mean."""
MEAN = 1


def formulas_of(name: str, reduction: float | None = None) -> Formulas | None:
    """The formulas of a node of that name, one for each input that may get a gradient; None for one not listed.

    `reduction` is what a loss saved under that name: 1 for the mean.
    """
    if name in BY_REDUCTION:
        return BY_REDUCTION[name][MEAN if reduction == MEAN else 0]
    return ELEMENTWISE.get(name) or OTHER.get(name)
