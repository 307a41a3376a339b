"""Who owns a file: GitHub's rules for CODEOWNERS, and every line that GitHub would pass over is an error here."""

import time
from pathlib import Path

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.core.judging.ownership import owned, owners
from bot.policy import PolicyInvalid, check_policy
from bot.policy.codeowners import MAX_BYTES, CodeOwners

# Each line of GitHub's own example, with what the page says that it means, and what it does not.
GITHUB = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("readme.md", ("@global-owner1", "@global-owner2")),
        ("deep/in/it.js", ("@js-owner",)),
        ("cmd/main.go", ("docs@example.com",)),
        ("a.txt", ("@octo-org/octocats",)),
        ("build/logs/today/x.log", ("@octocat",)),  # **/logs comes later
        ("x/build/logs2", ("@global-owner1", "@global-owner2")),
        ("docs/getting-started.md", ("@doctocat",)),
        ("deeply/apps/x.py", ("@octocat",)),
        ("scripts/run.sh", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/x", ("@octocat",)),
        ("apps/api/x.py", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/x.py", ()),
    ],
)
def test_the_example_of_github_s_own_page_means_what_the_page_says(path: str, who: tuple[str, ...]) -> None:
    found = CodeOwners(GITHUB)

    assert found.faults == []
    assert found.of(path) == who


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("docs/*", ["docs/a.md"], ["docs/build/a.md", "x/docs/a.md"]),
        ("docs/**", ["docs/a.md", "docs/b/c.md"], ["docs", "x/docs/a.md"]),
        ("/docs/**/*.md", ["docs/a.md", "docs/b/c/d.md"], ["docs/a.txt", "x/docs/a.md"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/z"], ["a/xb", "b"]),
        ("**/foo", ["foo", "x/foo", "x/foo/y"], ["xfoo"]),
        ("foo?", ["foo1", "x/foo2/y"], ["foo", "foo/1"]),
        ("test_*.py", ["test_a.py", "x/test_.py"], ["test_a.pyc", "a_test_.py"]),
        ("/a*b*c", ["abc", "axbxc/d"], ["ab", "x/abc"]),
        (r"my\ docs/", ["my docs/a", "x/my docs/a"], ["my docs", "mydocs/a"]),
        (r"a\*b", ["a*b"], ["axb"]),
        ("Makefile", ["Makefile", "x/Makefile"], ["makefile", "Makefile2"]),
        ("*", ["a", "a/b/c"], []),
        ("**", ["a", "a/b/c"], []),
    ],
)
def test_a_pattern_matches_what_gitignore_s_would(pattern: str, yes: list[str], no: list[str]) -> None:
    found = CodeOwners(f"{pattern} @us")

    assert found.faults == []
    assert [path for path in yes if not found.of(path)] == []
    assert [path for path in no if found.of(path)] == []


@pytest.mark.parametrize("path", ["./src/a.py", "src\\a.py", "/src/a.py", "src//a.py"])
def test_a_path_is_known_however_a_test_tool_spells_it(path: str) -> None:
    assert CodeOwners("/src/ @us").of(path) == ("@us",)


@pytest.mark.parametrize("path", ["", "/", "../etc/passwd", "src/../../x"])
def test_what_is_no_path_in_the_repository_has_no_owner(path: str) -> None:
    assert CodeOwners("* @us").of(path) == ()


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        ("[Section]", 1, "sections"),
        ("[Section][2] @us", 1, "sections"),
        ("!docs @us", 1, "negated"),
        ("\\#docs @us", 1, "can't start with #"),
        ("docs/[ab].md @us", 1, "ranges"),
        ("docs us", 6, "no owner"),
        ("docs @us @", 10, "no owner"),
        ("docs/**.md @us", 1, "stands alone"),
        ("docs//a @us", 1, "empty name"),
        ("/ @us", 1, "empty name"),
    ],
)
def test_a_line_that_says_nothing_is_an_error_with_its_place(line: str, column: int, words: str) -> None:
    (fault,) = CodeOwners(f"# first\n{line}\n* @all").faults

    assert (fault.line, fault.column) == (2, column)
    assert words in fault.sentence


def test_no_path_and_no_pattern_makes_it_slow() -> None:
    found = CodeOwners("\n".join([*("a*" * 30 + f"b{n} @us" for n in range(50)), *("**/a/" * 20 + "b @us",) * 20]))
    began = time.process_time()

    found.of("/".join(["a" * 200] * 20))

    assert time.process_time() - began < 1


def test_a_long_file_and_deep_paths_take_no_share_of_everybody_s_time() -> None:
    found = CodeOwners("\n".join(f"*.x{n} @one{n}\n**/d{n}/*.py @two{n}" for n in range(1000)))
    began = time.process_time()

    for n in range(100):
        assert found.of(f"{'d/' * 480}d7/{n}.py") == ()
        assert found.of(f"{'d/' * 40}d7/{n}.py") == ("@two7",)
        assert found.of(f"{'d/' * 40}{n}.x9") == ("@one9",)

    assert time.process_time() - began < 3


def test_owners_of_failures_are_looked_up_where_the_caller_named_none() -> None:
    code = CodeOwners("/api/ @acme/api @ana")
    failures = (
        Failure(id="1", file="api/a.py"),
        Failure(id="2", file="api/a.py", owner="@theirs"),
        Failure(id="3"),
        Failure(id="4", file="web/a.py"),
    )

    found = owned(TestEvidence(failed=4, failures=failures), None, lambda _, file: code.of(file))

    assert [failure.owner for failure in found.failures] == ["@acme/api, @ana", "@theirs", None, None]
    assert owners(found) == ["@acme/api", "@ana", "@theirs"]


POLICY = """\
version: 1
defaults: {channel: "#approvals", approvers: [ana@acme.test]}
codeowners: {acme/payments: PAYMENTS, "*": 3}
sources: {ci: {token_env: JIT_CI_TOKEN}}
routes:
  - {name: the owners, when: '"@acme/api" in tests.owners', channels: ["#api"]}
"""


def test_every_fault_of_a_named_file_is_told_with_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "PAYMENTS").write_text("a b\n[x]\n", encoding="utf-8")

    with pytest.raises(PolicyInvalid) as refused:
        check_policy(tmp_path / "policy.yaml")

    lines = str(refused.value).replace(f"{tmp_path}/", "").splitlines()
    assert lines[0].startswith("policy.yaml:3:44: codeowners.*: must be the path of a CODEOWNERS file")
    assert [line.partition(": ")[0] for line in lines[1:]] == ["PAYMENTS:1:3", "PAYMENTS:2:1"]


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b"\xff", "not UTF-8"), (b"#" * (MAX_BYTES + 1), "larger than 3 MB")]
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes | None, words: str) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace(', "*": 3', ""), encoding="utf-8")
    if content is not None:
        (tmp_path / "PAYMENTS").write_bytes(content)

    with pytest.raises(PolicyInvalid) as refused:
        check_policy(tmp_path / "policy.yaml")

    (error,) = refused.value.errors
    assert error.path == "codeowners.acme/payments"
    assert words in error.sentence


def test_each_repository_has_its_file_and_the_others_have_the_one_for_all(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace(', "*": 3', ""), encoding="utf-8")
    (tmp_path / "PAYMENTS").write_text("* @acme/api\n", encoding="utf-8")

    owners_of = check_policy(tmp_path / "policy.yaml").policy.owners_of

    assert owners_of("Acme/Payments", "a.py") == ("@acme/api",)
    assert owners_of("acme/other", "a.py") == ()
    assert owners_of(None, "a.py") == ()
