"""Things too large to be told: names, counts, reprs, shapes; each is cut, and the run ends as if nothing had been."""

from .attack import Attack

_BIG = {
    "a name of a million characters": "globals()['n' * 10**6] = torch.ones(1)",
    "an empty name": "globals()[''] = torch.ones(1)",
    "ten thousand names of one tensor": "x = torch.ones(1)\nfor i in range(10_000): globals()[f'a{i}'] = x",
    "a list of a hundred thousand tensors": "x = [torch.ones(1)] * 100_000",
    "a list of a hundred thousand different tensors": "x = list(torch.ones(100_000).unbind())",
    "a nest of a thousand dictionaries": "d = {}\nfor _ in range(1000): d = {'d': d, 't': torch.ones(1)}",
    "keys of a million characters": "d = {'k' * 10**6: torch.ones(1)}",
    "keys whose repr explodes": "class K:\n  def __repr__(self): return 'x' * (1 << 28)\nd = {K(): torch.ones(1)}",
    "a tensor of 64 dimensions": "x = torch.ones(*[1] * 64)",
    "an expanded tensor of 10**18 elements": "x = torch.ones(1).expand(10**9, 10**9)",
    "a tensor that is nowhere": "x = torch.empty(10**9, 10**9, device='meta')",
    "a module of a million characters": "class M(torch.nn.Module): pass\nm = M()\nm.forward = lambda x: dict(m.named_children())['m' * 10**6](x)\nm.add_module('m' * 10**6, torch.nn.Linear(1, 1))\nm(torch.ones(1)).sum().backward()",
    "a class of a million characters": "F = type('F' * 10**6, (torch.autograd.Function,), {'forward': staticmethod(lambda ctx, x: x * 1), 'backward': staticmethod(lambda ctx, g: g)})\nx = torch.ones(1, requires_grad=True)\ny = F.apply(x)\ny.backward()",
    "a tag of a million characters": "log(0, **{'t' * 10**6: 1.0})",
    "a step of a million digits": "try: log(1 << 10**6, a=1.0)\nexcept Exception as error: pass",
    "a value of a million digits": "try: log(0, a=1 << 10**6)\nexcept Exception as error: pass",
    "a line of a million characters": "print('loss: ' * 160_000)",
    "a warning of a million characters": "import warnings; warnings.warn('w' * 10**5)",
    "a million statements' worth of one line": "x = 1; " * 5000,
    "an operation of a thousand inputs": "x = torch.cat([torch.ones(1, requires_grad=True) for _ in range(3000)])\nx.sum().backward()",
    "a Function of twelve hundred outputs": "class F(torch.autograd.Function):\n  @staticmethod\n  def forward(ctx, x): return tuple(x * 1 for _ in range(1200))\n  @staticmethod\n  def backward(ctx, *g): return sum(g)\nx = torch.ones(1, requires_grad=True)\nsum(F.apply(x)).backward()",
    "a saved list without end": "class F(torch.autograd.Function):\n  @staticmethod\n  def forward(ctx, x):\n    ctx.save_for_backward(*[x] * 3000)\n    return x * 1\n  @staticmethod\n  def backward(ctx, g): return g\nx = torch.ones(1, requires_grad=True)\nF.apply(x).backward()",
    "a tensor of every dtype": "kept = [torch.zeros(2, dtype=d) for d in set(v for v in vars(torch).values() if isinstance(v, torch.dtype)) if 'q' not in str(d) and not str(d).startswith('torch.bits') and 'x2' not in str(d) and not str(d).startswith(('torch.uint1', 'torch.uint2', 'torch.uint3', 'torch.uint4', 'torch.uint5', 'torch.uint6', 'torch.uint7', 'torch.int1', 'torch.int2', 'torch.int3', 'torch.int4', 'torch.int5', 'torch.int6', 'torch.int7'))]",
}
ATTACKS: dict[str, Attack] = {name: Attack(source, "ok", "ran to its end") for name, source in _BIG.items()} | {
    "a mistake with a name of five thousand characters": Attack(
        f"{'n' * 5000} = torch.ones(1, requires_grad=True)\n{'n' * 5000} += 1",
        "exception",
        "RuntimeError: a leaf Variable",
    ),
    "a silent mistake with a name of five thousand characters": Attack(
        f"{'n' * 5000} = torch.ones(1, requires_grad=True)\nfor i in range(3): ({'n' * 5000} * 2).sum().backward(); {'n' * 5000}.data -= {'n' * 5000}.grad",
        "ok",
        "ran to its end",
    ),
    "a missing name of a million characters": Attack("eval('n' * 10**6)", "exception", "NameError: name 'nnn"),
    "a shape error of a million characters": Attack(
        "raise RuntimeError('mat1 and mat2 shapes cannot be multiplied (' + '1' * 10**6 + 'x2 and 3x4)')",
        "exception",
        "RuntimeError: mat1",
    ),
    "an exception of a ten million characters": Attack("raise ValueError('x' * 10**7)", "exception", "ValueError: xxx"),
    "an exception's kind of a million characters": Attack(
        "raise type('E' * 10**6, (Exception,), {})('x')", "exception", "EEE"
    ),
    "an exception group of thousands": Attack(
        "raise ExceptionGroup('g', [ValueError(str(i)) for i in range(5000)])",
        "exception",
        "ExceptionGroup: g (5000 sub-exceptions)",
    ),
    "an exception with a million notes": Attack(
        "e = ValueError('x')\ne.__notes__ = ['n' * 99] * 10**5\nraise e", "exception", "ValueError: x"
    ),
    "a source that nests too deep": Attack("x = " + "(" * 150 + "1" + ")" * 150, "ok", "ran to its end"),
    "a source that nests deeper": Attack("x = " + "-" * 9000 + "1", "exception", "MemoryError: "),
    "a source of brackets": Attack("[" * 9999, "exception", "SyntaxError: too many nested parentheses"),
    "a source of text that runs backwards": Attack("x = 'a\u202e\u2066b'\n# \u202e\n", "ok", "ran to its end"),
    "a source of lone surrogates": Attack("x = '\ud800'", "exception", "UnicodeEncodeError: "),
    "a source of NUL": Attack("x = 1\0", "exception", "SyntaxError: source code string cannot contain null bytes"),
    "a source that claims another encoding": Attack("# -*- coding: utf-7 -*-\nx = 1", "ok", "ran to its end"),
    "a source that claims an encoding there is not": Attack("# -*- coding: evil -*-\nx = 1", "ok", "ran to its end"),
}
