"""Markup in every name and text that a program can have us show: HTML, SVG, DOT, scripts, escapes, text that runs backwards.

Here the run itself; what the server then draws and serves of these is in test_shown.py.
"""

from textwrap import indent

from .attack import Attack, harmless, refused

TRAPS = {
    "HTML": '"><img src=x onerror=alert(1)><script>alert(1)</script>',
    "SVG": "</text></svg><svg onload=alert(1)><foreignObject><body onload=alert(1)>",
    "DOT": '"];evil [URL="javascript:alert(1)" label=<<B>x</B>>];x["\\N\\G\\l',
    "a template": "{{7*7}}${7*7}<%= 7 %>#{7}__proto__",
    "an address": "javascript:alert(1)//data:text/html,<script>alert(1)</script>",
    "XML": "]]><!--<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;&#0;",
    "control characters": "a\x00b\x1b[31m\x07\r\n\x7f\x85\u2028\u2029\ufeff\ufffe\uffff",
    "text that runs backwards": "\u202egnp.exe\u2066\u2069\u200b\u200d\U000e0041",
    "a lone surrogate": "a\ud800b\udfff",
}
PLACES = {
    "a variable": "globals()[T] = torch.ones(2, requires_grad=True)\nglobals()[T + '2'] = (globals()[T] * 2).sum()\nglobals()[T + '2'].backward()",
    "a module": "m = torch.nn.Module()\nm.add_module(T.replace('.', '') or 'm', torch.nn.Linear(1, 1))\nm.forward = lambda x: list(m.children())[0](x)\nm(torch.ones(1)).sum().backward()",
    "a Function": "F = type(T.replace('\\0', ''), (torch.autograd.Function,), {'forward': staticmethod(lambda ctx, x: x * 1), 'backward': staticmethod(lambda ctx, g: g)})\nx = torch.ones(1, requires_grad=True)\ny = F.apply(x)\ny.backward()",
    "a tag": "log(0, **{T: 1.0})\nlog(1, **{T: 2.0})",
    "what is printed": "import sys\nprint(T)\nprint(T, file=sys.stderr)",
    "a printed pair": "for i in range(3): print(f'{T} loss: {i}.5')",
    "a key": "d = {T: torch.ones(2, requires_grad=True)}\n(d[T] * 2).sum().backward()",
    "an optimizer's group": "x = torch.ones(1, requires_grad=True)\no = torch.optim.SGD([{'params': [x], 'name': T}], lr=0.1)\nx.sum().backward()\no.step()",
    "a figure": "import matplotlib.pyplot as plt\nplt.title(T.replace('$', ''))\nplt.show()",
    "a warning": "import warnings\nwarnings.warn(T)",
}
FIGURES = {
    "a figure that is a page": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "a figure with a script": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "a figure with a foreign object": b'<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></body></foreignObject></svg>',
    "a figure that fetches": b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink"><image x:href="http://127.0.0.1/x"/><use x:href="data:image/svg+xml,x#y"/></svg>',
    "a figure with a bomb of entities": b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><svg xmlns="http://www.w3.org/2000/svg"><text>&c;</text></svg>',
}


ENDING = "raise type(T.replace('\\0', '') or 'E', (Exception,), {})(T)"


def program(trap: str) -> str:
    """A program that has such text stand in every place there is; last in an exception's kind and words."""
    tries = [
        f"try:\n{indent(lines, '    ')}\nexcept (UnicodeEncodeError, TypeError, SyntaxError): pass"
        for lines in PLACES.values()
    ]
    return "\n".join([f"T = {TRAPS[trap]!a}", *tries, ENDING])


def figure(data: bytes) -> str:
    """A program that writes a figure of its own to the result channel."""
    return (
        "import base64, json, os\nos.write(3, json.dumps({'type': 'figure', 'index': 0, 'mime': 'image/svg+xml', "
        f"'data': base64.b64encode({data!r}).decode()}}).encode() + b'\\n')"
    )


SAYS = {"a lone surrogate": "UnicodeEncodeError: "}
"""What the ending says, where it is not the trap's own beginning."""

ATTACKS: dict[str, Attack] = {
    f"{trap} everywhere": refused(program(trap), SAYS.get(trap, text.replace("\0", "")[:4]))
    for trap, text in TRAPS.items()
} | {name: harmless(figure(data)) for name, data in FIGURES.items()}
