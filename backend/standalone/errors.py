"""Why Jobdeck cannot start, in sentences for the person who typed the command."""


class CannotStart(Exception):
    """What is in the way and what to do about it; shown without a traceback."""
