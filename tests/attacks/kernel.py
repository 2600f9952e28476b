"""The kernel's other doors, each by its number: the call is refused, or there is no such call as far as a program sees."""

from .attack import Attack, ends, harmless

KEY = 0x67726164
"""The key of whatever an attack shares by System V's means."""

CALL = """
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(4096)
place = ctypes.addressof(buffer)
for row in {rows!r}.split(";"):
    name, x86, arm, arguments = row.split()
    number = int(x86 if platform.machine() == "x86_64" else arm)
    got = libc.syscall(*map(ctypes.c_long, (number, *eval(arguments + ","))))
    answer = "got through" if got >= 0 else errno.errorcode[ctypes.get_errno()]
    if answer != {answer!r}:
        print(name, answer)
"""
"""Makes calls one after the other, and names those that did not answer as they must."""
_REFUSED = """
unshare 272 97 0x10000000; unshare_network 272 97 0x40000000; setns 308 268 3,0; clone_namespace 56 220 0x10000011,0,0,0,0;
clone 56 220 17,0,0,0,0; vfork_by_clone 56 220 0x4111,0,0,0,0;
mount 165 40 place,place,place,0,0; umount 166 39 place,0; pivot_root 155 41 place,place; chroot 161 51 place;
open_tree 428 428 -100,place,1; move_mount 429 429 3,place,3,place,0; fsopen 430 430 place,0; fsmount 432 432 3,0,0;
mount_setattr 442 442 -100,place,0,place,32;
io_uring_setup 425 425 8,place; io_uring_enter 426 426 3,1,0,0,0,0; io_uring_register 427 427 3,0,place,1;
io_setup 206 0 8,place; io_submit 209 2 0,1,place;
bpf 321 280 0,place,120; keyctl 250 219 0,-3,0; add_key 248 217 place,place,place,4,-3; request_key 249 218 place,place,0,-3;
userfaultfd 323 282 1; perf_event_open 298 241 place,0,-1,-1,0;
ptrace_traceme 101 117 0,0,0,0; ptrace_attach 101 117 16,1,0,0; process_vm_readv 310 270 1,place,1,place,1,0;
process_vm_writev 311 271 1,place,1,place,1,0; process_madvise 440 440 3,place,1,4,0; process_mrelease 448 448 3,0; kcmp 312 272 1,1,0,0,0;
pidfd_open 434 434 1,0; pidfd_getfd 438 438 3,0,0; pidfd_send_signal 424 424 3,9,0,0;
fanotify_init 300 262 0,0; fanotify_mark 301 263 3,1,1,-100,place; inotify_init 294 26 0; inotify_watch 254 27 3,place,0xfff;
init_module 175 105 place,16,place; finit_module 313 273 3,place,0; delete_module 176 106 place,0;
kexec 246 104 0,0,0,0; reboot 169 142 0xfee1dead,672274793,0,0; swapon 167 224 place,0; acct 163 89 place; quotactl 179 60 0,place,0,place;
open_by_handle 304 265 -100,place,0; name_to_handle 303 264 -100,place,place,place,0;
shmget 29 194 0x67726164,4096,0o1600; shmat 30 196 0,0,0; semget 64 190 0x67726164,1,0o1600; msgget 68 186 0x67726164,0o1600;
mq_open 240 180 place,66,0o600,0; mq_unlink 241 181 place; memfd_create 319 279 place,0; memfd_secret 447 447 0;
eventfd 290 19 0,0; epoll_create 291 20 0; signalfd 289 74 -1,place,8,0; timerfd 283 85 1,0; timer_create 222 107 1,0,place;
pipe2 293 59 place,0; splice 275 76 1,0,3,0,9,0; tee 276 77 1,3,9,0; vmsplice 278 75 1,place,1,0; sendfile 40 71 1,0,0,9; copy_range 326 285 0,0,1,0,9,0;
socket 41 198 1,1,0; socketpair 53 199 1,1,0,place; connect 42 203 1,place,16; bind 49 200 1,place,16; sendto 44 206 1,place,1,0,0,0; sendmsg 46 211 1,place,0;
execve 59 221 place,0,0; execveat 322 281 -100,place,0,0,0; kill_all 62 129 -1,9; rt_tgsigqueueinfo 297 240 1,1,9,place;
personality 135 92 0x0040000; syslog 103 116 3,place,9; sethostname 170 161 place,1; settimeofday 170 161 place,0; adjtimex 159 171 place; clock_settime 227 112 0,place;
sched_setaffinity 203 122 0,8,place; sched_setattr 314 274 0,place,0; setpriority 141 140 0,0,5; ioprio_set 251 30 1,0,0;
mbind 237 235 place,0,0,0,0,0; migrate_pages 256 238 0,0,0,0; move_pages 279 239 0,0,0,0,0,0; mlock 149 228 place,4096; mlockall 151 230 1;
seccomp_again 317 277 1,0,place; landlock_again 444 444 place,8,0; futex_waitv 449 449 place,1,0,0,0; pkey_alloc 330 289 0,0;
setuid 105 146 0; setresuid 117 147 0,0,0; setgroups 116 159 0,0; setfsuid 122 151 0; capset 126 91 place,place; capget 125 90 place,place; setsid 112 157 0; setpgid 109 154 0,0;
fchmodat 268 53 -100,place,0o777; fchownat 260 54 -100,place,0,0,0; utimensat 280 88 -100,place,0,0; setxattr 188 5 place,place,place,1,0; truncate 76 45 place,0;
fallocate 285 47 1,0,0,9; mknodat 259 33 -100,place,0o10600,0; symlinkat 266 36 place,-100,place; linkat 265 37 -100,place,-100,place,0; renameat2 316 276 -100,place,-100,place,0;
unlinkat 263 35 -100,place,0; mkdirat 258 34 -100,place,0o700; flock 73 32 1,2; fsync 74 82 1; sync 162 81 0; statfs 137 43 place,place; lookup_dcookie 212 18 0,place,9; vhangup 153 58 0;
process_limits 302 261 1,7,0,place; own_limits 302 261 0,7,place,0; fcntl_setown 72 25 1,8,1; fcntl_lock 72 25 1,6,place; ioctl_sti 16 29 0,0x5412,place; ioctl_siocgif 16 29 1,0x8912,place
"""
"""Name, number on x86_64 and on aarch64, arguments, a line for what belongs together: each call answers EPERM."""
_UNKNOWN = """
clone3 435 435 place,88; openat2 437 437 -100,place,place,24; cachestat 451 451 0,place,place,0; fchmodat2 452 452 -100,place,0o777,0;
map_shadow_stack 453 453 0,4096,0; futex_wake 454 454 place,1,1,2; statmount 457 457 place,place,512,0; listmount 458 458 place,place,9,0;
lsm_get_self 459 459 100,place,place,0; mseal 462 462 place,4096,0; setxattrat 463 463 -100,place,0,place,place,16; open_tree_attr 467 467 -100,place,0,place,32
"""
"""Each answers ENOSYS: the table does not know it, or the C library must fall back."""


def _calls(text: str, answer: str) -> dict[str, Attack]:
    """An attack for each line of a table."""
    lines = [line.strip().strip(";") for line in text.strip().splitlines()]
    return {f"calls {_names(line)}": harmless(CALL.format(rows=line, answer=answer)) for line in lines}


def _names(line: str) -> str:
    return ", ".join(row.split()[0] for row in line.split(";"))


MACHINE_CODE = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex({code!r}))
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
print("came back")
"""
ENTRIES = {
    "enters as a 32-bit program": ends(MACHINE_CODE.format(code="b814000000cd80c3"), "crashed", "(SIGSYS)"),
    "opens a file as a 32-bit program": ends(MACHINE_CODE.format(code="b805000000cd80c3"), "crashed", "(SIGSYS)"),
    "enters by sysenter": ends(MACHINE_CODE.format(code="b8140000000f34c3"), "crashed", "(SIG"),
    "enters by the x32 numbers": ends(
        "import ctypes; ctypes.CDLL(None).syscall(0x40000000 | 39)", "crashed", "(SIGSYS)"
    ),
    "opens a file by the x32 numbers": ends(
        "import ctypes; ctypes.CDLL(None).syscall(0x40000002, b'/etc/passwd', 0)", "crashed", "(SIGSYS)"
    ),
}
"""x86_64 alone has such doors."""

ATTACKS: dict[str, Attack] = {**_calls(_REFUSED, "EPERM"), **_calls(_UNKNOWN, "ENOSYS")}
