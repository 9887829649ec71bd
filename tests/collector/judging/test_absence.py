from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.judging.absence import TOGETHER_NS, Gone, Limits, Site, by_site, judge

S = 1_000_000_000
NOW = 1_790_000_000 * S
LIMITS = Limits(180 * S, 900 * S, 3_600 * S)
OFFICE = Site(live=20, known=25)


def silent_for(seconds, host="a", *, left=False):
    last = NOW - seconds * S
    return Gone(host, last, last + S if left else None)


def hours(*answers):
    told = iter(answers)
    return lambda _host, _time: next(told)


def unknown(_host, _time):
    return None


def verdict(*gone, site=OFFICE, usually_on=unknown):
    found = judge(gone, site, LIMITS, usually_on, NOW)
    return {name: [one.host for one in getattr(found, name)] for name in found.__slots__ if getattr(found, name)}


def test_an_agent_that_ended_is_told_after_a_moment_at_any_hour():
    assert verdict(silent_for(190, left=True), site=Site(1, 300), usually_on=hours(False, False)) == {"left": ["a"]}
    assert verdict(silent_for(180, left=True)) == {}, "its stream ended a second later"


def test_a_line_that_is_cut_waits():
    assert verdict(silent_for(3_599)) == {}
    assert verdict(silent_for(3_600)) == {"lost": ["a"]}


def test_who_goes_when_the_others_do_is_away():
    assert verdict(silent_for(3_600), site=Site(live=4, known=25)) == {"away": ["a"]}
    assert verdict(silent_for(3_600), site=Site(live=0, known=2)) == {"lost": ["a"]}, "two hosts tell nothing"


def test_what_was_learned_of_a_host_counts_more_than_its_neighbours():
    gone = silent_for(3_600)
    assert verdict(gone, site=Site(1, 25), usually_on=hours(True, True)) == {"lost": ["a"]}
    assert verdict(gone, usually_on=hours(True, False)) == {"away": ["a"]}
    assert verdict(gone, usually_on=hours(True, None)) == {"lost": ["a"]}, "half learned is not learned"


def gone_together(count, seconds=902):
    return [silent_for(seconds - n, f"h{n}") for n in range(count)]


def test_a_site_of_which_nobody_speaks_is_one_story():
    assert verdict(*gone_together(3), site=Site(0, 8)) == {"dark": ["h0", "h1", "h2"]}
    assert verdict(*gone_together(2), site=Site(0, 8)) == {}, "two are no group"
    assert verdict(*gone_together(3), site=Site(1, 8)) == {}, "the line serves: they went home"


def test_many_at_once_are_a_story_though_others_speak():
    assert len(verdict(*gone_together(10), site=Site(10, 30))["dark"]) == 10
    assert verdict(*gone_together(10), site=Site(11, 30)) == {}, "most still speak"
    assert verdict(*gone_together(9), site=Site(1, 30)) == {}


def test_a_short_drop_of_a_site_is_no_story():
    assert verdict(*(silent_for(899 - n, f"h{n}") for n in range(3)), site=Site(0, 8)) == {}


def test_who_went_at_another_time_is_no_part_of_the_story():
    together = [silent_for(1_602 - n, f"h{n}") for n in range(3)]
    before = silent_for(1_602 + TOGETHER_NS // S + 1, "before")
    after = silent_for(1_602 - TOGETHER_NS // S - 3, "after")
    assert verdict(after, *together, before, site=Site(0, 8)) == {"dark": ["h0", "h1", "h2"]}


def test_whoever_goes_in_a_site_that_is_dark_joins_it():
    assert verdict(silent_for(190), site=Site(1, 8, dark=True)) == {"dark": ["a"]}


def test_an_agent_that_ended_in_a_site_that_goes_dark_is_told_by_itself():
    together = [silent_for(900 + n, f"h{n}") for n in range(3)]
    assert verdict(*together, silent_for(200, "k", left=True), site=Site(0, 8))["left"] == ["k"]


@given(
    st.lists(st.tuples(st.integers(180, 20_000), st.booleans()), max_size=12),
    st.builds(Site, st.integers(0, 9), st.integers(0, 12), st.booleans()),
    st.sampled_from([None, True, False]),
)
def test_nobody_is_told_twice_and_nobody_waits_for_ever(silences, site, usual):
    gone = [silent_for(seconds, f"h{n}", left=left) for n, (seconds, left) in enumerate(silences)]
    found = judge(gone, site, LIMITS, lambda *_: usual, NOW)
    told = [one.host for name in found.__slots__ for one in getattr(found, name)]
    assert len(told) == len(set(told))
    assert {one.host for one in gone if NOW - one.last_seen > LIMITS.late} <= set(told)
    if gone and all(one.left is None for one in gone) and usual is True:
        assert not found.away


def test_hosts_are_told_apart_by_site():
    one, two, three = (silent_for(200, name) for name in "abc")
    assert by_site([("x", one), ("y", two), ("x", three)]) == {"x": [one, three], "y": [two]}
