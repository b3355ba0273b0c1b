"""DATABASE_URL, `postgresql://user:password@host:port/name?option=value`: checked, made and shown."""

from pathlib import Path
from urllib.parse import quote, urlsplit

SCHEMES = ("postgresql", "postgres")
ROLE = "jobdeck"


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


def socket_url(folder: Path, name: str = ROLE, user: str = ROLE) -> str:
    """The URL of a database behind the Unix socket in `folder`, for a login by peer."""
    return f"postgresql://{quote(user)}@/{quote(name, safe='')}?host={quote(str(folder), safe='')}"


def without_password(url: str) -> str:
    """The URL as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@", 1)).geturl()
