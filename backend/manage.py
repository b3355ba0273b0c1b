#!/usr/bin/env python
"""Run one of Jobdeck's commands: `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

from config.env import BadSettings


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except BadSettings as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
