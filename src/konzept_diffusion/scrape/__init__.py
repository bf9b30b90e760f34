"""Finding documents: the polite scraper.

```python
from konzept_diffusion import scrape
from konzept_diffusion.scrape.search import settings

with scrape.Transport(scrape.Politeness(delay=2)).visit(kommune, max_requests=100) as client:
    report = scrape.survey(kommune, client, settings=settings.load(), coder=coder)
```

The command `python -m konzept_diffusion.scrape` does this for a whole register, with archive, state and progress.
"""

from __future__ import annotations

from ..lazy import attach

_NAMES = {
    "survey": "search.survey",
    "Kommune": "reports",
    "File": "reports",
    "Coding": "reports",
    "Found": "reports",
    "Report": "reports",
    "Politeness": "network.politeness",
    "Transport": "network.client",
    "read_record": "archive.replay",
    "verify": "archive.reading",
    "Settings": "search.settings",
}
__getattr__, __dir__ = attach(__name__, _NAMES)
__all__ = list(_NAMES)
