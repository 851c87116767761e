"""A Hartree-like fixed point: orbitals make a density, the density a potential, the potential orbitals."""

import numpy as np


def energy(external: np.ndarray, coupling: float, tolerance: float = 1e-11) -> float:
    """The energy of two electrons on a grid, in a mean field that is iterated until it no longer changes."""
    n = len(external)
    kinetic = np.diag(np.full(n, 2.0)) - np.diag(np.ones(n - 1), 1) - np.diag(np.ones(n - 1), -1)
    density = np.full(n, 2.0 / n)
    while True:
        hamiltonian = kinetic + np.diag(external + coupling * density)
        energies, orbitals = np.linalg.eigh(hamiltonian)
        updated = 2 * orbitals[:, 0] ** 2
        change = np.max(np.abs(updated - density))
        density = 0.5 * density + 0.5 * updated
        if change < tolerance:
            break
    return 2 * energies[0] - 0.5 * coupling * np.sum(density**2)


WRT = ("external", "coupling")
ARGS = (np.array([0.6, -0.5, -1.0, -0.3, 0.4]), 0.7)
