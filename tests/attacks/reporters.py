"""Our own modules, which share a process with the program: whatever it puts in their place harms its own run alone.

What it breaks is told as an outcome and a sentence that stay true; the next run never notices.
"""

from .attack import Attack, ends, harmless, refused

GRAPH = "x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()\n"
UNTOLD = "exit status 123: what the program did could not be told"

_QUIET = (
    "json.dumps json.loads os.write os._exit signal.pthread_sigmask time.monotonic torch.isfinite torch.no_grad weakref.ref gc.collect "
    "traceback.TracebackException linecache.getlines warnings.warn ast.parse ast.walk re.compile codecs.lookup base64.b64encode "
    "zlib.compress dataclasses.fields dataclasses.replace numpy.flatnonzero sys.exc_info threading.Lock copy.copy enum.Enum"
)
"""What may be replaced without a word of the report's being lost that the program itself did not need."""
_LOUD = "resource.getrusage contextlib.suppress math.isfinite"
"""What the last words need."""
_METHODS = (
    "__repr__ numel detach tolist item grad_fn is_leaf shape dtype requires_grad grad data_ptr untyped_storage size"
)
_BUILT_IN = (
    "print id str repr getattr map range dict list set int max sorted enumerate any super object Exception BaseException memoryview bytes "
    "open vars next iter __build_class__"
)
_NEEDED = {
    "len": "TypeError",
    "isinstance": "TypeError",
    "type": "TypeError",
    "tuple": "TypeError",
    "zip": "TypeError",
    "__import__": "TypeError",
}
"""Built-ins that torch's own backward needs: the program's exception says so."""

ATTACKS: dict[str, Attack] = {
    **{
        f"replaces {name}": harmless(f"import {name.rpartition('.')[0]}\n{name} = None\n" + GRAPH)
        for name in _QUIET.split()
    },
    **{
        f"replaces {name}": ends(f"import {name.rpartition('.')[0]}\n{name} = None\n" + GRAPH, "crashed", UNTOLD)
        for name in _LOUD.split()
    },
    **{f"replaces a tensor's {name}": harmless(GRAPH + f"torch.Tensor.{name} = None\n") for name in _METHODS.split()},
    **{
        f"replaces the built-in {name}": harmless(f"import builtins\nbuiltins.{name} = None\n" + GRAPH)
        for name in _BUILT_IN.split()
    },
    **{
        f"replaces the built-in {name}": refused(f"import builtins\nbuiltins.{name} = None\n" + GRAPH, kind)
        for name, kind in _NEEDED.items()
    },
    **{
        f"replaces the built-in {name} at its end": harmless(f"import builtins\n{GRAPH}builtins.{name} = None\n")
        for name in _NEEDED
    },
    "empties the built-ins": harmless("__import__('builtins').__dict__.clear()"),
    "empties the built-ins and goes on": refused(
        "import builtins\nvars(builtins).clear()\nx = torch.ones(1)", "NameError: name '"
    ),
    "has every built-in raise": refused(
        "import builtins\ndef stop(*_, **__): raise SystemExit(7)\nfor name in list(vars(builtins)):\n"
        "    if not name.startswith('_') and name not in ('setattr', 'builtins', 'KeyError'): setattr(builtins, name, stop)\n",
        "RecursionError: ",
    ),
    "replaces our encoder": ends(
        "import sys\nfor name, m in list(sys.modules.items()):\n    if name.endswith('events.encoding'): m.encode = m._text = lambda *_: b'{}'\n"
        + GRAPH,
        "crashed",
        "not an event: the line is not JSON",
    ),
    "replaces every function of ours": ends(
        "import sys, types\nfor name, m in list(sys.modules.items()):\n    if name.startswith(('app.', 'gradwalk.')):\n"
        "        for key, value in list(vars(m).items()):\n            if isinstance(value, types.FunctionType): setattr(m, key, lambda *a, **k: 1 / 0)\n"
        + GRAPH,
        "crashed",
        UNTOLD,
    ),
    "empties every function of ours": ends(
        "import sys, types\ndef nothing(*a, **k): return None\nfor name, m in list(sys.modules.items()):\n    if name.startswith(('app.', 'gradwalk.')):\n"
        "        for value in list(vars(m).values()):\n            if isinstance(value, types.FunctionType) and not value.__code__.co_freevars: value.__code__ = nothing.__code__\n"
        + GRAPH,
        "crashed",
        UNTOLD,
    ),
    "empties every method of ours": ends(
        "import sys, types\ndef nothing(*a, **k): return None\nfor name, m in list(sys.modules.items()):\n    if name.startswith(('app.', 'gradwalk.')):\n"
        "        for cls in [v for v in vars(m).values() if isinstance(v, type) and v.__module__ == name]:\n            for value in list(vars(cls).values()):\n"
        "                if isinstance(value, types.FunctionType) and not value.__code__.co_freevars: value.__code__ = nothing.__code__\n"
        + GRAPH,
        "crashed",
        "exit status 0 before it could report",
    ),
    "forgets every module": harmless("import sys\nsys.modules.clear()\n"),
    "takes the marks away": refused(
        "import builtins\nfor name in [n for n in vars(builtins) if n.startswith('gw:')]: delattr(builtins, name)\nx = 1\ny = x + 1\n",
        "NameError: name 'gw:value' is not defined",
    ),
    "shadows the marks by name": harmless(
        "gw_value = gw_done = value = done = lambda *_: 7\nx = 1\ny = x + 1\nprint(y)\n", "2\n"
    ),
    "shadows the marks in its namespace": harmless(
        "globals()['gw:value'] = lambda *_: 7\nx = 1\ny = x + 1\nprint(y)\n", "7\n"
    ),
    "shadows a mark by a number": refused(
        "globals()['gw:value'] = 5\nx = 1 + 1\n", "TypeError: 'int' object is not callable"
    ),
    "shadows the marks for everyone": harmless(
        "import builtins\nvars(builtins).update({'gw:value': lambda v, s: v, 'gw:done': lambda s: None})\n" + GRAPH
    ),
    "calls a mark with nonsense": harmless(
        "import builtins\nm = vars(builtins)\nm['gw:value'](1, 2), m['gw:done'](0), m['gw:leave'](-1), m['gw:exit']()\n"
    ),
    "calls a mark out of range": refused("import builtins\nvars(builtins)['gw:done'](10**9)", "IndexError: "),
    "goes through the frames above it": ends(
        "import sys\nframe = sys._getframe()\nwhile frame:\n    for name, value in list(frame.f_locals.items()):\n"
        "        if hasattr(value, '__dict__') and frame.f_globals.get('__name__', '').startswith(('app.', 'gradwalk.')):\n"
        "            try: vars(value).clear()\n            except Exception: pass\n    frame = frame.f_back\n",
        "crashed",
        UNTOLD,
    ),
    "finds our outbox by the garbage collector and empties it": ends(
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outbox': vars(o).clear()\n" + GRAPH,
        "crashed",
        UNTOLD,
    ),
    "sends through our own outbox": ends(
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outbox': o.send(b'{\"type\":\"ended\"}')\n",
        "crashed",
        "not an event: expected exactly the fields of Ended",
    ),
    "mutes our outbox": ends(
        "import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Outbox': o.muted = True; o.send = None\n"
        + GRAPH,
        "crashed",
        UNTOLD,
    ),
    "traces every line after itself": refused("import sys\nsys.settrace(lambda *_: 1 / 0)\n", "ZeroDivisionError: "),
    "profiles every call after itself": refused(
        "import sys\nsys.setprofile(lambda *_: 1 / 0)\n", "ZeroDivisionError: "
    ),
    "traces in its own frames": harmless(
        "import sys\ndef t(f, e, a):\n    f.f_trace = t\n    return t\nsys.settrace(t)\nsys._getframe().f_trace = t\nx = 1\n"
    ),
    "hooks the garbage collector": harmless("import gc\ngc.callbacks.append(lambda *_: 1 / 0)\ngc.collect()\n"),
    "hangs in a hook of the garbage collector": ends(
        "import gc\ndef hang(*_):\n    while True: pass\ngc.callbacks.append(hang)\n" + GRAPH + "gc.collect()",
        "timeout",
        "wall time",
        wall_s=0.6,
    ),
    "registers something for the exit": harmless("import atexit\natexit.register(lambda: print('never'))\n"),
    "registers something that hangs for the exit": harmless(
        "import atexit, time\natexit.register(lambda: time.sleep(60))\n"
    ),
    "audits every call": harmless(
        "import sys\ndef audit(name, args):\n    if name == 'open': raise SystemExit\nsys.addaudithook(audit)\n" + GRAPH
    ),
    "an audit that always raises": ends(
        "import sys\ndef audit(*_): raise RuntimeError('no')\nsys.addaudithook(audit)\n" + GRAPH, "crashed", UNTOLD
    ),
    "hangs when it is deleted": ends(
        "class D:\n    def __del__(self):\n        while True: pass\nd = D()\ndel d\n",
        "timeout",
        "wall time",
        wall_s=0.6,
    ),
    "raises when it is deleted": harmless("class D:\n    def __del__(self): raise SystemExit\nd = D()\ndel d\n"),
    "exits when it is deleted": ends(
        "import os\nclass D:\n    def __del__(self): os._exit(0)\nd = D()\ndel d\n", "crashed", "exit status 0"
    ),
    "a class that lies about itself": harmless(
        "class L(torch.Tensor):\n    @property\n    def __class__(self): raise SystemExit(3)\nx = torch.ones(2).as_subclass(L)\n"
    ),
    "a metaclass that raises": harmless(
        "class M(type):\n    def __getattribute__(cls, name): raise RuntimeError(name)\n    def __instancecheck__(cls, it): raise SystemExit\n    def __hash__(cls): raise SystemExit\n    def __eq__(cls, other): raise SystemExit\nclass C(metaclass=M): pass\nc = object.__new__(C)\n"
    ),
    "a tensor that answers every function": harmless(
        "class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, func, types, args=(), kwargs=None): raise SystemExit(func)\nx = torch.ones(2).as_subclass(T)\n"
    ),
    "a tensor that dispatches to nowhere": harmless(
        "class T(torch.Tensor):\n    @staticmethod\n    def __new__(cls): return torch.Tensor._make_wrapper_subclass(cls, (10**9, 10**9))\n"
        "    @classmethod\n    def __torch_dispatch__(cls, func, types, args=(), kwargs=None): raise SystemExit(func)\nx = T()\n"
    ),
    "a tensor that loops when asked": ends(
        "class T(torch.Tensor):\n    @classmethod\n    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):\n        while True: pass\nx = torch.ones(2).as_subclass(T)\ny = x + 1\n",
        "timeout",
        "on the clock (wall time)",
        wall_s=0.8,
    ),
    "a mode left on": harmless(
        "from torch.overrides import TorchFunctionMode\nclass M(TorchFunctionMode):\n    def __torch_function__(self, *a, **k): raise SystemExit\nM().__enter__()\n"
    ),
    "a dispatch mode left on": harmless(
        "from torch.utils._python_dispatch import TorchDispatchMode\nclass M(TorchDispatchMode):\n    def __torch_dispatch__(self, *a, **k): raise SystemExit\nM().__enter__()\n"
    ),
    "names that are no text": harmless(
        "class S(str):\n    def __eq__(self, other): raise SystemExit\n    def __hash__(self): return 1\n    def startswith(self, *a): raise SystemExit\nglobals()[S('x')] = torch.ones(2)\nglobals()[7] = torch.ones(2)\n"
    ),
    "a namespace that fights back": harmless(
        "class D(dict):\n    def items(self): raise SystemExit\n    def __iter__(self): raise SystemExit\nd = D(a=torch.ones(2))\n"
    ),
    "a module that fights back": harmless(
        "class N(torch.nn.Module):\n    def named_parameters(self, *a, **k): raise SystemExit\n    def __getattr__(self, name): raise SystemExit\nn = N()\n"
    ),
    "parameters of a module that are not tensors": harmless(
        "m = torch.nn.Linear(1, 1)\nm.__dict__['_parameters'] = {'w': object(), 3: torch.ones(1)}\nm.__dict__['_modules'] = {'m': m}\n"
    ),
    "a list that holds itself": harmless("x = []\nx.append(x)\nd = {'d': x}\nd['e'] = d\n"),
    "an exception whose words raise": Attack(
        "class E(Exception):\n    def __str__(self): raise SystemExit\nraise E", "exception", "E: "
    ),
    "an exception whose words never end": ends(
        "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
        "timeout",
        "wall time",
        wall_s=0.8,
    ),
    "an exception whose words leave": ends(
        "import os\nclass E(Exception):\n    def __str__(self): os._exit(3)\nraise E", "crashed", "exit status 3"
    ),
    "an exception of itself": Attack(
        "e = ValueError('round')\ne.__cause__ = e\ne.__context__ = e\nraise e", "exception", "ValueError: round"
    ),
    "an exception with a thousand causes": Attack(
        "e = None\nfor i in range(3000):\n    f = ValueError(str(i)); f.__context__ = e; e = f\nraise e",
        "exception",
        "ValueError: 2999",
    ),
    "an exception whose kind lies": Attack(
        "class M(type):\n    __name__ = property(lambda self: 1 / 0)\nclass E(Exception, metaclass=M): pass\nraise E('x')",
        "exception",
        "E: x",
    ),
    "an exception with a forged file name": Attack(
        "raise FileNotFoundError(2, 'no', '/etc/passwd\\x00<script>')", "exception", "FileNotFoundError: [Errno 2] no"
    ),
    "a syntax error with forged places": Attack(
        "raise SyntaxError('x', ('<user>', -5, 10**30, None, 'a', 'b'))", "exception", "SyntaxError: x"
    ),
    "leaves with a tensor": Attack("raise SystemExit(torch.ones(2))", "exception", "SystemExit: tensor([1., 1.])"),
    "leaves with words that raise": Attack(
        "class W:\n    def __str__(self): raise KeyboardInterrupt\n    def __eq__(self, other): raise KeyboardInterrupt\nraise SystemExit(W())",
        "exception",
        "SystemExit: (the exception's own __str__ failed)",
    ),
    "a keyboard's interrupt": Attack("raise KeyboardInterrupt", "exception", "KeyboardInterrupt: "),
    "our own interruption, raised by the program": Attack(
        "import sys\nraise next(m for n, m in sys.modules.items() if n.endswith('child.execute')).Interrupted('stopped', 'x' * 9000)",
        "crashed",
        "not an event: Ended: expected a text of at most 4000 characters",
    ),
    "our own end of a rerun, raised by the program": Attack(
        "import sys\nraise next(m for n, m in sys.modules.items() if n.endswith('child.recording')).Reached",
        "ok",
        "ran to its end",
    ),
    "replaces the engine's door": harmless("import torch.autograd\ntorch.autograd._engine_run_backward = None\n"),
    "leaves hooks on the engine": harmless(
        GRAPH
        + "torch.autograd.graph.set_warn_on_accumulate_grad_stream_mismatch = None\nx.register_hook(lambda g: 1 / 0)\n"
    ),
    "saves tensors by hooks that raise": harmless(
        "h = torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: 1 / 0)\nx = torch.ones(2, requires_grad=True)\nh.__enter__()\ny = x * x\n"
    ),
    "saves tensors by hooks that leave": harmless(
        "def stop(t): raise SystemExit\nx = torch.ones(2, requires_grad=True)\nwith torch.autograd.graph.saved_tensors_hooks(lambda t: t, stop): y = x * x\n"
    ),
    "frees a tensor's memory under our eyes": harmless("x = torch.ones(2)\nx.untyped_storage().resize_(0)\n"),
    "a tensor that lies about itself": harmless(
        "class L(torch.Tensor):\n    requires_grad = is_leaf = retains_grad = property(lambda self: 'perhaps')\n    shape = property(lambda self: ('a', -1))\n    dtype = device = property(lambda self: '<b>')\nx = torch.ones(2).as_subclass(L)\n"
    ),
    "points a tensor past its memory": harmless("x = torch.ones(4)\ny = x[2:]\nx.untyped_storage().resize_(4)\n"),
    "takes the report's memory": harmless(
        "kept = []\ntry:\n    while True: kept.append(bytearray(1 << 20))\nexcept MemoryError: pass\n"
    ),
    "leaves no descriptor": harmless("import os\ntry:\n    while True: os.dup(0)\nexcept OSError: pass\n" + GRAPH),
    "leaves no stack": harmless("import sys\nsys.setrecursionlimit(60)\n" + GRAPH),
}
