"""Files: reading what is not Python's own, writing anything at all, and every way around a plain open()."""

from .attack import Attack, harmless, refused

HERE = "gradwalk-was-here"
"""In the name of whatever an attack tries to create: none may be found afterwards."""

ATTACKS: dict[str, Attack] = {
    "reads the users": refused("open('/etc/passwd')", "PermissionError: [Errno 13]"),
    "reads the passwords": refused("open('/etc/shadow')", "PermissionError: [Errno 13]"),
    "reads the machine's name": refused("open('/etc/hostname').read()", "PermissionError: [Errno 13]"),
    "reads who made the system": refused("open('/usr/lib/os-release')", "PermissionError: [Errno 13]"),
    "reads root's keys": refused("import os; os.listdir('/root')", "PermissionError: [Errno 13]"),
    "reads this project": refused(f"open({__file__!r})"),
    "lists the root folder": refused("import os; os.listdir('/')"),
    "lists the temporary folder": refused("import os; os.listdir('/tmp')"),
    "walks up from the library": refused(
        "import os; os.listdir(os.path.join(os.path.dirname(os.__file__), '../../..'))"
    ),
    "reads through a path of dots": refused(
        "import os; open(os.path.dirname(os.__file__) + '/../../../../../../etc/passwd')"
    ),
    "opens without a file object": refused("import os; os.open('/etc/passwd', os.O_RDONLY)"),
    "opens a folder as a path alone": refused(
        "import os\nfd = os.open('/etc', os.O_PATH)\nopen('passwd', opener=lambda name, flags: os.open(name, flags, dir_fd=fd))"
    ),
    "opens a path alone again for reading": refused(
        "import os\nfd = os.open('/etc/passwd', os.O_PATH)\nprint(os.read(fd, 9))", "OSError: [Errno 9]"
    ),
    "opens through the C library": refused(
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.open(b'/etc/passwd', 0) < 0: raise OSError(ctypes.get_errno(), 'open')"
    ),
    "opens through stdio": refused(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nlibc.fopen.restype = ctypes.c_void_p\n"
        "if not libc.fopen(b'/etc/passwd', b'r'): raise OSError(ctypes.get_errno(), 'fopen')"
    ),
    "hides a writing flag in the upper half": refused(
        "import ctypes, platform\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "number = 257 if platform.machine() == 'x86_64' else 56\n"
        f"flags = ctypes.c_ulong((1 << 32) | 0o101)\n"
        f"if libc.syscall(number, -100, b'/tmp/{HERE}', flags, 0o600) < 0: raise OSError(ctypes.get_errno(), 'openat')"
    ),
    "opens a nameless file": refused("import os; os.open('/tmp', os.O_TMPFILE | os.O_RDWR)"),
    "opens for both": refused(f"open('/tmp/{HERE}', 'r+')"),
    "appends": refused(f"open('/tmp/{HERE}', 'a')"),
    "truncates while reading": refused("import os; os.open(os.__file__, os.O_RDONLY | os.O_TRUNC)"),
    "writes to /tmp": refused(f"open('/tmp/{HERE}', 'w')"),
    "writes to shared memory's folder": refused(f"open('/dev/shm/{HERE}', 'w')"),
    "writes beside the library": refused("import os; open(os.path.join(os.path.dirname(os.__file__), 'x.py'), 'w')"),
    "writes a module that the next run would import": refused(
        f"import torch, os; open(os.path.join(os.path.dirname(torch.__file__), '{HERE}.py'), 'w')"
    ),
    "writes where matplotlib keeps its fonts": refused(
        f"import matplotlib, os; open(os.path.join(matplotlib.get_configdir(), '{HERE}'), 'w')"
    ),
    "asks for a temporary file": refused("import tempfile; tempfile.TemporaryFile()"),
    "makes a folder": refused(f"import os; os.mkdir('/tmp/{HERE}')"),
    "removes a file": refused("import os; os.unlink(os.__file__)"),
    "removes a tree": refused("import os, shutil; shutil.rmtree(os.path.dirname(os.__file__))"),
    "renames a file": refused("import os; os.rename(os.__file__, os.__file__ + 'x')"),
    "makes a symbolic link": refused(f"import os; os.symlink('/etc/passwd', '/tmp/{HERE}')"),
    "makes a hard link": refused(f"import os; os.link(os.__file__, '/tmp/{HERE}')"),
    "makes a pipe with a name": refused(f"import os; os.mkfifo('/tmp/{HERE}')"),
    "makes a device": refused(f"import os, stat; os.mknod('/tmp/{HERE}', stat.S_IFCHR | 0o600, os.makedev(1, 3))"),
    "changes a mode": refused("import os; os.chmod(os.__file__, 0o777)"),
    "changes an owner": refused("import os; os.chown(os.__file__, os.getuid(), -1)"),
    "changes a time": refused("import os; os.utime(os.__file__, (0, 0))"),
    "sets an attribute": refused("import os; os.setxattr(os.__file__, 'user.x', b'')"),
    "truncates by name": refused("import os; os.truncate(os.__file__, 0)"),
    "locks a file": refused(
        "import fcntl; fcntl.flock(open(fcntl.__file__ if hasattr(fcntl, '__file__') else __import__('os').__file__), fcntl.LOCK_EX)"
    ),
    "mounts a root of its own": refused("import os; os.chroot('/')"),
    "reads the kernel's messages": refused("open('/dev/kmsg')"),
    "reads the zero device": refused("open('/dev/zero', 'rb')", "PermissionError: [Errno 13]"),
    "reads its terminal": refused("open('/dev/tty')"),
    "lists the devices": refused("import os; os.listdir('/dev')", "PermissionError: [Errno 13]"),
    "writes to the null device": refused("open('/dev/null', 'w')"),
    "reads its standard input": harmless("import sys; print(repr(sys.stdin.read()))", "''\n"),
    "imports a file of the machine": refused(
        "import importlib.util\nspec = importlib.util.spec_from_file_location('passwd', '/etc/passwd', loader="
        "importlib.machinery.SourceFileLoader('passwd', '/etc/passwd'))\n"
        "spec.loader.exec_module(importlib.util.module_from_spec(spec))"
    ),
    "puts a folder of its own before the library": refused(
        "import sys; sys.path.insert(0, '/tmp'); import gradwalk_was_here",
        "ModuleNotFoundError: No module named 'gradwalk_was_here'",
    ),
    "maps a file into memory": refused("import mmap, os; mmap.mmap(os.open('/etc/passwd', os.O_RDWR), 0)"),
    "makes a database": refused(
        f"import sqlite3; sqlite3.connect('/tmp/{HERE}').execute('create table t (a)')",
        "OperationalError: unable to open database file",
    ),
    "reads a database's file": refused(
        "import sqlite3; sqlite3.connect('file:/etc/passwd?mode=ro', uri=True).execute('select 1 from sqlite_master')",
        "OperationalError: unable to open database file",
    ),
    "attaches a database": refused(
        f"import sqlite3; sqlite3.connect(':memory:').execute(\"attach '/tmp/{HERE}' as x\")",
        "OperationalError: unable to open database: /tmp/",
    ),
    "keeps a shelf": refused(f"import shelve; shelve.open('/tmp/{HERE}')", "PermissionError: [Errno 13]"),
    "unpacks an archive": refused(
        "import io, zipfile\nfile = io.BytesIO()\nwith zipfile.ZipFile(file, 'w') as z: z.writestr('../../tmp/"
        f"{HERE}', 'x')\nzipfile.ZipFile(file).extractall('/tmp')"
    ),
    "names a file of the machine as its source": Attack(
        "exec(compile('\\n1/0', '/etc/passwd', 'exec'))", "exception", "ZeroDivisionError: division by zero"
    ),
    "has a warning quote a file of the machine": harmless(
        "import warnings; warnings.warn_explicit('x', UserWarning, '/etc/passwd', 1)"
    ),
}
