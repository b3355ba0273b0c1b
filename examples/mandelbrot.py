#!/usr/bin/env python3
"""Draw the Mandelbrot set: the picture goes to $JOBDECK_ARTIFACTS and, as a data URI, into the result.

WIDTH (default 720) and DEPTH (iterations, default 120) may be set in the job's environment. The PNG is
written here, with nothing but the standard library; progress goes out as lines.
"""

import base64
import json
import math
import os
import pathlib
import struct
import zlib

WIDTH = int(os.environ.get("WIDTH", "720"))
DEPTH = int(os.environ.get("DEPTH", "120"))
HEIGHT = WIDTH * 2 // 3
LEFT, RIGHT, TOP = -2.2, 0.8, 1.0


def escape_time(c):
    """Smooth number of steps until |z| leaves the disc of radius 2; DEPTH if it stays."""
    z = 0j
    for step in range(DEPTH):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag > 256.0:
            return step + 1 - math.log2(math.log2(abs(z)))
    return DEPTH


def colour(steps):
    """Dark blue through teal and amber to white; the set itself is black."""
    if steps >= DEPTH:
        return b"\0\0\0"
    t = math.sqrt(max(steps, 0.0) / DEPTH)
    red, green, blue = 3 * t - 0.9, 1.9 * t - 0.1, 0.25 + 1.6 * t - 1.1 * t * t
    return bytes(int(255 * max(0.0, min(1.0, part))) for part in (red, green, blue))


def rows():
    size = (RIGHT - LEFT) / WIDTH
    for y in range(HEIGHT):
        imaginary = TOP - y * size
        yield b"".join(colour(escape_time(complex(LEFT + x * size, imaginary))) for x in range(WIDTH))
        if y % 8 == 7 or y == HEIGHT - 1:
            print(f"::progress {100 * (y + 1) // HEIGHT} row {y + 1} of {HEIGHT}::")


def png(lines):
    """An 8-bit RGB PNG (ISO/IEC 15948) of the given rows of bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def main():
    picture = png(rows())
    target = pathlib.Path(os.environ.get("JOBDECK_ARTIFACTS", ".")) / "mandelbrot.png"
    target.write_bytes(picture)
    print(f"wrote {target.name}: {WIDTH} x {HEIGHT}, {len(picture):,} bytes")
    result = {
        "picture": "data:image/png;base64," + base64.b64encode(picture).decode("ascii"),
        "width": WIDTH,
        "height": HEIGHT,
        "depth": DEPTH,
        "bytes": len(picture),
    }
    if "JOBDECK_RESULT" in os.environ:
        pathlib.Path(os.environ["JOBDECK_RESULT"]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
