"""Models how chronic pain is amplified and how ketamine turns it down; runs the clinic that infuses it.

Decision support and research software, not a medical device. The few names here are loaded on
first use; each room exports its own: ``subside.case``, ``subside.course``, ``subside.evidence``,
``subside.engine``, ``subside.report``.
"""

from __future__ import annotations

__version__ = "0.1.0"
