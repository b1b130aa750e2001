"""Sets written out by hand as in their papers, in concentrations, solved by an adaptive solver."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from subside.engine.drugs import pk_set
from subside.engine.pk import Covariates, Infusion, individual, levels

TIMES = np.array([0.1, 1.0 / 3.0, 0.5, 1.0, 2.0, 4.0, 8.0])
# 1e-10 is the solver's rtol; 100 times it allows for its global error
TOLERANCE = 1e-8


def test_simons_2022_in_micromoles_gives_the_same_levels() -> None:
    weight = 83.0
    flow, volume = (weight / 70.0) ** 0.75, weight / 70.0
    v1, v2, v3 = 11.6 * volume, 39.0 * volume, 174.0 * volume
    cl, q2, q3 = 60 * 1.48 * flow, 60 * 2.43 * flow, 60 * 1.21 * flow
    nk_v2, nk_cl, nk_q = 221.0 * volume, 60 * 1.0 * flow, 60 * 2.63 * flow
    h_v1, h_v2, h_cl, h_q = 4.4 * volume, 87.5 * volume, 60 * 0.933 * flow, 60 * 1.7 * flow
    k_nk, k_h = 2.0 / (20.1 / 60.0), 2.0 / (1.12 / 60.0)
    rate_umol_per_h = 20.0 / (1.0 / 3.0) / 237.7 * 1000.0  # 20 mg over 20 min

    def right_hand_side(t: float, y: np.ndarray) -> list[float]:
        c1, c2, c3, t1, t2, n1, n2, u1, u2, h1, h2 = y
        dose = rate_umol_per_h if t < 1.0 / 3.0 else 0.0
        return [
            (dose - cl * c1 - q2 * (c1 - c2) - q3 * (c1 - c3)) / v1,
            q2 * (c1 - c2) / v2,
            q3 * (c1 - c3) / v3,
            cl * c1 - k_nk * t1,
            k_nk * (t1 - t2),
            (0.8 * k_nk * t2 - nk_cl * n1 - nk_q * (n1 - n2)) / v1,
            nk_q * (n1 - n2) / nk_v2,
            nk_cl * n1 - k_h * u1,
            k_h * (u1 - u2),
            (0.7 * k_h * u2 - h_cl * h1 - h_q * (h1 - h2)) / h_v1,
            h_q * (h1 - h2) / h_v2,
        ]

    first = solve_ivp(right_hand_side, (0, 1 / 3), np.zeros(11), method="Radau", rtol=1e-10, atol=1e-13,
                      t_eval=[0.1, 1 / 3])  # fmt: skip
    rest = solve_ivp(right_hand_side, (1 / 3 + 1e-15, 8), first.y[:, -1], method="Radau", rtol=1e-10,
                     atol=1e-13, t_eval=TIMES[2:])  # fmt: skip
    molar = np.concatenate([first.y, rest.y], axis=1)

    simons = pk_set("simons_2022")
    parameters = individual(simons, Covariates(weight_kg=[weight]))
    found = levels(simons, parameters, [Infusion(start_h=0.0, end_h=1.0 / 3.0, mg_per_h=60.0)], TIMES)
    for name, row, g_per_mol in (
        ("arterial", 0, 237.7),
        ("norketamine", 5, 223.7),
        ("hydroxynorketamine", 9, 239.7),
    ):
        expected = molar[row] * g_per_mol  # 1 umol/L is as many ng/mL as a mole has grams
        np.testing.assert_allclose(found[name][0], expected, rtol=TOLERANCE, atol=TOLERANCE * expected.max())


def test_perez_ruixo_2021_with_its_liver_gives_the_same_levels() -> None:
    qh = 151.0 - 2.19 * (75.0 - 60.0)

    def right_hand_side(t: float, y: np.ndarray) -> list[float]:
        a1, a2, a3, liver, n1, n2 = y
        dose = 42.0 if t < 2.0 / 3.0 else 0.0
        return [
            dose
            - (qh + 84.3 + 37.6) / 192.0 * a1
            + 84.3 / 143.0 * a2
            + 37.6 / 417.0 * a3
            + qh / 101.0 * liver,
            84.3 * (a1 / 192.0 - a2 / 143.0),
            37.6 * (a1 / 192.0 - a3 / 417.0),
            qh * (a1 / 192.0 - liver / 101.0) - (1.11 + 2.77) * liver,
            2.77 * liver - (38.0 + 26.1) / 70.0 * n1 + 26.1 / 115.0 * n2,
            26.1 * (n1 / 70.0 - n2 / 115.0),
        ]

    end = 2.0 / 3.0
    times = np.array([0.5, 1.0, 3.0, 9.0])
    start = solve_ivp(right_hand_side, (0, end), np.zeros(6), rtol=1e-10, atol=1e-12, t_eval=[0.5, end])
    rest = solve_ivp(
        right_hand_side, (end + 1e-15, 9), start.y[:, -1], rtol=1e-10, atol=1e-12, t_eval=times[1:]
    )
    by_hand = np.concatenate([start.y[:, :1], rest.y], axis=1)

    perez = pk_set("perez_ruixo_2021")
    parameters = individual(perez, Covariates(weight_kg=[50.0], age_years=[75.0]))
    found = levels(perez, parameters, [Infusion(start_h=0.0, end_h=end, mg_per_h=42.0)], times)
    np.testing.assert_allclose(found["venous"][0], by_hand[0] / 192.0 * 1000.0, rtol=TOLERANCE)
    np.testing.assert_allclose(found["norketamine"][0], by_hand[4] / 70.0 * 1000.0, rtol=TOLERANCE)


def test_domino_1984_follows_its_printed_rate_constants() -> None:
    k10, k12, k13, k21, k31 = (60.0 * k for k in (0.438, 0.592, 0.590, 0.247, 0.0146))
    dose_mg, weight = 30.0, 64.0

    def right_hand_side(_: float, y: np.ndarray) -> list[float]:
        a1, a2, a3 = y
        return [-(k10 + k12 + k13) * a1 + k21 * a2 + k31 * a3, k12 * a1 - k21 * a2, k13 * a1 - k31 * a3]

    times = np.array([0.02, 0.1, 0.5, 3.0])
    solved = solve_ivp(right_hand_side, (0, 3), [dose_mg, 0, 0], method="Radau", rtol=1e-10, atol=1e-12,
                       t_eval=times)  # fmt: skip
    domino = pk_set("domino_1984")
    person = Covariates(weight_kg=[weight])
    # The printed clearance is the racemate's: undo what makes it that of S-ketamine.
    parameters = individual(domino, person)
    parameters["cl_l_per_h"] = parameters["cl_l_per_h"] / domino.s_clearance_factor
    from subside.engine.pk import Bolus

    found = levels(domino, parameters, [Bolus(at_h=0.0, mg=dose_mg)], times)["arterial"][0]
    np.testing.assert_allclose(found, solved.y[0] / (0.063 * weight) * 1000.0, rtol=TOLERANCE)
