"""What the console scripts set for their process shows in what the kernel and libgomp are asked for."""

import os
import subprocess
import sys

import pytest

STEPS = """
import resource
{first}
import torch
torch.set_num_threads(1)
def step():
    torch.empty(2**24).fill_(1.0)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    step()
before = faults()
for _ in range(10):
    step()
print(faults() - before)
"""
SETTLE = "from recurra.process import settle; settle()"


def page_faults(first):
    command = [sys.executable, "-c", STEPS.format(first=first)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has a setting for it")
def test_a_step_takes_no_memory_from_the_kernel_that_the_one_before_has_freed():
    assert page_faults(SETTLE) < page_faults("") / 10


@pytest.mark.parametrize(("given", "found"), [(None, "1000"), ("77", "77")])
def test_what_the_user_has_said_about_threads_stays(given, found):
    code = f"{SETTLE}; import os; print(os.environ['GOMP_SPINCOUNT'])"
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    if given is not None:
        environment["GOMP_SPINCOUNT"] = given
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == found + "\n"


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("recurra.commands.train", ["data.train=missing.csv", "data=csv"]),
        ("recurra.commands.main", ["predict", "missing.ckpt", "text"]),
    ],
)
def test_commands_settle_before_torch_is_there(module, arguments):
    code = (
        "import sys, recurra.process, runpy\n"
        "def settle():\n    print('settled, torch:', 'torch' in sys.modules)\n"
        f"recurra.process.settle = settle\nsys.argv[1:] = {arguments!r}\n"
        f"runpy.run_module({module!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[:1] == ["settled, torch: False"]
    assert done.returncode == 2
