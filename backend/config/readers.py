"""Typed readers of environment variables that collect what is wrong instead of stopping at the first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from config.database_url import without_passwords

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RefusedSetting:
    """One refused setting."""

    name: str
    value: str
    wrong: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}: {self.wrong}. Allowed: {self.allowed}."


class BadSettings(Exception):
    """Some settings are not usable; `problems` has all of them, the text is the whole report."""

    def __init__(self, problems: tuple[RefusedSetting, ...]) -> None:
        self.problems = problems
        count = "a setting is" if len(problems) == 1 else f"{len(problems)} settings are"
        lines = [f"Jobdeck does not start: {count} not usable.", *(f"  {problem}" for problem in problems)]
        super().__init__("\n".join(lines))


class Reader:
    """Reads settings by name. Empty counts as not set; a bad one yields the default and a problem."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: list[RefusedSetting] = []

    def checked(self, name: str, default: T, convert: Callable[[str], T], allowed: str) -> T:
        """The value as `convert` makes it; its `ValueError` says what is wrong with it."""
        value = self._environ.get(name, "").strip()
        if not value:
            return default
        try:
            return convert(value)
        except ValueError as error:
            self._problems.append(RefusedSetting(name, _shown(name, value), str(error), allowed))
            return default

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        def convert(value: str) -> str:
            if value.lower() not in choices:
                raise ValueError("it is not one of the choices")
            return value.lower()

        return self.checked(name, default, convert, " or ".join(choices))

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        return self.checked(name, default, _between(int, "a whole number", least, most), _range(least, most))

    def optional_whole(self, name: str, least: int, most: int) -> int | None:
        convert = _between(int, "a whole number", least, most)
        return self.checked(name, None, convert, _range(least, most))

    def number(self, name: str, default: float, least: float, most: float) -> float:
        return self.checked(name, default, _between(float, "a number", least, most), _range(least, most))

    def optional_number(self, name: str, least: float, most: float) -> float | None:
        convert = _between(float, "a number", least, most)
        return self.checked(name, None, convert, _range(least, most))

    def names(self, name: str) -> tuple[str, ...]:
        """Host names between commas."""

        def convert(value: str) -> tuple[str, ...]:
            found = tuple(part.strip().lower() for part in value.split(",") if part.strip())
            if "*" in found:
                raise ValueError("a star would let any web site in through DNS rebinding")
            if any(set(part) & set("/ @\\") for part in found):
                raise ValueError("at least one of them is not a host name")
            return found

        return self.checked(name, (), convert, "host names between commas, such as jobs.example.org")

    def folder(self, name: str, default: Path) -> Path:
        def convert(value: str) -> Path:
            path = Path(value).expanduser() if value.startswith("~") else Path(value)
            if not path.is_absolute():
                raise ValueError("it is not an absolute path")
            if any(ord(character) < 32 for character in value):
                raise ValueError("it has a control character in it")
            if path.exists() and not path.is_dir():
                raise ValueError("it is a file")
            return path

        return self.checked(name, default, convert, f"a folder by its absolute path, such as {default}")

    def refuse(self, name: str, wrong: str, allowed: str) -> None:
        """Add a problem that only shows when settings are seen together."""
        self._problems.append(RefusedSetting(name, _shown(name, self._environ.get(name, "")), wrong, allowed))

    def finish(self) -> None:
        """Raise `BadSettings` if anything was refused."""
        if self._problems:
            raise BadSettings(tuple(self._problems))


def _between(kind: Callable[[str], T], what: str, least: float, most: float) -> Callable[[str], T]:
    def convert(value: str) -> T:
        try:
            number = kind(value)
        except (ValueError, OverflowError) as error:
            raise ValueError(f"it is not {what}") from error
        if not least <= number <= most:  # type: ignore[operator]  # int or float
            raise ValueError("it is out of range")
        return number

    return convert


def _range(least: float, most: float) -> str:
    return f"{least:g} to {most:g}" if most < 1_000_000 else f"{least:g} or more"


def _shown(name: str, value: str) -> str:
    return without_passwords(value) if name.endswith(("_URL", "_URLS")) else value
