"""The perceptual hash of a picture as it is kept: 256 bits, how far two are apart, and the keys by
which near ones are found without comparing all.

Knows no pixels: `vlm.likeness` makes the hash.
"""

_KEYS = 16
_KEY_BITS = 24
"""A key is short enough that two hashes a few bits apart share one (of 20 bits that differ anywhere
in 256, one of 16 keys is spared nine times in ten), and long enough that among 100 million pictures
a key is that of six by chance."""


def distance(first: str, second: str) -> int:
    """How many bits of two hashes differ; lower is nearer, 0 to 256.

    >>> distance("0" * 64, "0" * 62 + "11")
    2
    """
    return (int(first, 16) ^ int(second, 16)).bit_count()


def keys_of(picture_hash: str) -> list[str]:
    """The keys of a hash. Pictures that share one may be the same picture.

    The i-th key holds the hash's bits 16 i to 16 i + 23, beginning again after the last.

    >>> keys_of("abcdef" + "0" * 58)[:3]
    ['0abcdef', '1ef0000', '2000000']
    >>> len(keys_of("0" * 64))
    16
    """
    digits = picture_hash + picture_hash[: _KEY_BITS // 4]
    step = len(picture_hash) // _KEYS
    return [f"{i:x}{digits[i * step : i * step + _KEY_BITS // 4]}" for i in range(_KEYS)]
