"""Which models think before they answer, as far as their names say. Knows no server."""

import re

_WORDS_TEXT = """
    thinking think thinker reasoning reasoner qwq qvq r1 o1 o3 o4 magistral
"""
_WORDS = frozenset(_WORDS_TEXT.split())
_WORD = re.compile(r"[a-z]+\d*")
_SAYS_NOT = re.compile(r"instruct|non-?_?thinking|no-?_?think|-chat\b")
_QWEN = re.compile(r"qwen(\d+\.\d+)")
_FIRST_HYBRID_QWEN = 3.5
"""From this version on Qwen's vision models think unless told not to. Qwen3-VL says in its name
which it is, except where a server renames it."""
_FAMILIES = ("gpt-oss", "gpt-5", "gemini-2.5", "gemini-3", "glm-4.5v", "glm-4.6v", "kimi-k2")


def thinks_by_name(model: str) -> bool:
    """Whether a model's name says that it thinks before it answers.

    >>> thinks_by_name("Qwen/Qwen3-VL-8B-Thinking"), thinks_by_name("Qwen/Qwen3-VL-8B-Instruct")
    (True, False)
    """
    name = model.lower()
    if _SAYS_NOT.search(name):
        return False
    versions = [float(version) for version in _QWEN.findall(name)]
    return (
        any(version >= _FIRST_HYBRID_QWEN for version in versions)
        or any(family in name for family in _FAMILIES)
        or not _WORDS.isdisjoint(_WORD.findall(name))
    )
