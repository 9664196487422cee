"""Whether the other side speaks, by the level of what is heard."""


class Ear:
    """Told the level some fifty to a hundred times a second; says when speech begins and when it has ended."""

    def __init__(self):
        self.speaking = False
        self.since = None
        self._last_loud = None
        self._loud_since = None

    def hear(self, level, now):
        """`level` is PJSIP's, 0 to 50 on the scale of mu-law. Returns "speech" or "silence" at a change."""
        if self.since is None:
            self.since = now
        if level >= LOUD:
            self._last_loud = now
            if self._loud_since is None:
                self._loud_since = now
        elif self._loud_since is not None and now - self._last_loud > GAP:
            self._loud_since = None
        if not self.speaking and self._loud_since is not None and now - self._loud_since >= ONSET:
            self.speaking = True
            self.since = self._loud_since
            return "speech"
        if self.speaking and now - self._last_loud > HANGOVER:
            self.speaking = False
            self.since = self._last_loud
            self._loud_since = None
            return "silence"
        return None


# About -44 dBFS on the average of a frame.
LOUD = 8
# Seconds: what is shorter is a click.
ONSET = 0.06
GAP = 0.06
# Seconds: silence within words is shorter.
HANGOVER = 0.25
