"""Addresses as they may be shown: without the user, the password and the keys that are in them.

Every address that is printed, logged or put into an error goes through here.
"""

import re

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]{0,31}://[^\s\"'<>]+", re.IGNORECASE)
_WITH_USER = re.compile(r"([a-z][a-z0-9+.-]*://)?(.*)@", re.IGNORECASE | re.DOTALL)
_KEY = re.compile(
    r"([?&;#][\w.-]{0,40}(?:key|token|secret|passw|pwd|signature|sig|auth|credential)[\w.-]{0,40}=)"
    r"[^&;#\s\"'<>]*[^&;#\s\"'<>:.,)]",
    re.IGNORECASE,
)
_LEAST = 4
"""Characters from which a part of a password is looked for in other words than the address."""


def without_secrets(address: str) -> str:
    """An address without user, password and query.

    What stands before the last `@` is left out wherever it can belong to a password, also in an
    address that is written wrongly: `/`, `?` and `#` in a password have to be escaped, and are not
    always.

    >>> without_secrets("https://me:pass@host:6333/prefix?api_key=k")
    'https://host:6333/prefix'
    >>> without_secrets("redis://:pa/s#s@host:6379/0"), without_secrets("https://host/@user")
    ('redis://host:6379/0', 'https://host/@user')
    """
    return re.split(r"[?#]", _without_user(address), maxsplit=1)[0]


def without_credentials(text: str, *addresses: str) -> str:
    """A text, such as an error's, without the credentials of the addresses in it.

    Args:
        text: any text.
        addresses: whose credentials are hidden where they stand alone, too: a message can quote a
            part of an address.

    >>> without_credentials("cannot reach http://me:pass@hub:80/api?token=x: refused")
    'cannot reach http://hub:80/api?token=***: refused'
    >>> without_credentials("Invalid port: 'pass'", "http://me:pass@hub")
    "Invalid port: '***'"
    """
    for address in addresses:
        text = text.replace(address, _without_user(address))
        given = _WITH_USER.match(address)
        words = given[2] if given else ""
        for part in (words, words.partition(":")[2], *re.split(r"[:/?#@]", words)):
            if len(part) >= _LEAST:
                text = text.replace(part, "***")
    return _KEY.sub(r"\1***", _ADDRESS.sub(lambda found: _without_user(found[0]), text))


def _without_user(address: str) -> str:
    given = _WITH_USER.match(address)
    if given is None:
        return address
    # `https://host/@user` names a page; `http://user:12/3@host` has a password with a slash.
    if ":" not in given[2] and re.search(r"[/?#]", given[2]):
        return address
    return (given[1] or "") + address[given.end() :]
