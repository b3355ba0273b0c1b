"""DATABASE_URL, `postgresql://user:password@host:port/name?option=value`: checked, made and shown."""

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

SCHEMES = ("postgresql", "postgres")
ROLE = "jobdeck"
# A comma may stand in an address, too: between hosts.
_BETWEEN = re.compile(r",(?=\s*[a-z]+://)")


def check(url: str) -> str:
    """The same URL. Raises `ValueError` with a sentence that says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"its scheme is {parts.scheme!r}")
    if not parts.path.strip("/"):
        raise ValueError("it does not name a database after the host")
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError("its port is not a number from 0 to 65535") from error
    return url


def check_several(value: str) -> tuple[str, ...]:
    """The addresses between commas. Raises `ValueError`, which says which is wrong and why."""
    found = tuple(part.strip() for part in _BETWEEN.split(value))
    for number, url in enumerate(found, 1):
        try:
            check(url)
        except ValueError as error:
            raise ValueError(f"of number {number}, {error}") from error
    if len(set(found)) < len(found):
        raise ValueError("one of them is there twice")
    return found


def socket_url(folder: Path, name: str = ROLE, user: str = ROLE) -> str:
    """The URL of a database behind the Unix socket in `folder`, for a login by peer."""
    return f"postgresql://{quote(user)}@/{quote(name, safe='')}?host={quote(str(folder), safe='')}"


def without_passwords(value: str) -> str:
    """The addresses between commas as they may be shown."""
    return ",".join(without_password(part.strip()) for part in _BETWEEN.split(value))


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@", 1)).geturl()
