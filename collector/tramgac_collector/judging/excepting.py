"""The exceptions in force, at the judge: read again when somebody stated or ended one."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from tramgac_collector import database, exception_book
from tramgac_collector.exceptions import Exceptions


@dataclass(slots=True)
class Excepting:
    """One set of exceptions after the other."""

    engine: Engine
    now: Exceptions = field(default_factory=Exceptions)
    """Those that were read last."""
    _number: int = -1
    """Of the changes that were read."""

    def changed(self) -> bool:
        """Read them if somebody changed something since; whether they did."""
        with database.reading(self.engine) as s:
            number = exception_book.number(s)
            if number == self._number:
                return False
            self.now = exception_book.load(s)  # of the same moment: a reader sees one state of the database
        self._number = number
        return True
