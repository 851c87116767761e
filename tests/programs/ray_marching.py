"""Sphere tracing: march along a ray until it hits a surface, leaves the scene, or is out of steps."""

import numpy as np


def scene_distance(p, radius, height):
    sphere = np.linalg.norm(p - np.array([0.0, 0.0, 3.0])) - radius
    floor = p[1] + height
    return min(sphere, floor)


def depth(origin, direction, radius, height):
    """How far a ray goes, 20.0 where it hits nothing."""
    direction = direction / np.linalg.norm(direction)
    t = 0.0
    for _ in range(200):
        p = origin + t * direction
        d = scene_distance(p, radius, height)
        if d < 1e-10:
            return t
        t += d
        if t > 20.0:
            break
    return 20.0


WRT = ("origin", "direction", "radius", "height")
ARGS = (np.array([0.1, 0.2, 0.0]), np.array([0.05, -0.02, 1.0]), 1.0, 1.0)
MORE_ARGS = (
    (np.array([0.1, 0.2, 0.0]), np.array([0.3, -0.8, 1.0]), 1.0, 1.0),
    (np.array([0.1, 0.2, 0.0]), np.array([0.0, 1.0, 0.1]), 1.0, 1.0),
)
