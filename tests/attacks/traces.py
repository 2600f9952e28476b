"""Traces: what one run did, looked for by the next. Each finds what a first run would find."""

from .attack import Attack, after

SECRET = "correct-horse-battery"
HUNT = """
import ctypes, gc
needle = 'yrettab-esroh-tcerroc'[::-1]
found = [type(o).__name__ for o in gc.get_objects() if type(o) is str and needle in o and o is not needle]
found += [name for o in gc.get_objects() if type(o) is dict for name, v in list(o.items()) if type(v) in (str, bytes) and v is not needle and (needle if type(v) is str else needle.encode()) in v]
print(found)
"""
SCAN = """
import ctypes, mmap
needle = b'yrettab-esroh-tcerroc'[::-1]
libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p
end = libc.sbrk(0)
libc.memmem.restype = ctypes.c_void_p
anchor = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
start = libc.malloc(16)
low = min(start, end - (1 << 20)) & ~4095
where, hits = low, 0
while where < end:
    at = libc.memmem(ctypes.c_void_p(where), ctypes.c_size_t(end - where), needle, ctypes.c_size_t(len(needle)))
    if not at: break
    text = ctypes.string_at(at - 8, 8)
    hits += text == b'marker: '
    where = at + 1
print(hits)
"""

ATTACKS: dict[str, Attack] = {
    "an attribute of torch": after("torch.secret = 1", "print(hasattr(torch, 'secret'))", "False\n"),
    "a built-in": after(
        "import builtins; builtins.print = None; builtins.secret = 1",
        "import builtins; print(hasattr(builtins, 'secret'))",
        "False\n",
    ),
    "a module imported": after(
        "import sys, types; sys.modules['secret'] = types.ModuleType('secret')",
        "import sys; print('secret' in sys.modules)",
        "False\n",
    ),
    "a name of the program": after("secret = 1", "print('secret' in globals())", "False\n"),
    "the environment": after(
        "import os; os.environ['SECRET'] = '1'; os.putenv('SECRET', '1')",
        "import os; print(os.environ.get('SECRET'))",
        "None\n",
    ),
    "the working folder": after(
        "import os; os.chdir(os.path.dirname(os.__file__))", "import os; print(os.getcwd())", "/\n"
    ),
    "the mask of new files": after("import os; os.umask(0)", "import os; print(oct(os.umask(0)))", "0o77\n"),
    "the path of modules": after(
        "import sys; sys.path.insert(0, 'evil')", "import sys; print('evil' in sys.path)", "False\n"
    ),
    "the default dtype": after(
        "torch.set_default_dtype(torch.float64)", "print(torch.get_default_dtype())", "torch.float32\n"
    ),
    "the number of threads": after("torch.set_num_threads(7)", "print(torch.get_num_threads())", "1\n"),
    "whether gradients are on": after("torch.set_grad_enabled(False)", "print(torch.is_grad_enabled())", "True\n"),
    "whether anomalies are watched": after(
        "torch.autograd.set_detect_anomaly(True)", "print(torch.is_anomaly_enabled())", "False\n"
    ),
    "whether results are the same each time": after(
        "torch.use_deterministic_algorithms(True)", "print(torch.are_deterministic_algorithms_enabled())", "False\n"
    ),
    "how tensors are printed": after(
        "torch.set_printoptions(precision=1)", "print(torch.tensor([1.23456]))", "tensor([1.2346])\n"
    ),
    "the default device": after("torch.set_default_device('meta')", "print(torch.ones(1).device)", "cpu\n"),
    "a seed": after(
        "torch.manual_seed(0)", "torch.seed(); a = torch.rand(1); print(a.item() == 0.49625658988952637)", "False\n"
    ),
    "a replaced function of torch": after("torch.ones = lambda *_: 7", "print(torch.ones(1).item())", "1.0\n"),
    "a replaced method of tensors": after(
        "torch.Tensor.__add__ = lambda *_: 7", "print((torch.ones(1) + 1).item())", "2.0\n"
    ),
    "a registered operator": after(
        "torch.library.define('evil::op', '(Tensor x) -> Tensor')", "print(hasattr(torch.ops.evil, 'op'))", "False\n"
    ),
    "a hook on every module": after(
        "torch.nn.modules.module.register_module_forward_hook(lambda *_: 1 / 0)",
        "print(torch.nn.Identity()(torch.ones(1)).item())",
        "1.0\n",
    ),
    "a hook at the import": after(
        "import sys; sys.meta_path.insert(0, 7); sys.path_hooks.clear()",
        "import colorsys; print('imported')",
        "imported\n",
    ),
    "a codec": after(
        "import codecs; codecs.register(lambda name: 1 / 0)",
        "try: 'x'.encode('secret')\nexcept LookupError as error: print(error)",
        "unknown encoding: secret\n",
    ),
    "a class of NumPy": after(
        "import numpy; numpy.secret = 1; numpy.random.seed(0)",
        "import numpy; print(hasattr(numpy, 'secret'))",
        "False\n",
    ),
    "how numbers are printed": after(
        "import numpy; numpy.set_printoptions(precision=1)",
        "import numpy; print(numpy.array([1.23456]))",
        "[1.23456]\n",
    ),
    "a figure": after(
        "import matplotlib.pyplot as plt; plt.plot([1]); plt.rcParams['font.size'] = 99",
        "import matplotlib.pyplot as plt; print(plt.get_fignums(), plt.rcParams['font.size'])",
        "[] 10.0\n",
    ),
    "the precision of decimals": after(
        "import decimal; decimal.getcontext().prec = 1", "import decimal; print(decimal.getcontext().prec)", "28\n"
    ),
    "the locale": after(
        "import locale; locale.setlocale(locale.LC_ALL, 'C')",
        "import locale; print(locale.setlocale(locale.LC_NUMERIC))",
        "C\n",
    ),
    "the limit of recursion": after(
        "import sys; sys.setrecursionlimit(50)", "import sys; print(sys.getrecursionlimit() > 900)", "True\n"
    ),
    "the length of numbers as text": after(
        "import sys; sys.set_int_max_str_digits(0)", "import sys; print(sys.get_int_max_str_digits())", "4300\n"
    ),
    "what the garbage collector does": after(
        "import gc; gc.disable(); gc.callbacks.append(print)",
        "import gc; print(gc.isenabled(), gc.callbacks)",
        "True []\n",
    ),
    "a handler of a signal": after(
        "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
        "import signal; print(signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL)",
        "True\n",
    ),
    "a filter of warnings": after(
        "import warnings; warnings.simplefilter('error')",
        "import warnings; warnings.warn('w'); print('warned')",
        "warned\n",
    ),
    "a page mapped into memory": after(
        "import mmap; kept = mmap.mmap(-1, 1 << 20); kept.write(b'secret' * 9); kept.flush()",
        "import mmap; print(mmap.mmap(-1, 1 << 20).read(6))",
        "b'\\x00\\x00\\x00\\x00\\x00\\x00'\n",
    ),
    "memory freed": after(
        "x = torch.full((1 << 18,), 12345.678)\ndel x",
        "print(any((torch.empty(1 << 18) == 12345.678).any() for _ in range(4)))",
        "False\n",
    ),
    "its source, among living objects": after(f"secret = '{SECRET}'", HUNT, "[]\n"),
    "its source, in the heap": after(f"secret = 'marker: {SECRET}' * 50\nprint(secret)", SCAN, "0\n"),
    "its curves": after(
        "log(0, secret=1.0)",
        "import gc; print([s for o in gc.get_objects() if type(o).__name__ == 'Series' for s in [o] if 'secret' in repr(getattr(o, 'tag', ''))])",
        "[]\n",
    ),
}
