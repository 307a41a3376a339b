"""Groups, people and who of them a stage asks."""
