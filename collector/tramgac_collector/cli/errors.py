"""How a command ends other than well.

```
CommandError          told on stderr, then the exit status
├── Failed       1    the thing asked for failed
│   └── Absent   1    no collector runs at the state directory
└── Misuse       2    the command line itself is wrong
```
"""

from __future__ import annotations

from typing import ClassVar


class CommandError(Exception):
    """The command ends; its text is a sentence for the person."""

    status: ClassVar[int] = 1


class Failed(CommandError):
    """The thing asked for failed."""


class Absent(Failed):
    """No collector runs at the state directory."""


class Misuse(CommandError):
    """The command line is wrong."""

    status = 2
