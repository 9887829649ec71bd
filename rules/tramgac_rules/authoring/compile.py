"""Rule files to the compiled form."""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tramgac_rules.about import MAX_STEPS, MAX_TEXT, MAX_TEXTS
from tramgac_rules.authoring import placeholders, sense, sizes
from tramgac_rules.authoring.alternatives import Placeholders
from tramgac_rules.authoring.chains import Member, Names, put_together
from tramgac_rules.authoring.correlations import read_correlation
from tramgac_rules.authoring.detections import Detection
from tramgac_rules.authoring.documents import Document, child, problem, read_documents
from tramgac_rules.authoring.encoding import Encoder
from tramgac_rules.authoring.everyday import common
from tramgac_rules.authoring.fields import field_problems, unknown_field
from tramgac_rules.authoring.files import read, rule_files
from tramgac_rules.authoring.filters import Filter, add_filters, polarity, rules_of, unknown_rules
from tramgac_rules.authoring.nearest import NAMES, did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.schema import shape_problems
from tramgac_rules.authoring.size_words import Size
from tramgac_rules.authoring.tags import tag_problems
from tramgac_rules.authoring.texts import joined
from tramgac_rules.authoring.uncollected import uncollected
from tramgac_rules.authoring.values import NO_PLACEHOLDERS
from tramgac_rules.authoring.words import Say
from tramgac_rules.correlation.pack import MAX_CORRELATIONS
from tramgac_rules.pack import LEVELS, MAX_RULES
from tramgac_rules.rule import LogSource
from tramgac_rules.sources import CATEGORIES, KINDS, LOG_LINES, PRODUCTS, SERVICES, routes
from tramgac_rules.tree import Node, Selection

_SOURCE_KEYS = ("product", "category", "service")
_SOURCE_WORDS: Mapping[str, Collection[str]] = {
    "product": PRODUCTS,
    "category": {*CATEGORIES, *KINDS},
    "service": {*SERVICES, *LOG_LINES},
}
_STATUSES = ("stable", "test", "experimental", "deprecated", "unsupported")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What became of rule files: the rules that are good, and everything there is to say.

    `pack` is the compiled form, `about` what the rules say to people (about.py). `sources`: the text of each file that
    could be read, by its name.
    """

    pack: dict[str, object]
    about: dict[str, object]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that left a rule out."""
        return tuple(found for found in self.problems if found.severity == "error")

    def of_kind(self, kind: str) -> tuple[Problem, ...]:
        """The problems of one kind."""
        return tuple(found for found in self.problems if found.kind == kind)


@uncollected()
def compile_rules(paths: Sequence[Path], given: Placeholders = NO_PLACEHOLDERS) -> Compiled:
    """Compile files and folders (recursive, *.yml and *.yaml). OSError if a path or a folder below cannot be opened.

    A rule's path is its file's name (`RuleFile`), a problem's is the path as it was given. `given`: what the site has
    for those of rules, beside those that the files give (placeholders.py).
    """
    compiler, sources = _Compiler(given), {}
    files = list(rule_files(paths))
    for file in files:
        text = read(file)
        if isinstance(text, Problem):
            compiler.problems.append(text)
        else:
            sources[file.name] = text
            compiler.take_placeholders(str(file.path), text)
    for file in files:
        if file.name in sources:
            compiler.add_file(str(file.path), file.name, sources[file.name])
    compiler.finish()
    pack = compiler.encoder.pack(common(compiler.encoder.atoms()))
    return Compiled(pack, compiler.encoder.about(), tuple(sorted(compiler.problems)), sources)


@dataclass(frozen=True, slots=True)
class _Read:
    """A good rule that waits for filters; `names`: what it may be referred to as."""

    document: Document
    about: dict[str, object]
    source: LogSource
    names: frozenset[str]
    selections: Mapping[str, Selection]
    condition: Node

    @property
    def size(self) -> int:
        """How many values it has."""
        return sizes.whole(self.selections.values(), self.condition)


class _Compiler:
    """Gathers rules and problems; a rule with an error is left out."""

    def __init__(self, given: Placeholders) -> None:
        self.encoder = Encoder()
        self.problems: list[Problem] = []
        self._placeholders = {name: list(values) for name, values in given.items()}
        self._rules: list[_Read] = []
        self._filters: list[Filter] = []
        self._ids: dict[str, str] = {}
        self._names = Names()
        self._correlations: list[Member] = []

    def finish(self) -> None:
        """Add filters to rules, and put the correlations together, now that all that they may refer to is known."""
        together = sizes.Together()
        for rule in self._rules:
            mine = [filter_ for filter_ in self._filters if filter_.takes(rule.source, rule.names)]
            if said := together.take(rule.size, sum(filter_.size for filter_ in mine)):
                self.problems.append(problem(rule.document.path, rule.document.node, "size", *said))
                self._names.drop(str(rule.about["id"]))
                continue
            selections: dict[str, Node] = {name: one.part for name, one in rule.selections.items()}
            self.encoder.add(rule.about, selections, add_filters(mine, rule.about, selections, rule.condition))
        names = {name for rule in self._rules for name in rule.names}
        for filter_ in self._filters:
            self.problems += unknown_rules(filter_, names)
        for entry in put_together(self._correlations, self._names):
            self.encoder.add_correlation(entry)
        for member in self._correlations:
            self.problems += member.draft.problems

    def take_placeholders(self, path: str, text: str) -> None:
        """Note what a file gives for placeholders: rules of any file may have them."""
        if placeholders.may_declare(text):
            for document in read_documents(path, text)[0]:
                if placeholders.KEY in document.data:
                    self.problems += placeholders.take(document, self._placeholders)

    def add_file(self, path: str, name: str, text: str) -> None:
        documents, problems = read_documents(path, text)
        self.problems += problems
        if not documents and not problems:
            said, advice = Say.NO_RULE_IN_FILE.of(), Say.WRITE_A_RULE.of()
            self.problems.append(Problem(path, 1, 1, "warning", "empty", said, advice))
        for document in documents:
            self._add(document, name)

    def _add(self, document: Document, name: str) -> None:
        data = document.data
        if placeholders.KEY in data:
            return  # taken already
        if "correlation" in data:
            self._add_correlation(document, name)
        elif "filter" in data:
            self._add_filter(document)
        elif "action" in data:
            self._say(document, "action", "action", Say.COLLECTION.of(), Say.WRITE_WHOLE.of())
        else:
            self._add_rule(document, name)

    def _add_rule(self, document: Document, name: str) -> None:
        before = len(self.problems)
        detection = Detection(document, self._placeholders)
        source = self._log_source(document)
        about = self._about(document, name)
        about |= {"level": self._level(document), "logsource": [source.product, source.category, source.service]}
        self.problems += detection.problems
        if detection.condition is not None:
            self.problems += field_problems(document.path, source, detection.fields, detection.condition)
            self._check_sense(document, detection.condition)
        self._room(document, self._rules, MAX_RULES)
        failed = any(found.severity == "error" for found in self.problems[before:])
        self._name(document, about)
        if not failed and detection.condition is not None:
            self._ids[str(about["id"])] = document.path
            self._names.levels[str(about["id"])] = str(about["level"])
            self._names.sources[str(about["id"])] = source
            names = frozenset(str(name) for name in (about["id"], document.data.get("name")) if name is not None)
            self._rules.append(_Read(document, about, source, names, detection.selections, detection.condition))

    def _check_sense(self, document: Document, condition: Node) -> None:
        """Tell a rule that finds everything or nothing."""
        node = child(document.node, "detection", "condition")
        for kind, look in (("everything", sense.everything), ("nothing", sense.nothing)):
            if said := look(condition):
                self.problems.append(problem(document.path, node, kind, *said, "warning"))

    def _add_filter(self, document: Document) -> None:
        before = len(self.problems)
        title = self._title(document)
        self._check_names(document, "title", title)
        self.problems += shape_problems(document)
        source = self._log_source(document)
        detection = Detection(document, self._placeholders, part="filter")
        rules, problems = rules_of(document)
        self.problems += [*detection.problems, *problems]
        if detection.condition is None or any(found.severity == "error" for found in self.problems[before:]):
            return
        for name, node in detection.fields:
            if said := unknown_field(name, source):
                self.problems.append(problem(document.path, node, "field", *said, "warning"))
        self.problems += polarity(document, detection.condition)
        digest = _digest(_canonical(document))
        self._filters.append(Filter(document, title, source, rules, detection.selections, detection.condition, digest))

    def _add_correlation(self, document: Document, name: str) -> None:
        before = len(self.problems)
        about, draft = self._about(document, name), read_correlation(document)
        level = self._level(document) if document.data.get("level") is not None else None
        self._name(document, about)
        draft.problems += self.problems[before:]
        del self.problems[before:]
        if about["id"] in self._ids:
            self.problems += draft.problems
        elif self._room(document, self._correlations, MAX_CORRELATIONS):
            self._ids[str(about["id"])] = document.path
            self._correlations.append(Member(draft, about, level))

    def _room(self, document: Document, taken: Collection[object], most: int) -> bool:
        """Tell whether there is room for one more; if not, the author too."""
        if len(taken) < most:
            return True
        said, advice = Size.MANY_RULES.of(most=most), Size.REMOVE_RULES.of()
        self.problems.append(problem(document.path, document.node, "size", said, advice))
        return False

    def _name(self, document: Document, about: Mapping[str, object]) -> None:
        """Note what a rule, or a correlation, may be referred to as."""
        for name in (about["id"], document.data.get("name")):
            if name is not None:
                self._names.add(str(name), str(about["id"]))

    def _about(self, document: Document, path: str) -> dict[str, object]:
        """Return everything about a rule, or a correlation, but its logic, its level and its log source."""
        data, canonical = document.data, _canonical(document)
        about: dict[str, object] = {
            "id": self._id(document, canonical),
            "title": self._title(document),
            "tags": _texts(data.get("tags")),
            "description": str(data.get("description") or "").strip(),
            "status": self._status(document),
            "author": str(data.get("author") or ""),
            "falsepositives": _texts(data.get("falsepositives")),
            "falsepositives_vi": _texts(data.get("falsepositives_vi")),
            "references": _texts(data.get("references")),
            "title_vi": str(data.get("title_vi") or "").strip(),
            "description_vi": str(data.get("description_vi") or "").strip(),
            "triage": _texts(data.get("triage")),
            "triage_vi": _texts(data.get("triage_vi")),
            "digest": _digest(canonical),
            "path": path,
        }
        self._check_sizes(document, about)
        self._check_tags(document)
        self.problems += shape_problems(document)
        return about

    def _title(self, document: Document) -> str:
        title = str(document.data.get("title") or "").strip()
        if not title:
            self._say(document, "title", "title", Say.NO_TITLE.of(), Say.ADD_TITLE.of())
        return title

    def _check_sizes(self, document: Document, about: Mapping[str, object]) -> None:
        """Tell what no program would load."""
        for key, value in about.items():
            texts = value if isinstance(value, list) else [value]
            if any(len(str(text)) > MAX_TEXT for text in texts):
                self._say(document, key, "size", Say.LONG_TEXT.of(key=key, most=MAX_TEXT), Say.SHORTEN.of())
            if len(texts) > MAX_TEXTS:
                said = Size.MANY_TEXTS.of(key=key, count=len(texts), most=MAX_TEXTS)
                self._say(document, key, "size", said, Size.FEWER.of())
            if key in ("triage", "triage_vi") and len(texts) > MAX_STEPS:
                said = Say.MANY_STEPS.of(key=key, count=len(texts), most=MAX_STEPS)
                self._say(document, key, "size", said, Say.FEWER_STEPS.of())

    def _check_names(self, document: Document, key: str, *names: str) -> None:
        if said := sizes.long_name(*names):
            self._say(document, key, "size", *said)

    def _check_tags(self, document: Document) -> None:
        """Tell tags that ATT&CK does not have, or no longer."""
        node = child(document.node, "tags")
        for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            for found in tag_problems([str(item.value)] if isinstance(item, yaml.ScalarNode) else []):
                said = problem(document.path, item, "tag", found.message, found.advice, "warning")
                self.problems.append(said)

    def _id(self, document: Document, canonical: bytes) -> str:
        given = document.data.get("id")
        text = str(given)
        if given is None or not text.strip():
            text = str(uuid.uuid5(uuid.NAMESPACE_URL, hashlib.sha256(canonical).hexdigest()))
            self._say(document, "id", "id", Say.NO_ID.of(), Say.ADD_ID.of(made=text), "warning")
        try:
            uuid.UUID(text)
        except ValueError:
            advice = Say.NEW_ID.of(made=uuid.uuid4())
            self._say(document, "id", "id", Say.ODD_ID.of(id=text), advice, "warning")
        if text in self._ids:
            said = Say.ID_TAKEN.of(id=text, path=self._ids[text])
            self._say(document, "id", "duplicate", said, Say.OWN_ID.of())
        return text

    def _level(self, document: Document) -> str:
        level = document.data.get("level")
        if level is None:
            self._say(document, "level", "level", Say.NO_LEVEL.of(), _one_of(LEVELS), "warning")
            return "medium"
        return self._word(document, "level", level, LEVELS)

    def _status(self, document: Document) -> str:
        status = document.data.get("status")
        return "" if status is None else self._word(document, "status", status, _STATUSES)

    def _word(self, document: Document, key: str, given: object, known: Collection[str]) -> str:
        """Return one of the words that a key allows, whatever its case; tell any other."""
        word = str(given).lower()
        if word not in known:
            advice = joined(" ", (did_you_mean(word, known), _one_of(known)))
            self._say(document, key, key, Say.NO_WORD.of(given=given, key=key), advice)
        return word

    def _log_source(self, document: Document) -> LogSource:
        data = document.data.get("logsource")
        if not isinstance(data, dict) or not any(data.get(key) for key in _SOURCE_KEYS):
            self._say(document, "logsource", "logsource", Say.NO_LOGSOURCE.of(), Say.ADD_LOGSOURCE.of())
            return LogSource()
        source = LogSource(*(str(data.get(key) or "").strip().lower() for key in _SOURCE_KEYS))
        self._check_names(document, "logsource", source.product, source.category, source.service)
        if all(route.product not in (None, *PRODUCTS) for route in routes(source)):
            given = {key: part for key in _SOURCE_KEYS if (part := getattr(source, key))}
            strange = [key for key, part in given.items() if part not in _SOURCE_WORDS[key]]
            near = (did_you_mean(given[key], _SOURCE_WORDS[key], NAMES) for key in strange)
            said = Say.STRANGE_LOGSOURCE.of(source=", ".join(given.values()))
            self._say(document, "logsource", "logsource", said, next(filter(None, near), ""), "warning")
        return source

    def _say(
        self, document: Document, key: str, kind: str, message: str, advice: str = "", severity: str = "error"
    ) -> None:
        node = child(document.node, key)
        self.problems.append(problem(document.path, node, kind, message, advice, severity))


def _canonical(document: Document) -> bytes:
    """Return what a document says, however it is written."""
    return json.dumps(_text_keys(document.data), sort_keys=True, default=str, ensure_ascii=False).encode(
        errors="replace"
    )


def _text_keys(value: object) -> object:
    """Return a value whose keys can be sorted: YAML makes numbers, dates and null of some."""
    if isinstance(value, dict):
        return {str(key): _text_keys(item) for key, item in value.items()}
    return [_text_keys(item) for item in value] if isinstance(value, list) else value


def _digest(canonical: bytes) -> str:
    return hashlib.sha256(canonical).hexdigest()[:16]


def _texts(value: object) -> list[str]:
    """Return a list of texts from what an author wrote: a list, one text, nothing."""
    if value is None:
        return []
    return [str(item) for item in value if item is not None] if isinstance(value, list) else [str(value)]


def _one_of(words: Collection[str]) -> str:
    return Say.ONE_OF.of(known=", ".join(words))
