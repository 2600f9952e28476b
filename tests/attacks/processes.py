"""Other processes: signalling, limiting, tracing and reading them, starting new ones, and this one's own rights."""

from .attack import Attack, ends, harmless, refused

ATTACKS: dict[str, Attack] = {
    "kills its parent": refused("import os; os.kill(os.getppid(), 9)", "PermissionError: [Errno 1]"),
    "asks whether its parent lives": refused("import os; os.kill(os.getppid(), 0)", "PermissionError: [Errno 1]"),
    "kills everything": refused("import os; os.kill(-1, 9)", "PermissionError: [Errno 1]"),
    "kills its group": refused("import os; os.killpg(0, 9)", "PermissionError: [Errno 1]"),
    "kills the first process": refused("import os; os.kill(1, 9)", "PermissionError: [Errno 1]"),
    "kills one thread of another": refused(
        "import ctypes, os, platform\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "number = 200 if platform.machine() == 'x86_64' else 130\n"
        "if libc.syscall(number, os.getppid(), 9): raise OSError(ctypes.get_errno(), 'tkill')"
    ),
    "signals through a descriptor of the parent": refused(
        "import os, signal; signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)"
    ),
    "has a descriptor signal the parent": refused("import fcntl, os; fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())"),
    "has a descriptor signal in another way": refused("import fcntl; fcntl.fcntl(1, fcntl.F_SETSIG, 9)"),
    "makes its pipe huge": refused("import fcntl; fcntl.fcntl(1, 1031, 1 << 20)"),
    "makes its pipe non-blocking": refused("import os; os.set_blocking(1, False)"),
    "queues a signal": refused(
        "import ctypes, os, platform\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "number = 129 if platform.machine() == 'x86_64' else 138\n"
        "if libc.syscall(number, os.getppid(), 9, bytes(128)): raise OSError(ctypes.get_errno(), 'sigqueue')"
    ),
    "sets its parent's limits": refused(
        "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))"
    ),
    "reads its parent's limits": refused("import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_CPU)"),
    "raises its own limits": refused(
        "import resource; resource.setrlimit(resource.RLIMIT_NPROC, (9, 9))", "ValueError: "
    ),
    "lowers its own limits": refused(
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))", "ValueError: "
    ),
    "binds its parent to a processor": refused("import os; os.sched_setaffinity(os.getppid(), {0})"),
    "slows its parent down": refused("import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)"),
    "becomes nicer no more": refused("import os; os.nice(-5)"),
    "runs in real time": refused("import os; os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"),
    "reads its parent's memory": refused("import os; open(f'/proc/{os.getppid()}/mem', 'rb')"),
    "reads its own memory": refused("open('/proc/self/mem', 'rb')"),
    "reads its memory's map": refused("open('/proc/self/maps')"),
    "reads its environment's file": refused("open('/proc/self/environ')"),
    "reads its parent's environment": refused("import os; open(f'/proc/{os.getppid()}/environ')"),
    "reads its parent's command line": refused("import os; open(f'/proc/{os.getppid()}/cmdline')"),
    "lists its own descriptors": refused("import os; os.listdir('/proc/self/fd')"),
    "lists processes": refused("import os; os.listdir('/proc')"),
    "reads the machine's load": refused("open('/proc/loadavg')"),
    "reads the kernel's settings": refused("open('/proc/sys/kernel/hostname')"),
    "reads what is mounted": refused("open('/proc/self/mountinfo')"),
    "reads its control group": refused("open('/proc/self/cgroup')"),
    "lists the hardware": refused("import os; os.listdir('/sys/class/net')"),
    "offers itself less to the out-of-memory killer": refused("open('/proc/self/oom_score_adj', 'w')"),
    "forks": refused("import os\nwhile True: os.fork()", "PermissionError: [Errno 1]"),
    "forks by another name": refused("import os; os.forkpty()"),
    "starts a program": refused("import subprocess; subprocess.run(['/bin/true'])"),
    "starts a shell": harmless("import os; print(os.system('true') != 0)", "True\n"),
    "spawns": refused("import os; os.posix_spawn('/bin/true', ['true'], {})"),
    "executes another program": refused("import os; os.execv('/bin/true', ['true'])"),
    "executes a descriptor": refused(
        "import os, sys; os.execve(os.open(os.__file__, os.O_RDONLY), ['x'], {})", "PermissionError: [Errno 1]"
    ),
    "opens a pipe to a shell": refused("import os; os.popen('id').read()"),
    "starts a thread": refused(
        "import threading; threading.Thread(target=print).start()", "RuntimeError: can't start new thread"
    ),
    "starts threads without end": Attack(
        "import _thread\nwhile True: _thread.start_new_thread(print, ())",
        "exception",
        "RuntimeError: can't start new thread",
    ),
    "starts a pool of threads": refused(
        "from concurrent.futures import ThreadPoolExecutor; ThreadPoolExecutor().submit(print).result()",
        "RuntimeError: can't start new thread",
    ),
    "starts a pool of processes": refused("from multiprocessing import Pool; Pool(2)", "PermissionError: [Errno 1]"),
    "runs an event loop": refused("import asyncio; asyncio.run(asyncio.sleep(0))", "PermissionError: [Errno 1]"),
    "becomes root": refused("import os; os.setuid(0)"),
    "joins root's group": refused("import os; os.setgroups([0])"),
    "takes its rights back": refused(
        "import ctypes, struct\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.capset(struct.pack('=Ii', 0x20080522, 0), struct.pack('=6I', *[0xFFFFFFFF] * 6)):\n"
        "    raise OSError(ctypes.get_errno(), 'capset')"
    ),
    "makes itself readable again": refused(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.prctl(4, 1, 0, 0, 0): raise OSError(ctypes.get_errno(), 'PR_SET_DUMPABLE')"
    ),
    "means to outlive its parent": refused(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.prctl(1, 0, 0, 0, 0): raise OSError(ctypes.get_errno(), 'PR_SET_PDEATHSIG')"
    ),
    "leaves its session": refused("import os; os.setsid()"),
    "puts a filter of its own over the walls": refused(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "if libc.prctl(22, 2, 0, 0, 0): raise OSError(ctypes.get_errno(), 'PR_SET_SECCOMP')"
    ),
    "waits for a child that is not its own": refused("import os; os.waitpid(-1, 0)", "PermissionError: [Errno 1]"),
    "finds a secret in its environment": harmless(
        "import os\nprint([name for name in os.environ if any(word in name.upper() for word in ('TOKEN', 'SECRET', 'KEY', 'PASS', 'GRADWALK'))])",
        "[]\n",
    ),
    "finds a secret in the environment it began with": harmless(
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.getenv.restype = ctypes.c_char_p\n"
        "print([libc.getenv(name) for name in (b'PATH', b'USER', b'GRADWALK_TOKEN', b'GRADWALK_DATA_DIR', b'PYTHONPATH')])",
        "[None, None, None, None, None]\n",
    ),
    "finds the server's arguments": harmless("import sys; print(sys.argv)", "['main.py']\n"),
    "finds a descriptor left open": harmless(
        "import os\nfound = []\nfor n in range(4096):\n  try: os.fstat(n); found.append(n)\n  except OSError: pass\nprint(found)",
        "[0, 1, 2, 3]\n",
    ),
    "reads what it writes to": refused("import os; os.read(1, 1)", "OSError: [Errno 9]"),
    "reads the result channel": refused("import os; os.read(3, 1)", "OSError: [Errno 9]"),
    "ends itself by an alarm": ends("import signal, time; signal.alarm(1); time.sleep(5)", "crashed", "(SIGALRM)"),
    "ends itself by a timer": ends(
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.05)\nwhile True: pass", "crashed", "(SIGALRM)"
    ),
    "waits for a signal": ends("import signal; signal.pause()", "timeout", "wall time", wall_s=0.5),
    "blocks every signal": ends(
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\nwhile True: pass",
        "timeout",
        "wall time",
        wall_s=0.5,
    ),
    "catches the limit's signal": ends(
        "import signal\nsignal.signal(signal.SIGXCPU, lambda *_: None)\nsignal.signal(signal.SIGTERM, lambda *_: None)\nwhile True: pass",
        "timeout",
        "CPU time",
        cpu_s=1,
    ),
    "a stop of its own": ends("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "crashed", "ended itself"),
    "a kill of itself": ends("import os; os.kill(os.getpid(), 9)", "crashed", "nothing here shows which"),
    "an abort": ends("import os; os.abort()", "crashed", "(SIGABRT)"),
    "a segmentation fault": ends("import ctypes; ctypes.string_at(0)", "crashed", "(SIGSEGV)"),
    "os._exit": ends("import os; os._exit(0)", "crashed", "exit status 0 before it could report"),
    "an exit as if the walls had failed": ends("import os; os._exit(125)", "crashed", "exit status 125"),
    "an exit of the C library": ends(
        "import ctypes; ctypes.CDLL(None).exit(0)", "crashed", "exit status 0 before it could report"
    ),
    "sys.exit of nothing": Attack("import sys; sys.exit()", "ok", "ran to its end"),
    "sys.exit of zero": Attack("import sys; sys.exit(0)", "ok", "ran to its end"),
    "sys.exit of three": Attack("import sys; sys.exit(3)", "exception", "SystemExit: 3"),
}
