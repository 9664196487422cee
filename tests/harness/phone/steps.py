"""What a call does after its answer, one step after the other.

    {"wait": "quiet", "ms": 800}      until the other side has spoken and then been silent for so long
    {"wait": "speech", "ms": 500}     until the other side speaks for so long
    {"wait": "silence", "ms": 500}    until nothing is heard for so long
    {"pause": 300}                    milliseconds
    {"play": "yes.wav"}               until its end
    {"keys": "123"}                   RFC 4733
    {"hold": true} {"hold": false}    re-INVITE
    {"codecs": ["PCMA"]}              re-INVITE with other codecs
    {"note": "spoke"}                 tells that the script has come so far
    {"hang_up": 0}                    with a status, 0 for the usual

A wait takes "at_most" (milliseconds, 20000 if left out) and goes on when it is over, after telling "in_vain".
"""

import time
import wave

from pjsua2 import pjsua2 as pj


class Steps:
    """The steps that are left of one call."""

    def __init__(self, talk, steps):
        self.talk = talk
        self.left = list(steps)
        self.now = None
        self.since = 0.0
        self.heard_speech = False
        self.player = None
        self.until = 0.0

    def add(self, steps, instead):
        if instead:
            self._stop_playing()
            self.left.clear()
            self.now = None
        self.left.extend(steps)

    def media_changed(self):
        """The call's sound was connected anew: what plays must be, too."""
        if self.player is not None and self.talk.audio is not None:
            self.player.startTransmit(self.talk.audio)

    def turn(self, now):
        """Goes on as far as it can."""
        while self.now is not None or self.left:
            if self.now is None:
                self._begin(self.left.pop(0), now)
            if self.now is not None:
                if not self._is_done(now):
                    return
                self._end()

    def close(self):
        self._stop_playing()

    def _begin(self, step, now):
        self.now = step
        self.since = now
        self.heard_speech = self.talk.ear.speaking
        self.talk.report("step", step=step, what="began")
        try:
            self._act(step, now)
        except pj.Error as error:
            self.talk.report("error", step=step, why=error.reason)
            self.now = None

    def _act(self, step, now):
        talk = self.talk
        if "play" in step:
            self._play(step["play"], now)
        elif "keys" in step:
            talk.dialDtmf(step["keys"])
            self.until = now + len(step["keys"]) * KEY
        elif "pause" in step:
            self.until = now + step["pause"] / 1000
        elif "hold" in step:
            if step["hold"]:
                talk.setHold(talk.phone.call_parameters())
            else:
                talk.again(pj.PJSUA_CALL_UNHOLD)
            self.until = now + REINVITE
        elif "codecs" in step:
            talk.phone.use_codecs(step["codecs"])
            talk.again()
            self.until = now + REINVITE
        elif "hang_up" in step:
            talk.hang_up(step["hang_up"])
            self.left.clear()
        elif "note" in step:
            talk.report("note", note=step["note"])

    def _is_done(self, now):
        step = self.now
        if "wait" in step:
            return self._has_waited(step, now)
        if any(key in step for key in ("play", "keys", "pause", "hold", "codecs")):
            return now >= self.until
        return True

    def _has_waited(self, step, now):
        ear = self.talk.ear
        length = step.get("ms", 0) / 1000
        if ear.speaking:
            self.heard_speech = True
        for_so_long = now - max(ear.since or now, self.since if step["wait"] != "quiet" else 0) >= length
        done = {
            "quiet": self.heard_speech and not ear.speaking and now - (ear.since or now) >= length,
            "speech": ear.speaking and for_so_long,
            "silence": not ear.speaking and for_so_long,
        }[step["wait"]]
        if done:
            return True
        if now - self.since > step.get("at_most", 20000) / 1000:
            self.talk.report("in_vain", step=step)
            return True
        return False

    def _end(self):
        self.talk.report("step", step=self.now, what="ended")
        self._stop_playing()
        self.now = None

    def _play(self, file, now):
        with wave.open(file, "rb") as sound:
            length = sound.getnframes() / sound.getframerate()
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(file, pj.PJMEDIA_FILE_NO_LOOP)
        self.media_changed()
        # A frame in the bridge, and one for the player's own start.
        self.until = now + length + 0.06

    def _stop_playing(self):
        # Deleting the player takes it out of the bridge.
        self.player = None


# Seconds that PJSIP takes for a key with its pause.
KEY = 0.25
# Seconds for a re-INVITE to be answered.
REINVITE = 0.4
