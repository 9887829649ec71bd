from tramgac_collector.cli.twins import called, twins


def test_hosts_of_one_name_are_told_apart_by_how_their_ids_begin():
    hosts = [("a1" * 16, "vm"), ("b2" * 16, "vm"), ("c3" * 16, "pc"), ("c3" * 16, "pc"), ("d4" * 16, "")]
    shared = twins(hosts)
    assert shared == {"vm"}
    assert [called(*host, shared) for host in hosts] == ["vm (a1a1a1a1)", "vm (b2b2b2b2)", "pc", "pc", "d4" * 16]
