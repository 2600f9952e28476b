"""Code as people paste it, with what only works elsewhere: it works here too, or says why not and what to do instead."""

import pytest

from app.events import ExceptionRaised
from app.runs.local import LocalRunner

from .runs.play import play

pytestmark = pytest.mark.anyio

FAILS = {
    "x = torch.ones(1).cuda()": "This server has no GPU",
    "m = torch.nn.Linear(1, 1).to('cuda')": "This server has no GPU",
    "name = input('who? ')": "Nobody can answer input() here",
    "torch.save(torch.ones(1), 'model.pt')": "A program here cannot write files",
    "torch.load('model.pt')": "A program here has no files of its own",
    "open('data.csv')": "A program here has no files of its own",
    "open('out.txt', 'w')": "A program here has no files of its own",
    "import numpy as np\nnp.loadtxt('data.csv')": "A program here has no files of its own",
    "from torchvision.datasets import MNIST\nMNIST('.', download=True)": "torchvision is not installed here",
    "import pandas as pd": "pandas is not installed here",
    "from torch.profiler import profile\nwith profile(): torch.ones(1) + 1": "torch.profiler needs threads",
    "import urllib.request\nurllib.request.urlopen('http://example.com')": "A program here cannot reach the network",
    "torch.hub.load('a/b', 'c')": "A program here cannot reach the network",
    "import subprocess\nsubprocess.run(['ls'])": "A program here cannot start another process",
    "from multiprocessing import Pool\nPool(2)": "A program here cannot start another process",
    "import threading\nthreading.Thread(target=print).start()": "A program here runs in one thread",
    "import asyncio\nasync def f(): pass\nasyncio.run(f())": "asyncio's event loop needs a pair of sockets",
    "import os\nos.listdir('.')": "A program here has no files of its own",
}


@pytest.mark.parametrize("source", FAILS)
async def test_what_cannot_work_says_why_and_what_to_do(runner: LocalRunner, source: str) -> None:
    told = await play(runner, source)
    (failure,) = [event for event in told.events if isinstance(event, ExceptionRaised)]
    assert told.outcome == "exception"
    assert failure.explanation is not None
    assert failure.explanation.startswith(FAILS[source])
    assert failure.fix
    assert failure.line is not None


WORKS = {
    "from tqdm import tqdm\nfor _ in tqdm(range(3)): pass\nprint('done')": ("done\n", "100%"),
    "from torch.utils.data import DataLoader\nprint(len(list(DataLoader(torch.arange(4), num_workers=2))))": (
        "4\n",
        "DataLoader(num_workers=2) loads in this process",
    ),
    "@torch.compile\ndef f(x): return x * 2\nprint(f(torch.ones(1)))": ("tensor([2.])\n", "torch.compile() gives"),
    "!pip install torch\nprint('on')": ("on\n", "Line 1 was left out"),
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('on')": (
        "on\n",
        "Line 1 was left out",
    ),
    "import io\nb = io.BytesIO()\ntorch.save({'w': torch.ones(1)}, b)\nb.seek(0)\nprint(torch.load(b))": (
        "{'w': tensor([1.])}\n",
        "",
    ),
    "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nprint(device)": ("cpu\n", ""),
    "torch.set_num_threads(4)\na = torch.randn(300, 300)\nprint((a @ a).shape)": ("torch.Size([300, 300])\n", ""),
    "import pickle\nprint(len(pickle.loads(pickle.dumps([torch.ones(1)]))))": ("1\n", ""),
}


@pytest.mark.parametrize("source", WORKS)
async def test_what_can_work_works(runner: LocalRunner, source: str) -> None:
    told = await play(runner, source)
    printed, complained = WORKS[source]
    assert (told.outcome, told.printed) == ("ok", printed)
    assert complained in told.complained
