"""Every mistake in a policy file: where it is, and what is allowed there. Positions are those an editor shows."""

from pathlib import Path
from textwrap import dedent

import pytest

from bot.policy import PolicyInvalid, check_policy, load_policy, read_policy

HEAD = "version: 1\n"
ASKS = "{name: a, then: require_approval"


def complaints(text: str | bytes) -> list[str]:
    content = dedent(text).encode() if isinstance(text, str) else text
    with pytest.raises(PolicyInvalid) as caught:
        read_policy(content, "policy.yaml")
    return str(caught.value).splitlines()


def only(text: str | bytes) -> str:
    lines = complaints(text)
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[]",
            "policy.yaml:1:1: must be a mapping with the keys version, defaults, sources, people, groups, calendars,",
        ),
        ("defaults: {}", 'policy.yaml:1:1: "version" is required here: version: 1'),
        ("version: 2", "policy.yaml:1:10: version: must be 1, not 2"),
        ("version: true", "policy.yaml:1:10: version: must be 1, not true"),
        ('version: "1"', 'policy.yaml:1:10: version: must be 1, not "1"'),
        (HEAD + "ruels: []", 'policy.yaml:2:1: ruels: unknown key; did you mean "rules"?; allowed: version, defaults'),
        (HEAD + 'people: {"": {}}', "policy.yaml:2:10: people.: names are letters, digits"),
        (HEAD + 'groups: {" ": {users: [a@b.c]}}', "policy.yaml:2:10: groups. : names are letters, digits"),
        (HEAD + "rutes: []", 'policy.yaml:2:1: rutes: unknown key; did you mean "routes"?'),
        (HEAD + "routes: {}", "policy.yaml:2:9: routes: must be a list of routes, each starting with - name: …, not"),
        (HEAD + "routes: [{name: a, channels: ['#a']}]", 'policy.yaml:2:10: routes.0.when: "when" is required here'),
        (HEAD + "routes: [{name: a, when: x, channels: ['#a']}]", "policy.yaml:2:26: routes.0.when: undeclared"),
        (
            HEAD + 'routes: [{name: a, when: "true", channels: ["#a"], mention: [qa]}]',
            "policy.yaml:2:62: routes.0.mention.0: there is no group or person",
        ),
        (HEAD + "version: 1", "policy.yaml:2:1: version: stands here twice; the first is in line 1"),
        (
            HEAD + "rules: {}",
            "policy.yaml:2:8: rules: must be a list of rules, each starting with - name: …, not a mapping",
        ),
        (HEAD + "rules: [3]", "policy.yaml:2:9: rules.0: must be a mapping with the keys name, then, when, reason"),
        (HEAD + "people: [ana]", "policy.yaml:2:9: people: must be a mapping of names, not a list"),
        (
            HEAD + "? [a]\n: 1",
            "policy.yaml:2:3: keys are plain text here; lists, mappings, tags and merges (<<) can't be",
        ),
        (HEAD + "defaults: &d {}\nsources: {<<: *d}", "policy.yaml:3:11: sources: keys are plain text here"),
        (HEAD + "defaults: !!python/object:os.system {}", "policy.yaml:2:11: defaults: the YAML tag"),
    ],
)
def test_the_shape_of_the_file(text: str, expected: str) -> None:
    assert only(text).startswith(expected)


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        (
            "chanel: '#a'",
            '2:12: defaults.chanel: unknown key; did you mean "channel"?; allowed: channel, timeout, on_timeout',
        ),
        (
            "channel: approvals",
            '2:21: defaults.channel: must be a channel such as "#approvals" (lower case) or an id such',
        ),
        ("channel: '#Approvals'", "2:21: defaults.channel: must be a channel"),
        ("channel: '#two words'", "2:21: defaults.channel: must be a channel"),
        ("channel: 5", "2:21: defaults.channel: must be text, not 5; put it in quotes"),
        (
            "timeout: 30",
            "2:21: defaults.timeout: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not 30",
        ),
        (
            "timeout: '30'",
            '2:21: defaults.timeout: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not "30"',
        ),
        (
            "timeout: -5m",
            '2:21: defaults.timeout: must be a duration with a unit, such as 30s, 15m, 1h30m or 2d, not "-5m"',
        ),
        ("timeout: 0s", '2:21: defaults.timeout: must be at least 1s and at most 365d, not "0s"'),
        ("timeout: 0", "2:21: defaults.timeout: must be a duration with a unit"),
        ("timeout: 1500ms", '2:21: defaults.timeout: must be whole seconds, such as 90s, not "1500ms"'),
        ("timeout: 366d", '2:21: defaults.timeout: must be at least 1s and at most 365d, not "366d"'),
        ("timeout: 1h 30m", "2:21: defaults.timeout: must be a duration with a unit"),
        ("timeout: 5mm", "2:21: defaults.timeout: must be a duration with a unit"),
        ("timeout: 999999999d", "2:21: defaults.timeout: must be a"),
        (
            "on_timeout: aprove",
            '2:24: defaults.on_timeout: must be one of reject, expire, approve, not "aprove"; did you mean',
        ),
        (
            "on_timeout: approve",
            "2:24: defaults.on_timeout: must be reject or expire; approve has to stand in the rule",
        ),
        (
            "require_reason: sometimes",
            "2:28: defaults.require_reason: must be one of never, on_reject, on_approve, always",
        ),
        (
            'allow_shared_channels: ["#partner"]',
            (
                "2:36: defaults.allow_shared_channels.0: must be the id of a channel, such as C0123ABCD, not "
                '"#partner": a name can be given to another channel'
            ),
        ),
        ("allow_self_approval: maybe", '2:33: defaults.allow_self_approval: must be true or false, not "maybe"'),
        ("approvers: []", "2:23: defaults.approvers: must not be empty; leave it out instead"),
        ("approvers: [nobody]", '2:24: defaults.approvers.0: there is no group or person "nobody"; known: none'),
        ("approvers: ana", '2:23: defaults.approvers: must be a list, such as [a, b], not "ana"'),
    ],
)
def test_the_defaults(defaults: str, expected: str) -> None:
    assert only(f"{HEAD}defaults: {{{defaults}}}").startswith(f"policy.yaml:{expected}")


def test_an_unquoted_channel_is_a_comment_and_the_error_says_so() -> None:
    line = only("version: 1\ndefaults:\n  channel: #approvals\n")

    assert line.startswith(
        "policy.yaml:3:3: defaults.channel: must be text, but nothing stands here; an unquoted # starts"
    )


def test_an_unquoted_channel_in_braces_says_so_too() -> None:
    line = only("version: 1\ndefaults: {channel: #approvals}\nsources: {}\n")

    assert line == (
        'policy.yaml:2:21: is not valid YAML: an unquoted # starts a comment, which ends nowhere here; write "#channel"'
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{}", "2:15: sources.ci: needs token_env, signing_secret_env or oidc, so that a caller can prove who it is"),
        ("", "2:11: sources.ci: must be a mapping with the keys kind, token_env"),
        ("{token_env: A, kind: githup}", "2:36: sources.ci.kind: must be generic, a caller of the API, slack"),
        (
            "{kind: github, webhook_secret_env: A, app_id: x}",
            '2:61: sources.ci.app_id: must be a whole number, not "x"',
        ),
        (
            "{kind: github, app_id: 1, private_key_env: A}",
            '2:15: sources.ci.webhook_secret_env: "webhook_secret_env" is required here',
        ),
        ("{kind: github, app_id: 1, webhook_secret_env: A}", "2:15: sources.ci: needs private_key_file or private_key"),
        (
            "{kind: github, app_id: 1, webhook_secret_env: A, private_key_env: A, owners: [a]}",
            "2:81: sources.ci.private_key_env: is used by sources.ci.webhook_secret_env already",
        ),
        (
            (
                "{kind: github, app_id: 1, webhook_secret_env: A, private_key_env: B, owners: [a],"
                " api_url: http://ghe.acme.test}"
            ),
            "2:15: sources.ci: api_url must begin with https://, unless its host stands in callback_hosts",
        ),
        (
            "{kind: github, app_id: 1, webhook_secret_env: A, private_key_env: B}",
            "2:15: sources.ci: needs owners or repositories: whose deployments may ask",
        ),
        ("{kind: slack}", "2:15: sources.ci: needs actions: what people may ask for"),
        (
            "{kind: slack, actions: [a], token_env: A}",
            "2:54: sources.ci.token_env: has no place in a source of the kind",
        ),
        ("{token_env: A, actions: [a]}", "2:39: sources.ci.actions: stands only in a source of the kind slack"),
        ("{kind: slack, actions: [a], askers: [zoe]}", '2:52: sources.ci.askers.0: there is no group or person "zoe"'),
        (
            "{kind: slack, actions: [a], askers: [manager_of_requester]}",
            "2:51: sources.ci.askers: manager_of_requester is nobody",
        ),
        ("{kind: slack, actions: [' a']}", "2:39: sources.ci.actions.0: must be what an action is called"),
        ("{token: xoxb-123}", "2:16: sources.ci.token: secrets never stand in this file; name an environment variable"),
        ("{token_env: xoxb-12-ab}", "2:27: sources.ci.token_env: must be the name of an environment variable, such as"),
        (
            "{token_env: A, limit: 600}",
            '2:37: sources.ci.limit: must be a number of requests per duration, such as "600',
        ),
        ("{token_env: A, limit: 0 per 1m}", "2:37: sources.ci.limit: must be a number of requests per duration"),
        ("{token_env: A, limit: 5 per 1}", "2:37: sources.ci.limit: must be a duration with a unit"),
        ("{token_env: A, callback_hosts: ['https://a']}", "2:47: sources.ci.callback_hosts.0: must be a host name or"),
        (
            "{token_env: A, callback_hosts: ['a:80']}",
            "2:47: sources.ci.callback_hosts.0: must be a host name or address",
        ),
        (
            "{token_env: A, tokn_env: B}",
            '2:30: sources.ci.tokn_env: unknown key; did you mean "token_env"?; allowed: kind',
        ),
        (
            "{token_env: A, signing_secret_env: A}",
            "2:50: sources.ci.signing_secret_env: is used by sources.ci.token_env",
        ),
    ],
)
def test_the_sources(source: str, expected: str) -> None:
    lines = complaints(f"{HEAD}sources: {{ci: {source}}}")

    assert lines[0].startswith(f"policy.yaml:{expected}")


def test_a_secret_in_the_file_is_refused_without_being_repeated() -> None:
    for source in ("{token: xoxb-s3cret}", "{token_env: xoxb-s3cret}", "{signing_secret_env: xoxb-s3cret}"):
        assert "s3cret" not in "\n".join(complaints(f"{HEAD}sources: {{ci: {source}}}"))


def test_two_sources_with_one_token_could_not_be_told_apart() -> None:
    line = only(f"{HEAD}sources:\n  ci: {{token_env: A}}\n  cd: {{token_env: A}}")

    assert (
        line
        == "policy.yaml:4:19: sources.cd.token_env: is used by sources.ci.token_env already; every secret has one use"
    )


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("people: {ana: {}}", "2:15: people.ana: needs at least one of email, slack, github to be recognised by"),
        ("people: {ana: {email: ana}}", '2:23: people.ana.email: must be an e-mail address, not "ana"'),
        ("people: {ana: {slack: ana}}", "2:23: people.ana.slack: must be a Slack member id such as U0123ABCD"),
        ("people: {ana: {github: 'a b'}}", "2:24: people.ana.github: must be a GitHub login"),
        ("people: {ana: {name: x}}", "2:16: people.ana.name: unknown key; allowed: email, slack, github"),
        ("people: {'a@b': {email: a@b.c}}", "2:10: people.a@b: names are letters, digits, - _ ."),
        (
            "groups: {qa: {users: []}}",
            "2:14: groups.qa: needs users, groups, slack_usergroup or calendar: who is in it",
        ),
        ("groups: {qa: {}}", "2:14: groups.qa: needs users, groups, slack_usergroup or calendar: who is in it"),
        ("groups: {qa: {users: [ana]}}", '2:23: groups.qa.users.0: there is no group or person "ana"; known: qa'),
        ("groups: {qa: {slack_usergroups: x}}", '2:15: groups.qa.slack_usergroups: unknown key; did you mean "slack_u'),
        ("groups: {qa: {slack_usergroup: A B}}", "2:32: groups.qa.slack_usergroup: must be the handle of a Slack user"),
        ("groups: {qa: {calendar: 'http://127.0.0.1.x.test/a'}}", "2:25: groups.qa.calendar: must be an address that"),
        ("groups: {qa: {calendar: 'http://localhost:80@x.test/a'}}", "2:25: groups.qa.calendar: must be an address"),
        ("groups: {qa: {calendar: 'http://x.test/a.ics'}}", "2:25: groups.qa.calendar: must be an address that begins"),
        ("groups: {qa: {calendar: a.ics, slack_usergroup: x}}", "2:14: groups.qa: is people and groups, or one Slack"),
        ("groups: {qa: {users: [a@b.c], fallback: [a@b.c]}}", "2:41: groups.qa.fallback: only a slack_usergroup or a"),
        ("groups: {qa: {users: [a@b.c], groups: [qb]}}", '2:40: groups.qa.groups.0: there is no group or person "qb"'),
        (
            "groups: {qa: {slack_usergroup: x, fallback: [qb]}, qb: {slack_usergroup: y}}",
            '2:46: groups.qa.fallback.0: "qb" is looked up as well; name people, or a group of people',
        ),
        (
            "groups: {qa: {groups: [qb]}, qb: {groups: [qc]}, qc: {groups: [qa]}}",
            "2:10: groups.qa: groups hold each other in a circle: qa → qb → qc → qa; take one out",
        ),
        ("groups: {qa: {groups: [qa]}}", "2:10: groups.qa: groups hold each other in a circle: qa → qa; take one out"),
        ("groups: {manager_of_requester: {users: [a@b.c]}}", "2:10: groups.manager_of_requester: is what rules call"),
        ("people: {ana: {email: [a@b.c, ana]}}", '2:31: people.ana.email.1: must be an e-mail address, not "ana"'),
        ("people: {ana: {email: a@b.c, manager: ana}}", "2:39: people.ana.manager: is the person itself; name another"),
        (
            "people: {ana: {email: a@b.c, manager: bob}, bo: {email: b@b.c}}",
            '2:39: people.ana.manager: there is no person "bob"; did you mean "bo"?',
        ),
        ("groups: {qa: {users: [a@b.c, 7]}}", "2:30: groups.qa.users.1: must be text, not 7; put it in quotes"),
    ],
)
def test_people_and_groups(section: str, expected: str) -> None:
    assert any(line.startswith(f"policy.yaml:{expected}") for line in complaints(HEAD + section))


def test_one_human_has_one_entry() -> None:
    line = only(f"{HEAD}people:\n  ana: {{email: ana@acme.test}}\n  anna: {{email: ANA@acme.test}}")

    assert line.startswith('policy.yaml:4:3: people.anna: shares ana@acme.test with "ana"; one human has one entry')


@pytest.mark.parametrize("name", ["", "  "])
def test_nobody_is_nameless(name: str) -> None:
    line = only(f'{HEAD}people:\n  "{name}": {{email: ana@acme.test}}')

    assert line.startswith(f"policy.yaml:3:3: people.{name}: names are letters, digits")


@pytest.mark.parametrize("second", ["ana+ci@acme.test", "ana@acme.test.", "\uff41na@acme.test"])
def test_two_entries_that_may_be_one_human_are_refused(second: str) -> None:
    line = only(f'{HEAD}people:\n  ana: {{email: ana@acme.test}}\n  anna: {{email: "{second}"}}')

    assert line.startswith('policy.yaml:4:3: people.anna: shares ana@acme.test with "ana"; one human has one entry')


def test_two_named_addresses_of_one_mailbox_may_both_answer_and_count_once() -> None:
    approvers = "then: require_approval, stages: [{name: s, approvers: [a+1@acme.test, a+2@acme.test], quorum: 2}]"

    assert "asks for 2, but a+1@acme.test, a+2@acme.test can give 1 at most" in only(
        f"{HEAD}rules: [{{name: r, {approvers}}}]"
    )


def test_a_name_is_either_a_person_or_a_group() -> None:
    line = only(f"{HEAD}people: {{qa: {{email: a@b.c}}}}\ngroups: {{qa: {{users: [a@b.c]}}}}")

    assert line == 'policy.yaml:3:10: groups.qa: "qa" is a person already; give the group another name'


def test_a_group_among_the_users_of_another_is_sent_to_its_place() -> None:
    line = only(f"{HEAD}groups:\n  qa: {{users: [a@b.c]}}\n  all: {{users: [qa]}}")

    assert line.startswith('policy.yaml:4:17: groups.all.users.0: "qa" is a group; write it under groups')


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{then: auto_approve}", '2:9: rules.0.name: "name" is required here'),
        ("{name: a}", '2:9: rules.0.then: "then" is required here'),
        ("{name: '', then: auto_approve}", "2:16: rules.0.name: must not be empty"),
        ("{name: default, then: auto_reject}", '2:16: rules.0.name: "default" is what the log calls the defaults'),
        (
            "{name: a, then: approve}",
            "2:25: rules.0.then: must be one of auto_approve, auto_reject, require_approval, not",
        ),
        (
            "{name: a, wehn: x, then: auto_reject}",
            '2:19: rules.0.wehn: unknown key; did you mean "when"?; allowed: name,',
        ),
        (
            ASKS + ", supersede: all}",
            "2:54: rules.0.supersede: must be lane: a newer request ends the older open ones of its lane",
        ),
        (ASKS + ", route: {chanel: '#a'}}", '2:51: rules.0.route.chanel: unknown key; did you mean "channel"?'),
        (ASKS + ", route: {mention: [qa]}}", '2:61: rules.0.route.mention.0: there is no group or person "qa"'),
        (ASKS + ", stages: [{quorum: 0}]}", "2:61: rules.0.stages.0.quorum: must be 1 or more, not 0"),
        (ASKS + ", stages: [{quorum: 101}]}", "2:61: rules.0.stages.0.quorum: must be 100 or less, not 101"),
        (ASKS + ", stages: [{quorum: two}]}", '2:61: rules.0.stages.0.quorum: must be a whole number, not "two"'),
        (ASKS + ", stages: [{quorum: 1.5}]}", "2:61: rules.0.stages.0.quorum: must be a whole number, not 1.5"),
        (ASKS + ", stages: [{quorum: true}]}", "2:61: rules.0.stages.0.quorum: must be a whole number, not true"),
        (
            ASKS + ", stages: [{remind: 1m}]}",
            '2:53: rules.0.stages.0.remind: unknown key; did you mean "remind_after"?',
        ),
        (
            ASKS + ", stages: [{},{},{},{},{},{},{},{},{},{},{}]}",
            "2:82: rules.0.stages.10: has at most 10 entries",
        ),
        (
            ASKS + ", stages: [{remind_after: 10}]}",
            "2:67: rules.0.stages.0.remind_after: must be a duration with a unit",
        ),
        (ASKS + ", stages: [{reject_quorum: 0}]}", "2:68: rules.0.stages.0.reject_quorum: must be 1 or more, not 0"),
        (ASKS + ", stages: [{when: x == 1}, {}]}", "2:59: rules.0.stages.0.when: undeclared reference to 'x'"),
        (ASKS + ', stages: [{when: "true"}]}', "2:51: rules.0.stages: one stage must have no when"),
        (ASKS + ", stages: [{mention: [nobody]}]}", "2:63: rules.0.stages.0.mention.0: there is no"),
        (
            ASKS + ", stages: [{escalate: [{to: [b@c.d]}]}]}",
            '2:64: rules.0.stages.0.escalate.0.after: "after" is required here',
        ),
        (
            ASKS + ", stages: [{escalate: [{after: 5m}]}]}",
            "2:64: rules.0.stages.0.escalate.0: needs to, channel or both",
        ),
        (
            ASKS + ', stages: [{escalate: [{after: 5m, to: [b@c.d]}, {after: 5m, channel: "#x"}]}]}',
            "2:98: rules.0.stages.0.escalate.1.after: must be longer than the step's before",
        ),
        (
            ASKS + ", stages: [{escalate: [{after: 5m, to: [nobody]}]}]}",
            "2:81: rules.0.stages.0.escalate.0.to.0: there is no",
        ),
        (
            ASKS + ", stages: [{escalate: [{after: 5m, chanel: '#x'}]}]}",
            "2:76: rules.0.stages.0.escalate.0.chanel: unknown key; did you mean",
        ),
        (
            ASKS + ", stages: [{approvers: [b@c.d], quorum: 2}]}",
            "2:81: rules.0.stages.0.quorum: asks for 2, but b@c.d can",
        ),
        (
            ASKS + ", forbid: [author]}",
            '2:52: rules.0.forbid.0: must be one of requester, authors, triggerer, not "author"; did you',
        ),
        (ASKS + ", timeout: soon}", "2:52: rules.0.timeout: must be a duration with a unit"),
        (ASKS + ", reason: ''}", "2:51: rules.0.reason: must not be empty"),
        (ASKS + ", when: true}", "2:49: rules.0.when: must be a condition, written as text; leave when out to match"),
        (ASKS + ", when: ''}", "2:49: rules.0.when: must not be empty; leave it out to match always"),
    ],
)
def test_the_rules(rule: str, expected: str) -> None:
    assert only(f"{HEAD}rules: [{rule}]").startswith(f"policy.yaml:{expected}")


def test_a_quorum_larger_than_its_people_is_counted_in_humans() -> None:
    text = """\
    version: 1
    people: {ana: {email: ana@acme.test}, gh: {github: robo}}
    groups: {qa: {users: [ana, ANA@acme.test, bo@acme.test, gh]}}
    rules:
      - name: a
        then: require_approval
        stages:
          - {name: qa, approvers: [qa, ana], quorum: 3}
    """

    assert only(text) == "policy.yaml:8:50: rules.0.stages.0.quorum: asks for 3, but qa, ana can give 2 at most"


def test_two_rules_with_one_name_could_not_be_told_apart_in_the_log() -> None:
    text = """\
    version: 1
    rules:
      - {name: Night, when: tests.failed > 0, then: auto_reject}
      - {name: night, when: tests.failed > 1, then: auto_reject}
    """

    assert only(text) == "policy.yaml:4:12: rules.1.name: rule 0 is called that already; the log names rules"


def test_a_rule_behind_one_that_always_matches_is_never_reached() -> None:
    text = """\
    version: 1
    rules:
      - {name: always, then: require_approval}
      - {name: late, when: tests.failed > 0, then: auto_approve}
      - {name: frozen, when: tests.failed > 1, then: auto_reject}
    """

    assert only(text) == (
        'policy.yaml:4:5: rules.1: is never reached: rule 0 ("always") has no when and always matches'
    )


def test_a_rejection_without_a_condition_hides_every_other_rule() -> None:
    text = """\
    version: 1
    rules:
      - {name: a, when: tests.failed > 0, then: auto_approve}
      - {name: closed, then: auto_reject}
      - {name: b, when: tests.failed > 0, then: auto_reject}
    """

    assert [line.split(": ")[1] for line in complaints(text)] == ["rules.0", "rules.2"]


def test_all_errors_are_told_at_once_and_in_the_files_order() -> None:
    text = """\
    version: 1
    defaults: {timeout: 5}
    people: {ana: {email: ana@x.y}}
    groups: {qa: {users: [annna]}}
    rules:
      - name: a
        when: request.enviroment == "x" && test.failed > 0
        then: require_approvl
        stages:
          - {name: q, approvers: [qaa], quorum: 0}
      - name: b
        when: |
          tests.failed > 0 &&
            tests.failed > "1"
        then: auto_approve
        foo: 1
        foo: 2
    """

    lines = complaints(text)

    assert [line.split(": ")[0].removeprefix("policy.yaml:") for line in lines] == [
        "2:21",
        "4:23",
        "7:11",
        "7:40",
        "8:11",
        "10:31",
        "10:45",
        "14:22",
        "16:5",
        "17:5",
    ]
    assert lines[2].endswith(
        "rules.0.when: undeclared reference to 'request.enviroment'; did you mean \"request.environment\"?"
    )
    assert lines[3].endswith("rules.0.when: undeclared reference to 'test.failed'; did you mean \"tests.failed\"?")
    assert lines[7].endswith(
        "rules.1.when: > can't take a whole number and text; text stands in quotes, numbers and true or false don't"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "policy.yaml: is empty; jit init writes one to start from"),
        (b" \n\t\n", "policy.yaml: is empty; jit init writes one to start from"),
        (b"# nothing\n", "policy.yaml:1:1: must be a mapping with the keys version, defaults"),
        (b"version: 1\nname: \xff\xfe", "policy.yaml:2:7: is not UTF-8 text: byte 0xff here"),
        (b"\x7fELF\x01\x01\x00\x00\x00", "policy.yaml:1:1: holds the character U+007F, which YAML does not allow"),
        (b"version: 1\nrules: \x00", "policy.yaml:2:8: holds the character U+0000, which YAML does not allow"),
        (b"version: 1\nrules: [", "policy.yaml:2:9: is not valid YAML: expected the node content"),
        (b"version: 1\n\trules: []", "policy.yaml:2:1: is not valid YAML: found character '\\t' that cannot start"),
        (b"a: b: c", "policy.yaml:1:5: is not valid YAML: mapping values are not allowed here"),
        (b"version: 1\n---\nversion: 1", "policy.yaml:2:1: is not valid YAML: but found another document"),
        (b"a: *nobody", "policy.yaml:1:4: is not valid YAML: found undefined alias 'nobody'"),
        (b"version: 1\n" + b"[" * 5_000, "policy.yaml:2:"),
        (b"rules: " + b"[" * 5_000, "policy.yaml:1:19: is nested too deeply: at most 24 levels"),
        (b"- " * 5_000, "policy.yaml:1:25: is nested too deeply: at most 24 levels"),
        (b"a: &a [*a]", "policy.yaml:1:4: holds an alias that contains itself"),
        (b"#" * (256 * 1024 + 1), "policy.yaml: is larger than 256 KiB"),
    ],
)
def test_what_is_no_policy_at_all(content: bytes, expected: str) -> None:
    assert only(content).startswith(expected)


def test_an_anchor_bomb_is_stopped_while_it_unfolds() -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 20)
    )

    assert "holds more than 20000 values" in only(bomb)


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    checked = read_policy("\ufeffversion: 1\r\nrules:\r\n  - {name: a, then: auto_reject}\r\n".encode(), "policy.yaml")

    assert checked.policy.rules[0].name == "a"


def test_positions_hold_with_windows_line_ends() -> None:
    text = "version: 1\nrules:\n  - name: a\n    when: |\n      true &&\n      tests.fail > 0\n    then: auto_reject\n"

    line = only(text.replace("\n", "\r\n").encode())

    assert line.startswith("policy.yaml:6:7: rules.0.when: undeclared reference to 'tests.fail'")


def test_control_characters_never_reach_the_terminal() -> None:
    line = only('version: 1\n"\\e[31mred\\nnext": 1')

    assert "\\x1b[31mred\\nnext" in line


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(tmp_path / "policy.yaml")

    assert str(caught.value) == f"{tmp_path}/policy.yaml: there is no such file; jit init writes one to start from"


@pytest.mark.parametrize("path", ["{tmp}", "{tmp}/a\0b", "/proc/self/mem"])
def test_what_is_no_file_is_one_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(PolicyInvalid) as caught:
        load_policy(path.format(tmp=tmp_path))

    assert "can't be read" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_the_file_is_called_what_the_caller_calls_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("version: 3")

    with pytest.raises(PolicyInvalid) as caught:
        check_policy(str(file))

    assert str(caught.value).startswith(f"{file}:1:10: version: ")
