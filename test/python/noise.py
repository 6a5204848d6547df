"""Draws a file's noise as its metadata says, in numpy alone.

    python noise.py seed rows columns channels output

Writes float32 numbers [1, channels, rows, columns]: those of a whole picture whose padded latent has so many columns.
"""

import sys

import numpy

LOW = numpy.uint64(0xFFFFFFFF)
HALF = numpy.uint64(32)


def words(value):
    value = numpy.asarray(value, dtype=numpy.uint64)
    return value & LOW, value >> HALF


def philox(counter, key):
    """Philox 4x32-10: four words of 32 bits a counter, each in 64."""
    for _ in range(10):
        first = counter[0] * numpy.uint64(0xD2511F53)
        second = counter[2] * numpy.uint64(0xCD9E8D57)
        counter = (
            (second >> HALF) ^ counter[1] ^ key[0],
            second & LOW,
            (first >> HALF) ^ counter[3] ^ key[1],
            first & LOW,
        )
        key = (key[0] + numpy.uint64(0x9E3779B9)) & LOW, (key[1] + numpy.uint64(0xBB67AE85)) & LOW
    return counter


def normal(seed, count, stream=0):
    blocks = -(-count // 4)
    counter = *words(numpy.arange(blocks)), *(numpy.full(blocks, word) for word in words(stream))
    drawn = numpy.stack(philox(counter, words(seed)), axis=1).astype(numpy.float64)
    radius = numpy.sqrt(-2 * numpy.log((2 * drawn[:, 0::2] + 1) / 2**33))
    angle = 2 * numpy.pi * drawn[:, 1::2] / 2**32
    pairs = numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=2)
    return pairs.reshape(-1)[:count]


def main():
    seed, rows, columns, channels = (int(word) for word in sys.argv[1:5])
    values = normal(seed, rows * columns * channels).reshape(1, rows, columns, channels)
    values.transpose(0, 3, 1, 2).astype("<f4").tofile(sys.argv[5])


main()
