"""What a wait status means: the reason of an end, and the sentence for people."""

import os
import signal
from dataclasses import dataclass
from typing import NamedTuple


class Verdict(NamedTuple):
    exit_code: int | None
    signal: int | None
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of one end. `ended_for` is why the runner ended it, None where it ended by itself."""

    status: int
    ended_for: str | None = None
    out_of_memory: bool = False
    missing_program: str | None = None
    timeout: float | None = None
    memory_mb: int | None = None


def judge(evidence: Evidence) -> Verdict:
    code = os.waitstatus_to_exitcode(evidence.status)
    exit_code, number = (code, None) if code >= 0 else (None, -code)
    if evidence.ended_for is not None:
        return Verdict(exit_code, number, evidence.ended_for, _why_ended(evidence))
    if code == 0:
        return Verdict(0, None, "", "")
    if evidence.out_of_memory:
        return Verdict(
            exit_code, number, "out_of_memory", f"It needed more than its {evidence.memory_mb} MB."
        )
    if evidence.missing_program is not None:
        return Verdict(exit_code, number, "start_failed", evidence.missing_program)
    if number is not None:
        return Verdict(None, number, "signal", f"It was ended by signal {number} ({_name(number)}).")
    return Verdict(exit_code, None, "exit_code", f"It ended with exit code {exit_code}.")


def _why_ended(evidence: Evidence) -> str:
    match evidence.ended_for:
        case "timeout":
            return f"It ran longer than its {evidence.timeout:g} s and was ended."
        case "cancelled":
            return "It was cancelled and ended."
        case "interrupted":
            return "It was ended because the runner was stopped."
        case _:
            return "Its lease ran out without a renewal, so it was ended."


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "a real-time signal"
