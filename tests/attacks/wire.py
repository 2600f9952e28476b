"""The pipe and the wire: whatever a program writes to its own result channel, the server takes it for data or ends the run.

`SCALARS` and `GRAPH` are what a forger would write; graphs that decode, and what is then drawn, are in test_forged.py.
"""

from .attack import Attack, ends, harmless

ENDED = b'{"type":"ended","outcome":"%b","detail":"","cpu_ms":1.0,"peak_memory_bytes":1}\n'
SCALARS = b'{"type":"scalars","tag":"loss","origin":"log","step":[1],"value":[1.0],"wall_ms":[1.0],"total":null}\n'
FOREVER = "\nwhile True: pass"


def writes(line: bytes | str, then: str = "") -> str:
    """A program that writes these bytes to the result channel; text is an expression that makes them."""
    return f"import os; os.write(3, {line if isinstance(line, str) else repr(line)}){then}"


def _line(name: str, **changed: bytes) -> bytes:
    """The scalars' line with one field's JSON replaced."""
    fields = {
        "type": b'"scalars"',
        "tag": b'"a"',
        "origin": b'"log"',
        "step": b"[1]",
        "value": b"[1.0]",
        "wall_ms": b"[1.0]",
        "total": b"null",
    }
    return b"{" + b",".join(b'"%b":%b' % (key.encode(), value) for key, value in (fields | changed).items()) + b"}\n"


def crashed(line: bytes | str, says: str, then: str = "") -> Attack:
    return ends(writes(line, then), "crashed", f"not an event: {says}")


ATTACKS: dict[str, Attack] = {
    "a forged started": crashed(
        b'{"type":"started","run_id":"x","preset":"expression","python":"3","torch":"2","started_at":"","seed":null}\n',
        "the line has no known type",
    ),
    "a forged finished": crashed(b'{"type":"finished","outcome":"ok"}\n', "the line has no known type", FOREVER),
    "a forged finished in full": crashed(
        b'{"type":"finished","outcome":"ok","detail":"","events":1,"dropped":0,"wall_ms":0,"cpu_ms":null,"peak_memory_bytes":null}\n',
        "the line has no known type",
        FOREVER,
    ),
    "a forged stdout": crashed(b'{"type":"stdout","text":"x"}\n', "the line has no known type"),
    "a forged stderr": crashed(b'{"type":"stderr","text":"x"}\n', "the line has no known type"),
    "garbage": crashed(b"\xff\x00\n", "the line is not JSON"),
    "half a line": crashed(b'{"type":', "the line is not JSON"),
    "an empty line": crashed(b"\n", "the line is not JSON"),
    "a line of nothing but marks": crashed(b"0 0 \n", "the line is not JSON"),
    "deep JSON": crashed("b'[' * 60000 + b'\\n'", "the line is not JSON"),
    "deep JSON inside a field": crashed(
        "b'{\"type\":\"scalars\",\"tag\":' + b'[' * 60000 + b']' * 60000 + b'}\\n'", "the line is not JSON"
    ),
    "a number of five thousand digits": crashed(_line("step", step=b"[" + b"9" * 5000 + b"]"), "the line is not JSON"),
    "a number past 64 bits": crashed(_line("step", step=b"[9223372036854775809]"), "the line is not JSON"),
    "a number too large for a float": crashed(_line("value", value=b"[1e999]"), "Scalars: expected a number"),
    "not a number, by name": crashed(_line("value", value=b"[NaN]"), "the line is not JSON"),
    "infinity, by name": crashed(_line("value", value=b"[-Infinity]"), "the line is not JSON"),
    "a lone surrogate": crashed(_line("tag", tag=b'"\\ud800"'), "Scalars: expected a text without lone surrogates"),
    "a name twice": crashed(b'{"type":"scalars","type":"ended"}\n', "the line is not JSON"),
    "a field that is not known": crashed(
        SCALARS.replace(b"}", b',"__proto__":{}}'), "expected exactly the fields of Scalars"
    ),
    "a field that misses": crashed(SCALARS.replace(b',"total":null', b""), "expected exactly the fields of Scalars"),
    "true for a number": crashed(_line("step", step=b"[true]"), "Scalars: expected a whole number"),
    "lists of different lengths": crashed(_line("step", step=b"[1,2,3]"), "Scalars: expected lists of one length"),
    "ten thousand and one points": crashed(
        'b\'{"type":"scalars","tag":"a","origin":"log","step":[\' + b\',\'.join([b\'1\'] * 10001) + b\'],"value":[],"wall_ms":[],"total":null}\\n\'',
        "Scalars: expected a list of at most 10000 entries",
    ),
    "a mime type of its own": crashed(
        b'{"type":"figure","index":0,"mime":"text/html","data":"PHNjcmlwdD4="}\n', "Figure: expected a known word"
    ),
    "a severity of its own": crashed(
        b'{"type":"mistake","id":"x","severity":"<b>","line":1,"column":0,"variable":null,"node":null,"explanation":"","fix":"","fixed_source":null,"message":null}\n',
        "Mistake: expected a known word",
    ),
    "a type that is a list": crashed(b'{"type":["scalars"]}\n', "the line has no known type"),
    "a list": crashed(b"[1,2,3]\n", "the line is not an object"),
    "a byte order mark": crashed(b"\xef\xbb\xbf" + SCALARS, "the line is not JSON"),
    "UTF-16": crashed('\'{"type":"scalars"}\\n\'.encode("utf-16")', "the line is not JSON"),
    "a line that never ends": ends(
        "import os\nwhile True: os.write(3, b'x' * 65536)", "crashed", "longer than 4194304 bytes"
    ),
    "a carriage return that would split the stream": crashed(
        SCALARS.replace(b",", b",\r"), "a line holds a carriage return"
    ),
    "a line that ends as on Windows": crashed(SCALARS.replace(b"\n", b"\r\n"), "a line holds a carriage return"),
    "a separator of lines inside a name": harmless(writes(_line("tag", tag='"a\u2028\u2029b"'.encode()))),
    "NUL, ANSI and text that runs backwards": harmless(
        writes(_line("tag", tag=b'"\\u0000\\u001b[31m\\u202e\\u2066x"'))
    ),
    "marks from the future": harmless(writes(b"999999999999999 999999999999999 " + SCALARS)),
    "marks that run backwards": harmless(
        "print('a')\n" + writes(b"9 9 " + SCALARS) + "\nprint('b')\n" + writes(b"0 0 " + SCALARS), "a\nb\n"
    ),
    "marks too long to be such": crashed(b"9999999999999999 0 " + SCALARS, "the line is not JSON"),
    "a stop nobody asked for": ends(writes(ENDED % b"stopped"), "crashed", "a stop nobody asked for"),
    "an outcome only the server gives": ends(writes(ENDED % b"interrupted"), "crashed", "a stop nobody asked for"),
    "an outcome that is none": crashed(ENDED % b"excellent", "Ended: expected a known word"),
    "a last word, and living on": Attack(writes(ENDED % b"ok", FOREVER), "ok", "ran to its end"),
    "a last word with a sentence of its own": Attack(
        writes((ENDED % b"exception").replace(b'""', b'"<script>alert(1)</script>"'), FOREVER),
        "exception",
        "<script>alert(1)</script>",
    ),
    "two last words": Attack(writes(ENDED % b"ok" + ENDED % b"exception"), "ok", "ran to its end"),
    "events after the last word": Attack(writes(ENDED % b"ok" + SCALARS * 9), "ok", "ran to its end"),
    "numbers beyond reason in the last word": Attack(
        writes((ENDED % b"ok").replace(b"1.0", b"1e308").replace(b":1}", b":-9223372036854775808}")),
        "ok",
        "ran to its end",
    ),
    "a forged exception": Attack(
        writes(
            b'{"type":"exception","kind":"E","message":"<img src=x>","line":-1,"column":-9,"traceback":"","mistake":null,"explanation":null,"fix":null}\n'
        ),
        "ok",
        "ran to its end",
    ),
    "a forged loss": harmless(writes(SCALARS * 100)),
    "a step beyond a browser's numbers": harmless(writes(_line("step", step=b"[9223372036854775807]"))),
    "a total that is negative": harmless(writes(_line("total", total=b"-5"))),
    "a graph whose edges lead nowhere": harmless(
        writes(
            b'{"type":"graph","index":0,"reason":"final","line":null,"roots":[7],"nodes":[],"edges":[{"tail":1,"head":99,"output_nr":-1,"input_nr":5}],"groups":[],"opened":["g"],"total_nodes":-1,"truncated":false,"recorded":0,"missing":""}\n'
        )
    ),
    "a record of garbage": harmless(writes(b'{"type":"record","graph":0,"data":"AAAA"}\n')),
    "closes every descriptor": ends(f"import os; os.closerange(0, 64){FOREVER}", "crashed", "closed the channel"),
    "closes them and leaves": ends("import os; os.closerange(0, 64)", "crashed", "(descriptor 3) was closed"),
    "closes the result channel alone": ends(
        "import os; os.close(3); print('still here')", "crashed", "(descriptor 3) was closed"
    ),
    "puts its output where the results go": ends(
        "import os; os.dup2(3, 1); print('x')", "crashed", "not an event: the line is not JSON"
    ),
    "puts the results where its output goes": ends(
        "import os; os.dup2(1, 3)", "crashed", "exit status 0 before it could report"
    ),
    "a flood of events": Attack(
        f"import os\nfor _ in range(3000): os.write(3, {SCALARS!r} * 20)",
        "ok",
        "ran to its end",
        limits={"events": 100},
    ),
    "a flood of figures": ends(
        'import os\nline = b\'{"type":"figure","index":0,"mime":"image/png","data":"\' + b\'A\' * 2900000 + b\'"}\\n\'\nfor _ in range(40):\n  rest = line\n  while rest: rest = rest[os.write(3, rest):]',
        "ok",
        "ran to its end",
    ),
    "a flood of mistakes": Attack(
        'import os\nline = b\'{"type":"mistake","id":"x","severity":"error","line":1,"column":0,"variable":null,"node":null,"explanation":"","fix":"","fixed_source":null,"message":null}\\n\'\n'
        "for _ in range(500): os.write(3, line * 20)",
        "ok",
        "ran to its end",
        limits={"events": 100},
    ),
    "stops listening to its own output": harmless("import sys; sys.stdout.close(); sys.stderr.close()"),
    "throws its streams away": harmless("import sys; sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None"),
    "has a stream that fails": harmless(
        "import sys\nclass S:\n  def __getattr__(self, name): raise SystemExit(name)\nsys.stdout = sys.stderr = S()"
    ),
}
