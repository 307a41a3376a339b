"""A stage of a rule: who may answer, how many must, and whom silence calls."""

from dataclasses import dataclass
from datetime import timedelta

from bot.core.people.identity import Person, is_among
from bot.core.people.membership import NOBODY, Crowd
from bot.core.people.superior import MANAGER
from bot.core.ruling import EscalationStep, Stage
from bot.policy.grammar.mappings import DefaultsPart, EscalationPart, StagePart
from bot.policy.people.roster import Roster
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """What every stage is made with. Faults go onto the sheet, and then the policy must not be used."""

    roster: Roster
    defaults: DefaultsPart
    sheet: Sheet

    def make(self, part: StagePart, path: Path) -> Stage:
        """Return the stage at *path*. Without approvers anywhere, any full member may answer."""
        names, listed = part.approvers, (*path, "approvers")
        if names is None:
            names, listed = self.defaults.approvers, ("defaults", "approvers")
        asked = NOBODY if names is None else self.roster.crowd_behind(names, listed, self.sheet)
        called = self._mention(part, path, asked)
        stage = Stage(
            name=part.name,
            quorum=part.quorum,
            approvers=asked.people,
            groups=asked.groups,
            anyone=names is None,
            reject_quorum=part.reject_quorum,
            mention=called.people,
            mention_groups=called.groups,
            remind_after=part.remind_after,
            escalate=self._steps(part, path),
        )
        if names is not None and self.roster.is_whole(names) and not self.sheet.is_spoiled(listed):
            self._check_quorum(stage, path, ", ".join(names))
        return stage

    def _check_quorum(self, stage: Stage, path: Path, given: str) -> None:
        """Refuse to ask for more than can ever answer; how many are in a live group, only the click tells."""
        groups = {group for called in (stage.groups, *(step.groups for step in stage.escalate)) for group in called}
        if groups - {MANAGER}:
            return
        able = list[Person]()
        for person in (*stage.approvers, *(one for step in stage.escalate for one in step.to)):
            if _can_answer(person) and not is_among(person, able):
                able.append(person)
        most = len(able) + len(groups)  # everybody has one manager at most
        for key, wanted in (("quorum", stage.quorum), ("reject_quorum", stage.reject_quorum)):
            if wanted > most:
                self.sheet.refuse((*path, key), f"asks for {wanted}, but {given} can give {most} at most")

    def _mention(self, part: StagePart, path: Path, asked: Crowd) -> Crowd:
        if part.mention is None:
            return asked
        return self.roster.crowd_behind(part.mention, (*path, "mention"), self.sheet)

    def _steps(self, part: StagePart, path: Path) -> tuple[EscalationStep, ...]:
        """Return the steps that can be taken; those that can't are on the sheet."""
        steps, earlier = list[EscalationStep](), timedelta()
        for index, step in enumerate(part.escalate):
            at = (*path, "escalate", index)
            if self.sheet.is_spoiled(at):
                continue
            if not step.to and step.channel is None:
                self.sheet.refuse(at, "needs to, channel or both: whom it calls, and where")
            elif step.after <= earlier:
                self.sheet.refuse((*at, "after"), "must be longer than the step's before; both count from the start")
            else:
                steps.append(self._step(step, at))
                earlier = step.after
        return tuple(steps)

    def _step(self, part: EscalationPart, path: Path) -> EscalationStep:
        called = self.roster.crowd_behind(part.to, (*path, "to"), self.sheet)
        # Names that nobody stands behind are on the sheet; the step only needs to be one.
        channel = part.channel or (None if called != NOBODY else "#nowhere")
        return EscalationStep(after=part.after, to=called.people, groups=called.groups, channel=channel)


def _can_answer(person: Person) -> bool:
    """Tell whether Slack can ever tell us that a click is this person's."""
    return person.slack_id is not None or person.email is not None
