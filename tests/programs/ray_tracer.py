"""Ray tracing: the brightness of a pixel, by the nearest of a few spheres, its shading and its mirror images."""

from typing import NamedTuple

import numpy as np


class Ray(NamedTuple):
    origin: np.ndarray
    direction: np.ndarray


class Hit(NamedTuple):
    distance: float
    point: np.ndarray
    normal: np.ndarray
    mirror: float


def intersect(ray, centre, radius, mirror):
    """Where a ray enters a sphere, None where it misses."""
    to_centre = centre - ray.origin
    along = np.dot(to_centre, ray.direction)
    beside = np.dot(to_centre, to_centre) - along**2
    if along <= 0.0 or beside > radius**2:
        return None
    distance = along - np.sqrt(radius**2 - beside)
    if distance < 1e-6:
        return None
    point = ray.origin + distance * ray.direction
    return Hit(distance, point, (point - centre) / radius, mirror)


def nearest(ray, centres, radii, mirrors):
    best = None
    for centre, radius, mirror in zip(centres, radii, mirrors):
        hit = intersect(ray, centre, radius, mirror)
        if hit is not None and (best is None or hit.distance < best.distance):
            best = hit
    return best


def brightness(centres: np.ndarray, radii: np.ndarray, mirrors: np.ndarray, light: np.ndarray, aim: np.ndarray):
    ray = Ray(np.array([0.0, 0.0, -4.0]), aim / np.linalg.norm(aim))
    total, weight = 0.0, 1.0
    for _ in range(3):
        hit = nearest(ray, centres, radii, mirrors)
        if hit is None:
            total += weight * 0.1 * (1.0 + ray.direction[1])
            break
        to_light = light - hit.point
        lit = np.dot(hit.normal, to_light) / np.linalg.norm(to_light)
        total += weight * (1.0 - hit.mirror) * max(lit, 0.05)
        weight *= hit.mirror
        bounced = ray.direction - 2 * np.dot(ray.direction, hit.normal) * hit.normal
        ray = Ray(hit.point, bounced)
    return total


FUNCTION = brightness
WRT = ("centres", "radii", "mirrors", "light", "aim")
_CENTRES = np.array([[0.0, 0.0, 1.0], [1.6, 0.3, 0.2], [-1.2, 0.9, 0.4]])
_RADII = np.array([1.0, 0.6, 0.7])
_MIRRORS = np.array([0.5, 0.3, 0.4])
_LIGHT = np.array([2.0, 3.0, -3.0])
ARGS = (_CENTRES, _RADII, _MIRRORS, _LIGHT, np.array([0.13, 0.02, 1.0]))
MORE_ARGS = (
    (_CENTRES, _RADII, _MIRRORS, _LIGHT, np.array([-0.27, 0.19, 1.0])),
    (_CENTRES, _RADII, _MIRRORS, _LIGHT, np.array([0.9, 0.9, 1.0])),
)
