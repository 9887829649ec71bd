import pytest
from tramgac_collector.errors import SettingsError
from tramgac_collector.export.settings import FileTarget, HttpTarget, TcpTarget, load

FILE = '[[target]]\nname = "diode"\nkind = "file"\nformat = "ocsf"\nfolder = "/srv/out"\n'
TCP = '[[target]]\nname = "siem"\nkind = "tcp"\nformat = "cef"\nserver = "siem.example.vn:6514"\n'
HTTP = (
    '[[target]]\nname = "elastic"\nkind = "http"\nwhat = "events"\nformat = "ecs"\nurl = "https://e.example.vn/_bulk"\n'
)


def loaded(state, text):
    state.export_settings.write_text(text)
    return load(state).target


def test_without_a_file_there_are_no_targets(state):
    assert load(state).target == []
    assert load(state).named("x") is None


def test_each_kind_of_target(state):
    targets = loaded(state, FILE + TCP + HTTP)
    assert [type(target) for target in targets] == [FileTarget, TcpTarget, HttpTarget]
    assert [target.target for target in targets] == ["/srv/out", "tls:siem.example.vn:6514", "https://e.example.vn/..."]
    assert load(state).named("siem") == targets[1]
    assert (targets[0].what, targets[0].since, targets[1].security) == ("alerts", "now", "tls")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (FILE.replace('"diode"', '"a b"'), "target 1.name: 'a b' is no name"),
        (FILE + FILE, "two targets are called diode"),
        (TCP + FILE + "made_up = 1\n", "target 2.made_up: there is no such setting"),
        (FILE.replace("ocsf", "xml"), "target 1.format"),
        (FILE.replace('"file"', '"pigeon"'), "target 1"),
        (FILE.replace("/srv", "srv"), "target 1.folder: 'srv/out' must begin with /"),
        (FILE + 'since = "soon"\n', 'target 1.since: must be "now", "all"'),
        (FILE + 'query = "pid:1"\nwhat = "events"\n', "target 1.query: "),
        (FILE + 'query = "process.pid:1 | rare host"\nwhat = "events"\n', "no | count"),
        (FILE + 'query = "host:pc-1"\nwhat = "events"\n', "target 1.query: host takes a host's id here"),
        (FILE + 'query = "host:pc-*"\nwhat = "events"\n', "not pc-*;"),
        (FILE + 'query = "process.pid:1"\n', 'query is for what = "events" alone'),
        (HTTP + 'severity = "high"\n', 'severity is for what = "alerts" alone'),
        (TCP.replace(":6514", ""), "target 1.server: 'siem.example.vn' is no HOST:PORT"),
        (TCP + 'certificate_file = "a.pem"\n', "certificate_file and key_file go together"),
        (TCP + 'security = "none"\nca_file = "a.pem"\n', 'for security = "tls" alone'),
        (HTTP.replace("https://", "http://"), "begins with https://"),
        (HTTP.replace("https://", "https://user:secret@"), "without a user"),
        (HTTP.replace('"ecs"', '"cef"') + 'index = "a"\n', 'index is for format = "ecs"'),
        ("target = 7", "target"),
        ("[[target]", "is no TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(state, text, named):
    with pytest.raises(SettingsError) as error:
        loaded(state, text)
    assert named in error.value.what.en
    assert str(state.export_settings) in error.value.what.vi


def test_http_alone_wants_to_be_asked_for(state):
    [target] = loaded(state, HTTP.replace("https", "http") + "plain = true\n")
    assert target.url.startswith("http://")


def test_a_file_that_cannot_be_read_is_told(state):
    state.export_settings.mkdir()
    with pytest.raises(SettingsError):
        load(state)
