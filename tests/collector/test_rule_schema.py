from tramgac_collector.rule_schema import RuleCountRow, RuleParkedRow, RuleSinceRow, RuleStateRow
from tramgac_collector.rule_states import LONGEST, key_of
from tramgac_collector.schema import Base


def test_its_tables_are_the_control_stores():
    for table in (RuleCountRow, RuleParkedRow, RuleSinceRow, RuleStateRow):
        assert Base.metadata.tables[table.__tablename__] is table.__table__


def test_there_is_room_for_the_longest_key_of_a_rule():
    assert len(key_of("x" * 10_000)) <= LONGEST == RuleCountRow.__table__.c.rule.type.impl_instance.length
