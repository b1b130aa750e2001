"""Virtual patients: what is believed about parameters, and individuals drawn from it."""
