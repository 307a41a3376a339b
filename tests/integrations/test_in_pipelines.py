"""What integrations/ brings into a CI, run with the environment that the CI gives, against a whole house."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.shops import SHOPS, Fields, Shop, gitlab, gitlab_after
from tests.journeys.living import TOKEN, Home, at_home
from tests.sdk.test_against_a_bot import REPORT, answered
from tests.sdk.test_what_is_written import as_github_reads

VILE = "$(touch pwned) `touch pwned` '; touch pwned; \" ${HOME} ${{ secrets.x }}"
FIELDS: Fields = {
    "title": f"Deploy {VILE}",
    "action": "deploy",
    "service": "payments",
    "environment": "production",
    "repository": "acme/payments",
    "ref": "refs/heads/main",
    "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "lane": "payments/production",
    "reason": f"two\nlines {VILE}",
    "severity": "critical",
    "label": ["hotfix", "a b"],
    "flag": ["manual", "dry=false"],
    "parameter": ["version=1.42.0", "replicas:=3"],
    "metadata": ["run=7"],
    "link": ["Notes=https://example.com/a?b=c"],
    "requester": "ana@acme.test",
    "triggerer": "github:ana",
    "author": ["gus@acme.test", "chen@acme.test,github:chen"],
    "report": ["build/**/*.xml"],
    "timeout": "30m",
}
DEPLOY: Fields = {name: FIELDS[name] for name in ("action", "service", "environment", "requester", "report")} | {
    "title": "Deploy payments"
}

every_shop = pytest.mark.parametrize("name", SHOPS)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


@pytest.fixture
def shop(home: Home, tmp_path: Path) -> Shop:
    found = Shop(folder=tmp_path, url=home.url)
    report = found.work / "build" / "api" / "junit.xml"
    report.parent.mkdir(parents=True)
    report.write_text(REPORT, encoding="utf-8")
    return found


async def ended(process: Process) -> tuple[int | None, str]:
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, (out + err).decode()


async def asked(home: Home) -> dict[str, Any]:
    async with home.http.get(f"{home.url}/v1/requests", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        (only,) = (await answer.json())["items"]
    return only


def handed_on(name: str, shop: Shop, outputs: Path) -> dict[str, str]:
    """Return what later steps have of it."""
    if name == "github":
        return as_github_reads(outputs.read_text(encoding="utf-8"))
    if name == "buildkite":
        said = shop.log.read_text(encoding="utf-8")
        rows = [row.split("\n", 1) for row in said.split("meta-data set jit-approval-")[1:]]
        return {row[0]: row[1].rstrip("\n") for row in rows}
    folder = shop.work / {"gitlab": "jit-approval", "jenkins": ".jit-approval/7"}[name]
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@every_shop
async def test_what_stands_in_the_pipeline_is_asked_word_for_word_and_a_yes_is_success(
    name: str, home: Home, shop: Shop, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    shop.env |= (
        {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")} if name == "github" else {}
    )
    job = await SHOPS[name](shop, FIELDS)
    await answered(home, "jit_approve")

    code, said = await ended(job)

    assert code == 0, said
    found = await asked(home)
    plain = ("title", "action", "service", "environment", "repository", "ref", "commit", "lane", "severity")
    assert {each: found[each] for each in plain} == {each: FIELDS[each] for each in plain}
    assert found["reason"] == FIELDS["reason"]
    assert (found["labels"], found["flags"]) == (["hotfix", "a b"], {"manual": True, "dry": False})
    assert found["parameters"] == {"version": "1.42.0", "replicas": 3}
    assert found["metadata"]["run"] == "7"
    assert {"label": "Notes", "url": "https://example.com/a?b=c"} in found["links"]
    assert (found["requester"]["email"], len(found["authors"])) == ("ana@acme.test", 2)
    assert (found["tests"]["total"], found["tests"]["failed"]) == (3, 1)
    assert not (shop.work / "pwned").exists()
    out = handed_on(name, shop, outputs)
    assert (out["id"], out["number"], out["state"]) == (found["id"], str(found["number"]), "approved")
    assert (out["verdict"], out["by"]) == ("approve", "bo")
    assert TOKEN not in said


@every_shop
async def test_a_no_ends_with_1_and_its_reason_is_handed_on(name: str, home: Home, shop: Shop, tmp_path: Path) -> None:
    outputs, summary = tmp_path / "outputs", tmp_path / "summary"
    shop.env |= {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)} if name == "github" else {}
    job = await SHOPS[name](shop, DEPLOY)
    await answered(home, "jit_reject", f"red <b>{VILE}")

    code, said = await ended(job)

    assert code == 1, said
    out = handed_on(name, shop, outputs)
    assert (out["state"], out["verdict"], out["reason"]) == ("rejected", "reject", f"red <b>{VILE}")
    told = {"github": summary, "buildkite": shop.log}.get(name)
    if told is not None:
        assert "red &lt;b&gt;$(touch pwned)" in told.read_text(encoding="utf-8")
    assert not (shop.work / "pwned").exists()


async def test_a_bot_out_of_reach_ends_with_3_everywhere(tmp_path: Path) -> None:
    for name, run in SHOPS.items():
        folder = tmp_path / name
        folder.mkdir()
        shop = Shop(folder=folder, url="http://127.0.0.1:9")

        code, said = await ended(await run(shop, {"title": "t", "action": "deploy", "retry-for": "0s"}))

        assert code == 3, (name, said)


async def test_whoever_only_asks_does_not_wait_and_what_is_asked_can_be_taken_back(home: Home, shop: Shop) -> None:
    fields: Fields = {**DEPLOY, "wait": "false"}
    code, said = await ended(await gitlab(shop, fields))
    assert code == 0, said
    dotenv = dict(line.split("=", 1) for line in (shop.work / "jit.env").read_text(encoding="utf-8").splitlines())
    assert (dotenv["JIT_REQUEST_ID"], dotenv["JIT_STATE"], dotenv["JIT_VERDICT"]) == (
        (await asked(home))["id"],
        "pending",
        "",
    )

    assert (await ended(await gitlab_after(shop, fields, "success")))[0] == 0
    assert (await asked(home))["state"] == "pending"
    assert (await ended(await gitlab_after(shop, fields, "canceled")))[0] == 0

    assert (await asked(home))["state"] == "cancelled"


async def test_a_cancelled_step_takes_its_request_back(home: Home, shop: Shop) -> None:
    job = await SHOPS["github"](shop, DEPLOY)
    await home.card_saying("jit_approve")

    job.terminate()

    code, said = await ended(job)
    assert code == 2, said
    assert (await asked(home))["state"] == "cancelled"
    assert json.dumps((await asked(home))["decision"]).count("SIGTERM") == 1
