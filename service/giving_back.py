"""Memory that starting took and serving does not need, given back to the system."""

import ctypes
import gc


def give_back() -> None:
    """Let go of what nobody holds. The C library keeps freed memory for later use unless it is
    asked (``malloc_trim``, glibc); elsewhere nothing is done."""
    gc.collect()
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)
