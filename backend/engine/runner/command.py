"""What a job's command turns into: the words to execute, or the sentence that says what is not there."""

import os
import re
import shlex
import shutil
from pathlib import Path

from engine.runner.protocol import RequestError

LONGEST_ARGUMENT = 100_000
"""Bytes; Linux takes 131,072 in one argument, so longer commands go through a file."""

SHELL = "/bin/sh"
_SHELL_WORDS = """
    . : [ alias bg break case cd chdir command continue do done echo elif else esac eval exec exit export
    false fc fg fi for getopts hash if in jobs kill local printf pwd read readonly return set shift source
    test then times trap true type ulimit umask unalias unset until wait while { }
"""
_CONTROL = re.compile(r"[;&|()`\n]")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_PLAIN_WORD = re.compile(r"[\w./+~-]+")


class StartFailedError(RequestError):
    """The command cannot be started, and the message says what is not there."""

    def __init__(self, message: str) -> None:
        super().__init__("start_failed", message)


def prepare(command: str, work: Path, search_path: str) -> list[str]:
    """The words to execute. Writes a script into `work` where the command is one.

    Raises StartFailedError, and OSError when the script cannot be written.
    """
    if not command.strip():
        raise StartFailedError("The command is empty.")
    try:
        text = os.fsencode(command)
    except UnicodeEncodeError:
        raise StartFailedError(
            "The command has characters that no file can hold (lone surrogates)."
        ) from None
    if b"\0" in text:
        raise StartFailedError("The command has a NUL character in it.")
    if command.startswith("#!"):
        interpreter = _interpreter(command, search_path)
        script = _written(text, work)
        # A folder mounted noexec lets its files be read: what the kernel would do, done by hand.
        return [*interpreter, str(script)] if _is_noexec(work) else [str(script)]
    if len(text) > LONGEST_ARGUMENT:
        return [SHELL, str(_written(text, work))]
    return [SHELL, "-c", command]


def check_folder(folder: str) -> None:
    path = Path(folder)
    if not path.is_absolute():
        raise StartFailedError(f"The working directory {folder!r} is not an absolute path.")
    if not path.exists():
        raise StartFailedError(f"The working directory {folder} is not there.")
    if not path.is_dir():
        raise StartFailedError(f"The working directory {folder} is not a directory.")
    if not os.access(path, os.X_OK):
        raise StartFailedError(f"The working directory {folder} may not be entered by the jobs' user.")


def missing_program(command: str, exit_code: int, search_path: str) -> str | None:
    """The sentence for a shell that ended with 126 or 127 because its one program cannot be run.

    Only for commands so simple that there is no doubt: one program and its arguments.
    """
    if exit_code not in (126, 127) or command.startswith("#!") or _CONTROL.search(command.strip()):
        return None
    try:
        words = shlex.split(command)
    except ValueError:
        return None
    program = next((word for word in words if not _ASSIGNMENT.match(word)), "")
    if not _PLAIN_WORD.fullmatch(program) or _found(program, search_path) or program in _SHELL_WORDS.split():
        return None
    if exit_code == 126:
        return f"The program {program} may not be executed."
    where = "" if "/" in program else f" in the PATH {search_path}"
    return f"The program {program} is not there{where}."


def _interpreter(command: str, search_path: str) -> list[str]:
    line = command.splitlines()[0][2:]
    path, _, argument = line.strip(" \t").partition(" ")
    if not path:
        raise StartFailedError("The command begins with #! but names no interpreter.")
    if command[2 + len(line) :].startswith("\r\n"):
        raise StartFailedError(
            "The first line ends as on Windows (CR LF), so its interpreter cannot be found."
        )
    if not _is_executable(Path(path)):
        raise StartFailedError(f"The interpreter {path} is not there.")
    program = _program_of_env(argument) if Path(path).name == "env" else None
    if program and not _found(program, search_path):
        raise StartFailedError(f"The interpreter {program} is not there in the PATH {search_path}.")
    return [path, argument.strip()] if argument.strip() else [path]


def _program_of_env(argument: str) -> str | None:
    words = argument.removeprefix("-S").split()
    return next((word for word in words if "=" not in word and not word.startswith("-")), None)


def _written(text: bytes, work: Path) -> Path:
    script = work / "command"
    script.write_bytes(text)
    script.chmod(0o700)
    return script


def _is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _is_noexec(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_NOEXEC)


def _found(program: str, search_path: str) -> bool:
    return shutil.which(program, path=search_path) is not None
