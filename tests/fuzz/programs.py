"""Programs no person would write: torch statements from a small grammar, with odd Python between them."""

from hypothesis import strategies as st

NAMES = st.sampled_from(["x", "y", "z", "w", "loss"])
NUMBERS = st.sampled_from(["0", "1", "-1", "2.5", "float('nan')", "float('inf')", "1e30", "True", "None"])
SHAPES = st.sampled_from(["", "0", "1", "2", "2, 3", "3, 2", "1, 1, 1", "0, 4"])
LEAVES = st.builds(
    "torch.{}({}{})".format,
    st.sampled_from(["ones", "zeros", "randn", "empty", "eye"]),
    SHAPES,
    st.sampled_from(["", ", requires_grad=True", ", dtype=torch.float64, requires_grad=True", ", dtype=torch.complex64", ", dtype=torch.int64"]),
)  # fmt: skip
EXPRESSIONS = st.recursive(
    NAMES | NUMBERS | LEAVES,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**", "@", "==", "<", "%"]), inner)
        | st.builds(
            "{}.{}".format,
            inner,
            st.sampled_from(
                ["sum()", "mean()", "detach()", "T", "data", "grad", "exp()", "log()", "sqrt()", "relu()", "view(-1)", "unbind()", "item()",
                 "clone()", "half()", "double()", "to_sparse()", "expand(2, 2)", "squeeze()", "numpy()", "tolist()", "is_leaf", "shape", "max(0)",
                 "requires_grad_()", "retain_grad()", "grad_fn", "square_().sum()", "add_(1)", "index_select(0, torch.tensor([0]))", "cumsum(0)"]
            ),
        )
        | st.builds("torch.{}({})".format, st.sampled_from(["sin", "sigmoid", "stack", "nan_to_num", "linalg.norm", "fft.fft", "cov"]), inner)
        | st.builds("torch.nn.functional.{}({}, {})".format, st.sampled_from(["mse_loss", "linear", "softmax", "cross_entropy"]), inner, inner)
        | st.builds("{}[{}]".format, inner, st.sampled_from(["0", "-1", ":1", "None", "...", "'k'", "::2", "(0, 0)"]))
        | st.builds("(lambda x=1: {})()".format, inner)
        | st.builds("[{} for y in range(2)][-1]".format, inner)
        | st.builds("({} if {} is not None else {})".format, inner, NAMES, inner)
    ),
    max_leaves=6,
)  # fmt: skip
PLAIN = (
    st.builds("{} = {}".format, NAMES, EXPRESSIONS)
    | st.builds("{} {}= {}".format, NAMES, st.sampled_from(["+", "*", "-", "/"]), EXPRESSIONS)
    | st.builds("{}.backward({})".format, EXPRESSIONS, st.sampled_from(["", "retain_graph=True", "create_graph=True", "torch.ones(2)"]))
    | st.builds("print({}, f'loss: {{{}}}')".format, EXPRESSIONS, NAMES)
    | st.builds("log({}, loss={}, other={})".format, NUMBERS, EXPRESSIONS, NUMBERS)
    | st.builds("torch.autograd.grad({}, {}, allow_unused=True)".format, EXPRESSIONS, NAMES)
    | st.builds("torch.optim.SGD([{}], lr=0.1).step()".format, NAMES)
    | st.builds("{}.data[0] = {}".format, NAMES, NUMBERS)
    | st.builds("{}.grad = {}".format, NAMES, EXPRESSIONS)
    | st.builds("globals()[{!r}] = {}".format, st.text(max_size=5), EXPRESSIONS)
    | st.builds("{}.register_hook(lambda g: {})".format, NAMES, EXPRESSIONS)
    | st.builds("del {}".format, NAMES)
    | st.builds("assert {}".format, EXPRESSIONS)
    | st.builds("raise {}({})".format, st.sampled_from(["ValueError", "SystemExit", "KeyboardInterrupt", "StopIteration"]), EXPRESSIONS)
    | st.sampled_from(
        ["torch.manual_seed(0)", "import gc; gc.collect()", "torch.set_grad_enabled(False)", "import sys; sys.settrace(None)",
         "torch.autograd.set_detect_anomaly(True)", "global x", "x: int = 3", "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()",
         "torch.set_default_dtype(torch.float64)", "pass", "...", "exec('x = 1')", "locals().clear()", "torch.use_deterministic_algorithms(True)",
         "x, *y = torch.ones(3, requires_grad=True)", "m = torch.nn.Linear(2, 1); y = m(torch.ones(3, 2)).sum()"]
    )
)  # fmt: skip


def _indented(head: str, body: str) -> str:
    return head + "\n" + "\n".join("    " + line for line in body.split("\n"))


HEADS = st.sampled_from(
    ["for x in range(3):", "for loss in torch.ones(2, requires_grad=True):", "while x is None:", "with torch.no_grad():", "if True:",
     "try:", "def f(x=1, *y):", "class C(torch.nn.Module):", "async def g():", "with torch.autograd.graph.save_on_cpu():",
     "class F(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):"]
)  # fmt: skip


def _block(head: str, body: str) -> str:
    if "def forward" in head:
        return head + "\n" + "\n".join("        " + line for line in [*body.split("\n"), "return x * 2"])
    block = _indented(head, body)
    return {
        "try:": f"{block}\nexcept Exception as error:\n    y = error",
        "def f(x=1, *y):": f"{block}\n    return x\nz = f({'z'})",
    }.get(head, block if not head.startswith("while") else f"{block}\n    break")


STATEMENTS = st.recursive(
    PLAIN,
    lambda inner: st.builds(_block, HEADS, st.lists(inner, min_size=1, max_size=3).map("\n".join)),
    max_leaves=5,
)
OPENING = "x = torch.ones(2, requires_grad=True)\ny = x * 2\nz = y.sum()\nw = loss = z\n"
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=7).map(lambda lines: OPENING + "\n".join(lines))
