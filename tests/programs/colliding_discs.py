"""Discs that move and bounce: rows of the positions and velocities are changed through other names."""

import numpy as np


def bounced(pos, vel, radii, dt=0.05, steps=4):
    """How far out the discs are after some steps, and how fast they are."""
    pos, vel = pos.copy(), vel.copy()
    n = len(radii)
    for _ in range(steps):
        pos += dt * vel
        for i in range(n - 1):
            for j in range(i + 1, n):
                way = pos[j] - pos[i]
                gap = np.linalg.norm(way)
                if gap < radii[i] + radii[j]:
                    normal = way / gap
                    speed = np.dot(vel[j] - vel[i], normal)
                    if speed >= 0:
                        continue
                    first, second = vel[i], vel[j]
                    first += speed * normal
                    second -= speed * normal
    return np.sum(pos**2) + np.sum(np.abs(vel))


WRT = ("pos", "vel")
ARGS = (
    np.array([[0.0, 0.0], [0.9, 0.1], [0.2, 1.1]]),
    np.array([[1.0, 0.2], [-1.0, 0.1], [0.1, -2.0]]),
    np.array([0.5, 0.5, 0.4]),
)
