"""Experiments on the dorsal horn circuit: wind-up, touch, movement, lasting potentiation, emulated gain.

Each is answered by several members of the circuit's ensemble: a mean and the 5th and 95th percentile.
"""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subside.cli.answer import Answer, envelope, to_json
from subside.cli.arguments import Parser, add_common, whole_number
from subside.cli.circuit_text import inputs, show_bands, simulated, stimulus_name
from subside.cli.sources import source_rows
from subside.cli.talk import Talk
from subside.errors import MissingExtraError, ParameterError

if TYPE_CHECKING:
    from rich.console import Console

    from subside.engine.circuit import Cord

MEMBERS = 6  # answers within three seconds on two cores
ENSEMBLE = 52  # members in all; written out, since reading them takes the engine, and --help must not
TAPER_MIN = 60.0
SOURCES = (
    "gilling_2009.ic50", "ebert_1997.ki_s_ketamine", "jahr_stevens_1990.mg_constant", "medlock_2022.neurons",
    "assumptions.receptor_q10", "kotermanski_johnson_2009.ic50_2d_mg",
)  # fmt: skip
LTP_SOURCES = (
    "ltp_2004.ltp_size", "pfau_2011.half_life_homotopic_h", "drdla_2009.withdrawal_ltp", "heinl_2011.withdrawal_ltp",
    "zhao_joo_2008.nmda_rise", "chen_huang_1992.mg_block",
)  # fmt: skip
ADVICE = {
    "code": "circuit_is_a_model",
    "text": "a model of the spinal cord with design weights; spikes per cell are not a pain score",
}


def add_arguments(parser: Parser) -> None:
    """Five experiments with their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="windup|touch|movement|ltp|emulate")
    for name, does in (
        ("windup", "a train of 16 C-fiber stimuli: does the response grow?"),
        ("touch", "brushing, alone and during pain: does touch hurt, does it ease?"),
        ("movement", "a small movement, warmth and pressure: what projection cells answer"),
        ("ltp", "conditioning that leaves synapses stronger"),
    ):
        action = actions.add_parser(name, help=does, description=does[0].upper() + does[1:])
        if name == "windup":
            action.add_argument(
                "--frequency-hz", default=1.0, metavar="F",
                type=_number(0.01, 5.0, hint=". Above 5 Hz, single responses cannot be told apart"),
                help="stimuli a second, 0.01 to 5 (default 1); above, single responses cannot be told apart",
            )  # fmt: skip
        if name == "ltp":
            _conditioning_options(action)
        _state_options(action)
        add_common(action, below=True)
    does = "the gain that slow models read, by sensitization, with its error"
    emulate = actions.add_parser("emulate", help=does, description=does[0].upper() + does[1:])
    emulate.add_argument(
        "--ketamine-um", type=_number(0.0, 3.0), default=0.0, metavar="C",
        help="racemic ketamine, unbound, in µM, up to 3",
    )  # fmt: skip
    emulate.add_argument(
        "--descending", type=_number(0.0, 1.0), default=1.0, metavar="D",
        help="share of control from the brain stem left, 0 to 1 (default 1)",
    )  # fmt: skip
    add_common(emulate, below=True)


def _conditioning_options(action: argparse.ArgumentParser) -> None:
    what = action.add_mutually_exclusive_group()
    what.add_argument(
        "--protocol", default="hfs", metavar="NAME",
        help="hfs (100 Hz for 1 s, five times, the default), lfs (2 Hz for 2 min), opioid-stop or opioid-taper "
        "(an hour of an opioid; a minute passes in a second)",
    )  # fmt: skip
    what.add_argument(
        "--frequency-hz", type=_number(0.01, 200.0), default=None, metavar="F",
        help="a train of your own: stimuli a second, 0.01 to 200; five trains of a second from 20 Hz up, 2 min below",
    )  # fmt: skip
    action.add_argument(
        "--taper-min", type=_number(1.0, 600.0), default=None, metavar="T",
        help="how long the taper lasts, in min, 1 to 600 (default 60); only with --protocol opioid-taper",
    )  # fmt: skip
    action.add_argument(
        "--chelated", type=_number(0.0, 1.0), default=0.0, metavar="X",
        help="share of calcium inside the cells caught by a chelator, 0 to 1",
    )  # fmt: skip


def _state_options(action: argparse.ArgumentParser) -> None:
    share = _number(0.0, 1.0)
    micromolar = _number(0.0, 1000.0)
    action.add_argument("--ketamine-um", type=micromolar, default=0.0, metavar="C",
                        help="racemic ketamine, unbound, in µM (1 µM is 238 ng/mL unbound)")  # fmt: skip
    action.add_argument("--esketamine-um", type=micromolar, default=0.0, metavar="C",
                        help="esketamine, unbound, in µM")  # fmt: skip
    action.add_argument("--apv", type=share, default=0.0, metavar="X",
                        help="share of the NMDA current removed, 0 to 1")  # fmt: skip
    action.add_argument("--sensitization", type=share, default=None, metavar="S",
                        help="0 (none) to 1: stronger C synapses and NMDA currents, chloride shifted")  # fmt: skip
    action.add_argument("--condition", default="healthy", metavar="NAME",
                        help="state of the cord: healthy, inflammation, nerve_injury, disinhibition, "
                        "over_active_receptors, brain_stem_cut, or a condition as a case file names it, "
                        "such as fibromyalgia (default healthy)")  # fmt: skip
    action.add_argument("--members", type=whole_number(low=1, high=ENSEMBLE, example=f"--members {MEMBERS}"),
                        default=MEMBERS, metavar="N",
                        help=f"members of the ensemble that answer, 1 to {ENSEMBLE} (default {MEMBERS})")  # fmt: skip
    action.add_argument("--out", type=Path, default=None, metavar="DIR",
                        help="also write figures and result.json into DIR")  # fmt: skip


def _number(low: float, high: float, *, hint: str = "") -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = float("nan")
        if not low <= found <= high:
            raise argparse.ArgumentTypeError(f"must be a number from {low:g} to {high:g}; got {text!r}{hint}")
        return found

    return read


def run(options: Namespace, talk: Talk) -> Answer:
    """Run the experiment."""
    if options.action == "ltp":
        _refuse_a_taper_of_nothing(options)
    if find_spec("numba") is None or find_spec("scipy") is None:
        raise MissingExtraError("engine", needed_for="An experiment on the circuit")
    if options.action == "emulate":
        return _emulate(options)
    from subside.engine.circuit.warm import is_warm, warm

    if not is_warm():
        talk.say("First run: compiling the circuit for this machine (a few seconds, once) ...")
        warm()
    from subside.engine.circuit.ensemble import members

    cord = _cord(options)
    chosen = members(options.members)
    answer, draw = _ANSWERS[options.action](options, cord, chosen)
    if options.out is None:
        return answer

    from subside.cli.outfolder import out_folder

    with out_folder(options.out) as work:
        draw(work)
        document = to_json(envelope(answer, verb="circuit", seed=options.seed))
        (work / "result.json").write_text(document + "\n", encoding="utf-8")
    return replace(answer, afterwards=f"Wrote figures and result.json into {options.out}")


def _refuse_a_taper_of_nothing(options: Namespace) -> None:
    own = options.frequency_hz is not None
    if options.taper_min is not None and (own or options.protocol != "opioid-taper"):
        came = f"--frequency-hz {options.frequency_hz:g}" if own else f"the protocol {options.protocol!r}"
        raise ParameterError(
            f"--taper-min is accepted only with --protocol opioid-taper; got --taper-min {options.taper_min:g} with "
            f"{came}. Leave --taper-min out, or choose --protocol opioid-taper."
        )


def _cord(options: Namespace) -> Cord:
    from subside.engine.circuit.states import state

    cord = replace(
        state(options.condition), ketamine_um=options.ketamine_um, esketamine_um=options.esketamine_um,
        apv=options.apv,
    )  # fmt: skip
    return cord if options.sensitization is None else replace(cord, sensitization=options.sensitization)


def _wind_up(options: Namespace, cord: Cord, chosen: Any) -> tuple[Answer, Any]:
    from subside.engine.circuit import wind_up

    found = wind_up(chosen, frequency_hz=options.frequency_hz, cord=cord, seed=options.seed)
    result = {
        "frequency_hz": found.frequency_hz,
        "spikes_per_stimulus": found.spikes_per_stimulus.plain(),
        "post_discharge": found.post_discharge.plain(),
        "members": found.members,
        "inputs": inputs(options, cord, frequency_hz=options.frequency_hz),
    }
    about = simulated(options, cord)

    def show(console: Console) -> None:
        curve = found.spikes_per_stimulus
        rows = [(str(k + 1), curve, k) for k in range(len(curve.mean))]
        show_bands(
            console, f"Wind-up at {found.frequency_hz:g} Hz", about, first="stimulus", unit="spikes a cell",
            rows=[*rows, ("after", found.post_discharge, None)], members=found.members,
        )  # fmt: skip

    def draw(folder: Path) -> None:
        from subside.cli.circuit_figures import draw_raster, draw_wind_up
        from subside.engine.circuit import raster

        draw_wind_up(folder / "windup.svg", found, about=about)
        spikes = raster(chosen[0], frequency_hz=options.frequency_hz, cord=cord, seed=options.seed)
        draw_raster(
            folder / "raster.svg", *spikes, frequency_hz=options.frequency_hz,
            about=simulated(options, cord, who="the first member"),
        )  # fmt: skip

    return _answer(result, show), draw


def _natural(options: Namespace, cord: Cord, chosen: Any) -> tuple[Answer, Any]:
    from subside.engine.circuit import natural_rates

    rates = natural_rates(chosen, cord=cord, seed=options.seed)
    wanted = {
        "touch": ("touch", "warmth", "warmth_and_touch"),
        "movement": ("movement", "warmth", *(name for name in rates if name.startswith("force"))),
    }[options.action]
    result = {
        "projection_hz": {name: rates[name].plain() for name in wanted},
        "members": len(chosen),
        "inputs": inputs(options, cord),
    }
    about = simulated(options, cord)

    def show(console: Console) -> None:
        show_bands(
            console, "Projection cells", about, first="stimulus", unit="Hz a cell",
            rows=[(stimulus_name(name), rates[name], None) for name in wanted], members=len(chosen),
        )  # fmt: skip

    def draw(folder: Path) -> None:
        from subside.cli.circuit_figures import draw_force, draw_touch

        draw_force(folder / "force_rate.svg", rates, members=len(chosen), about=about)
        if options.action == "touch":
            draw_touch(folder / "touch.svg", rates, members=len(chosen), about=about)

    return _answer(result, show), draw


def _ltp(options: Namespace, cord: Cord, chosen: Any) -> tuple[Answer, Any]:
    from subside.engine.circuit import condition
    from subside.engine.circuit.conditioning import conditioning_train

    own = options.frequency_hz is not None
    cord = replace(cord, calcium_left=1.0 - options.chelated)
    taper_min = TAPER_MIN if options.taper_min is None else options.taper_min
    found = condition(
        chosen, conditioning_train(options.frequency_hz) if own else options.protocol,
        cord=cord, taper_min=taper_min, seed=options.seed,
    )  # fmt: skip
    tapered = found.protocol == "opioid-taper"
    frequency_hz = {"train": options.frequency_hz, "hfs": 100.0, "lfs": 2.0}.get(found.protocol)
    result = {
        "protocol": found.protocol,
        "frequency_hz": frequency_hz,
        "weight_percent": found.weight_percent.plain(),
        "later": {"hours": list(found.hours), "weight_percent": found.later_percent.plain()},
        "time_compressed": found.time_compressed,
        "members": found.members,
        "inputs": inputs(
            options, cord, protocol=found.protocol, frequency_hz=frequency_hz,
            taper_min=taper_min if tapered else None, chelated=options.chelated,
        ),
    }  # fmt: skip
    name = f"{options.frequency_hz:g} Hz" if own else found.protocol
    name += f" over {taper_min:g} min" if tapered else ""
    about = simulated(options, cord)

    def show(console: Console) -> None:
        show_bands(
            console, f"C synapses on projection cells after {name}", about, first="hours later",
            unit="% of before", members=found.members,
            rows=[(f"{hours:g}", found.later_percent, k) for k, hours in enumerate(found.hours)],
        )  # fmt: skip
        if found.time_compressed > 1.0:
            console.print("Time is compressed: a minute of the infusion passes in a second.")

    def draw(folder: Path) -> None:
        from subside.cli.circuit_figures import draw_later

        draw_later(folder / "ltp.svg", found, name, about=about)

    return _answer(result, show, *LTP_SOURCES), draw


def _emulate(options: Namespace) -> Answer:
    import math

    from subside.engine.circuit.bridge import SENSITIZATION
    from subside.engine.circuit.gain import gain, spinal_log_gain, spinal_spread
    from subside.engine.population.beliefs import fitted

    found = gain()
    curve = found(SENSITIZATION, ketamine_um=options.ketamine_um, descending=options.descending)
    cord, brain = sum(spinal_log_gain()), math.log1p(fitted()["brain_gain"].median)
    result = {
        "sensitization": list(SENSITIZATION),
        "gain": [round(float(x), 4) for x in curve],
        "error_percent": round(100.0 * found.error, 2),
        "spread_percent": round(100.0 * found.spread, 2),
        "members": found.members,
        "fully_sensitized_without_drug": {
            "cord": round(math.exp(cord), 4),
            "cord_spread_percent": round(100.0 * spinal_spread(), 2),
            "brain_stem_and_brain": round(math.exp(brain), 4),
            "cord_share_percent": round(100.0 * cord / (cord + brain), 1),
        },
        "inputs": {"ketamine_um": options.ketamine_um, "descending": options.descending},
    }
    drug = f"ketamine {options.ketamine_um:g} µM" if options.ketamine_um > 0.0 else "no drug"
    about = f"{drug}, {100.0 * options.descending:g} % of control from the brain stem left, {found.members} members"

    def show(console: Console) -> None:
        from rich.table import Table

        title = f"Gain of the cord; emulated within {100.0 * found.error:.1f} %"
        console.print(title, style="bold", highlight=False)
        console.print(about, highlight=False)
        table = Table()
        table.add_column("sensitization")
        table.add_column("gain", justify="right")
        for s, x in zip(SENSITIZATION, curve, strict=True):
            table.add_row(f"{s:g}", f"{x:.2f}")
        console.print(table)
        console.print(
            f"Fully sensitized, without drug, the cord multiplies its input by {math.exp(cord):.2f} (members differ "
            f"by {100.0 * spinal_spread():.0f} %). The model of pain over months, fitted to trials, leaves another "
            f"{math.exp(brain):.2f} to brain stem and brain: on a log scale the cord explains "
            f"{100.0 * cord / (cord + brain):.0f} %, the rest is not explained by a mechanism.",
            highlight=False,
        )

    return _answer(result, show)


_ANSWERS: dict[str, Callable[[Namespace, Any, Any], tuple[Answer, Any]]] = {
    "windup": _wind_up,
    "touch": _natural,
    "movement": _natural,
    "ltp": _ltp,
}


def _answer(result: dict[str, Any], show: Callable[[Console], None], *also: str) -> Answer:
    def with_advice(console: Console) -> None:
        show(console)
        console.print(f"Note: {ADVICE['text']}.", highlight=False)

    sources = source_rows((*SOURCES, *also))
    return Answer(result=lambda: result, show=with_advice, warnings=[ADVICE], sources=sources)
