"""Memory shared with others: nothing is ever made that outlives a run or that another process could open."""

from .attack import Attack, harmless, refused

ATTACKS: dict[str, Attack] = {
    "makes a memory file": refused("import os; os.memfd_create('x')", "PermissionError: [Errno 1]"),
    "shares memory by name": refused(
        "from multiprocessing.shared_memory import SharedMemory; SharedMemory('gradwalk-was-here', create=True, size=9)",
        "PermissionError: [Errno 13]",
    ),
    "opens shared memory by name": refused(
        "from multiprocessing.shared_memory import SharedMemory; SharedMemory('psm_1', size=9)",
        "PermissionError: [Errno 13]",
    ),
    "shares a tensor's memory": refused("torch.ones(2).share_memory_()", "RuntimeError: "),
    "shares a storage by a descriptor": refused("torch.ones(2).untyped_storage()._share_fd_cpu_()", "RuntimeError: "),
    "shares a storage by a file": refused("torch.ones(2).untyped_storage()._share_filename_cpu_()", "RuntimeError: "),
    "opens another's shared storage": refused(
        "torch.UntypedStorage._new_shared_filename_cpu(b'/tmp/x', b'/torch_1_2', 8)", "RuntimeError: "
    ),
    "makes a lock between processes": refused(
        "import multiprocessing; multiprocessing.Lock()", "PermissionError: [Errno 13]"
    ),
    "makes a queue between processes": refused(
        "import multiprocessing; multiprocessing.Queue()", "PermissionError: [Errno 1]"
    ),
    "maps memory for others": harmless(
        "import mmap\nm = mmap.mmap(-1, 4096)\nm[:2] = b'hi'\nprint(m[:2])\nm.close()", "b'hi'\n"
    ),
    "makes a semaphore by name": refused(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nlibc.sem_open.restype = ctypes.c_void_p\n"
        "if not libc.sem_open(b'/gradwalk-was-here', 0o100, 0o600, 1): raise OSError(ctypes.get_errno(), 'sem_open')"
    ),
}
