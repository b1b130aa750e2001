"""The system on a graphics processor: the same source, run in CUDA's simulator and compiled to its machine code.

No test here needs a graphics processor. The simulator is chosen when numba starts: a process of its own each.
"""

from __future__ import annotations

import sys

import pytest

from subside.cli import main

pytest.importorskip("numba.cuda")

COMPARE = """
import numpy as np, subside
from subside.engine.arms import own
from subside.engine.group import gather, prepare
from subside.engine.population.beliefs import fitted
from subside.engine.systems.chronic_pain.device import solve_on_device
from subside.engine.systems.chronic_pain.solve import solve
from subside.engine.verify.resolve import error_norm

case = subside.read_case({case!r})
group = gather(case, fitted(), 3, seed=1, alike=True)
people, plan = prepare(group, own(case), np.array({times}))
cpu = solve(people, plan, keep_states=True, dtype=np.float64)
gpu = solve_on_device(people, plan, keep_states=True, dtype=np.float64)
# 1e-9 of a state's size: exp and log agree to 1e-12, and a few hundred steps add them up.
assert error_norm(gpu.states, cpu.states).max() < 1e-9, error_norm(gpu.states, cpu.states).max()
np.testing.assert_allclose(gpu.outputs, cpu.outputs, rtol=1e-9, atol=1e-9)
np.testing.assert_allclose(gpu.given_mg_per_h, cpu.given_mg_per_h, rtol=1e-12, atol=0.0)
assert not {differs} or np.ptp(cpu.given_mg_per_h) > 0.0
"""

CASE = """
format = 1
title = "Invented: {title}"
[patient]
age_years = 50
sex = "female"
weight_kg = 70
condition = "complex_regional_pain_syndrome"
nrs_pain = 7
{rest}
"""
TITRATED = """
[[infusion]]
drug = "racemic_ketamine"
start = "0 h"
[infusion.policy]
start_rate = "5 mg/h"
step = "5 mg/h"
every = "10 min"
for = "1 h"
ceiling = "40 mg/h"
raise_if_pain_above = 4
"""
WITH_OTHERS = """
[[infusion]]
drug = "esketamine"
start = "0 h"
bolus = "5 mg"
steps = [ { rate = "20 mg/h", for = "40 min" } ]
[[treatment]]
kind = "drug"
name = "morphine"
dose = "10 mg"
every = "4 h"
route = "oral"
from = "0 h"
[[treatment]]
kind = "drug"
name = "gabapentin"
dose = "600 mg"
every = "8 h"
from = "0 h"
"""


@pytest.mark.parametrize(
    ("title", "rest", "differs"), [("titrated", TITRATED, True), ("beside other treatments", WITH_OTHERS, False)]
)
def test_one_patient_a_thread_gives_what_eight_in_a_vector_give(fresh_python, tmp_path, title, rest, differs):
    case = tmp_path / "case.toml"
    case.write_text(CASE.format(title=title, rest=rest), encoding="utf-8")
    code = COMPARE.format(case=str(case), times=[0.0, 0.5, 1.5], differs=differs)
    done = fresh_python("-c", code, NUMBA_ENABLE_CUDASIM="1")
    assert done.returncode == 0, done.stderr


def test_a_run_asks_the_device_when_told_to(fresh_python, root):
    case = root / "examples/from_papers/zarate_2006_depression.toml"
    code = f"""
import numpy as np, subside
from subside.engine import simulate
from subside.engine.scale import summaries
case = subside.read_case({str(case)!r})
one, other = (simulate(case, n_patients=2, times_h=[0, 0.5], verify=False, device=d) for d in ("cpu", "gpu"))
for name, rows in one.samples.items():
    np.testing.assert_allclose(rows, other.samples[name], rtol=1e-5, atol=1e-6)  # kept as float32
counted = summaries(case, 2, times_h=[0, 0.5], verify=False, device="gpu", threads=1)
np.testing.assert_allclose(counted["madrs_total"].mean, one["madrs_total"].mean, atol=1e-5)
"""
    done = fresh_python("-c", code, NUMBA_ENABLE_CUDASIM="1")
    assert done.returncode == 0, done.stderr


COMPILE = """
import sys, types
from numba import cuda
from numba.cuda import dispatcher
# A card that is not there: the compiler asks which instructions it has.
dispatcher.get_current_device = lambda: types.SimpleNamespace(compute_capability=(8, 0))
from subside.engine.kernel.device import rewired
from subside.engine.systems.chronic_pain import device
try:
    text, _ = cuda.compile_ptx(rewired(device._one_patient), device.signature(), cc=(8, 0))
except Exception as error:
    if "DynamicLibNotFound" not in type(error).__name__:
        raise
    sys.exit(77)
assert ".target sm_80" in text and "_one_patient" in text, text[:400]
assert text.count("fma.rn.f64") > 1000, "the equations are in double precision"
"""


@pytest.mark.slow  # 25 s
def test_the_whole_system_compiles_to_machine_code_of_a_graphics_processor(fresh_python):
    done = fresh_python("-c", COMPILE, timeout=300)
    if done.returncode == 77:
        pytest.skip("the CUDA compiler is not installed (pip install nvidia-nvvm nvidia-cuda-nvrtc nvidia-cuda-cccl)")
    assert done.returncode == 0, done.stderr


def test_without_a_graphics_processor_the_command_line_says_so(monkeypatch, capsys, root):
    monkeypatch.setattr("numba.cuda.is_available", lambda: False)
    monkeypatch.delitem(sys.modules, "subside.engine.systems.chronic_pain.device", raising=False)
    case = root / "examples/from_papers/zarate_2006_depression.toml"
    assert main(["simulate", str(case), "--device", "gpu"]) == 2
    said = capsys.readouterr()
    assert "no NVIDIA graphics processor" in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert "subside.engine.systems.chronic_pain.device" not in sys.modules
