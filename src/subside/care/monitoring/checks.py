"""The checks that people make: when each is due, made, or missed."""

from __future__ import annotations

from collections.abc import Iterable

from subside.care.monitoring import alarms
from subside.care.monitoring.plan import BoundCheck, ms
from subside.care.monitoring.snapshot import NEVER, Due
from subside.care.monitoring.work import LOOK_NOW, Work

__all__ = ["bring_forward", "interval_ms", "miss", "remind_due", "satisfy", "start", "stop", "to_recovery"]


def start(w: Work, at: int) -> None:
    """The infusion begins: every check is due one interval after it."""
    for check in w.plan.checks.values():
        first = check.once_ms if check.once_ms >= 0 else check.every_ms
        w.checks[check.name] = Due(at + first, "waiting", None)
        alarms.end(w, f"missed:{check.name}")


def to_recovery(w: Work, at: int) -> None:
    """The infusion has ended: the intervals of the recovery hold from now."""
    for check in w.plan.checks.values():
        due = w.checks.get(check.name)
        if due is not None and check.once_ms < 0 and due.state == "waiting":
            w.checks[check.name] = due._replace(due_ms=min(due.due_ms, at + check.after_ms))


def stop(w: Work) -> None:
    """The session has ended: nothing is due any more."""
    w.checks.clear()


def interval_ms(w: Work, check: BoundCheck) -> int:
    """Return the interval now: shorter while an alarm stands that asks for it."""
    usual = check.after_ms if w.phase == "recovery" else check.every_ms
    for alarm in w.alarms.values():
        bound = w.plan.rule_by_id.get(alarm.rule)
        if bound is not None and alarm.present:
            for name, seconds in bound.rule.recheck:
                if name == check.name:
                    usual = min(usual, ms(seconds))
    return usual


def satisfy(w: Work, what: str, at: int) -> None:
    """A reading came that makes a check, or several."""
    for check in w.plan.checks_of[what]:
        done(w, check.name, at)


def done(w: Work, name: str, at: int) -> None:
    """A check was made at ``at``."""
    due = w.checks.get(name)
    check = w.plan.checks[name]
    if due is None or (due.done_ms is not None and at <= due.done_ms):
        return
    if check.once_ms >= 0:
        if at < due.due_ms - check.early_ms:
            return
        following = NEVER
    else:
        following = at + interval_ms(w, check)
    if due.state != "waiting":
        w.say("check_done", name, f"{check.check.label}: made")
    if due.state == "missed":
        alarms.end(w, f"missed:{name}", "made")
    w.checks[name] = Due(following, "waiting", at)
    w.wake = LOOK_NOW


def bring_forward(w: Work, recheck: Iterable[tuple[str, float]]) -> None:
    """An alarm asks for a check sooner."""
    for name, seconds in recheck:
        due = w.checks.get(name)
        if due is not None and due.state == "waiting" and due.due_ms > w.t + ms(seconds):
            w.checks[name] = due._replace(due_ms=w.t + ms(seconds))
            w.wake = LOOK_NOW


def remind_due(w: Work, name: str) -> None:
    """A check is due now."""
    w.checks[name] = w.checks[name]._replace(state="due")
    w.say("check_due", name, f"{w.plan.checks[name].check.label}: due now")


def miss(w: Work, name: str) -> None:
    """A check was not made in time."""
    due = w.checks[name]
    check = w.plan.checks[name].check
    w.checks[name] = due._replace(state="missed")
    alarms.raise_alarm(
        w,
        f"missed:{name}",
        rule=name,
        kind="procedural",
        priority=check.priority,
        text=f"{check.label} missed: due {(w.t - due.due_ms) // 1000} s ago",
        prompts=("look", "do_check"),
        since_ms=due.due_ms,
    )
