"""What a process of its own sets before torch is imported. Nothing is computed differently, only sooner.

Only the console scripts do this: a notebook's process belongs to its user.
"""

import os
import sys

_MXFAST, _TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = 1, -1, -2, -3  # glibc's names in malloc.h, M_ before them
_MEBIBYTE = 2**20


def settle() -> None:
    """Spares a training step the kernel's work; `bench/settings.py` measures what each part gives."""
    sleep_soon()
    keep_memory()


def sleep_soon() -> None:
    """Lets a thread of torch that waits for another one sleep after a moment.

    By default it spins for milliseconds, on a core that another program may need to get that very thread going: beside
    one busy program an LSTM then trains at a quarter of its speed. What the user has said of it stays.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # turns of the waiting loop; libgomp's own are 300,000


def keep_memory() -> None:
    """Keeps freed memory for the next step.

    By default glibc gives every large tensor back to the kernel, and the next step takes it again page by page, each
    page zeroed: a fifth of an LSTM's training.
    """
    import ctypes  # takes milliseconds, and `--help` does without

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:  # musl has none
        # Before 2.35 glibc takes no more than the second. It must be given, since what follows ends its own adapting.
        if not mallopt(_MMAP_THRESHOLD, 1024 * _MEBIBYTE):
            mallopt(_MMAP_THRESHOLD, 32 * _MEBIBYTE)
        mallopt(_TRIM_THRESHOLD, 2048 * _MEBIBYTE - 1)
        mallopt(_TOP_PAD, 64 * _MEBIBYTE)
        mallopt(_MXFAST, 0)  # else splinters of aligned tensors keep what is freed from being joined and used again
