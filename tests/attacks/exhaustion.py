"""Processor, memory, stack, disk and output: each has a bound, and past it the run ends alone."""

from .attack import Attack, ends, harmless, refused

SHORT = {"wall_s": 0.6}
SMALL = {"memory_bytes": 2**28}

ATTACKS: dict[str, Attack] = {
    "an endless loop": ends("while True: pass", "timeout", "on the clock (wall time)", **SHORT),
    "a sleep": ends("import time; time.sleep(60)", "timeout", "on the clock (wall time)", **SHORT),
    "an endless loop of computing": ends("while True: pass", "timeout", "(CPU time)", cpu_s=1),
    "ignores being asked to end": ends(
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass",
        "timeout",
        "wall time",
        **SHORT,
    ),
    "swallows every exception": ends(
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass", "timeout", "wall time", **SHORT
    ),
    "an expression that backtracks": ends(
        "import re; re.match('(a+)+$', 'a' * 40 + 'b')", "timeout", "wall time", **SHORT
    ),
    "a power without end": ends("x = 9 ** 9 ** 9", "timeout", "wall time", **SHORT),
    "a decimal without end": ends(
        "import decimal\ndecimal.getcontext().prec = 10**7\nprint(decimal.Decimal(2).sqrt())",
        "timeout",
        "wall time",
        **SHORT,
    ),
    "a number as text without end": ends(
        "import sys; sys.set_int_max_str_digits(0); str(1 << (1 << 26))", "timeout", "wall time", **SHORT
    ),
    "a number too long for text": refused("str(1 << 99999)", "ValueError: Exceeds the limit (4300 digits)"),
    "a sort that never agrees": ends(
        "class A:\n  def __lt__(self, o):\n    while True: pass\nsorted([A(), A()])", "timeout", "wall time", **SHORT
    ),
    "a product without end in torch": ends(
        "a = torch.ones(6000, 6000)\nwhile True: a = a @ a", "timeout", "on the clock (wall time)", **SHORT
    ),
    "an endless backward": ends(
        "class F(torch.autograd.Function):\n  @staticmethod\n  def forward(ctx, x): return x * 1\n  @staticmethod\n  def backward(ctx, g):\n    while True: pass\n"
        "F.apply(torch.ones(1, requires_grad=True)).backward()",
        "timeout",
        "wall time",
        **SHORT,
    ),
    "compiles without end": ends(
        "import ast\nwhile True: compile('x=' + '+'.join(['1'] * 900), 'x', 'exec')", "timeout", "wall time", **SHORT
    ),
    "a repetition too large for an expression": ends("'a' * (1 << 60)", "out_of_memory", "may use"),
    "memory by bytes": ends("b = bytearray(8 << 30)", "out_of_memory", "may use", **SMALL),
    "memory by a tensor": ends("x = torch.ones(2**31)", "out_of_memory", "may use", **SMALL),
    "memory by a tensor of zeros": ends("x = torch.zeros(2**40)", "out_of_memory", "may use", **SMALL),
    "memory by many small things": ends("x = []\nwhile True: x.append([])", "out_of_memory", "may use", **SMALL),
    "memory by many small tensors": ends(
        "x = []\nwhile True: x.append(torch.ones(4096))", "out_of_memory", "may use", **SMALL
    ),
    "memory by text": ends("x = 'x'\nwhile True: x += x", "out_of_memory", "may use", **SMALL),
    "memory by NumPy": ends("import numpy; numpy.ones(1 << 31)", "out_of_memory", "may use", **SMALL),
    "memory mapped for itself": refused(
        "import mmap; mmap.mmap(-1, 8 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)", "OSError: [Errno 12]"
    ),
    "memory mapped for others": refused("import mmap; mmap.mmap(-1, 8 << 30)", "OSError: [Errno 12]"),
    "memory mapped in many pieces": refused(
        "import mmap\nkept = []\nwhile True: kept.append(mmap.mmap(-1, 1 << 20))", "OSError: [Errno 12]"
    ),
    "memory freed from the libraries": harmless(
        "import ctypes, torch\nlibc = ctypes.CDLL(None)\nlibc.mmap.restype = ctypes.c_void_p\n"
        "print(libc.mmap(None, ctypes.c_size_t(4 << 30), 3, 0x22, -1, 0) == ctypes.c_void_p(-1).value)",
        "True\n",
    ),
    "a recursion without end": Attack(
        "def f(): f()\nf()", "exception", "RecursionError: maximum recursion depth exceeded"
    ),
    "a recursion in C without end": ends(
        "import sys\nsys.setrecursionlimit(10**8)\nclass F:\n  def __getattr__(self, name): return getattr(self, name)\nF().x",
        "crashed",
        "(SIGSEGV)",
    ),
    "a graph of fifty thousand nodes": Attack(
        "x = torch.ones(1, requires_grad=True)\ny = x\nfor _ in range(50_000): y = y + 1\n", "ok", "ran to its end"
    ),
    "a zip bomb": ends(
        "import io, zipfile\nf = io.BytesIO()\nwith zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED) as z:\n  with z.open('b', 'w') as b:\n    for _ in range(300): b.write(bytes(1 << 20))\nzipfile.ZipFile(f).read('b')",
        "out_of_memory",
        "may use",
        **SMALL,
    ),
    "a gzip bomb": ends(
        "import zlib; zlib.decompress(zlib.compress(bytes(1 << 27)) * 1, bufsize=8 << 30)",
        "out_of_memory",
        "may use",
        **SMALL,
    ),
    "a picture of a billion dots": ends(
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(600, 600), dpi=90)\nplt.savefig(__import__('io').BytesIO(), format='png')",
        "out_of_memory",
        "may use",
        **SMALL,
    ),
    "a picture past every size": ends(
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(9000, 9000), dpi=900)\nplt.savefig(__import__('io').BytesIO(), format='png')",
        "out_of_memory",
        "may use",
    ),
    "the disk": refused(
        "import os; os.write(os.open('/tmp/gradwalk-was-here', os.O_CREAT | os.O_WRONLY), bytes(1 << 20))"
    ),
    "a print flood": ends(
        "while True: print('x' * 1000)", "output_limit", "printed more than 64 KiB", stdout_bytes=65536
    ),
    "a flood of errors": ends(
        "import sys\nwhile True: sys.stderr.write('x' * 1000)",
        "output_limit",
        "the beginning is kept",
        stdout_bytes=65536,
    ),
    "a flood of both": ends(
        "import sys\nwhile True:\n  print('x')\n  print('y', file=sys.stderr)",
        "output_limit",
        "the beginning is kept",
        stdout_bytes=65536,
    ),
    "a flood past Python": ends(
        "import os\nwhile True: os.write(1, b'x' * 65536)",
        "output_limit",
        "printed more than 64 KiB",
        stdout_bytes=65536,
    ),
    "a flood of single bytes": ends(
        "import os\nwhile True: os.write(1, b'x')", "output_limit", "printed more than 4 KiB", stdout_bytes=4096
    ),
    "a flood of broken characters": ends(
        "import os\nwhile True: os.write(1, b'\\xf0\\x9f' * 999)",
        "output_limit",
        "printed more than 64 KiB",
        stdout_bytes=65536,
    ),
    "a flood of points": Attack(
        "for i in range(20_000): log(i, **{f'tag{i % 7}': float(i)})", "ok", "ran to its end", limits={"events": 50}
    ),
    "a flood of series": Attack(
        "log(0, **{f'tag{i}': 1.0 for i in range(20_000)})", "ok", "ran to its end", limits={"events": 50}
    ),
    "a flood of figures shown": Attack(
        "import matplotlib.pyplot as plt\nfor _ in range(60): plt.figure(figsize=(1, 1)); plt.show()",
        "ok",
        "ran to its end",
    ),
    "a flood of variables": Attack(
        "for i in range(20_000): globals()[f'v{i}'] = torch.ones(1)", "ok", "ran to its end"
    ),
    "a flood of backwards": Attack(
        "x = torch.ones(1, requires_grad=True)\nfor _ in range(2000): (x * 2).sum().backward()", "ok", "ran to its end"
    ),
    "a flood of structures": Attack(
        "x = torch.ones(1, requires_grad=True)\nfor n in range(150):\n  y = x\n  for _ in range(n): y = y * 2\n  y.sum().backward()",
        "ok",
        "ran to its end",
    ),
    "a flood of modules": Attack(
        "m = torch.nn.Sequential(*[torch.nn.Linear(1, 1) for _ in range(300)])\nm(torch.ones(1, 1)).sum().backward()",
        "ok",
        "ran to its end",
    ),
}
