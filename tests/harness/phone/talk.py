"""One call of a telephone: its states, what it hears, and the steps that it goes through."""

import os
import tempfile
import time

from ear import Ear
from steps import Steps


def make_talk_class(pj):
    class Talk(pj.Call):
        """A call that was made or came. It is closed once it is `over`, and kept."""

        def __init__(
            self, phone, line, name, call_id=pj.PJSUA_INVALID_ID, uri=None, steps=(), record=None, ring_ms=0, status=200
        ):
            pj.Call.__init__(self, line, call_id)
            self.phone = phone
            self.name = name
            self.record = record
            self.over = False
            self.audio = None
            self.recorder = None
            self._removed = None
            self.ear = Ear()
            self.steps = Steps(self, steps)
            self._ring_ms = ring_ms
            self._status = status
            self._answer_at = None
            self._refuse = status != 0 and status >= 300 and ring_ms == 0

        def report(self, event, **facts):
            self.phone.report(event, call=self.name, **facts)

        def ring(self):
            """Begins what is to be done with a call that came."""
            if self._refuse:
                self.answer(self.phone.call_parameters(self._status))
                return
            if self._ring_ms or self._status == 0:
                self.answer(self.phone.call_parameters(180))
            if self._status:
                self._answer_at = time.monotonic() + self._ring_ms / 1000

        def turn(self, now):
            if self._answer_at is not None and now >= self._answer_at:
                self._answer_at = None
                self._try(lambda: self.answer(self.phone.call_parameters(self._status)))
            if self.recorder is None or self.over:
                return
            # PJSUA2 counts from the bridge: what it transmits towards the listeners is what we hear.
            level = self._try(self.audio.getTxLevel) if self.audio else 0
            changed = self.ear.hear(level or 0, now)
            if changed:
                self.report("hears", what=changed)
            self.steps.turn(now)

        def add_steps(self, steps, instead):
            self.steps.add(steps, instead)

        def hang_up(self, status):
            parameters = self.phone.call_parameters(status)
            self._answer_at = None
            if not self.over:
                self._try(lambda: self.hangup(parameters))

        def again(self, flag=0):
            """Offers anew within the call: other codecs, or no longer on hold."""
            parameters = self.phone.call_parameters()
            parameters.opt.flag = flag
            self.reinvite(parameters)

        def close(self):
            """Lets go of players and the recorder, whose file is written then."""
            self.steps.close()
            self.recorder = None
            self.audio = None
            if self._removed:
                os.unlink(self._removed)

        def _unwanted(self):
            file, self._removed = tempfile.mkstemp(suffix=".wav", prefix="telephone-")
            os.close(file)
            return self._removed

        def onCallState(self, prm):  # noqa: N802 - PJSIP's name
            call = self.getInfo()
            state = STATES.get(call.state, call.stateText.lower())
            self.report(
                "state", state=state, status=call.lastStatusCode, reason=call.lastReason, call_id=call.callIdString
            )
            if call.state == pj.PJSIP_INV_STATE_DISCONNECTED:
                self.over = True

        def onCallMediaState(self, prm):  # noqa: N802 - PJSIP's name
            try:
                self._media_changed()
            except Exception as error:  # noqa: BLE001 - PJSIP would swallow it
                self.report("error", why=f"media: {error!r}")

        def onDtmfDigit(self, prm):  # noqa: N802 - PJSIP's name
            self.report("key", digit=prm.digit, method=prm.method)

        def _media_changed(self):
            call = self.getInfo()
            # The vector dies with the CallInfo, so `call` is held while its media is looked at.
            for place, stream in enumerate(call.media):
                if stream.type != pj.PJMEDIA_TYPE_AUDIO:
                    continue
                sounding = stream.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD)
                codec = self._try(lambda: self.getStreamInfo(place).codecName) or ""
                self.report("media", status=MEDIA.get(stream.status, "other"), direction=stream.dir, codec=codec)
                self.audio = self.getAudioMedia(place) if sounding else None
            if self.audio is None:
                return
            if self.recorder is None:
                # PJSIP measures only what somebody listens to, so without a wish it is recorded as well, and removed.
                self.recorder = pj.AudioMediaRecorder()
                self.recorder.createRecorder(self.record or self._unwanted())
            self.audio.startTransmit(self.recorder)
            self.steps.media_changed()

        def _try(self, what):
            """PJSIP refuses what crosses the other side's end; that is no error of a test."""
            try:
                return what()
            except pj.Error as error:
                if not self.over:
                    self.report("refused", why=error.reason)
                return None

    STATES = {
        pj.PJSIP_INV_STATE_CALLING: "calling",
        pj.PJSIP_INV_STATE_INCOMING: "incoming",
        pj.PJSIP_INV_STATE_EARLY: "early",
        pj.PJSIP_INV_STATE_CONNECTING: "connecting",
        pj.PJSIP_INV_STATE_CONFIRMED: "confirmed",
        pj.PJSIP_INV_STATE_DISCONNECTED: "disconnected",
    }
    MEDIA = {
        pj.PJSUA_CALL_MEDIA_NONE: "none",
        pj.PJSUA_CALL_MEDIA_ACTIVE: "active",
        pj.PJSUA_CALL_MEDIA_LOCAL_HOLD: "held_by_us",
        pj.PJSUA_CALL_MEDIA_REMOTE_HOLD: "held_by_them",
        pj.PJSUA_CALL_MEDIA_ERROR: "error",
    }
    return Talk
