"""What a drug level does: sensitization and pain, mood and sleep, circulation, breathing, mind, stomach.

Every file holds plain scalar equations (floats in, floats out, ``@scalar``) that the loops of
``systems`` inline and that an independent solver calls as they stand.
"""
