"""`jit policy check` on files that are wrong: every line it says, whole, as whoever has to mend the file reads it."""

from pathlib import Path

import pytest

from bot.cli.door import run

HEAD = """\
version: 1
defaults: {channel: "#ops", approvers: [qa]}
sources: {ci: {token_env: JIT_CI_TOKEN}}
people: {ana: {email: ana@acme.test}, bo: {email: bo@acme.test, manager: ana}}
groups:
  qa: {users: [ana, bo]}
  around: {groups: [qa]}
  sre: {slack_usergroup: sre, fallback: [ana]}
  duty: {calendar: duty.ics, fallback: [bo]}
"""
"""Nine lines, and nothing wrong with them."""

ASK = "then: require_approval"
APPROVE = 'then: auto_approve, when: source == "ci"'
OFFICE = "time_zone: UTC, hours: Mon-Fri 09:00-18:00"


def rules(*written: str) -> str:
    return "rules:\n" + "".join(f"  - {{name: r{n}, {rule}}}\n" for n, rule in enumerate(written))


def said(tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines on standard error, warnings left out."""
    (tmp_path / "duty.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    (tmp_path / "p.yaml").write_text(text)
    code = run(("policy", "check", "--file", str(tmp_path / "p.yaml")))
    told = capfd.readouterr()
    assert told.out == "" or code == 0
    lines = told.err.replace(f"{tmp_path}/", "").splitlines()
    return code, [line for line in lines if not line.startswith("jit: warning: ")]


TABLE: dict[str, tuple[str, str]] = {
    "unknown key": (
        "rules:\n  - {name: r, then: require_approval, tiemout: 5m}\n",
        (
            '11:39: rules.0.tiemout: unknown key; did you mean "timeout"?; allowed: name, then, when, reason,'
            " route, stages, timeout, on_timeout, forbid, budget, limit, break_glass, supersede, "
            "group_within, undo_within, claim_for, require_reason, require_category, require_condition, "
            "confirm_environment, accept_incomplete, quiet, calendar, delegation"
        ),
    ),
    "unknown section": (
        "rotes: []\n",
        (
            '10:1: rotes: unknown key; did you mean "routes"?; allowed: version, defaults, sources, people, '
            "groups, calendars, quiet_hours, codeowners, waivers, routes, freezes, rules"
        ),
    ),
    "unknown key of a stage": (
        rules(ASK + ", stages: [{aprovers: [qa]}]"),
        (
            '11:50: rules.0.stages.0.aprovers: unknown key; did you mean "approvers"?; allowed: name, when, '
            "approvers, quorum, reject_quorum, mention, remind_after, escalate"
        ),
    ),
    "wrong type, text for a list": (
        rules(ASK + ", forbid: requester"),
        '11:48: rules.0.forbid: must be a list, such as [a, b], not "requester"',
    ),
    "wrong type, mapping for a list": (
        rules(ASK + ", stages: {approvers: [qa]}"),
        "11:48: rules.0.stages: must be a list of mappings, each starting with -, not a mapping",
    ),
    "wrong type, word for a number": (
        rules(ASK + ", stages: [{quorum: two}]"),
        '11:58: rules.0.stages.0.quorum: must be a whole number, not "two"',
    ),
    "wrong type, word for yes or no": (
        rules(ASK + ", quiet: sometimes"),
        '11:47: rules.0.quiet: must be true or false, not "sometimes"',
    ),
    "wrong word": (
        rules("then: aproove_auto"),
        ('11:22: rules.0.then: must be one of auto_approve, auto_reject, require_approval, not "aproove_auto"'),
    ),
    "a misspelt word": (
        rules(ASK + ", on_timeout: rejct"),
        ('11:52: rules.0.on_timeout: must be one of reject, expire, approve, not "rejct"; did you mean "reject"?'),
    ),
    "unknown group": (
        rules(ASK + ", stages: [{approvers: [qaa]}]"),
        (
            '11:62: rules.0.stages.0.approvers.0: there is no group or person "qaa"; did you mean "qa"?; '
            "others by their e-mail address"
        ),
    ),
    "unknown group, nothing near": (
        rules(ASK + ", stages: [{approvers: [platform]}]"),
        (
            '11:62: rules.0.stages.0.approvers.0: there is no group or person "platform"; known: ana, around,'
            " bo, duty, qa, sre; others by their e-mail address"
        ),
    ),
    "unknown person in mention": (
        rules(ASK + ", stages: [{mention: [anna]}]"),
        (
            '11:60: rules.0.stages.0.mention.0: there is no group or person "anna"; did you mean "ana"?; '
            "others by their e-mail address"
        ),
    ),
    "unknown person in a route": (
        rules(ASK + ", route: {mention: [platform]}"),
        (
            '11:58: rules.0.route.mention.0: there is no group or person "platform"; known: ana, around, bo, '
            "duty, qa, sre; others by their e-mail address"
        ),
    ),
    "unknown person in a signpost": (
        'routes: [{name: a, when: "true", channels: ["#a"], mention: [platform]}]\n',
        (
            '10:62: routes.0.mention.0: there is no group or person "platform"; known: ana, around, bo, duty,'
            " qa, sre; others by their e-mail address"
        ),
    ),
    "unknown person in an escalation": (
        rules(ASK + ", stages: [{escalate: [{after: 5m, to: [boo]}]}]"),
        (
            '11:78: rules.0.stages.0.escalate.0.to.0: there is no group or person "boo"; did you mean "bo"?; '
            "others by their e-mail address"
        ),
    ),
    "manager_of_requester misspelt": (
        rules(ASK + ", stages: [{approvers: [manager_of_requestor]}]"),
        (
            '11:62: rules.0.stages.0.approvers.0: there is no group or person "manager_of_requestor"; did you'
            ' mean "manager_of_requester"?; others by their e-mail address'
        ),
    ),
    "reached: identical": (
        rules(ASK + ', when: source == "ci"', ASK + ', when: (source=="ci")'),
        (
            '12:5: rules.1: is never reached: rule 0 ("r0") comes first and has the same condition; take one '
            "of them out, or change its when"
        ),
    ),
    "reached: implied": (
        rules(ASK + ', when: source == "ci"', 'then: auto_approve, when: tests.failed == 0 && source == "ci"'),
        (
            '12:5: rules.1: is never reached: rule 0 ("r0") comes first and matches whatever this matches; '
            "put this before it, or change one when"
        ),
    ),
    "reached: true": (
        rules(ASK + ', when: "true"', ASK + ', when: source == "ci"'),
        '12:5: rules.1: is never reached: rule 0 ("r0") has a when that is always true',
    ),
    "reached: no when": (
        rules(ASK, ASK + ', when: source == "ci"'),
        '12:5: rules.1: is never reached: rule 0 ("r0") has no when and always matches',
    ),
    "reached: rejection": (
        rules(APPROVE, 'then: auto_reject, when: source == "ci"'),
        (
            '11:5: rules.0: is never reached: rule 1 ("r1") rejects whatever this matches, and rejections are'
            " looked at first; change one when"
        ),
    ),
    "reached: too late to ask": (
        rules(APPROVE, ASK + ', when: source == "ci" && tests.failed > 0'),
        (
            '12:5: rules.1: is only reached in doubt: rule 0 ("r0") comes first and matches whatever this '
            "matches; put this before it, or change one when"
        ),
    ),
    "quorum": (
        rules(ASK + ", stages: [{approvers: [qa], quorum: 3}]"),
        "11:75: rules.0.stages.0.quorum: asks for 3, but qa can give 2 at most",
    ),
    "quorum nested": (
        rules(ASK + ", stages: [{approvers: [around, ana], quorum: 3}]"),
        "11:84: rules.0.stages.0.quorum: asks for 3, but around, ana can give 2 at most",
    ),
    "quorum of the defaults": (
        rules(ASK + ", stages: [{quorum: 3}]"),
        "11:58: rules.0.stages.0.quorum: asks for 3, but qa can give 2 at most",
    ),
    "quorum with manager": (
        rules(ASK + ", stages: [{approvers: [ana, manager_of_requester], quorum: 3}]"),
        "11:98: rules.0.stages.0.quorum: asks for 3, but ana, manager_of_requester can give 2 at most",
    ),
    "quorum zero": (
        rules(ASK + ", stages: [{quorum: 0}]"),
        "11:58: rules.0.stages.0.quorum: must be 1 or more, not 0",
    ),
    "reject_quorum": (
        rules(ASK + ", stages: [{approvers: [qa], reject_quorum: 3}]"),
        "11:82: rules.0.stages.0.reject_quorum: asks for 3, but qa can give 2 at most",
    ),
    "reject_quorum out of range": (
        rules(ASK + ", stages: [{approvers: [qa], reject_quorum: 101}]"),
        "11:82: rules.0.stages.0.reject_quorum: must be 100 or less, not 101",
    ),
    "duration without unit": (
        rules(ASK + ", timeout: 90"),
        "11:49: rules.0.timeout: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not 90",
    ),
    "duration of nothing": (
        rules(ASK + ", timeout: 0s"),
        '11:49: rules.0.timeout: must be at least 1s and at most 365d, not "0s"',
    ),
    "escalation not later than the one before": (
        rules(ASK + ", stages: [{escalate: [{after: 5m, to: [bo]}, {after: 5m, to: [ana]}]}]"),
        ("11:92: rules.0.stages.0.escalate.1.after: must be longer than the step's before; both count from the start"),
    ),
    "duplicate key": (
        rules(ASK + ", timeout: 1h, timeout: 2h"),
        "11:53: rules.0.timeout: stands here twice; the first is in line 11",
    ),
    "duplicate rule name": (
        'rules:\n  - {name: a, then: require_approval, when: source == "a"}\n  - {name: A, then: require_approval}\n',
        "12:12: rules.1.name: rule 0 is called that already; the log names rules",
    ),
    "condition: misspelt fact": (
        rules('then: auto_approve, when: request.enviroment == "x"'),
        ("11:42: rules.0.when: undeclared reference to 'request.enviroment'; did you mean \"request.environment\"?"),
    ),
    "condition: types": (
        rules('then: auto_approve, when: tests.failed == "0"'),
        (
            "11:55: rules.0.when: == can't take a whole number and text; text stands in quotes, numbers and "
            "true or false don't"
        ),
    ),
    "condition: not a yes or no": (
        rules("then: auto_approve, when: tests.failed"),
        ("11:42: rules.0.when: must yield true or false; this yields a whole number: compare it with something"),
    ),
    "condition: function": (
        rules('then: auto_approve, when: request.title.startswith("x")'),
        '11:66: rules.0.when: there is no function startswith(); did you mean "startsWith"?',
    ),
    "condition: and": (
        rules('then: auto_approve, when: source == "ci" and tests.failed == 0'),
        '11:57: rules.0.when: "and" has no place here; write &&',
    ),
    "condition: one =": (
        rules("then: auto_approve, when: tests.failed = 0"),
        "11:55: rules.0.when: one = compares nothing: compare with ==",
    ),
    "condition: unfinished": (
        rules("then: auto_approve, when: tests.failed =="),
        "11:57: rules.0.when: ends too early: something is missing here",
    ),
    "condition of a stage": (
        rules(ASK + ", stages: [{when: tests.faild > 0}, {}]"),
        ("11:56: rules.0.stages.0.when: undeclared reference to 'tests.faild'; did you mean \"tests.failed\"?"),
    ),
    "budget where people are asked": (
        rules(ASK + ", budget: 5 per 1h"),
        (
            "11:40: rules.0.budget: only with auto_approve; require_approval has nothing to spend: write "
            "limit to ask people less often"
        ),
    ),
    "budget of a rejection": (
        rules('then: auto_reject, when: source == "x", budget: 5 per 1h'),
        "11:56: rules.0.budget: only with auto_approve; auto_reject has nothing to spend: take it out",
    ),
    "limit where nobody is asked": (
        rules(APPROVE + ", limit: 5 per 1h"),
        "11:58: rules.0.limit: only with require_approval: it is how often people are asked; write budget",
    ),
    "budget too large": (
        rules(APPROVE + ", budget: 1001 per 1h"),
        "11:66: rules.0.budget: must be at most 1000 per duration: all of them are counted, each time",
    ),
    "budget of a fraction": (
        rules(APPROVE + ", budget: 1.5 per 1h"),
        ('11:66: rules.0.budget: must be a number of requests per duration, such as "600 per 1m", not "1.5 per 1h"'),
    ),
    "budget of nothing": (
        rules(APPROVE + ", budget: 0 per 1h"),
        ('11:66: rules.0.budget: must be a number of requests per duration, such as "600 per 1m", not "0 per 1h"'),
    ),
    "budget without a span": (
        rules(APPROVE + ", budget: 5"),
        '11:66: rules.0.budget: must be a number of requests per duration, such as "600 per 1m", not 5',
    ),
    "budget without a unit": (
        rules(APPROVE + ", budget: 5 per 1"),
        '11:66: rules.0.budget: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not "1"',
    ),
    "budget per part of a second": (
        rules(APPROVE + ", budget: 5 per 1500ms"),
        "11:66: rules.0.budget: must be per whole seconds, such as 90s",
    ),
    "break_glass for nobody": (
        rules(ASK + ", break_glass: {approvers: []}"),
        "11:65: rules.0.break_glass.approvers: must not be empty; name at least one",
    ),
    "break_glass without approvers": (
        rules(ASK + ", break_glass: {review_within: 1h}"),
        '11:53: rules.0.break_glass.approvers: "approvers" is required here',
    ),
    "break_glass: yes": (
        rules(ASK + ", break_glass: true"),
        "11:53: rules.0.break_glass: must be a mapping with the keys approvers, review_within, not true",
    ),
    "break_glass for unknown people": (
        rules(ASK + ", break_glass: {approvers: [sree]}"),
        (
            '11:66: rules.0.break_glass.approvers.0: there is no group or person "sree"; did you mean "sre"?;'
            " others by their e-mail address"
        ),
    ),
    "break_glass review without unit": (
        rules(ASK + ", break_glass: {approvers: [qa], review_within: 24}"),
        (
            "11:86: rules.0.break_glass.review_within: must be a duration with a unit, such as 30s, 15m, "
            "1h30m or 2d, not 24"
        ),
    ),
    "delegation": (
        rules(ASK + ", delegation: ban"),
        '11:52: rules.0.delegation: must be one of allow, forbid, not "ban"',
    ),
    "group_within without unit": (
        rules(ASK + ", group_within: 60"),
        ("11:54: rules.0.group_within: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not 60"),
    ),
    "claim_for without unit": (
        rules(ASK + ", claim_for: 60"),
        ("11:51: rules.0.claim_for: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not 60"),
    ),
    "group_within too long": (
        rules(ASK + ", group_within: 400d"),
        '11:54: rules.0.group_within: must be at least 1s and at most 365d, not "400d"',
    ),
    "undo_within too long": (
        rules(ASK + ", undo_within: 16m"),
        '11:53: rules.0.undo_within: must be whole seconds, such as 90s, and at most 15m, not "16m"',
    ),
    "undo_within of parts of a second": (
        rules(ASK + ", undo_within: 1500ms"),
        '11:53: rules.0.undo_within: must be whole seconds, such as 90s, and at most 15m, not "1500ms"',
    ),
    "undo_within as long as the timeout": (
        rules(ASK + ", timeout: 10m, undo_within: 10m"),
        "11:67: rules.0.undo_within: must be less than the timeout, 10m",
    ),
    "undo_within on a shared card": (
        rules(ASK + ", group_within: 1m, undo_within: 1m"),
        "11:58: rules.0.undo_within: does not go with group_within: one answer counts for all that share a card",
    ),
    "quiet hours without a zone": (
        "quiet_hours: {hours: Mon-Sun 22:00-07:00}\n",
        '10:14: quiet_hours.time_zone: "time_zone" is required here',
    ),
    "quiet hours in an unknown zone": (
        "quiet_hours: {time_zone: Europe/Berln, hours: Mon-Sun 22:00-07:00}\n",
        (
            "10:26: quiet_hours.time_zone: must be a time zone such as Europe/Berlin or UTC, not "
            '"Europe/Berln"; did you mean "Europe/Berlin"?'
        ),
    ),
    "quiet hours for ever": (
        "quiet_hours: {time_zone: UTC, hours: Mon-Sun 00:00-24:00}\n",
        "10:38: quiet_hours.hours: are the whole week: nobody would ever be pinged",
    ),
    "quiet hours on no day": (
        "quiet_hours: {time_zone: UTC, hours: '22:00-07:00'}\n",
        ('10:38: quiet_hours.hours: must start with its days, such as "Mon-Fri 09:00-18:00", not "22:00-07:00"'),
    ),
    "quiet hours, critical": (
        'quiet_hours: {time_zone: UTC, hours: Mon-Sun 22:00-07:00, when_critical: request.severty == "high"}\n',
        (
            "10:74: quiet_hours.when_critical: undeclared reference to 'request.severty'; did you mean "
            '"request.severity"?'
        ),
    ),
    "calendar unknown": (
        f"calendars: {{office: {{{OFFICE}}}}}\n" + rules(ASK + ", calendar: offce"),
        '12:50: rules.0.calendar: there is no calendar "offce"; did you mean "office"?',
    ),
    "calendar without hours": (
        "calendars: {office: {time_zone: UTC}}\n",
        '10:21: calendars.office.hours: "hours" is required here',
    ),
    "calendar with half hours": (
        "calendars: {office: {time_zone: UTC, hours: Mon-Fri 9-18}}\n",
        (
            "10:45: calendars.office.hours: must be hours such as 09:00-18:00, over midnight such as "
            '22:00-06:00, or 00:00-24:00, not "9-18"'
        ),
    ),
    "calendar of an unknown day": (
        "calendars: {office: {time_zone: UTC, hours: Mon-Fry 09:00-18:00}}\n",
        (
            '10:45: calendars.office.hours: must name days as Mon, Tue, Wed, Thu, Fri, Sat, Sun, not "Fry"; '
            'did you mean "Friday"?'
        ),
    ),
    "calendar that overlaps": (
        "calendars: {office: {time_zone: UTC, hours: 'Mon 09:00-18:00, Mon 17:00-19:00'}}\n",
        ("10:45: calendars.office.hours: Mon 09:00-18:00 and Mon 17:00-19:00 overlap; write every hour once"),
    ),
    "calendar called always": (
        f"calendars: {{always: {{{OFFICE}}}}}\n",
        "10:13: calendars.always: always is what a clock is called that never stands; take another name",
    ),
    "calendar too scarce": (
        rules(ASK + ", timeout: 90d, calendar: {time_zone: UTC, hours: Mon 09:00-10:00}"),
        ("11:49: rules.0.timeout: would take more than 365 days by the hours of its calendar; shorten it"),
    ),
    "holidays of no country": (
        f"calendars: {{office: {{{OFFICE}, holidays: [XX]}}}}\n",
        ('10:77: calendars.office.holidays.0: must be a country such as DE, or a part of it such as DE-BY, not "XX"'),
    ),
    "closed on no day": (
        f"calendars: {{office: {{{OFFICE}, closed: [2026-13-01]}}}}\n",
        '10:75: calendars.office.closed.0: must be a day such as 2026-12-24, not "2026-13-01"',
    ),
    "freeze without time": (
        "freezes: [{name: f, then: reject}]\n",
        '10:11: freezes.0: needs from and until, or weekly: "Fri 16:00 - Mon 06:00"',
    ),
    "freeze of an unknown kind": (
        "freezes: [{name: f, then: stop, weekly: Fri 16:00 - Mon 06:00}]\n",
        '10:27: freezes.0.then: must be one of reject, ask, not "stop"',
    ),
    "freeze backwards": (
        "freezes: [{name: f, then: ask, from: 2026-12-24, until: 2026-12-20}]\n",
        "10:57: freezes.0.until: must come after from; a day alone counts to its end",
    ),
    "freeze in words": (
        "freezes: [{name: f, then: ask, weekly: Friday evening}]\n",
        ('10:40: freezes.0.weekly: must be days and times such as "Fri 16:00 - Mon 06:00", not "Friday evening"'),
    ),
    "freeze once and weekly": (
        "freezes: [{name: f, then: ask, from: 2026-12-24, weekly: Fri 16:00 - Mon 06:00}]\n",
        ("10:58: freezes.0.weekly: stands beside from or until: a freeze is once, or every week; take one of them out"),
    ),
    "freeze twice": (
        "freezes:\n" + 2 * "  - {name: f, then: ask, weekly: Fri 16:00 - Mon 06:00}\n",
        "12:12: freezes.1.name: freeze 0 is called that already; choose another name",
    ),
    "freeze on what passes": (
        "freezes: [{name: f, then: ask, weekly: Fri 16:00 - Mon 06:00, when: history.open_in_lane > 1}]\n",
        (
            "10:69: freezes.0.when: undeclared reference to 'history.open_in_lane'; the facts are "
            "request.title, request.action, request.service, request.environment, request.repository, "
            "request.ref, request.commit, request.lane, request.severity, request.reason, request.requester, "
            "request.authors, request.triggerer, request.labels, request.flags, request.parameters, request.claims, "
            "tests.total, tests.passed, tests.failed, tests.skipped, tests.new, tests.known, tests.flaky, "
            "tests.waived, tests.unknown, tests.incomplete, tests.owners, "
            "history.approved_last_30d, history.rejected_last_30d, lane.open, source, now, freeze.active"
        ),
    ),
    "not YAML": (
        "rules: [\n",
        "11:1: is not valid YAML: expected the node content, but found the end of the file",
    ),
}

CHANGED: dict[str, tuple[str, str, str]] = {
    "manager unknown": (
        "manager: ana",
        "manager: anna",
        '4:74: people.bo.manager: there is no person "anna"; did you mean "ana"?',
    ),
    "cycle of groups": (
        "users: [ana, bo]",
        "groups: [around]",
        "7:3: groups.around: groups hold each other in a circle: around → qa → around; take one out",
    ),
    "fallback is live": (
        "fallback: [ana]",
        "fallback: [duty]",
        '8:42: groups.sre.fallback.0: "duty" is looked up as well; name people, or a group of people',
    ),
    "two kinds of group": (
        "slack_usergroup: sre, ",
        "slack_usergroup: sre, users: [ana], ",
        (
            "8:8: groups.sre: is people and groups, or one Slack user group, or one calendar; give each "
            "its own group, and list those"
        ),
    ),
    "usergroup is no handle": (
        "slack_usergroup: sre",
        "slack_usergroup: S R E",
        (
            "8:26: groups.sre.slack_usergroup: must be the handle of a Slack user group, or its id such as "
            'S0123ABCD, not "S R E"'
        ),
    ),
    "calendar by http": (
        "duty.ics",
        "'http://acme.test/a.ics'",
        ("9:20: groups.duty.calendar: must be an address that begins with https://, or the path of an .ics file"),
    ),
    "calendar with a password": (
        "duty.ics",
        "'https://ana:pw@acme.test/a.ics'",
        ("9:20: groups.duty.calendar: must not hold a name and a password; use the calendar's own secret address"),
    ),
    "version": (
        "version: 1",
        "version: one",
        '1:10: version: must be 1, not "one"',
    ),
}


@pytest.mark.parametrize(("text", "line"), TABLE.values(), ids=TABLE)
def test_every_mistake_is_one_line_that_says_what_to_change(
    text: str, line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path, capfd, HEAD + text) == (78, [f"p.yaml:{line}"])


@pytest.mark.parametrize(("good", "bad", "line"), CHANGED.values(), ids=CHANGED)
def test_who_there_is_is_told_just_so(
    good: str, bad: str, line: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert good in HEAD
    assert said(tmp_path, capfd, HEAD.replace(good, bad, 1)) == (78, [f"p.yaml:{line}"])


def test_with_nothing_wrong_there_is_nothing_to_say(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, capfd, HEAD + rules(f"{ASK}, stages: [{{approvers: [duty, sre], quorum: 5}}]")) == (0, [])


MANY = """\
version: 1
defaults: {timeout: 30, aprovers: [qa]}
sources: {ci: {token_env: JIT_CI_TOKEN}}
groups:
  qa: {users: [ana@acme.test], groups: [sre]}
  sre: {groups: [qa]}
calendars: {office: {time_zone: Europe/Berln, hours: Mon-Fri 9-18}}
freezes: [{name: f, then: stop}]
rules:
  - name: a
    when: tests.faild == 0 && source = "ci"
    then: auto_approve
    budget: 0 per 1d
  - name: b
    when: source == "ci"
    then: require_approval
    delegation: ban
    timeout: 1h
    timeout: 2h
    stages:
      - {approvers: [ana@acme.test], quorum: 2}
      - {approvers: [qaa], reject_quorum: 0}
  - name: c
    when: source == "ci" && tests.failed > "3"
    then: auto_approve
    break_glass: {approvers: []}
  - name: B
    when: tests.failed == 0 && (source=="ci")
    then: require_approval
"""


def test_everything_that_is_wrong_is_told_at_once_in_the_order_of_the_file(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, lines = said(tmp_path, capfd, MANY)

    assert code == 78
    assert lines == [
        ("p.yaml:2:21: defaults.timeout: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not 30"),
        (
            'p.yaml:2:25: defaults.aprovers: unknown key; did you mean "approvers"?; allowed: channel, '
            "timeout, on_timeout, require_reason, allow_self_approval, approvers, admin_channel, "
            "allow_shared_channels, fallback, calendar, base_refs, flaky_percent, flaky_runs"
        ),
        "p.yaml:5:3: groups.qa: groups hold each other in a circle: qa → sre → qa; take one out",
        (
            "p.yaml:7:33: calendars.office.time_zone: must be a time zone such as Europe/Berlin or UTC, not "
            '"Europe/Berln"; did you mean "Europe/Berlin"?'
        ),
        (
            "p.yaml:7:54: calendars.office.hours: must be hours such as 09:00-18:00, over midnight such as "
            '22:00-06:00, or 00:00-24:00, not "9-18"'
        ),
        'p.yaml:8:27: freezes.0.then: must be one of reject, ask, not "stop"',
        "p.yaml:11:38: rules.0.when: one = compares nothing: compare with ==",
        (
            'p.yaml:13:13: rules.0.budget: must be a number of requests per duration, such as "600 per 1m", '
            'not "0 per 1d"'
        ),
        'p.yaml:17:17: rules.1.delegation: must be one of allow, forbid, not "ban"',
        "p.yaml:19:5: rules.1.timeout: stands here twice; the first is in line 18",
        "p.yaml:21:46: rules.1.stages.0.quorum: asks for 2, but ana@acme.test can give 1 at most",
        (
            'p.yaml:22:22: rules.1.stages.1.approvers.0: there is no group or person "qaa"; did you mean '
            '"qa"?; others by their e-mail address'
        ),
        "p.yaml:22:43: rules.1.stages.1.reject_quorum: must be 1 or more, not 0",
        (
            "p.yaml:24:42: rules.2.when: > can't take a whole number and text; text stands in quotes, numbers"
            " and true or false don't"
        ),
        "p.yaml:26:30: rules.2.break_glass.approvers: must not be empty; name at least one",
        (
            'p.yaml:27:5: rules.3: is never reached: rule 1 ("b") comes first and matches whatever this '
            "matches; put this before it, or change one when"
        ),
        "p.yaml:27:11: rules.3.name: rule 1 is called that already; the log names rules",
    ]
