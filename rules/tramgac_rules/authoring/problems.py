"""What an author is told about a rule file."""

from dataclasses import dataclass

from tramgac_rules.authoring.texts import Text, Words, joined


class Told(Words):
    """A problem's line, by its severity."""

    ERROR = "{place}: error: {message} [{kind}]", "{place}: lỗi: {message} [{kind}]"
    WARNING = "{place}: warning: {message} [{kind}]", "{place}: cảnh báo: {message} [{kind}]"
    INFO = "{place}: info: {message} [{kind}]", "{place}: ghi chú: {message} [{kind}]"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to look at, with its place. Lines and columns count from 1.

    `severity`: "error" (the rule is left out), "warning" (it loads; look at it), "info" (it loads or is kept,
    and something of it is not in force). `kind`: one word for programs, as "modifier", "regex", "yaml".
    """

    path: str
    line: int
    column: int
    severity: str
    kind: str
    message: str
    advice: str = ""

    def __str__(self) -> str:
        """Return `path:line:column: severity: message [kind] advice`."""
        return self.told

    @property
    def told(self) -> Text:
        """All of it on one line, in both languages."""
        place = f"{self.path}:{self.line}:{self.column}"
        facts = {"place": place, "message": self.message, "kind": self.kind}
        return joined(" ", (Told[self.severity.upper()].of(**facts), self.advice))
