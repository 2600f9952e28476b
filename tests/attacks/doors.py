"""Doors of the libraries: what torch, NumPy, matplotlib and Python's own tools would load, run, write or fetch."""

from importlib.util import find_spec

from .attack import Attack, ends, harmless, refused

HERE = "gradwalk-was-here"
PICKLE = "import io, os, pickle\nclass Evil:\n    def __reduce__(self): return (os.{}, ({!r},))\ndata = io.BytesIO()\n"

ATTACKS: dict[str, Attack] = {
    "torch loads a pickle that lists a folder": refused(
        PICKLE.format("listdir", "/") + "torch.save(Evil(), data)\ndata.seek(0)\ntorch.load(data, weights_only=False)",
        "PermissionError: [Errno 13]",
    ),
    "torch loads a pickle as weights": refused(
        PICKLE.format("listdir", "/") + "torch.save(Evil(), data)\ndata.seek(0)\ntorch.load(data)",
        "UnpicklingError: Weights only load failed.",
    ),
    "a pickle starts a program": harmless(
        PICKLE.format("system", "true") + "print(pickle.loads(pickle.dumps(Evil())) != 0)", "True\n"
    ),
    "torch loads a file": refused("torch.load('/etc/passwd')"),
    "torch saves to a path": refused(f"torch.save(torch.ones(1), '/tmp/{HERE}')", "RuntimeError: "),
    "torch saves to a path in the old way": refused(
        f"torch.save(torch.ones(1), '/tmp/{HERE}', _use_new_zipfile_serialization=False)", "PermissionError: [Errno 13]"
    ),
    "torch maps a file": refused("torch.from_file('/etc/passwd', size=1, dtype=torch.uint8)", "RuntimeError: "),
    "torch maps a file shared": refused(
        f"torch.from_file('/tmp/{HERE}', shared=True, size=1, dtype=torch.uint8)", "RuntimeError: "
    ),
    "a storage of a file": refused("torch.UntypedStorage.from_file('/etc/passwd', False, 8)", "RuntimeError: "),
    "a storage writes to a file": refused(
        "import os; torch.ones(2).untyped_storage()._write_file(os.open('/etc/passwd', os.O_RDONLY), True, True, 4)"
    ),
    "torch loads a library": refused("torch.ops.load_library('/etc/passwd')", "OSError: "),
    "torch loads a library of classes": refused("torch.classes.load_library('/tmp/evil.so')", "OSError: "),
    "torch compiles an extension": refused(
        "from torch.utils.cpp_extension import load_inline; load_inline('x', 'int f() { return 1; }', functions='f')",
        "PermissionError: [Errno 1]",
    ),
    "torch fetches from its hub": refused(
        "torch.hub.load('pytorch/vision', 'resnet18', trust_repo=True)", "PermissionError: [Errno 1]"
    ),
    "torch fetches by a URL": refused(
        "torch.hub.load_state_dict_from_url('http://127.0.0.1/x.pt')", "PermissionError: [Errno 1]"
    ),
    "torch downloads to a file": refused(
        f"torch.hub.download_url_to_file('http://127.0.0.1/x', '/tmp/{HERE}')", "PermissionError: [Errno 13]"
    ),
    "torch starts processes": refused(
        "import torch.multiprocessing as mp; mp.spawn(print, nprocs=2)", "PermissionError: [Errno 13]"
    ),
    "torch saves a script to a path": refused(
        f"torch.jit.script(torch.nn.Identity()).save('/tmp/{HERE}')", "RuntimeError: "
    ),
    "torch loads a script": refused("torch.jit.load('/etc/passwd')", "RuntimeError: "),
    "torch loads a script of garbage": refused("import io; torch.jit.load(io.BytesIO(b'PK' * 99))", "RuntimeError: "),
    "torch profiles": refused("torch.autograd.profiler.profile().__enter__()", "RuntimeError: "),
    "torch traces to a file": refused(
        f"import torch.profiler\nwith torch.profiler.profile() as p: pass\np.export_chrome_trace('/tmp/{HERE}')",
        "RuntimeError: ",
    ),
    "torch exports to a path": refused(
        f"torch.onnx.export(torch.nn.Identity(), (torch.ones(1),), '/tmp/{HERE}')", "ModuleNotFoundError: "
    ),
    "torch writes a board": refused(
        "from torch.utils.tensorboard import SummaryWriter; SummaryWriter()",
        "PermissionError: [Errno " if find_spec("tensorboard") else "ModuleNotFoundError: ",
    ),
    "a module loads a state from a path": refused("torch.nn.Identity().load_state_dict(torch.load('/etc/passwd'))"),
    "NumPy maps a file": refused("import numpy; numpy.memmap('/etc/passwd', mode='r')"),
    "NumPy writes an array": refused(f"import numpy; numpy.ones(9).tofile('/tmp/{HERE}')"),
    "NumPy saves": refused(f"import numpy; numpy.save('/tmp/{HERE}', numpy.ones(1))"),
    "NumPy reads text": refused("import numpy; numpy.loadtxt('/etc/passwd')", "PermissionError: [Errno 13]"),
    "NumPy reads by a URL": refused(
        "import numpy; numpy.lib.npyio.DataSource().open('http://127.0.0.1/')", "PermissionError: [Errno 13]"
    ),
    "NumPy loads a pickle": refused(
        "import io, numpy, os\nclass Evil:\n    def __reduce__(self): return (os.listdir, ('/',))\n"
        "data = io.BytesIO()\nnumpy.save(data, numpy.array([Evil()], dtype=object), allow_pickle=True)\ndata.seek(0)\nnumpy.load(data, allow_pickle=True)",
        "PermissionError: [Errno 13]",
    ),
    "NumPy builds by Fortran": refused("import numpy.f2py; numpy.f2py.compile(b'')", "AttributeError: "),
    "matplotlib saves to a path": refused(f"import matplotlib.pyplot as plt; plt.savefig('/tmp/{HERE}.png')"),
    "matplotlib calls TeX": refused(
        "import io, matplotlib.pyplot as plt\nplt.rcParams['text.usetex'] = True\nplt.title('$x$')\nplt.savefig(io.BytesIO(), format='png')",
        "PermissionError: [Errno 1]",
    ),
    "matplotlib calls another program": refused(
        "import io, matplotlib.animation as a, matplotlib.pyplot as plt\na.FuncAnimation(plt.figure(), print, frames=2).save('/tmp/x.mp4', writer='ffmpeg')",
        "ValueError: ",
    ),
    "matplotlib reads a picture of the machine": refused(
        "import matplotlib.pyplot as plt; plt.imread('/etc/passwd')", "PermissionError: [Errno 13]"
    ),
    "matplotlib reads a font of the machine": refused(
        "import matplotlib.font_manager as f; f.fontManager.addfont('/etc/passwd')"
    ),
    "matplotlib reads a style by a URL": refused(
        "import matplotlib.pyplot as plt; plt.style.use('http://127.0.0.1/x.mplstyle')", "OSError: "
    ),
    "matplotlib changes its back end": refused("import matplotlib; matplotlib.use('TkAgg')", "ImportError: "),
    "a C library of the machine": refused("import ctypes; ctypes.CDLL('/bin/true')", "OSError: /bin/true: "),
    "finds a C library by a compiler": refused("import ctypes.util; ctypes.util.find_library('crypt')"),
    "runs pip": refused("import subprocess, sys; subprocess.check_call([sys.executable, '-m', 'pip', 'list'])"),
    "imports pip": refused(
        "from pip._internal.cli.main import main; raise SystemExit(main(['install', 'evil']) or 9)",
        "PermissionError: [Errno 13]",
    ),
    "starts a debugger": refused("breakpoint()", "BdbQuit: "),
    "asks for a line": refused("input()", "EOFError: "),
    "asks for a password": refused("import getpass; getpass.getpass()", "EOFError: "),
    "reads help": harmless("help(print) if False else print(len(str(help)) > 1)", "True\n"),
    "logs to the machine": refused("import syslog; syslog.syslog('x'); raise SystemExit(5)", "SystemExit: 5"),
    "logs to a file": refused(f"import logging; logging.FileHandler('/tmp/{HERE}')"),
    "traces memory to a file": refused(
        f"import tracemalloc; tracemalloc.start(); tracemalloc.take_snapshot().dump('/tmp/{HERE}')"
    ),
    "dumps a traceback where the results go": ends(
        "import faulthandler; faulthandler.dump_traceback(3)", "crashed", "not an event"
    ),
    "dumps a traceback later from a thread": refused(
        "import faulthandler; faulthandler.dump_traceback_later(1)", "RuntimeError: "
    ),
    "evaluates what it likes": harmless("print(eval('__import__(\"os\").getcwd()'))", "/\n"),
    "leaves a restricted namespace": refused(
        "print(eval(\"[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'][0](['true'])\", {'__builtins__': {}}))",
        "PermissionError: [Errno 1]",
    ),
}
