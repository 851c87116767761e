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

# output
import numpy as np

from srcdiff.runtime import eigh_a


def energy_grad(external, coupling, tolerance=1e-11):
    """The gradient of energy with respect to external and coupling.

    energy: The energy of two electrons on a grid, in a mean field that is iterated until it no longer changes.
    """
    assert external.ndim == 1, f"external must be a vector, not of shape {np.shape(external)}"
    n = len(external)
    kinetic = np.diag(np.full(n, 2.0)) - np.diag(np.ones(n - 1), 1) - np.diag(np.ones(n - 1), -1)
    density = np.full(n, 2.0 / n)
    tape = []
    while True:
        hamiltonian = kinetic + np.diag(external + coupling * density)
        eigen = np.linalg.eigh(hamiltonian)
        tape.append((density, hamiltonian, eigen))
        orbitals = eigen[1]
        updated = 2 * orbitals[:, 0] ** 2
        change = np.max(np.abs(updated - density))
        density = 0.5 * density + 0.5 * updated
        energies = eigen[0]
        if change < tolerance:
            break
    density_bar = -coupling * density
    coupling_bar = -0.5 * np.sum(density**2)
    energies_bar = np.zeros_like(energies)
    energies_bar[0] = 2.0
    external_bar = np.zeros_like(external, dtype=np.result_type(external, 0.0))
    while tape:
        density, hamiltonian, eigen = tape.pop()
        orbitals = eigen[1]
        orbitals_bar = np.zeros_like(orbitals)
        orbitals_bar[:, 0] = 2 * density_bar * orbitals[:, 0]
        total_bar = np.diag(eigh_a((energies_bar, orbitals_bar), eigen, hamiltonian))
        energies_bar = np.zeros_like(eigen[0])
        density_bar = coupling * total_bar + 0.5 * density_bar
        coupling_bar += total_bar @ density
        external_bar += total_bar
    return external_bar, coupling_bar
