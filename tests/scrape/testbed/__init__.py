"""A judge for crawlers: German municipal sites on loopback, each with its known truth.

`with Testbed() as bed: bed.write_register(path)` serves all shapes; `score.score(bed, out)` compares what a crawl
wrote, and what the servers saw, with the truth. The crawler's code was not looked at when the shapes were made.
"""

from testbed.score import Score, score
from testbed.truth import Document, Shape, Town
from testbed.web import Testbed, load_shapes

__all__ = ["Document", "Score", "Shape", "Testbed", "Town", "load_shapes", "score"]
