"""The whole model by name, ``chronic_pain``: from infusion rate to pain, mood, vital signs and side effects.

``layout`` names every state, parameter and output; ``clock`` cuts time into steps; ``loop`` is the
compiled loop; ``solve`` runs it over patients and threads.
"""
