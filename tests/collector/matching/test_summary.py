from tramgac_collector.matching.summary import Faults
from tramgac_collector.matching.words import Summary, Unread


def test_faults_are_all_counted_and_the_first_are_named_in_the_persons_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    faults = Faults()
    for index in range(30):
        faults.add(Summary.AT_RECORD, "x.json", index=index, why=Unread.NO_OBJECT.both())
    assert faults.count == 30
    assert len(faults.first) == 20
    assert faults.first[7] == "x.json, bản ghi 7: không phải đối tượng JSON"
