"""Random programs against oracles: `python -m tests.fuzz --minutes 5` hunts for a program that is differentiated wrong."""
