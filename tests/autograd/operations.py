"""Functions of small tensors, one for each kind of backward node: what gradients are measured on."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

Function = Callable[..., Tensor]


@dataclass(frozen=True)
class Operation:
    """A function and the shapes of its inputs; `low` and `high` bound their values, away from kinks."""

    name: str
    function: Function
    shapes: tuple[tuple[int, ...], ...] = ((2, 3),)
    low: float = -1.5
    high: float = 1.5

    def inputs(self) -> list[Tensor]:
        """Leaves in float64, the same each time, no two elements equal."""
        made = torch.Generator().manual_seed(0)
        spread = self.high - self.low
        return [
            (torch.rand(shape, generator=made, dtype=torch.float64) * spread + self.low).requires_grad_()
            for shape in self.shapes
        ]


PAIR = ((2, 3), (2, 3))
BROADCAST = ((2, 3), (3,))
MASK = torch.tensor([[True, False, True], [False, True, True]])
CLASSES = torch.tensor([2, 0])
UNIT = torch.full((2, 3), 0.3, dtype=torch.float64)


def written(x: Tensor, y: Tensor) -> Tensor:
    made = x * 1
    made[0] = y[1]
    return made


def smooth(name: str, function: Function, low: float = -1.5, high: float = 1.5) -> Operation:
    return Operation(name, function, low=low, high=high)


POINTWISE = [
    smooth("abs", torch.abs),
    smooth("neg", torch.neg),
    smooth("exp", torch.exp),
    smooth("exp2", torch.exp2),
    smooth("expm1", torch.expm1),
    smooth("log", torch.log, 0.2, 3),
    smooth("log2", torch.log2, 0.2, 3),
    smooth("log10", torch.log10, 0.2, 3),
    smooth("log1p", torch.log1p, 0.2, 3),
    smooth("sqrt", torch.sqrt, 0.2, 3),
    smooth("rsqrt", torch.rsqrt, 0.2, 3),
    smooth("reciprocal", torch.reciprocal, 0.2, 3),
    smooth("square", torch.square),
    smooth("cube", lambda x: x**3),
    smooth("two to the", lambda x: 2**x),
    smooth("sin", torch.sin),
    smooth("cos", torch.cos),
    smooth("tan", torch.tan, -1, 1),
    smooth("sinh", torch.sinh),
    smooth("cosh", torch.cosh),
    smooth("tanh", torch.tanh),
    smooth("asin", torch.asin, -0.9, 0.9),
    smooth("acos", torch.acos, -0.9, 0.9),
    smooth("atan", torch.atan),
    smooth("asinh", torch.asinh),
    smooth("acosh", torch.acosh, 1.2, 3),
    smooth("atanh", torch.atanh, -0.9, 0.9),
    smooth("erf", torch.erf),
    smooth("erfinv", torch.erfinv, -0.9, 0.9),
    smooth("lgamma", torch.lgamma, 0.5, 3),
    smooth("digamma", torch.digamma, 0.5, 3),
    smooth("sinc", torch.sinc, 0.2, 2),
    smooth("logit", torch.logit, 0.1, 0.9),
    smooth("sigmoid", torch.sigmoid),
    smooth("logsigmoid", F.logsigmoid),
    smooth("relu", torch.relu),
    smooth("leaky_relu", lambda x: F.leaky_relu(x, 0.1)),
    smooth("elu", F.elu),
    smooth("softplus", F.softplus),
    smooth("silu", F.silu),
    smooth("mish", F.mish),
    smooth("gelu", F.gelu),
    smooth("hardtanh", lambda x: F.hardtanh(x, -1.0, 1.0)),
    smooth("hardswish", F.hardswish, -2, 2),
    smooth("hardsigmoid", F.hardsigmoid, -2, 2),
    smooth("softshrink", lambda x: F.softshrink(x, 0.3)),
    smooth("hardshrink", lambda x: F.hardshrink(x, 0.3)),
    smooth("threshold", lambda x: F.threshold(x, 0.1, 7.0)),
    smooth("clamp", lambda x: x.clamp(-1, 1)),
    smooth("clamp_min", lambda x: x.clamp_min(0.1)),
    smooth("clamp_max", lambda x: x.clamp_max(0.1)),
    smooth("sign", torch.sign),
    smooth("floor", torch.floor),
    smooth("ceil", torch.ceil),
    smooth("round", torch.round),
    smooth("frac", torch.frac),
    smooth("nan_to_num", torch.nan_to_num),
    smooth("masked_fill", lambda x: x.masked_fill(MASK, 2.0)),
    smooth("clone", torch.clone),
    smooth("to float32 and back", lambda x: x.to(torch.float64, copy=True)),
    smooth("remainder", lambda x: torch.remainder(x, 0.7)),
    smooth("fmod", lambda x: torch.fmod(x, 0.7)),
    smooth("dropout", lambda x: torch.native_dropout(x, 0.0, True)[0]),
]
PAIRS = [
    Operation("add", lambda x, y: torch.add(x, y, alpha=2), BROADCAST),
    Operation("subtract", lambda x, y: torch.sub(x, y, alpha=3), BROADCAST),
    Operation("number less", lambda x: torch.rsub(x, 2.0, alpha=2)),
    Operation("times", torch.mul, BROADCAST),
    Operation("times a number", lambda x: x * 3),
    Operation("divided", torch.div, BROADCAST, 0.5, 2),
    Operation("to the", torch.pow, BROADCAST, 0.5, 2),
    Operation("atan2", torch.atan2, PAIR, 0.5, 2),
    Operation("hypot", torch.hypot, PAIR, 0.5, 2),
    Operation("xlogy", torch.xlogy, PAIR, 0.5, 2),
    Operation("maximum", torch.maximum, PAIR),
    Operation("minimum", torch.minimum, PAIR),
    Operation("where", lambda x, y: torch.where(MASK, x, y), PAIR),
    Operation("lerp", lambda x, y: torch.lerp(x, y, 0.3), PAIR),
    Operation("addcmul", lambda x, y, z: torch.addcmul(x, y, z, value=2), (*PAIR, (2, 3))),
    Operation("addcdiv", lambda x, y, z: torch.addcdiv(x, y, z, value=2), (*PAIR, (2, 3)), 0.5, 2),
    Operation("matrix times matrix", torch.mm, ((2, 3), (3, 2))),
    Operation("matrix times vector", torch.mv, ((2, 3), (3,))),
    Operation("vectors", torch.dot, ((3,), (3,))),
    Operation("batches", torch.bmm, ((2, 2, 3), (2, 3, 2))),
    Operation("addmm", lambda b, x, y: torch.addmm(b, x, y, beta=2, alpha=3), ((2,), (2, 3), (3, 2))),
    Operation("linear", F.linear, ((2, 3), (4, 3), (4,))),
    Operation("cdist", torch.cdist, PAIR),
    Operation("convolution", F.conv1d, ((1, 2, 5), (2, 2, 3), (2,))),
    Operation("squares lost", F.mse_loss, PAIR),
    Operation("squares lost, summed", lambda x, y: F.mse_loss(x, y, reduction="sum"), PAIR),
    Operation("smooth loss", F.smooth_l1_loss, PAIR),
    Operation("huber", F.huber_loss, PAIR),
    Operation("cross", lambda x, y: torch.linalg.cross(x, y), PAIR),
    Operation("writing into a slice", written, PAIR),
]
SHAPED = [
    Operation("sum", torch.sum),
    Operation("sum over one", lambda x: x.sum(1)),
    Operation("mean", torch.mean),
    Operation("mean over one", lambda x: x.mean(-1)),
    Operation("product", torch.prod, low=0.5),
    Operation("largest", torch.max),
    Operation("smallest", torch.min),
    Operation("largest of each", lambda x: x.max(1).values),
    Operation("smallest of each", lambda x: x.min(1).values),
    Operation("amax", lambda x: x.amax(1)),
    Operation("median", torch.median),
    Operation("sorted", lambda x: x.sort(1).values),
    Operation("topk", lambda x: x.topk(2, 1).values),
    Operation("kthvalue", lambda x: x.kthvalue(2, 1).values),
    Operation("logsumexp", lambda x: x.logsumexp(1)),
    Operation("softmax", lambda x: x.softmax(1)),
    Operation("log_softmax", lambda x: x.log_softmax(1)),
    Operation("cumsum", lambda x: x.cumsum(1)),
    Operation("cumprod", lambda x: x.cumprod(1)),
    Operation("logcumsumexp", lambda x: x.logcumsumexp(1)),
    Operation("norm", lambda x: torch.linalg.vector_norm(x)),
    Operation("var", torch.var),
    Operation("std", torch.std),
    Operation("t", lambda x: x.t()),
    Operation("transpose", lambda x: x.transpose(0, 1)),
    Operation("permute", lambda x: x.permute(1, 0)),
    Operation("view", lambda x: x.view(3, 2)),
    Operation("expand", lambda x: x.expand(2, 2, 3)),
    Operation("repeat", lambda x: x.repeat(2, 1)),
    Operation("squeeze", lambda x: x.squeeze(), ((2, 1, 3),)),
    Operation("squeeze one", lambda x: x.squeeze(1), ((2, 1, 3),)),
    Operation("unsqueeze", lambda x: x.unsqueeze(1)),
    Operation("select", lambda x: x[1]),
    Operation("slice", lambda x: x[:, 1:]),
    Operation("index", lambda x: x[CLASSES % 2]),
    Operation("index_select", lambda x: x.index_select(1, CLASSES)),
    Operation("gather", lambda x: x.gather(1, CLASSES[:, None])),
    Operation("take", lambda x: x.take(CLASSES)),
    Operation("diagonal", lambda x: x.diagonal()),
    Operation("trace", torch.trace, ((3, 3),)),
    Operation("tril", torch.tril),
    Operation("triu", torch.triu),
    Operation("flip", lambda x: x.flip(1)),
    Operation("roll", lambda x: x.roll(1, 1)),
    Operation("cat", lambda x, y: torch.cat([x, y], 1), PAIR),
    Operation("stack", lambda x, y: torch.stack([x, y]), PAIR),
    Operation("unbind", lambda x: x.unbind(0)[1] * 2 + x.unbind(0)[0]),
    Operation("split", lambda x: x.split(2, 1)[0]),
    Operation("chunks of given sizes", lambda x: x.split([1, 2], 1)[1]),
    Operation("unfold", lambda x: x.unfold(1, 2, 1)),
    Operation("inverse", torch.linalg.inv, ((2, 2),), 0.5, 3),
    Operation("determinant", torch.linalg.det, ((2, 2),), 0.5, 3),
    Operation("padding", lambda x: F.pad(x, (1, 1), value=3.0)),
    Operation("reflection", lambda x: F.pad(x, (1, 1), mode="reflect"), ((1, 2, 3),)),
    Operation("layer norm", lambda x, w, b: F.layer_norm(x, (3,), w, b), ((2, 3), (3,), (3,))),
    Operation("batch norm", lambda x, w, b: F.batch_norm(x, None, None, w, b, True), ((4, 2), (2,), (2,))),
    Operation("max pooling", lambda x: F.max_pool1d(x, 2), ((1, 1, 6),)),
    Operation("mean pooling", lambda x: F.avg_pool2d(x, 2), ((1, 1, 4, 4),)),
    Operation("embedding", lambda w: F.embedding(CLASSES, w), ((3, 2),)),
    Operation("class loss", lambda x: F.nll_loss(x.log_softmax(1), CLASSES)),
    Operation("binary loss", lambda x: F.binary_cross_entropy(x, UNIT), low=0.1, high=0.9),
    Operation("binary loss of logits", lambda x: F.binary_cross_entropy_with_logits(x, UNIT)),
    Operation("divergence", lambda x: F.kl_div(x, UNIT, reduction="sum")),
]
OPERATIONS = POINTWISE + PAIRS + SHAPED
