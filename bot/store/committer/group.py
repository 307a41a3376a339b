"""Runs use cases together and commits them together; when that fails, one by one, so that nobody harms a neighbour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.errors import Refused
from bot.core.request import RequestId
from bot.store.committer.flush import flush
from bot.store.committer.sequence import read_head
from bot.store.faults import CommitUnknown, StoreUnreachable, StoreUnusable
from bot.store.transaction import Ground, Hurry, TakesLong, Tools, Transaction
from bot.store.values import Commit, Head

TRIES = 4
"""How often something that may pass (a deadlock, a lost connection) is tried before its callers are told."""


@dataclass(frozen=True, slots=True)
class Job:
    """A use case, and the requests it locks up front."""

    use_case: Callable[[Transaction, datetime], Any]
    locks: Sequence[RequestId] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a use case came to: a value, or the exception to raise where it was asked for."""

    value: Any = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A group that was run: its transaction is open, and lacks its commit. Without a ``commit`` there is none to come.

    There is an answer for each of the jobs that were begun; ``ground`` is what they stand on.
    """

    answers: list[Answer]
    commit: Commit | None
    ground: Ground


class GroupRunner:
    """Owns the writer's connection. Everything here is sync, and never runs twice at the same time."""

    def __init__(self, tools: Tools, announce: Callable[[Commit], None]) -> None:
        self._tools = tools
        self._announce = announce

    def prepare(self, jobs: Sequence[Job], hurry: Hurry) -> Prepared | None:
        """Run the first of *jobs*, as many as there is time for, and wait for nobody; ``run`` has to commit it.

        None, and nothing has happened, when the database can't be had at once, or is far away; when one of them takes
        long; and when anything breaks, as ``run`` knows what to do then.
        """
        link = self._tools.link
        try:
            return self._prepared(jobs, hurry) if link.begin_at_once() else None
        except (Exception, TakesLong):  # noqa: BLE001 - what it was shows when it is run again
            link.rollback()
            return None
        except BaseException:
            link.rollback()
            raise

    def run(self, jobs: Sequence[Job], prepared: Prepared | None = None) -> tuple[list[Answer], list[Commit]]:
        """Return an answer for each job, in order, after everything that could be committed is durable.

        What is *prepared* already is only committed; where that fails, the jobs are run anew.
        """
        try:
            answers, commit = self._patiently(jobs, prepared)
        except CommitUnknown as error:
            # Perhaps it happened: a second try could count one click twice. Whoever asked has to look.
            return [Answer(error=_another(error)) for _ in jobs], []
        except StoreUnusable as error:
            # Connecting again failed: so it would for each of them, one long wait after the other.
            return [Answer(error=_unreachable(error)) for _ in jobs], []
        except Exception as error:  # noqa: BLE001 - whatever one job brought must reach its caller, and no other
            if len(jobs) == 1:
                is_absent = self._tools.database.is_absent(error)
                return [Answer(error=_unreachable(error) if is_absent else error)], []
            return self._one_by_one(jobs)
        return answers, [commit] if commit else []

    def _one_by_one(self, jobs: Sequence[Job]) -> tuple[list[Answer], list[Commit]]:
        answers, commits = list[Answer](), list[Commit]()
        for job in jobs:
            answer, commit = self.run([job])
            answers += answer
            commits += commit
        return answers, commits

    def _patiently(self, jobs: Sequence[Job], prepared: Prepared | None) -> tuple[list[Answer], Commit | None]:
        for tries_left in reversed(range(TRIES)):
            try:
                return self._once(jobs, prepared)
            except CommitUnknown:
                raise
            except Exception as error:
                if not (tries_left and self._tools.database.is_passing(error)):
                    raise
                prepared = None
        raise AssertionError("the last try returns or raises")

    def _once(self, jobs: Sequence[Job], prepared: Prepared | None) -> tuple[list[Answer], Commit | None]:
        link = self._tools.link
        try:
            if prepared is None:
                link.begin()
                prepared = self._prepared(jobs, None)
            if prepared.commit is not None:
                link.commit()
        except BaseException:
            link.rollback()
            raise
        if prepared.ground.pending.lines:
            self._tools.time.saw(prepared.ground.now)
        return prepared.answers, prepared.commit

    def _prepared(self, jobs: Sequence[Job], hurry: Hurry | None) -> Prepared:
        """Run *jobs* in the transaction that has begun, and write what they want written."""
        seen = self._head("head")
        ground = Ground(self._tools, self._now(seen), len(jobs), hurry)
        ground.lock_all({request for job in jobs for request in job.locks})
        answers = self._attempted(jobs, ground)
        if ground.pending.is_empty:
            self._tools.link.rollback()
            return Prepared(answers, None, ground)
        head = self._head("lock_head")
        if head.seq != seen.seq:
            # Another replica wrote meanwhile: what was read without a lock (who is open in a lane) may be untrue by
            # now, and the log's time must not run backwards. Nobody writes while we hold the head: once is enough.
            ground.restart(max(head.at or ground.now, ground.now))
            answers = self._attempted(jobs, ground)
        commit = flush(ground, head)
        self._announce(commit)
        return Prepared(answers, commit, ground)

    def _attempted(self, jobs: Sequence[Job], ground: Ground) -> list[Answer]:
        """Return the answers of *jobs*; in a hurry of the first of them only."""
        answers = list[Answer]()
        for job in jobs:
            if answers and ground.is_late():
                break
            answers.append(self._attempt(job, ground))
        return answers

    def _attempt(self, job: Job, ground: Ground) -> Answer:
        transaction = Transaction(ground)
        try:
            value = job.use_case(transaction, ground.now)
        except Refused as refused:
            ground.settle(ground.current.after_refusal())
            return Answer(error=refused)
        except Exception as error:
            if self._tools.database.is_fault(error):
                raise  # the database's transaction is spoilt, for everybody in it
            ground.settle_nothing()
            return Answer(error=error)
        ground.settle(ground.current)
        return Answer(value=value)

    def _now(self, seen: Head) -> datetime:
        tools = self._tools
        found = tools.first("clock") if tools.time.is_databases else None
        clock = tools.database.read_moment(found[0]) if found else tools.time.clock()
        return tools.time.tell(seen.at, clock)

    def _head(self, statement: str) -> Head:
        row = self._tools.first(statement)
        if row is None:
            raise RuntimeError("the audit log has lost its head row; restore the database from a backup")
        return read_head(row, self._tools.database)


def _another(error: CommitUnknown) -> CommitUnknown:
    """Return the same for one more caller: an exception grows by whoever raises it, so no two may share one."""
    another = CommitUnknown(*error.args)
    another.__cause__ = error.__cause__
    return another


def _unreachable(error: Exception) -> StoreUnreachable:
    # The drivers' own names of what is wrong (SQLITE_FULL, 57P01) are constants; their messages may hold what was sent.
    name = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or type(error).__name__
    unreachable = StoreUnreachable(f"the database does not answer, is locked for too long, or is full: {name}")
    unreachable.__cause__ = error
    return unreachable
