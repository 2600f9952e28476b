"""System call numbers: name, x86_64, aarch64 ("-" where that machine has no such call).

Source: Linux 6.1 include/uapi/asm-generic/unistd.h and arch/x86/entry/syscalls/syscall_64.tbl.
"""

NEWEST = 450
"""The newest number this table was made with; later calls answer ENOSYS."""

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_ALLOWED = """
read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; lseek 8 62; close 3 57; dup 32 23; dup2 33 -;
dup3 292 24; fstat 5 80; newfstatat 262 79; stat 4 -; lstat 6 -; statx 332 291; access 21 -; faccessat 269 48;
faccessat2 439 439; getcwd 79 17; getdents 78 -; getdents64 217 61; readlink 89 -; readlinkat 267 78; mmap 9 222;
munmap 11 215; mremap 25 216; mprotect 10 226; madvise 28 233; brk 12 214; rt_sigaction 13 134;
rt_sigprocmask 14 135; rt_sigreturn 15 139; rt_sigpending 127 136; rt_sigtimedwait 128 137; rt_sigsuspend 130 133;
sigaltstack 131 132; pause 34 -; setitimer 38 103; getitimer 36 102; alarm 37 -; futex 202 98;
set_robust_list 273 99; rseq 334 293; membarrier 324 283; set_tid_address 218 96; sched_yield 24 124;
arch_prctl 158 -; restart_syscall 219 128; exit 60 93; exit_group 231 94; getpid 39 172; gettid 186 178;
getppid 110 173; getuid 102 174; geteuid 107 175; getgid 104 176; getegid 108 177; getresuid 118 148;
getresgid 120 150; getgroups 115 158; getpgrp 111 -; uname 63 160; sysinfo 99 179; getrusage 98 165; times 100 153;
time 201 -; clock_gettime 228 113; clock_getres 229 114; gettimeofday 96 169; clock_nanosleep 230 115;
nanosleep 35 101; getcpu 309 168; getrandom 318 278; poll 7 -; ppoll 271 73; select 23 -; pselect6 270 72;
sched_getaffinity 204 123; umask 95 166; getrlimit 97 163;
"""
_BY_ARGUMENT = """
open 2 -; openat 257 56; kill 62 129; tgkill 234 131; fcntl 72 25; ioctl 16 29; prctl 157 167; prlimit64 302 261;
clone3 435 435; openat2 437 437;
"""


def _column(text: str, index: int) -> dict[str, int]:
    rows = (row.split() for row in text.replace("\n", " ").split(";") if row.strip())
    return {row[0]: int(row[index]) for row in rows if row[index] != "-"}


ALLOWED = tuple(row.split()[0] for row in _ALLOWED.replace("\n", " ").split(";") if row.strip())
"""Calls that reach nothing outside the process, whatever their arguments."""

NUMBERS = {machine: _column(_ALLOWED + _BY_ARGUMENT, index) for index, machine in enumerate(AUDIT_ARCH, start=1)}
