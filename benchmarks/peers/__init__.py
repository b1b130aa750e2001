"""One file a peer. Each runs by itself, on one core: ``python -m benchmarks.peers.NAME PATIENTS OUT.npz``."""
