import inspect
import re
from pathlib import Path

from tramgac_collector import exception_sense, refusals
from tramgac_collector.api.answers import _REFUSED
from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.events import asking, groups, query, terms
from tramgac_collector.search import fields, grouping, meant, parsing, values

NOT_OF_COMMANDS = {"login_refused", "login_delayed", "sample_refused", "token_refused"}
"""What only the page or an agent can be refused."""
REDEEMING = {"token_used", "token_expired", "token_revoked"}
CHOICES = {"verdict_unknown", "role_unknown"}
"""These come with the words that there are, and are told by them."""


def test_every_refusal_that_reaches_a_command_has_a_sentence():
    kinds = [kind for _, kind in inspect.getmembers(refusals, inspect.isclass) if issubclass(kind, refusals.Refusal)]
    words = {re.sub(r"\B(?=[A-Z])", "_", kind.__name__).lower() for kind in kinds} - {"refusal"}
    assert refusals.Refusal in _REFUSED
    for word in words - NOT_OF_COMMANDS - REDEEMING - CHOICES:
        assert word.upper() in Complaint.__members__, word


def test_every_fault_of_a_search_has_a_sentence():
    modules = (exception_sense, asking, groups, query, terms, fields, grouping, meant, parsing, values)
    source = "".join(Path(module.__file__).read_text("utf-8") for module in modules)
    words = set(re.findall(r'"(search_\w+)"', source))
    assert words == {name.lower() for name in Complaint.__members__ if name.startswith("SEARCH_")}
