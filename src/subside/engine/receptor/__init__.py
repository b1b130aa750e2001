"""The NMDA receptor: magnesium block, trapping block by ketamine, and the rival low-dose routes."""
