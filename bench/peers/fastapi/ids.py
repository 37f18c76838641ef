import os
import sys
import time
from uuid import UUID


def uuid7() -> UUID:
    """RFC 9562: 48 bits of milliseconds, then chance. Python has its own from 3.14 on."""
    chance = int.from_bytes(os.urandom(10), sys.byteorder)
    number = (time.time_ns() // 1_000_000) << 80 | chance
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=number)
