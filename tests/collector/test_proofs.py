from tramgac_collector import database, hosts, proofs, tokens
from tramgac_collector.ingest import Attestation
from tramgac_collector.tokens import redeem

HOST = "ab" * 16


def said(sequence: int, epoch: int = 9, received: int = 5) -> Attestation:
    return Attestation(HOST, received, epoch, 1, sequence, bytes(32), bytes(33), b"signature")


def enrolled(s, now):
    secret, _ = tokens.create(s, site="here", uses=1, ttl_s=600, by="test", now=now)
    hosts.enrol(s, HOST, "pc-1", "linux", "1", "1", redeem(s, secret, now), now)


def test_the_newest_of_each_lane_is_kept(store, now):
    with database.session(store) as s:
        enrolled(s, now)
        proofs.keep(s, [said(3), said(1, epoch=1 << 63)])
        proofs.keep(s, [said(4)])
        assert list(proofs.listing(s, HOST)) == [said(4), said(1, epoch=1 << 63)]
        assert list(proofs.listing(s, "cd" * 16)) == []


def test_a_host_that_begins_ever_new_spools_fills_no_table(store, now, monkeypatch):
    monkeypatch.setattr(proofs, "LANES_A_HOST", 3)
    with database.session(store) as s:
        enrolled(s, now)
        for epoch in range(proofs.LANES_A_HOST + 5):
            proofs.keep(s, [said(1, epoch=epoch, received=epoch)])
        kept = [one.epoch for one in proofs.listing(s)]
        assert len(kept) == proofs.LANES_A_HOST + 1
        assert max(kept) == proofs.LANES_A_HOST + 4
