import pytest

from tests.tools.console import Run


@pytest.fixture(autouse=True)
def _narrow(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_page_says_how_it_is_written_what_for_and_what_each_word_is(tramgac: Run):
    assert tramgac("tokens", "create", "--help")[1].splitlines() == [
        "Usage: tramgac tokens create [OPTIONS]",
        "",
        "Print a ticket for `tramgac-agent enrol --ticket`.",
        "",
        "Options:",
        "  --uses N     How many hosts it lets in. [1 to 100000; default: 1]",
        "  --valid 24h  For how long: 90s, 15m, 2h, 7d. [default: 24h]",
        "  --site NAME  The site that its hosts belong to.",
        "  --json       One JSON object a line, nothing else on stdout.",
        "  --state DIR  State directory of the collector (else TRAMGAC_STATE, else",
        "               /var/lib/tramgac).",
        "  --help       Show this and end.",
    ]


@pytest.mark.parametrize(
    ("locale", "says"), [("C.UTF-8", "[1 or more; default: 50]"), ("vi_VN.UTF-8", "[từ 1 trở lên; mặc định: 50]")]
)
def test_a_number_without_a_most_shows_its_least(tramgac: Run, monkeypatch, locale, says):
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("COLUMNS", "200")
    out = " ".join(tramgac("collector", "firewall", "--help")[1].split())
    assert says in out
    assert "None" not in out


def test_verdicts_are_listed(tramgac: Run):
    out = tramgac("alerts", "verdict", "--help")[1]
    assert "tramgac alerts verdict [OPTIONS] ALERT VERDICT" in out
    assert "true_positive, false_positive, benign," in out
    assert "duplicate" in out


def test_arguments_that_may_be_left_out_or_repeated(tramgac: Run):
    assert "[QUERY...]" in tramgac("events", "--help")[1]
    assert "tramgac rules sign [OPTIONS] PATH..." in tramgac("rules", "sign", "--help")[1]
    assert "[required]" in tramgac("rules", "sign", "--help")[1]


def test_it_is_as_wide_as_the_terminal_and_cuts_nothing(tramgac: Run, monkeypatch):
    for columns in ("50", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        out = tramgac("collector", "--help")[1]
        assert max(map(len, out.splitlines())) <= min(int(columns), 100)
        assert "..." not in out.replace("COMMAND ...", "")
        assert "the exit status is the verdict." in " ".join(out.split())


def test_in_vietnamese_nothing_is_left_in_english(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    for words in ((), ("alerts",), ("rules", "sign"), ("tokens", "create")):
        out = tramgac(*words, "--help")[1]
        assert out.startswith("Cách dùng: tramgac")
        assert not {"Usage", "Options:", "Commands:", "Arguments:", "Show", "required", "default"} & set(
            out.replace("[", " ").replace("]", " ").split()
        )
