import random
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tramgac_collector.engine.client import connect
from tramgac_collector.events import query
from tramgac_collector.events.schema import TABLE
from tramgac_collector.events.store import Store
from tramgac_collector.logs import Counts
from tramgac_collector.paths import StatePaths
from tramgac_collector.search.evaluate import asked
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.sql import Conditions, escaped, pattern
from tramgac_rules.wildcard import ONE, STAR

from tests.collector.events.test_store import fill_log
from tests.collector.search.made import events, searches

HOST = "5ea2c4" + "0" * 26


def conditions(text):
    found = Conditions()
    found.ask(parse(text).node)
    return found


def test_values_are_parameters_and_names_are_columns():
    found = conditions("process.executable:/usr/bin/curl -user.name:root destination.port:443")
    assert found.clauses == [
        "`process_executable` = {p0:String}",
        "NOT (`user_name` = {p1:String})",
        "`destination_port` = {p2:UInt32}",
    ]
    assert found.parameters == {"p0": "/usr/bin/curl", "p1": "root", "p2": 443}


def test_a_number_that_is_known_when_it_is_0_is_one_more_in_its_column():
    found = conditions("user.id:0 process.exit_code:1 user.id:<5")
    assert found.where == (
        "`user_id` = {p0:UInt32} AND `process_exit_code` = {p1:UInt32}"
        " AND (`user_id` BETWEEN {p2:UInt32} AND {p3:UInt32} AND `user_id` != 0)"
    )
    assert found.parameters == {"p0": 1, "p1": 2, "p2": 0, "p3": 5}


def test_0_and_false_are_asked_of_those_that_have_the_field():
    found = conditions("destination.port:0 tramgac.process.fileless:false")
    assert found.clauses == [
        "(`destination_port` = {p0:UInt32} AND has({p1:Array(String)}, kind))",
        "(`tramgac_process_fileless` = {p2:Bool} AND has({p3:Array(String)}, kind))",
    ]
    assert found.parameters["p3"] == ["process_start"]


def test_or_and_not_keep_their_parentheses():
    found = conditions("user.name:a or -(user.name:b user.name:c)")
    assert (
        found.where == "(`user_name` = {p0:String} OR NOT ((`user_name` = {p1:String} AND `user_name` = {p2:String})))"
    )
    assert Conditions().where == conditions("").where == "1"


def test_one_word_is_one_parameter():
    assert conditions("curl").parameters == {"p0": "curl"}


def test_what_no_number_can_be_is_no_sql_error():
    assert conditions("destination.port:>4294967295 process.pid:<0").where == "0 AND 0"


def test_patterns_stand_for_anything_at_wildcards_only():
    assert pattern((STAR, "100%_\\", ONE)) == "%100\\%\\_\\\\_"
    assert escaped("a") == "a"


@pytest.fixture(scope="module")
def filled(engine_paths, tmp_path_factory):
    """Events of a host of its own; the client, and the same events as they are shown, by sequence."""
    paths = StatePaths(tmp_path_factory.mktemp("search"))
    paths.make()
    paths.log_id.write_text("5ea2c4")
    paths.engine.symlink_to(engine_paths.engine)
    fill_log(paths, [[event.SerializeToString() for event in events(150, random.Random(5))]], host=HOST)
    Store.open(paths, Counts()).fill(threading.Event())
    shown = {int(row["sequence"]): row for row in query.search(paths, host=HOST)}
    for row in shown.values():
        row["@timestamp"] = row["time"]
    client = connect(paths, read_only=True)
    yield client, shown
    client.close()


@pytest.mark.enable_socket
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(texts=st.lists(searches, min_size=15, max_size=25))
def test_the_store_and_python_give_the_same_answers(filled, texts):
    client, shown = filled
    into = Conditions()
    columns = ", ".join(f"({into.clause(parse(text).node)})" for text in texts)
    sql = f"SELECT sequence, {columns} FROM {TABLE} WHERE host = '{HOST}'"
    rows = client.query(sql, parameters=into.parameters).result_rows
    assert len(rows) == len(shown)
    tests = [asked(parse(text).node) for text in texts]
    for sequence, *answers in rows:
        event = shown[sequence]
        assert [(text, bool(answer)) for text, answer in zip(texts, answers, strict=True)] == [
            (text, test(event)) for text, test in zip(texts, tests, strict=True)
        ], event
