"""Who changed a file, by the order of the queue: a model of processes that run programs, change files, are drained."""

import random

from tramgac_agent.enrich.doers import Doers
from tramgac_agent.enrich.processes import ProcessTable
from tramgac_agent.observations import CREATED, Exec, FileChange, Fork, Opened

PROGRAMS = ("/usr/bin/sh", "/usr/bin/dpkg", "/usr/bin/rm", "/opt/sh")
HIDDEN = "/unwatched/"


class World:
    """The truth, the kernel's queue of file changes, its ring of processes, and the agent that reads both."""

    def __init__(self, rnd):
        self.rnd, self.now, self.empty = rnd, 10, 10
        self.table = ProcessTable(lambda _: None, lambda _: "")
        self.queue, self.ring = [], []
        self.images = {}
        self.loading = {}
        self.told = []
        self.doers = Doers(self.table)

    def tick(self):
        self.now += self.rnd.choice((0, 1, 1))  # several things in one tick of the clock
        return self.now

    def fork(self, pid, parent):
        self.ring.append(Fork(self.tick(), pid, self.now, parent, self.images.get(parent, (0, ""))[0]))
        self.images[pid] = (self.now, "copy")
        self.now += 1

    def run(self, pid, program, argument, *, fails=False):
        """Open a program; it is run when the kernel has loaded it."""
        if not program.startswith(HIDDEN):
            self.queue.append((pid, program, None))
        self.tick()
        if not fails:
            self.loading[pid] = (program, f"{program} {argument}")

    def loaded(self, pid):
        program, line = self.loading.pop(pid)
        self.now += 1
        start = self.images[pid][0]
        facts = (1, 1, program, line, "/", 1, 0, 0, 0, 0, 0)
        self.ring.append(Exec(self.now, pid, start, *facts, fileless=False, file=None))
        self.images[pid] = (start, line)
        self.now += 1

    def change(self, pid):
        self.tick()
        self.queue.append((pid, "/f", self.images[pid][1]))

    def drain(self, between):
        """Read the queue until it is empty, then the ring; things go on in between."""
        between()
        batch, self.queue = self.queue, []
        self.now += 1
        at = self.now
        self.now += 1
        if self.rnd.random() < 0.5:
            between()
            batch, self.queue = batch + self.queue, []
            self.now += 1
            at = self.now  # a second reading; the place of the first is forgotten, which is a weaker bound
        before = self.tick()
        self.now += 1
        between()
        for seen in self.ring:
            self.table.fork(seen) if isinstance(seen, Fork) else self.table.exec(seen)
        self.ring.clear()
        observations = [
            Opened(at, pid, path, self.empty) if line is None else FileChange(at, pid, CREATED, path, after=self.empty)
            for pid, path, line in batch
        ]
        self.empty = before
        found = self.doers.of(observations)
        for place, (pid, _, line) in enumerate(batch):
            if line is not None:
                doer = found.get(place)
                known = doer.known if doer else self.table.find(pid)
                self.told.append((line, known, doer is None or doer.certain))


def live(rnd, programs, *, failures):
    world = World(rnd)
    world.fork(1, 0)
    world.run(1, "/usr/bin/init", "0")
    world.loaded(1)

    def act():
        for number in range(rnd.randrange(6)):
            pid = rnd.choice(list(world.images))
            what = rnd.random()
            if pid in world.loading:
                world.loaded(pid)
            elif what < 0.15:
                world.fork(max(world.images) + 1, pid)
            elif what < 0.5:
                fails = failures and rnd.random() < 0.3
                program = rnd.choice(programs) if programs else f"/usr/bin/{world.now}.{number}"
                world.run(pid, program, f"{world.now}.{number}", fails=fails)
            else:
                world.change(pid)

    for _ in range(rnd.randrange(1, 8)):
        act()
        world.drain(act)
    world.drain(lambda: None)
    return world.told


def is_true(line, known):
    return known.command_line == line if line != "copy" else not known.executed


def lives(programs, *, failures):
    return [one for seed in range(600) for one in live(random.Random(seed), programs, failures=failures)]


def test_where_programs_are_watched_every_change_has_the_program_that_made_it():
    for line, known, certain in lives((), failures=False):
        assert certain
        assert is_true(line, known)


def test_programs_that_are_run_again_or_could_not_be_run_make_nothing_wrong_that_is_certain():
    told = lives(PROGRAMS, failures=True)
    assert all(is_true(line, known) for line, known, certain in told if certain)
    assert sum(certain for _, _, certain in told) > 0.5 * len(told)


def test_where_they_are_not_what_is_certain_is_true_and_the_rest_says_so():
    hidden = tuple(HIDDEN + program.rsplit("/", 1)[1] for program in PROGRAMS)
    told = lives((*PROGRAMS, *hidden), failures=False)
    wrong = [certain for line, known, certain in told if not is_true(line, known)]
    assert wrong
    assert not any(wrong)


def opened(pid, path):
    return Opened(20, pid, path, 10)


def change(pid):
    return FileChange(20, pid, CREATED, "/etc/cron.d/x", after=10)


def table_of(*programs, since=15, copy=False):
    table = ProcessTable(lambda _: None, lambda _: "")
    first, *rest = programs
    table.fork(Fork(12 if copy else 5, 7, 1, 1, 1))
    for at, program in ((12 if copy else 6, first), *((since + n, p) for n, p in enumerate(rest))):
        table.exec(Exec(at, 7, 1, 1, 1, program, program, "/", 1, 0, 0, 0, 0, 0, fileless=False, file=None))
    return table


def told(table, *observations):
    return [(doer.known.executable, doer.certain) for _, doer in sorted(Doers(table).of(observations).items())]


def test_what_a_shell_wrote_before_it_became_another_is_the_shells():
    table = table_of("/usr/bin/bash", "/usr/bin/dpkg")
    mine = told(table, change(7), opened(7, "/usr/bin/dpkg"), change(7), opened(8, "/usr/bin/dpkg"))
    assert mine == [("/usr/bin/bash", True), ("/usr/bin/dpkg", True)]


def test_nobody_hides_behind_a_program_that_is_not_watched():
    table = table_of("/usr/bin/bash", "/usr/bin/dpkg", copy=True)
    assert told(table, change(7)) == [("/usr/bin/bash", False)]


def test_a_forked_copy_that_redirects_and_runs_is_taken_for_what_it_runs():
    assert told(table_of("/usr/bin/cp", copy=True), change(7)) == [("/usr/bin/cp", False)]


def test_who_became_another_after_the_queue_was_read_had_not_yet():
    assert told(table_of("/usr/bin/bash", "/usr/bin/dpkg", since=21), change(7)) == [("/usr/bin/bash", True)]


def test_most_changes_cost_nothing():
    assert Doers(table_of("/usr/bin/bash")).of([change(7), change(8)]) == {}
