"""The fold: from a snapshot and what has arrived since, to the next snapshot and the changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from subside.care.monitoring import events, readings, timers
from subside.care.monitoring.observation import EVENTS, Observation, effective_ms, order_key
from subside.care.monitoring.plan import Plan, plan_for
from subside.care.monitoring.snapshot import NEVER, Change, Snapshot
from subside.care.monitoring.threshold import Baseline, Thresholds
from subside.care.monitoring.work import Work

__all__ = ["fold", "next_due_ms"]


def fold(
    snapshot: Snapshot,
    observations: Iterable[Observation],
    thresholds: Thresholds,
    baseline: Baseline,
    now_ms: int,
) -> tuple[Snapshot, tuple[Change, ...]]:
    """Return the state at ``now_ms`` and every change on the way to it.

    The time line is decided up to the reorder window before ``now_ms``; what is younger waits in
    ``pending``, so that disorder within the window is harmless. Every alarm therefore comes that
    much later than its delay says. How often this is called, and in which portions, changes nothing.

    Args:
        snapshot: The last snapshot, or ``new_snapshot(now_ms)``.
        observations: What has arrived since, in any order. One without ``received_ms`` counts as
            received at ``now_ms``.
        thresholds: Limits, checks and policy, from ``thresholds(site)``.
        baseline: This patient's readings before the infusion.
        now_ms: The time of the server, in ms. Never earlier than before: an earlier one counts as
            the last one.

    Late data: a reading that arrives when it is older than its channel's age limit, or after a newer
    one of its stream, becomes a change (``late``, after a minute ``historic``) and nothing else.
    """
    plan = plan_for(thresholds, baseline)
    now = now_ms if now_ms > snapshot.now_ms else snapshot.now_ms
    settled = now - plan.window_ms
    if settled < snapshot.settled_ms:
        settled = snapshot.settled_ms
    queue = _queue(snapshot, observations, plan, now)
    w = Work(snapshot, plan)
    taken = 0
    for effective, o in queue:
        if effective >= settled:
            break
        taken += 1
        _apply(w, o, effective)
    timers.advance(w, settled)
    pending = tuple(o for _, o in queue[taken:])
    return w.freeze(now_ms=now, settled_ms=settled, pending=pending), tuple(w.changes)


def next_due_ms(snapshot: Snapshot, thresholds: Thresholds, baseline: Baseline) -> int | None:
    """Return when to call the fold again if nothing arrives, in ms of ``now``; None: no need."""
    plan = plan_for(thresholds, baseline)
    due = timers.earliest(Work(snapshot, plan)).due_ms
    for o in snapshot.pending:
        due = min(due, _effective(o, plan))
    return None if due >= NEVER else due + plan.window_ms + 1


def _queue(
    snapshot: Snapshot, observations: Iterable[Observation], plan: Plan, now: int
) -> list[tuple[int, Observation]]:
    """Return what waits and what is new, in the one order in which it is applied."""
    queue = [(_effective(o, plan), o) for o in snapshot.pending]
    fresh = False
    # Nothing takes effect in the part of the time line that is already decided.
    earliest = snapshot.settled_ms + plan.window_ms
    for o in observations:
        received = now if o.received_ms is None else max(o.received_ms, earliest)
        arrived = o if received == o.received_ms else replace(o, received_ms=received)
        queue.append((_effective(arrived, plan), arrived))
        fresh = True
    if fresh and len(queue) > 1:
        queue.sort(key=lambda item: order_key(item[1], item[0]))
    return queue


def _effective(o: Observation, plan: Plan) -> int:
    assert o.received_ms is not None
    return effective_ms(o, received_ms=o.received_ms, window_ms=plan.window_ms)


def _apply(w: Work, o: Observation, effective: int) -> None:
    """Bring the time line to the moment of one observation, then apply it."""
    timers.advance(w, effective)
    what = o.what
    if what not in w.plan.channels and what not in EVENTS:
        w.say("unknown", what, f"no channel or event of this name ({what}); not used")
        return
    if w.started_ms is None:
        events.open_session(w)
    if w.phase == "ended" and what not in ("monitoring_start", "infusion_start"):
        return
    if what in EVENTS:
        events.apply_event(w, o)
    else:
        readings.apply_reading(w, o)
