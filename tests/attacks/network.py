"""The network: no socket of any family is ever made, so nothing is sent and nothing resolved."""

from .attack import Attack, harmless, refused

_SOCKET = "from socket import *; socket({})"
_FAMILIES = {
    "TCP": "AF_INET", "TCP over IPv6": "AF_INET6", "UDP": "AF_INET, SOCK_DGRAM",
    "UDP over IPv6": "AF_INET6, SOCK_DGRAM", "a UNIX socket": "AF_UNIX", "netlink": "AF_NETLINK, SOCK_RAW, 0",
    "raw packets": "AF_INET, SOCK_RAW, 1", "Ethernet frames": "AF_PACKET, SOCK_RAW",
    "the host of a virtual machine": "AF_VSOCK", "the kernel's cryptography": "AF_ALG, SOCK_SEQPACKET",
    "Bluetooth": "31, 3, 0", "a CAN bus": "AF_CAN, SOCK_RAW, 1", "multipath TCP": "AF_INET, SOCK_STREAM, 262",
}  # fmt: skip

ATTACKS: dict[str, Attack] = {
    **{
        f"opens {name}": refused(_SOCKET.format(rest), "PermissionError: [Errno 1]") for name, rest in _FAMILIES.items()
    },
    "opens a pair of sockets": refused("import socket; socket.socketpair()", "PermissionError: [Errno 1]"),
    "takes its output for a socket": refused("import socket; socket.socket(fileno=1)", "PermissionError: [Errno 1]"),
    "sends a descriptor away": refused(
        "import os, socket\nsocket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(1)).sendmsg([b'x'])",
        "PermissionError: [Errno 1]",
    ),
    "asks for an address": refused("import socket; socket.getaddrinfo('example.org', 80)", "gaierror: "),
    "asks for its own name's address": refused("import socket; socket.gethostbyname('localhost')", "gaierror: "),
    "fetches a page": refused(
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz')",
        "URLError: <urlopen error [Errno 1] Operation not permitted>",
    ),
    "reads a file by a URL": refused(
        "import urllib.request; urllib.request.urlopen('file:///etc/passwd')", "URLError: "
    ),
    "sends mail": refused("import smtplib; smtplib.SMTP('127.0.0.1', 25)", "PermissionError: [Errno 1]"),
    "listens": refused("import http.server; http.server.HTTPServer(('', 8099), None)", "PermissionError: [Errno 1]"),
    "opens a web browser": harmless("import webbrowser; print(webbrowser.open('http://127.0.0.1'))", "False\n"),
    "asks for the machine's interfaces": refused(
        "import socket; print(socket.if_nameindex())", "PermissionError: [Errno 1]"
    ),
    "takes another host name": refused("import socket; socket.sethostname('x')", "PermissionError: [Errno 1]"),
    "starts torch's store": refused(
        "import torch.distributed as d; d.TCPStore('127.0.0.1', 29500, 1, True)", "DistStoreError: "
    ),
    "joins torch's processes": refused(
        "import torch.distributed as d; d.init_process_group('gloo', init_method='tcp://127.0.0.1:29501', rank=0, world_size=1)",
        "DistStoreError: ",
    ),
    "joins torch's processes by a file": refused(
        "import torch.distributed as d; d.init_process_group('gloo', init_method='file:///tmp/gradwalk-was-here', rank=0, world_size=1)",
        "DistStoreError: ",
    ),
}
