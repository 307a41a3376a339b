"""What was asked and answered had to hold, as the log tells it, and the conditions under which a yes was given."""

from bot.core.audit.life import Broken, Entry, Life, Voice


def require_filled(life: Life, detail: Entry) -> None:
    """Raise Broken when an answer lacks what its rule wants of it."""
    demands, verdict = life.ruling.get("demands", {}), detail["verdict"]
    if life.ruling["require_reason"] in {"always", f"on_{verdict}"} and not (detail["reason"] or "").strip():
        raise Broken("it lacks the reason its rule wants")
    if demands.get("category") in {"always", f"on_{verdict}"} and not detail["category"]:
        raise Broken("it lacks the category its rule wants")
    if verdict != "approve":
        return
    if demands.get("condition") and not (detail.get("condition") or "").strip():
        raise Broken("it lacks the condition its rule wants")
    typed, environment = detail.get("environment"), life.terms["environment"]
    is_asked = demands.get("environment") and environment is not None
    if (is_asked or typed is not None) and typed != environment:
        raise Broken("the environment was not typed as its rule wants")


def require_triaged(tests: Entry) -> None:
    """Raise Broken unless every failure is counted as something, and once; older entries do not say as what."""
    parts = tests.get("triage")
    if parts is not None and (min(parts.values()) < 0 or sum(parts.values()) != tests["failed"]):
        raise Broken("what failed is not what was new, known, flaky, waived and unknown")


def take_condition(life: Life, voice: Voice, detail: Entry) -> None:
    """Remember under which condition *voice* said yes, if there was one."""
    if condition := detail.get("condition"):
        life.conditions.append((voice, condition))


def require_conditions(life: Life, detail: Entry) -> None:
    """Raise Broken unless the decision names the conditions of the approvals that count, and no other."""
    expected = list[str]()
    if detail["verdict"] == "approve" and not detail["break_glass"]:
        counted = (voice for stage in life.counted for voice in stage)
        given = (condition for one in counted for voice, condition in life.conditions if voice is one)
        expected = list(dict.fromkeys(given))
    if detail.get("conditions", []) != expected:
        raise Broken("its conditions are not those of the approvals")
