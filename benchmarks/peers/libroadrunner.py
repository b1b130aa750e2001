"""libRoadRunner (CVODE) on the same equations as SBML, with a tolerance for each state."""

from __future__ import annotations

import ast

import numpy as np
import roadrunner

from benchmarks.kpm_problem import (
    DEFINITIONS,
    EQUATIONS,
    PARAMETERS,
    SIZES,
    STATES,
    TYPICAL,
    segments,
    start,
    times_h,
)
from benchmarks.peers.run import main

# Found to meet 1e-4 on the first 20 patients.
RTOL, ATOL = 3e-7, 1e-9

_OPERATORS = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.Pow: "power"}


def mathml(node: ast.expr) -> str:
    """Return an expression as content MathML."""
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return f"<apply><{_OPERATORS[type(op)]}/>{mathml(left)}{mathml(right)}</apply>"
        case ast.Name(id=name):
            return f"<ci>{name}</ci>"
        case ast.Constant(value=value):
            return f"<cn>{value}</cn>"
        case ast.Call(args=[argument]):  # positive(x)
            x = mathml(argument)
            return (
                f"<piecewise><piece>{x}<apply><gt/>{x}<cn>0</cn></apply></piece>"
                "<otherwise><cn>0</cn></otherwise></piecewise>"
            )
    raise ValueError(ast.dump(node))


def sbml() -> str:
    """Return the model: parameters, assignment rules for the algebra, rate rules for the states."""
    constants = "".join(
        f'<parameter id="{n}" value="{v}" constant="true"/>' for n, v in {**TYPICAL, "rate": 0.0}.items()
    )
    variables = "".join(f'<parameter id="{n}" value="0" constant="false"/>' for n in (*DEFINITIONS, *STATES))
    rules = "".join(
        f'<{kind}Rule variable="{name}"><math xmlns="http://www.w3.org/1998/Math/MathML">'
        f"{mathml(ast.parse(text, mode='eval').body)}</math></{kind}Rule>"
        for kind, table in (("assignment", DEFINITIONS), ("rate", EQUATIONS))
        for name, text in table.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1"><model id="kpm">'
        f"<listOfParameters>{constants}{variables}</listOfParameters><listOfRules>{rules}</listOfRules>"
        "</model></sbml>"
    )


roadrunner.Logger.setLevel(roadrunner.Logger.LOG_ERROR)
_engine = roadrunner.RoadRunner(sbml())
_engine.setIntegrator("cvode")
_engine.integrator.relative_tolerance = RTOL
_engine.integrator.stiff = True
for _name, _size in zip(STATES, SIZES, strict=True):
    _engine.integrator.setIndividualTolerance(_name, ATOL * _size)
_engine.timeCourseSelections = list(STATES)
_model = _engine.model
_ids = list(_model.getGlobalParameterIds())
_at = {name: _ids.index(name) for name in (*PARAMETERS, "rate", *STATES)}
_times = times_h()


def solve(people):  # type: ignore[no-untyped-def]
    out = np.empty((len(people), len(_times), len(STATES)))
    parameters = [_at[name] for name in PARAMETERS]
    states = [_at[name] for name in STATES]
    for i, p in enumerate(people):
        _engine.reset()
        y = start(p)
        out[i, 0] = y
        _model.setGlobalParameterValues(parameters, p)
        _model.setGlobalParameterValues(states, y)
        for begin, finish, rate in segments():
            inside = (_times > begin + 1e-9) & (_times <= finish + 1e-9)
            _model.setGlobalParameterValues([_at["rate"]], [rate * p[-1]])
            found = _engine.simulate(times=np.unique(np.concatenate([[begin], _times[inside], [finish]])))
            out[i, inside] = np.asarray(found)[1 : 1 + inside.sum()]
    return out


if __name__ == "__main__":
    main(solve)
